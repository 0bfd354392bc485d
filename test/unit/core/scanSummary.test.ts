import assert from 'node:assert/strict';
import type { Vulnerability } from '../../../src/api.ts';
import { isHttps, type Severity, summarizeScan } from '../../../src/core/scanSummary.ts';

const found = (id: string, severity: Severity, more: Partial<Vulnerability> = {}): Vulnerability => ({
  ...{ id, severity, packageName: 'openssl' },
  ...more,
});

describe('the summary of a scan', () => {
  it('counts by severity, and has the worst first', () => {
    const { items, counts, total } = summarizeScan({
      status: 'done',
      items: [found('a', 'low'), found('b', 'critical'), found('c', 'unknown'), found('d', 'critical')],
    });
    assert.deepEqual(
      items.map(({ id }) => id),
      ['b', 'd', 'a', 'c'],
    );
    assert.deepEqual(counts, { critical: 2, high: 0, medium: 0, low: 1, negligible: 0, unknown: 1 });
    assert.equal(total, 4);
  });

  it('has what an update mends before what none does', () => {
    const { items } = summarizeScan({
      status: 'done',
      items: [found('a', 'high'), found('b', 'high', { fixedVersion: '3.0.1' })],
    });
    assert.deepEqual(
      items.map(({ id }) => id),
      ['b', 'a'],
    );
  });

  it('leaves out what nobody reads, and says how much it was', () => {
    const many = Array.from({ length: 5000 }, (_, number) => found(`CVE-${number}`, number < 3 ? 'critical' : 'low'));
    const { items, total, counts } = summarizeScan({ status: 'done', items: many.reverse() });
    assert.deepEqual([items.length, total, counts.critical], [1000, 5000, 3]);
    assert.ok(items.slice(0, 3).every(({ severity }) => severity === 'critical'));
  });

  it('links to nothing but https', () => {
    for (const url of ['http://a.b', 'command:gantry.delete', 'javascript:alert(1)', 'a.b/c', '', undefined]) {
      assert.equal(isHttps(url), false, url);
      const [item] = summarizeScan({
        status: 'done',
        items: [found('a', 'low', url === undefined ? {} : { url })],
      }).items;
      assert.ok(item !== undefined && !('url' in item));
    }
    assert.ok(isHttps('https://nvd.nist.gov/vuln/detail/CVE-2024-3094'));
  });
});

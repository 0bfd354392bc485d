import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  readDescription,
  readFound,
  readHistory,
  readNamespaces,
  readRepositories,
  readTags,
} from '../../../../src/core/adapters/quayReplies.ts';
import { readScan } from '../../../../src/core/adapters/quayScan.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('Quay replies', () => {
  it('name the namespaces of a user, each once', () => {
    const organizations = [{ name: 'shop' }, { name: 'ada' }, { name: '../x' }, { name: 7 }, null];
    assert.deepEqual(readNamespaces({ username: 'ada', organizations }), ['ada', 'shop']);
    assert.deepEqual(readNamespaces({ username: 'ada' }), ['ada']);
    for (const none of [null, [], 'text', {}, { username: 7 }]) assert.equal(readNamespaces(none), undefined);
  });

  it('list repositories, with text for the next page that is no address', () => {
    const repositories = [
      { namespace: 'shop', name: 'web', description: 'Ours.', last_modified: 1_748_736_000, popularity: 12 },
      { namespace: 'shop', name: 'team/api', description: null, last_modified: null },
      { namespace: 'shop', name: '../x' },
      { namespace: '', name: 'x' },
      null,
    ];
    assert.deepEqual(readRepositories({ repositories, next_page: 'gAAAAA==' }), {
      items: [
        { name: 'shop/web', description: 'Ours.', updatedAt: '2025-06-01T00:00:00.000Z' },
        { name: 'shop/team/api' },
      ],
      nextPage: 'gAAAAA==',
    });
    for (const none of [null, [], {}, { repositories: 7 }]) assert.equal(readRepositories(none), undefined);
  });

  it('find repositories, and end where Quay begins to repeat itself', () => {
    const results = [
      { kind: 'repository', namespace: { name: 'shop' }, name: 'web', last_modified: 1_748_736_000 },
      { kind: 'user', name: 'ada' },
    ];
    const page = { results, has_additional: true, page: 10 };
    const items = [{ name: 'shop/web', updatedAt: '2025-06-01T00:00:00.000Z' }];
    assert.deepEqual(readFound(page, 10), { items, hasNext: true });
    assert.deepEqual(readFound(page, 11), { items: [], hasNext: false });
    assert.deepEqual(readFound({ ...page, results: [] }, 10), { items: [], hasNext: false });
    assert.equal(readFound({ results: 7 }, 1), undefined);
  });

  it('tell of tags what is known, in either form of dates', () => {
    const tags = [
      { name: 'v1', manifest_digest: digest, size: 7, start_ts: 1_748_736_000, end_ts: 4_070_908_800, immutable: true },
      {
        name: 'v2',
        size: null,
        last_modified: 'Sun, 01 Jun 2025 00:00:00 -0000',
        expiration: 'Thu, 01 Jan 2099 00:00:00 -0000',
        is_manifest_list: true,
      },
      { name: 'v3', immutable: false },
      { name: '../x' },
      null,
    ];
    const pushedAt = '2025-06-01T00:00:00.000Z';
    const expiresAt = '2099-01-01T00:00:00.000Z';
    assert.deepEqual(readTags({ tags, has_additional: true }), {
      items: [
        { name: 'v1', digest, size: 7, pushedAt, expiresAt, protectedFrom: ['move', 'delete'] },
        { name: 'v2', pushedAt, expiresAt },
        { name: 'v3', protectedFrom: [] },
      ],
      hasNext: true,
    });
    for (const none of [null, [], {}, { tags: 7 }]) assert.equal(readTags(none), undefined);
  });

  it('tell what a tag has named, by the clock of the server', () => {
    const tag = { name: 'v1', manifest_digest: digest, start_ts: 1_748_736_000, end_ts: 1_748_739_600 };
    const [from, until] = ['2025-06-01T00:00:00.000Z', '2025-06-01T01:00:00.000Z'];
    const history = (time: string | undefined) => readHistory({ tags: [tag, { name: 'v1' }] }, time)?.items;
    assert.deepEqual(history('Sun, 01 Jun 2025 00:30:00 GMT'), [{ digest, from }]);
    assert.deepEqual(history('Sun, 01 Jun 2025 01:30:00 GMT'), [{ digest, from, until }]);
    for (const none of [undefined, 'soon']) assert.deepEqual(history(none), [{ digest, from, until }]);
  });

  it('hold what Clair has found', () => {
    const scanned = (Vulnerabilities: unknown) => ({
      status: 'scanned',
      data: { Layer: { Features: [{ Name: 'openssl', Version: '3.0.7', Vulnerabilities }] } },
    });
    const found = {
      Name: 'CVE-2023-5678',
      Severity: 'Critical',
      Link: 'http://a.example https://nvd.nist.gov/vuln/detail/CVE-2023-5678 https://b.example',
      FixedBy: '',
      Description: ' Slow. ',
    };
    assert.deepEqual(readScan(scanned([found, { Name: 'CVE-1', Severity: 'Defcon1' }, null]))?.items, [
      {
        id: 'CVE-2023-5678',
        severity: 'critical',
        packageName: 'openssl',
        version: '3.0.7',
        description: 'Slow.',
        url: 'https://nvd.nist.gov/vuln/detail/CVE-2023-5678',
      },
      { id: 'CVE-1', severity: 'unknown', packageName: 'openssl', version: '3.0.7' },
    ]);
    assert.deepEqual(readScan({ ...scanned([found]), status: 'queued' }), {
      status: 'pending',
      scanner: 'Clair',
      items: [],
    });
    assert.equal(readScan({ status: 'constructor' })?.status, 'failed');
    for (const none of [null, [], 'text', {}, { status: 7 }]) assert.equal(readScan(none), undefined);
  });

  it('are read without an exception, whatever came', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, text) => {
        readNamespaces({ username: 'ada', organizations: [value] });
        readRepositories({
          repositories: [value, { namespace: 'a', name: 'b', last_modified: value }],
          next_page: value,
        });
        readFound({ results: [value], has_additional: value, page: value }, 1);
        for (const tag of [value, { name: 'v1', start_ts: value, end_ts: value, manifest_digest: digest }]) {
          readTags({ tags: [tag] });
          readHistory({ tags: [tag] }, text);
        }
        readScan({ status: 'scanned', data: value });
        readScan({
          status: 'scanned',
          data: { Layer: { Features: [value, { Name: 'x', Vulnerabilities: [value] }] } },
        });
        for (const read of [readNamespaces, readRepositories, readTags, readDescription, readScan]) read(value);
      }),
    );
  });
});

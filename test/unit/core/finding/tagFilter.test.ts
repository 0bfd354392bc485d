import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TagSummary } from '../../../../src/api.ts';
import { isRegistryError } from '../../../../src/core/errors.ts';
import { parseTagFilter } from '../../../../src/core/finding/tagFilter.ts';

const now = Date.parse('2025-06-01T00:00:00Z');
const digest = `sha256:${'a'.repeat(64)}`;
const signed = new Set([digest]);

function verdict(filter: string, tag: string | TagSummary): string | undefined {
  return parseTagFilter(filter, now)?.test(typeof tag === 'string' ? { name: tag } : tag, signed);
}

describe('parseTagFilter', () => {
  const names: readonly (readonly [filter: string, shown: readonly string[], hidden: readonly string[]])[] = [
    ['alpine', ['1.27-alpine', 'alpine', 'ALPINE3'], ['1.27', 'alpin']],
    ['1.27*', ['1.27', '1.27.3', '1.27-alpine'], ['1.2', '11.27']],
    ['*-slim', ['1-slim', '-slim'], ['slim', '1-slim-bookworm']],
    ['1.2?', ['1.27', '1.2x'], ['1.2', '1.277']],
    ['1*7*a', ['17a', '1.27.3a'], ['1.27', '1a7']],
    ['/^v\\d+$/', ['v1', 'v22'], ['v1.2', 'V1']],
    ['/^V\\d+$/i', ['v1'], ['1']],
    ['1.27 -alpine', ['1.27', '1.27-slim'], ['1.27-alpine', '1.26']],
    ['-1.27* -/rc\\d/', ['1.26'], ['1.27.1', '1.26-rc1']],
    ['/a b|c/', ['c'], ['a', 'b']],
  ];
  for (const [filter, shown, hidden] of names) {
    it(`takes ${filter} for what it is`, () => {
      for (const name of shown) assert.equal(verdict(filter, name), 'shown', name);
      for (const name of hidden) assert.equal(verdict(filter, name), 'hidden', name);
    });
  }

  it('asks for platforms, ages and signatures', () => {
    const tag = {
      name: '1.0',
      digest,
      createdAt: '2025-05-20T00:00:00Z',
      platforms: ['linux/amd64', 'linux/arm64/v8'],
    };
    for (const filter of ['platform:arm64', 'newer:30d', 'older:1d', 'signed', '-platform:windows', 'newer:2W'])
      assert.equal(verdict(filter, tag), 'shown', filter);
    for (const filter of ['platform:s390x', 'newer:3d', 'older:1m', '-signed', '-newer:30d'])
      assert.equal(verdict(filter, tag), 'hidden', filter);
    assert.equal(verdict('signed', { ...tag, digest: `sha256:${'b'.repeat(64)}` }), 'hidden');
  });

  it('tells what is not known of a tag from what does not match', () => {
    for (const filter of ['platform:arm64', 'newer:30d', '-older:1y', 'signed', '1.0 signed'])
      assert.equal(verdict(filter, '1.0'), 'unknown', filter);
    assert.equal(verdict('2.0 signed', '1.0'), 'hidden');
    assert.equal(parseTagFilter('signed', now)?.needsFacts, true);
    assert.equal(parseTagFilter('1.0', now)?.needsFacts, false);
  });

  it('is nothing when it is empty', () => {
    for (const text of ['', '  ']) assert.equal(parseTagFilter(text, now), undefined);
  });

  it('refuses what it cannot read, and what could take for ever', () => {
    for (const text of ['newer:soon', 'older:3', '/(/', '/(a+)+$/', '/(a*)*/', '/(.*x){2,}/', 'x'.repeat(501)])
      assert.throws(
        () => parseTagFilter(text, now),
        (error) => isRegistryError(error, 'invalid'),
        text,
      );
  });

  it('reads every text or says that it cannot, and comes to an end', () => {
    const text = fc.oneof(fc.string({ maxLength: 40 }), fc.stringMatching(/^[*?a.\-/ ]{0,40}$/));
    fc.assert(
      fc.property(text, fc.stringMatching(/^[a.-]{1,128}$/), (filter, name) => {
        try {
          parseTagFilter(filter, now)?.test({ name }, signed);
        } catch (error) {
          assert.ok(isRegistryError(error, 'invalid'));
        }
      }),
      { numRuns: 2000 },
    );
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareTags } from '../../../../src/core/oci/versionOrder.ts';

describe('compareTags', () => {
  const orders: readonly (readonly [title: string, tags: readonly string[]])[] = [
    ['counts numbers, not digits', ['1.10', '1.9', '1.2']],
    ['puts newer versions first', ['3.0.0', '2.10.0', '2.9.9', '1.0.0']],
    ['reads past a leading v', ['v2.0', '1.9', 'v1.8']],
    [
      'puts a release before its candidates, the later of them first',
      ['2.0.0', '2.0.0-rc.10', '2.0.0-rc.9', '2.0.0-beta1'],
    ],
    [
      'knows the usual words for a candidate',
      ['1.0', '1.0-snapshot', '1.0-rc1', '1.0-pre', '1.0-m2', '1.0-dev', '1.0-alpha'],
    ],
    ['takes no flavour for a candidate', ['1.0', '1.0-develop', '1.0-marble', '1.0-prefix']],
    [
      'puts a plain version before its flavours, which are in alphabetical order',
      ['1.27', '1.27-alpine', '1.27-bookworm'],
    ],
    ['counts numbers in flavours too', ['1.27-alpine3.9', '1.27-alpine3.20']],
    ['puts a moving tag before the versions that it moves along', ['1', '1.27', '1.27.3', '1.27.2', '1.26']],
    ['puts what is no version first, and latest before all', ['latest', 'edge', 'nightly', '2.0', '1.0']],
    ['takes no commit for a version', ['1a2b3c4', 'deadbeef', '10.0']],
    ['takes dates for versions', ['20250601', '20250531', '20241231']],
    ['counts numbers that are too long for a number', ['20250601123456789012', '20250601123456789011']],
    ['tells tags apart whose numbers are the same', ['01.0', '1.0', '1.00', 'v1.0']],
  ];
  for (const [title, tags] of orders) {
    it(title, () => {
      assert.deepEqual([...tags].reverse().sort(compareTags), tags);
      assert.deepEqual([...tags].sort().sort(compareTags), tags);
    });
  }

  const words = fc.constantFrom(
    'latest',
    'v',
    '-',
    '.',
    '_',
    'rc',
    'alpha',
    'alpine',
    'm',
    '0',
    '00',
    '1',
    '9',
    '10',
    'a1b2c3d',
  );
  const tag = fc.oneof(
    fc.array(words, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')),
    fc.stringMatching(/^v?[0-9]{1,3}(\.[0-9]{1,3}){0,3}(-[a-z0-9.]{1,8})?$/),
    fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/),
  );

  it('is antisymmetric, and equal only for the same tag', () => {
    fc.assert(
      fc.property(tag, tag, (a, b) => {
        assert.equal(Math.sign(compareTags(a, b)), -Math.sign(compareTags(b, a)) || 0);
        assert.equal(compareTags(a, b) === 0, a === b);
      }),
      { numRuns: 2000 },
    );
  });

  it('is transitive', () => {
    fc.assert(
      fc.property(tag, tag, tag, (...tags) => {
        const [a, b, c] = tags.sort(compareTags) as [string, string, string];
        assert.ok(compareTags(a, b) <= 0 && compareTags(b, c) <= 0 && compareTags(a, c) <= 0);
      }),
      { numRuns: 5000 },
    );
  });

  it('sorts into one order, whatever the order before', () => {
    fc.assert(
      fc.property(fc.array(tag), (tags) => {
        assert.deepEqual([...tags].sort(compareTags), [...tags].sort().reverse().sort(compareTags));
      }),
      { numRuns: 500 },
    );
  });
});

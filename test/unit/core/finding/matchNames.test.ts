import assert from 'node:assert/strict';
import fc from 'fast-check';
import { matchNames } from '../../../../src/core/finding/matchNames.ts';

describe('matchNames', () => {
  it('puts the best first: the name, its last part, the beginning of a part, any place; short before long', () => {
    const names = ['a/cobweb', 'shop/web-api', 'team/web', 'web', 'shop/web', 'webhooks', 'other'];
    assert.deepEqual(matchNames(names, 'web', 10), [
      'web',
      'shop/web',
      'team/web',
      'webhooks',
      'shop/web-api',
      'a/cobweb',
    ]);
  });

  it('wants all words, in any order, whatever their case', () => {
    assert.deepEqual(matchNames(['shop/web', 'shop/api', 'web/shop'], ' WEB shop ', 10), ['shop/web', 'web/shop']);
    assert.deepEqual(matchNames(['a'], '  ', 10), []);
  });

  it('finds exactly the names that contain the text, as many as are wanted', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[ab/]{1,6}$/)),
        fc.stringMatching(/^[ab/]{1,2}$/),
        (names, text) => {
          assert.deepEqual(
            [...matchNames(names, text, 1000)].sort(),
            names.filter((name) => name.includes(text)).sort(),
          );
          assert.ok(matchNames(names, text, 2).length <= 2);
        },
      ),
    );
  });
});

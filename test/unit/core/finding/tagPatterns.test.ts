import assert from 'node:assert/strict';
import { parseTagPatterns } from '../../../../src/core/finding/tagPatterns.ts';
import { thrown } from '../../../support/registryErrors.ts';

const repository = 'registry.example/shop/web';

describe('patterns of tags', () => {
  const cases: readonly (readonly [pattern: string, tag: string, holds: boolean])[] = [
    ['latest', 'latest', true],
    ['latest', 'latest-alpine', false],
    ['LATEST', 'latest', true],
    ['prod-*', 'prod-2', true],
    ['prod-*', 'preprod-2', false],
    ['1.2?', '1.25', true],
    ['/^v\\d+$/', 'v12', true],
    ['/^v\\d+$/', 'v12-rc', false],
    [`${repository}:stable`, 'stable', true],
    ['registry.example/*:stable', 'stable', true],
    ['other.example/*:stable', 'stable', false],
    ['*:*', 'anything', true],
    ['  ', 'anything', false],
  ];
  for (const [pattern, tag, holds] of cases) {
    it(`"${pattern}" ${holds ? 'is' : 'is not'} like ${tag}`, () => {
      assert.equal(parseTagPatterns([pattern])({ repository, tag }), holds);
    });
  }

  it('hold when one of them does, and not when there is none', () => {
    assert.equal(parseTagPatterns(['a', 'b'])({ repository, tag: 'b' }), true);
    assert.equal(parseTagPatterns([])({ repository, tag: 'b' }), false);
  });

  it('say what is wrong with a regular expression', () => {
    thrown(() => parseTagPatterns(['/(/']), 'invalid');
    thrown(() => parseTagPatterns(['/(a+)+$/']), 'invalid');
  });
});

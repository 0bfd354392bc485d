import assert from 'node:assert/strict';
import { posix } from 'node:path';
import fc from 'fast-check';
import { insideLink } from '../../../../src/core/image/insideLink.ts';

describe('a link in a folder that stands for the root of an image', () => {
  const cases: readonly (readonly [path: string, target: string, inside: string])[] = [
    ['bin', 'usr/bin', 'usr/bin'],
    ['usr/lib/a', '../../etc/a', '../../etc/a'],
    ['usr/bin/sh', '/bin/dash', '../../bin/dash'],
    ['sh', '/bin/dash', 'bin/dash'],
    ['root', '/', '.'],
    ['usr/root', '/', '..'],
    ['up', '../../etc', 'etc'],
    ['a/up', '../../../etc', '../etc'],
    ['a/b', '/../../etc', '../etc'],
    ['a/b', 'c/../d', 'd'],
  ];
  for (const [path, target, inside] of cases) {
    it(`${path} → ${target} leads to ${inside}`, () => assert.equal(insideLink(path, target), inside));
  }

  it('never goes up further than it is deep, and only at its beginning', () => {
    const part = fc.constantFrom('a', 'b', '..', '.', '');
    const target = fc.array(part, { maxLength: 12 }).map((parts) => parts.join('/'));
    const path = fc.array(fc.constantFrom('x', 'y'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(path, target, (from, to) => {
        const link = insideLink(from, to);
        const names = link.split('/').filter((name) => name !== '' && name !== '.');
        const ups = names.filter((name) => name === '..').length;
        assert.ok(!link.startsWith('/') || link === '');
        assert.ok(ups <= from.split('/').length - 1);
        assert.ok(names.slice(0, ups).every((name) => name === '..'));
        assert.ok(!posix.join(posix.dirname(from), link).startsWith('..'));
      }),
    );
  });
});

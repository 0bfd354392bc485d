import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MergedTree } from '../../../../src/core/image/mergedTree.ts';
import { resolveHardLink, resolvePath } from '../../../../src/core/image/resolvePath.ts';
import { indexTar, linesOf, listAll } from '../../../support/indexTar.ts';
import { thrown } from '../../../support/registryErrors.ts';
import {
  directory,
  file,
  hardlink,
  opaqueWhiteout,
  symlink,
  type TarEntry,
  whiteout,
  writeTar,
} from '../../../support/tarWriter.ts';

function merged(...layers: readonly (readonly TarEntry[])[]): readonly string[] {
  return linesOf(listAll(...layers.map((entries) => indexTar(writeTar(entries)))));
}

function treeOf(...layers: readonly (readonly TarEntry[])[]): MergedTree {
  return new MergedTree(layers.map((entries) => indexTar(writeTar(entries))));
}

const nothing: readonly TarEntry[] = [];

describe('layers on top of each other', () => {
  it('hide what is removed, and everything in an opaque folder', () => {
    const base = [directory('a'), file('a/x', ''), file('a/y', ''), directory('b'), file('b/z', '')];
    assert.deepEqual(merged(base, [whiteout('a/x')]), ['directory a', 'file a/y', 'directory b', 'file b/z']);
    assert.deepEqual(merged(base, [whiteout('b')]), ['directory a', 'file a/x', 'file a/y']);
    assert.deepEqual(merged(base, [directory('a'), file('a/new', ''), opaqueWhiteout('a')]), [
      'directory a',
      'file a/new',
      'directory b',
      'file b/z',
    ]);
    assert.deepEqual(merged(base, [opaqueWhiteout(''), file('only', '')]), ['file only']);
  });

  it('bring back what was removed, and keep what a layer brings beside its own whiteout', () => {
    assert.deepEqual(merged([file('x', '1')], [whiteout('x')], [file('x', '2')]), ['file x']);
    assert.deepEqual(merged([directory('x'), file('x/old', '')], [whiteout('x'), file('x', '')]), ['file x']);
    assert.deepEqual(merged([directory('x'), file('x/old', '')], [whiteout('x'), directory('x')]), ['directory x']);
  });

  it('replace folders by files and files by folders', () => {
    assert.deepEqual(merged([directory('x'), file('x/y', '')], [file('x', '')], nothing), ['file x']);
    assert.deepEqual(merged([directory('x'), file('x/y', '')], [file('x', '')], [directory('x'), file('x/z', '')]), [
      'directory x',
      'file x/z',
    ]);
  });

  it('describe a folder as the uppermost that has an entry for it', () => {
    const layers = [[directory('x', { mode: 0o700 })], [file('x/y', '')]];
    const [folder] = listAll(...layers.map((entries) => indexTar(writeTar(entries))));
    assert.deepEqual([folder?.mode, folder?.layer], [0o700, 'layer 0']);
  });

  it('are walked in the order of bytes, from any place on', () => {
    const names = fc.stringMatching(/^[a.\-0/]{1,6}$/);
    fc.assert(
      fc.property(fc.array(names, { maxLength: 12 }), fc.array(names, { maxLength: 6 }), (lower, upper) => {
        const tree = treeOf(
          lower.map((path) => file(`${path}x`, '')),
          [...upper.map((path) => file(`${path}x`, '')), ...upper.map((path) => whiteout(`${path}ax`))],
        );
        const all = [...tree.walk(tree.root(), { isRecursive: true })].map(({ path }) => Buffer.from(path));
        assert.deepEqual(all, [...all].sort(Buffer.compare));
        assert.equal(new Set(all.map(String)).size, all.length);
        for (const [place, after] of all.entries()) {
          const rest = [...tree.walk(tree.root(), { isRecursive: true, after })].map(({ path }) => Buffer.from(path));
          assert.deepEqual(rest, all.slice(place + 1));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('paths in an image', () => {
  const tree = treeOf(
    [
      directory('usr/bin'),
      file('usr/bin/tool', 'old'),
      symlink('bin', 'usr/bin'),
      symlink('abs', '/usr/bin/tool'),
      symlink('out', '../../../usr'),
      symlink('loop', 'loop'),
      hardlink('alias', 'usr/bin/tool'),
      hardlink('self', 'self'),
      hardlink('lost', 'nowhere'),
    ],
    [whiteout('usr/bin/tool'), file('usr/bin/other', ''), hardlink('new', 'usr/bin/other')],
  );

  it('lead through links, never out', () => {
    const at = (path: string, followsLast = true) =>
      Buffer.from(resolvePath(tree, path, { followsLast }).path).toString();
    assert.equal(at('bin/other'), 'usr/bin/other');
    assert.equal(at('/./bin//../bin/other'), 'usr/bin/other');
    assert.equal(at('out/bin/other'), 'usr/bin/other');
    assert.equal(at('out', false), 'out');
    assert.equal(at('../../..'), '');
    thrown(() => at('abs'), 'not-found');
    thrown(() => at('loop'), 'invalid');
    thrown(() => at('usr/bin/other/deeper'), 'not-found');
  });

  it('have the content of a hard link also where its other name is gone', () => {
    const link = (path: string) => resolveHardLink(tree, resolvePath(tree, path, { followsLast: true }), path);
    const { layer, id } = link('alias');
    assert.deepEqual([layer, tree.layers[0]?.size(id)], [0, 3]);
    assert.equal(link('new').layer, 1);
    thrown(() => link('lost'), 'not-found');
    thrown(() => link('self'), 'invalid');
  });
});

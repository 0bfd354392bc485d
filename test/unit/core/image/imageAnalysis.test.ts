import assert from 'node:assert/strict';
import { measureEfficiency } from '../../../../src/core/image/efficiency.ts';
import { folderItems, measureFolders, totalOf } from '../../../../src/core/image/folderSizes.ts';
import { compareImages } from '../../../../src/core/image/imageDiff.ts';
import { layerChanges } from '../../../../src/core/image/layerChanges.ts';
import { MergedTree, type TreeNode } from '../../../../src/core/image/mergedTree.ts';
import { resolvePath } from '../../../../src/core/image/resolvePath.ts';
import { searchPaths } from '../../../../src/core/image/searchPaths.ts';
import { indexTar } from '../../../support/indexTar.ts';
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

const pause = async (): Promise<void> => {};

function indexes(...layers: readonly (readonly TarEntry[])[]) {
  return layers.map((entries) => indexTar(writeTar(entries)));
}

function text(path: Uint8Array): string {
  return Buffer.from(path).toString();
}

describe('what a layer changes', () => {
  it('is told against all layers below', () => {
    const layers = indexes(
      [directory('etc'), file('etc/a', '1'), file('etc/b', '1'), directory('old'), file('old/x', '')],
      [directory('etc'), file('etc/a', '2'), whiteout('etc/b'), file('etc/c', ''), whiteout('old')],
      [directory('etc', { mode: 0o700 }), opaqueWhiteout('etc'), file('new/deep/file', '')],
    );
    const changes = (layer: number) =>
      [...layerChanges(layers, layer)].map(({ kind, path }) => `${kind} ${text(path)}`);
    assert.deepEqual(changes(0), ['added etc', 'added etc/a', 'added etc/b', 'added old', 'added old/x']);
    assert.deepEqual(changes(1), ['changed etc/a', 'removed etc/b', 'added etc/c', 'removed old']);
    assert.deepEqual(changes(2), [
      'changed etc',
      'removed etc/a',
      'removed etc/c',
      'added new',
      'added new/deep',
      'added new/deep/file',
    ]);
    assert.deepEqual(changes(3), []);
  });
});

describe('wasted space', () => {
  it('is what more than one layer brings or removes, as dive counts it', async () => {
    const layers = indexes(
      [file('twice', 'x'.repeat(100)), file('gone', 'x'.repeat(50)), file('kept', 'x'.repeat(30)), file('dir/a', 'xx')],
      [file('twice', 'x'.repeat(80)), whiteout('gone'), whiteout('dir')],
    );
    const { score, wasted, paths } = await measureEfficiency(layers, pause);
    assert.deepEqual(paths, [
      { path: 'twice', size: 180, layers: [0, 1] },
      { path: 'gone', size: 50, layers: [0, 1] },
    ]);
    assert.equal(wasted, 230);
    // Removed folders count once, with what was in them.
    assert.equal(score, (80 + 0 + 30 + 2 + 2) / (180 + 50 + 30 + 2 + 2));
    assert.deepEqual(await measureEfficiency([], pause), { score: 1, wasted: 0, paths: [] });
  });
});

describe('what takes the space', () => {
  it('is counted for every folder, with what is below it', async () => {
    const tree = new MergedTree(
      indexes(
        [file('usr/lib/a', 'x'.repeat(70)), file('usr/bin/b', 'x'.repeat(20)), hardlink('usr/bin/c', 'usr/bin/b')],
        [file('usr/lib/a', 'x'.repeat(50)), file('etc/d', 'x'), directory('empty')],
      ),
    );
    const sizes = await measureFolders(tree, pause);
    assert.deepEqual(totalOf(sizes, tree.root()), { size: 71, files: 4 });
    const items = (folder: TreeNode) =>
      folderItems(tree, sizes, folder).map(({ name, kind, size, files }) => [name, kind, size, files]);
    assert.deepEqual(items(tree.root()), [
      ['usr', 'folder', 70, 3],
      ['etc', 'folder', 1, 1],
      ['empty', 'folder', 0, 0],
    ]);
    assert.deepEqual(items(resolvePath(tree, 'usr/bin', { followsLast: false })), [
      ['b', 'file', 20, 1],
      ['c', 'file', 0, 1],
    ]);
  });
});

describe('two images', () => {
  it('differ in paths, contents, rights and links', () => {
    const shared: readonly TarEntry[] = [
      file('same', '1'),
      file('moved', '1'),
      symlink('link', 'a'),
      file('mode', '1'),
    ];
    const [base, left, right] = indexes(
      shared,
      [file('left', '')],
      [
        file('moved', '22', { modifiedTime: 1 }),
        symlink('link', 'b'),
        file('mode', '1', { mode: 0o600, uid: 1 }),
        file('right', ''),
      ],
    );
    assert.ok(base !== undefined && left !== undefined && right !== undefined);
    const differences = [
      ...compareImages(
        { tree: new MergedTree([base, left]), digests: ['base', 'left'] },
        { tree: new MergedTree([base, right]), digests: ['base', 'right'] },
      ),
    ];
    assert.deepEqual(
      differences.map(({ kind, path, aspects }) => [kind, text(path), ...aspects].join(' ')),
      ['removed left', 'changed link link', 'changed mode mode owner', 'changed moved size time', 'added right'],
    );
    // Of one size in another layer: only reading tells.
    assert.deepEqual(
      differences.filter(({ needsReading }) => needsReading).map(({ path }) => text(path)),
      ['mode'],
    );
    const rebuilt = indexes([...shared], [...shared]);
    const [one, other] = rebuilt.map((layer, place) => ({ tree: new MergedTree([layer]), digests: [`${place}`] }));
    assert.ok(one !== undefined && other !== undefined);
    assert.deepEqual(
      [...compareImages(one, other)].map(({ path, aspects, needsReading }) => [
        text(path),
        aspects.length,
        needsReading,
      ]),
      [
        ['mode', 0, true],
        ['moved', 0, true],
        ['same', 0, true],
      ],
    );
  });
});

describe('searching paths', () => {
  it('finds those with all words in them', () => {
    const tree = new MergedTree(indexes([file('usr/lib/Python3/site.py', ''), file('usr/bin/python3', '')]));
    const found = (query: string) => [...searchPaths(tree, query)].map(({ path }) => text(path));
    assert.deepEqual(found('python .py'), ['usr/lib/Python3/site.py']);
    assert.deepEqual(found('bin PYTHON3'), ['usr/bin/python3']);
    assert.deepEqual(found('nothing'), []);
  });
});

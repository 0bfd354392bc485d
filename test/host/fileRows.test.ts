import assert from 'node:assert/strict';
import type { FileEntry } from '../../src/api.ts';
import { Connections } from '../../src/core/connections.ts';
import type { Gantry } from '../../src/core/gantry.ts';
import type { OpenedFiles } from '../../src/core/imageFiles.ts';
import { createLazyGantry } from '../../src/core/lazyGantry.ts';
import { LoginOffer } from '../../src/core/loginOffer.ts';
import { filesNode } from '../../src/host/tree/fileNodes.ts';
import { layerNode, registryNode, repositoryNode, tagNode } from '../../src/host/tree/nodes.ts';
import { RegistriesTree } from '../../src/host/tree/registriesTree.ts';
import { TagView } from '../../src/host/tree/tagView.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { hostServices } from './hostServices.ts';

const url = 'https://one.example';
const digest = `sha256:${'1'.repeat(64)}`;
const place = { reference: `one.example/web@${digest}` };

describe('rows of files', () => {
  it('put folders first, show links with what they say, and can all have the same names as rows of other kinds', async () => {
    const { tree, tag } = openTree([
      entry('!more', 'file', 1200),
      entry('a|b', 'file'),
      { ...entry('bin', 'symlink'), link: 'usr/bin' },
      { ...entry('lost', 'symlink'), link: '/not/there' },
      entry('usr', 'directory'),
    ]);
    const rows = await tree.getChildren(filesNode(tag, place));
    const items = await Promise.all(rows.map((row) => tree.getTreeItem(row)));
    assert.deepEqual(
      items.map(({ label, description, contextValue }) => [label, description, contextValue]),
      [
        ['bin', '→ usr/bin', 'folder'],
        ['usr', '', 'folder'],
        ['!more', '1.2 kB', 'file'],
        ['a|b', '0 B', 'file'],
        ['lost', '→ /not/there, which is not there', 'special'],
      ],
    );
    assert.equal(new Set(items.map(({ id }) => id)).size, rows.length);
    assert.equal(items[1]?.resourceUri?.toString(true), `oci-image://one.example/web@${digest}/usr`);
    tree.dispose();
  });

  it('of a layer say what it removes', async () => {
    const { tree, tag } = openTree([entry('gone', 'whiteout'), entry('etc/.wh..wh..opq', 'whiteout')]);
    const layer = { digest, size: 1, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' };
    const rows = await tree.getChildren(layerNode(tag, layer, 1, place));
    const items = await Promise.all(rows.map((row) => tree.getTreeItem(row)));
    assert.deepEqual(
      items.map(({ label, description }) => [label, description]),
      [
        ['all that was here before', 'removed'],
        ['gone', 'removed'],
      ],
    );
    tree.dispose();
  });

  it('are shown a thousand at a time', async () => {
    const { tree, tag } = openTree(Array.from({ length: 1001 }, (_, index) => entry(`f${index}`, 'file')));
    const files = filesNode(tag, place);
    const rows = await tree.getChildren(files);
    const more = rows.at(-1);
    assert.ok(more?.kind === 'more');
    assert.deepEqual([more.shown, more.total], [1000, 1001]);
    await tree.loadMore(more);
    assert.equal((await tree.getChildren(files)).length, 1001);
    tree.dispose();
  });
});

function entry(path: string, type: FileEntry['type'], size = 0): FileEntry {
  return { path, type, size, mode: 0o644, uid: 0, gid: 0, mtime: 0, layer: digest };
}

function openTree(items: readonly FileEntry[]): {
  readonly tree: RegistriesTree;
  readonly tag: ReturnType<typeof tagNode>;
} {
  const ports = fakePorts();
  const connections = new Connections({
    ...ports,
    configured: () => [{ id: url, url, label: 'One', adapterId: 'oci', origin: 'settings' }],
  });
  const files = {
    list: () => ({ items }),
    target: (path: string) => {
      if (path === 'lost') throw new Error('It is not there.');
      return entry('usr/bin', 'directory');
    },
  };
  const gantry: Gantry = {
    ...createLazyGantry(connections, () => Promise.reject(new Error('Nothing else is asked.'))),
    openFiles: async () => files as unknown as OpenedFiles,
    repositoryAbilities: async () => new Set(),
  };
  const tree = new RegistriesTree(hostServices(gantry, connections, ports), {
    offer: new LoginOffer(gantry, connections),
    tagView: new TagView(ports.state),
  });
  const [info] = gantry.connections();
  assert.ok(info);
  const repository = repositoryNode(registryNode(info), { name: 'web', reference: 'one.example/web' });
  return { tree, tag: tagNode(repository, { name: '1' }) };
}

import assert from 'node:assert/strict';
import { setTimeout as turn } from 'node:timers/promises';
import type { ConnectionState, Page, RepositorySummary } from '../../src/api.ts';
import { type Connection, Connections } from '../../src/core/connections.ts';
import { createGantryService, type GantryService } from '../../src/core/gantryService.ts';
import { LoginOffer } from '../../src/core/loginOffer.ts';
import type { TreeNode } from '../../src/host/tree/nodes.ts';
import { RegistriesTree } from '../../src/host/tree/registriesTree.ts';
import { TagView } from '../../src/host/tree/tagView.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { hostServices } from './hostServices.ts';

const url = 'https://one.example';
const connection: Connection = { id: url, url, label: 'One', adapterId: 'oci', origin: 'added' };
const repositories = { items: [{ name: 'web', reference: 'one.example/web' }] };

describe('the tree of registries', () => {
  it('leaves a row alone while it is being opened, and draws its new state once nothing in it was opened for a moment', async () => {
    const { tree, setState, answer, changes, nextChange } = openTree();
    const [registry] = await tree.getChildren();
    assert.ok(registry);
    tree.getTreeItem(registry);

    const opening = tree.getChildren(registry);
    setState('failed');
    assert.deepEqual(changes, []);

    answer(repositories);
    assert.deepEqual(
      (await opening).map(({ kind }) => kind),
      ['repository'],
    );
    await afterLoading();
    tree.opened(registry);
    // Somebody may be opening one of its rows now.
    assert.deepEqual(changes, []);
    assert.equal(await nextChange(), registry);
    tree.dispose();
  });

  it('draws a new state at once where nothing is being opened, and only where it looks different', async () => {
    const { tree, setState, changes } = openTree();
    const [registry] = await tree.getChildren();
    assert.ok(registry);
    tree.getTreeItem(registry);
    setState('ready');
    assert.deepEqual(changes, []);
    setState('failed');
    assert.deepEqual(changes, [registry]);
    tree.dispose();
  });
});

/** When the tree has seen that it has loaded. */
async function afterLoading(): Promise<void> {
  await turn();
  await turn();
}

/** A tree of one registry, which answers its list when it is told to. */
function openTree(): {
  readonly tree: RegistriesTree;
  readonly setState: (state: ConnectionState) => void;
  readonly answer: (page: Page<RepositorySummary>) => void;
  /** The nodes that were to be drawn anew so far. */
  readonly changes: readonly (TreeNode | TreeNode[] | undefined)[];
  readonly nextChange: () => Promise<TreeNode | TreeNode[] | undefined>;
} {
  const ports = fakePorts();
  const connections = new Connections({
    state: ports.state,
    secrets: ports.secrets,
    configured: () => [{ ...connection, origin: 'settings' }],
  });
  let answer!: (page: Page<RepositorySummary>) => void;
  const answered = new Promise<Page<RepositorySummary>>((resolve) => {
    answer = resolve;
  });
  const gantry: GantryService = {
    ...createGantryService(connections, () => Promise.reject(new Error('Nothing else is asked.'))),
    listNamespaces: async () => undefined,
    listRepositories: () => answered,
  };
  const tree = new RegistriesTree(hostServices(gantry, connections, ports), {
    offer: new LoginOffer(gantry, connections),
    tagView: new TagView(ports.state),
  });
  const changes: (TreeNode | TreeNode[] | undefined)[] = [];
  tree.onDidChangeTreeData((node) => changes.push(node));
  return {
    tree,
    setState: (state) => connections.setState(connection.id, state),
    answer,
    changes,
    nextChange: () => new Promise((resolve) => tree.onDidChangeTreeData(resolve)),
  };
}

import assert from 'node:assert/strict';
import { setTimeout as turn } from 'node:timers/promises';
import type { ConnectionState, Page, RepositorySummary } from '../../src/api.ts';
import { connection, openTree } from './openTree.ts';

const repositories = { items: [{ name: 'web', reference: 'one.example/web' }] };

describe('the tree of registries', () => {
  it('leaves a row alone while it is being opened, and draws its new state once nothing in it was opened for a moment', async () => {
    const { tree, setState, answer, changes, nextChange } = openRegistry();
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
    const { tree, setState, changes } = openRegistry();
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
function openRegistry(): ReturnType<typeof openTree> & {
  readonly setState: (state: ConnectionState) => void;
  readonly answer: (page: Page<RepositorySummary>) => void;
} {
  let answer!: (page: Page<RepositorySummary>) => void;
  const answered = new Promise<Page<RepositorySummary>>((resolve) => {
    answer = resolve;
  });
  const opened = openTree({ listRepositories: () => answered });
  return { ...opened, setState: (state) => opened.connections.setState(connection.id, state), answer };
}

import assert from 'node:assert/strict';
import { mock } from 'node:test';
import * as vscode from 'vscode';
import { commandIds, viewIds } from '../../src/host/ids.ts';
import {
  platformNode,
  registryNode,
  repositoryNode,
  type TreeNode,
  tagNode,
  untaggedImageNode,
  untaggedNode,
} from '../../src/host/tree/nodes.ts';
import { TagDragging } from '../../src/host/tree/tagDragging.ts';
import { connection } from './openTree.ts';

const ownType = `application/vnd.code.tree.${viewIds.registries}`;
const digest = `sha256:${'1'.repeat(64)}`;

const registry = registryNode({ ...connection, state: 'ready' });
const [web, api] = ['web', 'api'].map((name) => repositoryNode(registry, { name, reference: `one.example/${name}` }));
assert.ok(web !== undefined && api !== undefined);
const [newest, oldest] = ['1.10', '1.9'].map((name) => tagNode(web, { name }));
assert.ok(newest !== undefined && oldest !== undefined);
const untagged = untaggedImageNode(untaggedNode(web), { digest, use: 'none' });

describe('rows that are dragged', () => {
  afterEach(() => mock.restoreAll());

  it('give an editor the reference of a tag, and a terminal nothing, which would take it for a file', () => {
    const dragged = drag(newest);
    assert.equal(dragged.get('text/plain')?.value, 'one.example/web:1.10');
    assert.deepEqual(
      Array.from(dragged, ([type]) => type).filter((type) => type !== ownType),
      ['text/plain'],
    );
  });

  it('give the references of all that are selected, one a line, in their order', () => {
    const dragged = drag(oldest, newest, api, untagged);
    assert.equal(
      dragged.get('text/plain')?.value,
      `one.example/web:1.9\none.example/web:1.10\none.example/api\none.example/web@${digest}`,
    );
  });

  it('give no text where they have no reference of their own', () => {
    const dragged = drag(registry, platformNode(newest, 'linux/amd64'));
    assert.equal(dragged.get('text/plain'), undefined);
  });

  it('are copied where they are dropped on a row of another repository, those that are images of another', async () => {
    const run = mock.method(vscode.commands, 'executeCommand', async () => undefined);
    const other = tagNode(api, { name: '2.0' });
    await drop(other, drag(newest, untagged, tagNode(api, { name: '1.0' }), web));
    assert.deepEqual(
      run.mock.calls.map(({ arguments: given }) => given),
      [[commandIds.copyDropped, { images: [newest, untagged], repository: api }]],
    );
  });

  it('are left alone where they are dropped on their own repository, on a registry or on nothing', async () => {
    const run = mock.method(vscode.commands, 'executeCommand', async () => undefined);
    for (const target of [oldest, web, registry, undefined]) await drop(target, drag(newest));
    await drop(api, new vscode.DataTransfer());
    assert.equal(run.mock.callCount(), 0);
  });
});

function drag(...rows: readonly TreeNode[]): vscode.DataTransfer {
  const dragged = new vscode.DataTransfer();
  new TagDragging().handleDrag(rows, dragged);
  return dragged;
}

function drop(target: TreeNode | undefined, dragged: vscode.DataTransfer): Promise<void> {
  return new TagDragging().handleDrop(target, dragged);
}

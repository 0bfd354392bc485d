import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { type RepositoryNode, registryNode, repositoryNode, type TagNode, tagNode } from '../../src/host/tree/nodes.ts';
import { TreeDrawing } from '../../src/host/tree/treeDrawing.ts';
import { type Change, connection } from './openTree.ts';

const registry = registryNode({ ...connection, state: 'unknown' });
const repository = repositoryNode(registry, { name: 'web', reference: 'one.example/web' });
const [first, second] = ['1.1', '1.2'].map((name) => tagNode(repository, { name })) as [TagNode, TagNode];

describe('drawing rows of the tree anew', () => {
  let drawing: TreeDrawing;
  let changes: Change[];

  it('is told at once, and together, of rows in which nothing is being opened', () =>
    inOneTurn(() => {
      drawing.fireAll([first, second]);
      assert.deepEqual(changes, [[first, second]]);
    }));

  it('waits with a row that is being opened until nothing in it was opened for a moment: one that is opened in it meanwhile would stay empty', () =>
    inOneTurn(() => {
      drawing.asked(first);
      drawing.fireAll([first, second]);
      assert.deepEqual(changes, [[second]]);
      drawing.answered(first, []);
      drawing.opened(first);
      assert.deepEqual(changes, [[second]]);
      mock.timers.tick(1500);
      const below = { ...first, id: `${first.id}|files` };
      open(below);
      drawing.closed(below);
      mock.timers.tick(1500);
      assert.deepEqual(changes, [[second]]);
      mock.timers.tick(1500);
      assert.deepEqual(changes, [[second], first]);
    }));

  it('draws new rows of a node as soon as it is open, but leaves those alone of which one is being opened', () =>
    inOneTurn(() => {
      drawing.asked(repository);
      drawing.answered(repository, [first, second]);
      drawing.fire(repository);
      drawing.opened(repository);
      assert.deepEqual(changes, [repository]);
      drawing.asked(first);
      drawing.answered(first, []);
      drawing.fire(repository);
      drawing.opened(first);
      assert.deepEqual(changes, [repository]);
      mock.timers.tick(2000);
      assert.deepEqual(changes, [repository, repository]);
    }));

  it('waits with a row until those below it are closed, else VS Code closes what is opened meanwhile', () =>
    inOneTurn(() => {
      open(repository, [first, second]);
      open(first);
      drawing.fireAtRest(repository);
      drawing.fireAll([first]);
      mock.timers.tick(5000);
      assert.deepEqual(changes, [first]);
      drawing.closed(first);
      assert.deepEqual(changes, [first, repository]);
    }));

  it('waits for no row that has gone, or was closed with the one that it is in', () =>
    inOneTurn(() => {
      open(repository, [first, second]);
      open(first);
      open(repository, [second]);
      mock.timers.tick(5000);
      drawing.fireAtRest(repository);
      assert.deepEqual(changes, [repository]);
      open(second);
      drawing.closed(repository);
      open(repository, [second]);
      mock.timers.tick(5000);
      drawing.fireAtRest(repository);
      assert.deepEqual(changes, [repository, repository]);
    }));

  it('draws what a registry says of itself also while something is open in it', () =>
    inOneTurn(() => {
      drawing.opened(registry);
      open(repository, [first]);
      mock.timers.tick(5000);
      drawing.fireAtRest(registry);
      assert.deepEqual(changes, [registry]);
    }));

  it('draws a row once that was to be drawn several times meanwhile', () =>
    inOneTurn(() => {
      drawing.asked(first);
      drawing.fireAll([first]);
      drawing.fireAll([first]);
      drawing.answered(first, []);
      drawing.opened(first);
      mock.timers.tick(5000);
      assert.deepEqual(changes, [first]);
    }));

  /** A timer that VS Code itself starts while these are replaced would never end. */
  function inOneTurn(work: () => void): void {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      drawing = new TreeDrawing();
      changes = [];
      drawing.event((change) => changes.push(change));
      work();
      drawing.dispose();
    } finally {
      mock.timers.reset();
    }
  }

  function open(node: TagNode | RepositoryNode, rows: readonly TagNode[] = []): void {
    drawing.asked(node);
    drawing.answered(node, rows);
    drawing.opened(node);
  }
});

import assert from 'node:assert/strict';
import { mock } from 'node:test';
import * as vscode from 'vscode';
import { commandIds } from '../../src/host/ids.ts';
import { TagWatcher } from '../../src/host/tagWatcher.ts';
import { eventually } from '../support/eventually.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { hostServices } from './hostServices.ts';
import { connection, openTree } from './openTree.ts';

const before = `sha256:${'1'.repeat(64)}`;
const after = `sha256:${'2'.repeat(64)}`;

describe('a watched tag that has moved', () => {
  afterEach(() => mock.restoreAll());

  it('is told while the window has the focus, and what it was is compared with what it is', async () => {
    const { connections, gantry, tree } = openTree({
      resolve: async () => ({ mediaType: '', size: 1, digest: after }),
    });
    tree.dispose();
    const services = hostServices(gantry, connections, fakePorts());
    await services.watched.set({ reference: 'one.example/web:1.0', connectionId: connection.id, digest: before });
    const asked: string[] = [];
    mock.method(vscode.window, 'showInformationMessage', async (text: string, ...buttons: readonly string[]) => {
      asked.push(text);
      return buttons[0];
    });
    mock.getter(vscode.window, 'state', () => ({ focused: true, active: true }));
    const run = mock.method(vscode.commands, 'executeCommand', async () => undefined);
    mock.timers.enable({ apis: ['setTimeout'] });
    const watcher = new TagWatcher(services);
    mock.timers.tick(60_000);
    mock.timers.reset();
    await eventually(() => assert.equal(run.mock.callCount(), 1));
    assert.deepEqual(asked, ['one.example/web:1.0 has moved: sha256:111111111111 → sha256:222222222222']);
    assert.deepEqual(run.mock.calls[0]?.arguments, [
      commandIds.compare,
      { kind: 'link', reference: `one.example/web@${before}` },
      { kind: 'link', reference: `one.example/web@${after}` },
    ]);
    watcher.dispose();
  });
});

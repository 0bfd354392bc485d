import assert from 'node:assert/strict';
import net from 'node:net';
import * as vscode from 'vscode';
import { watchSideEffects } from '../support/sideEffects.ts';

// Runs before all others: the first of them that wants something activates the extension.
describe('the first activation', () => {
  it('opens no socket and starts no process', async () => {
    const extension = vscode.extensions.getExtension('gantry.gantry');
    assert.equal(extension?.isActive, false, 'something has activated it before');
    const watch = watchSideEffects();
    try {
      await watch.run(() => extension.activate());
      // What it left to do for later has had its turn.
      await new Promise((resolve) => setImmediate(() => setTimeout(resolve, 0)));
      assert.deepEqual(watch.effects, []);
    } finally {
      watch.dispose();
    }
    assert.ok(extension.isActive);
  });

  it('would be seen to open a socket later', async () => {
    const watch = watchSideEffects();
    try {
      await watch.run(async () => {
        await new Promise((resolve) => setTimeout(resolve, 0));
        new net.Socket()
          .on('error', () => {})
          .connect({ port: 1, host: '127.0.0.1' })
          .destroy();
      });
      assert.deepEqual(watch.effects, ['a socket was opened']);
    } finally {
      watch.dispose();
    }
  });
});

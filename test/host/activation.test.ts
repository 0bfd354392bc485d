import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds } from '../../src/host/ids.ts';
import { hostEnvironment } from './environment.ts';
import { gantryApi, gantryExports } from './gantryApi.ts';

/** The process-wide slots in which undici and Node's own `fetch` keep their dispatcher. */
const dispatcherSlots = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'] as const;

function heldDispatchers(): readonly unknown[] {
  return dispatcherSlots.map((name) => (globalThis as Record<symbol, unknown>)[Symbol.for(name)]);
}

describe('activation', () => {
  it('gives other extensions the public API, which knows the connections of the settings', async () => {
    const connections = (await gantryApi()).connections();
    const sample = connections.find(({ label }) => label === 'Sample registry');
    assert.equal(sample?.url, hostEnvironment().registry.url);
  });

  it('answers a version of the API that there is not', async () => {
    const { getApi } = await gantryExports();
    assert.deepEqual(getApi(2 as 1), { available: false, reason: 'version-unknown' });
  });

  it('registers every command', async () => {
    await gantryExports();
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      Object.values(commandIds).filter((id) => !registered.has(id)),
      [],
    );
  });

  it('neither asks nor takes what is selected where VS Code lost the row whose menu was used', async () => {
    await gantryExports();
    for (const [row, all] of [
      [undefined, undefined],
      [undefined, [undefined]],
    ] as const) {
      assert.equal(await vscode.commands.executeCommand(commandIds.copyDigest, row, all), undefined);
      assert.equal(await vscode.commands.executeCommand(commandIds.delete, row, all), undefined);
    }
  });

  it('leaves the dispatcher of other extensions as it is, before and after its requests', async () => {
    // Creates the slots, so that there is something to be replaced.
    await fetch(hostEnvironment().registry.url);
    const before = heldDispatchers();
    assert.ok(before.some((dispatcher) => dispatcher !== undefined));
    const api = await gantryApi();
    const { host } = hostEnvironment().registry;
    await api.inspect(`${host}/shop/web:1.10.1`);
    const after = heldDispatchers();
    for (const [index, name] of dispatcherSlots.entries()) assert.equal(after[index], before[index], name);
  });
});

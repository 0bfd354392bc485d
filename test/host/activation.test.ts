import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { GantryExports } from '../../src/api.ts';
import { hostEnvironment } from './environment.ts';

describe('activation', () => {
  it('gives other extensions the public API, which knows the connections of the settings', async () => {
    const extension = vscode.extensions.getExtension<GantryExports>('gantry.gantry');
    const api = (await extension?.activate())?.getApi(1);
    const connections = api?.available ? api.api.connections() : [];
    const sample = connections.find(({ label }) => label === 'Sample registry');
    assert.equal(sample?.url, hostEnvironment().registry.url);
  });
});

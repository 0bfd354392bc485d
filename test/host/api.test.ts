import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { hostEnvironment } from './environment.ts';
import { assertRejects, gantryApi } from './gantryApi.ts';

describe('the public API', () => {
  const { host } = hostEnvironment().registry;

  it('reveals a tag in the tree', async () => {
    const api = await gantryApi();
    assert.equal(await api.reveal(`${host}/shop/web:1.10.1`), true);
    assert.equal(await api.reveal(`${host}/shop/web:0.0.0`), false);
  });

  it('pages through tags in the order of the server', async () => {
    const api = await gantryApi();
    const first = await api.listTags(`${host}/platform/nightly`, { limit: 1000 });
    assert.equal(first.items.length, 1000);
    assert.ok(first.cursor !== undefined);
    const second = await api.listTags(`${host}/platform/nightly`, { limit: 1000, cursor: first.cursor });
    assert.notEqual(second.items[0]?.name, first.items[0]?.name);
  });

  it('stops when its caller does', async () => {
    const api = await gantryApi();
    await assertRejects(api.inspect(`${host}/shop/web:1.10.1`, { signal: AbortSignal.abort() }), 'cancelled');
  });

  it('says what is wrong with a reference', async () => {
    const api = await gantryApi();
    assert.throws(() => api.parseReference('Team/App'), /lower case/);
    await assertRejects(api.inspect('registry.example.com/Team/App'), 'invalid', /lower case/);
  });

  it("reaches registries by the proxy that VS Code's settings name", async () => {
    const api = await gantryApi();
    const settings = vscode.workspace.getConfiguration('http');
    await settings.update('proxy', 'http://me:canary@127.0.0.1:9', vscode.ConfigurationTarget.Global);
    try {
      const says = /proxy 127\.0\.0\.1:9, which the setting http\.proxy names, cannot be reached: nothing answers/;
      await assertRejects(api.addConnection({ url: 'https://registry.example' }), 'proxy', says);
    } finally {
      await settings.update('proxy', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  for (const [name, url, code, message] of [
    ['is no address', 'not a host', 'invalid', /not the address of a registry/],
    ['nobody listens at', 'http://127.0.0.1:9', 'unreachable', /127\.0\.0\.1:9 .*nothing answers/],
  ] as const) {
    it(`adds nothing that ${name}`, async () => {
      const api = await gantryApi();
      const before = api.connections();
      await assertRejects(api.addConnection({ url }), code, message);
      assert.deepEqual(api.connections(), before);
    });
  }
});

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ConnectionInfo, GantryApi } from '../../src/api.ts';
import { commandIds } from '../../src/host/ids.ts';
import { hostEnvironment } from './environment.ts';
import { assertRejects, gantryApi } from './gantryApi.ts';

describe('a registry that is set to read-only', () => {
  const { registry } = hostEnvironment();
  let api: GantryApi;
  let connection: ConnectionInfo;

  before(async () => {
    api = await gantryApi();
    connection = await api.addConnection({ url: registry.url, label: 'Kept' });
    await vscode.commands.executeCommand(commandIds.makeReadOnly, connection.id);
  });

  after(async () => {
    await vscode.commands.executeCommand(commandIds.allowChanges, connection.id);
    await api.removeConnection(connection.id);
  });

  const image = `${registry.host}/shop/web:1.10.1`;

  it('says so', () => {
    assert.equal(api.connections().find(({ id }) => id === connection.id)?.readOnly, true);
  });

  it('is read as before', async () => {
    assert.ok((await api.inspect(image)).layers.length > 0);
  });

  const refused: readonly (readonly [what: string, change: () => unknown])[] = [
    ['tagging', () => vscode.commands.executeCommand(commandIds.tag, image, 'stable')],
    ['tagging by the API', () => api.tag(image, 'stable')],
    ['copying into it', () => vscode.commands.executeCommand(commandIds.copy, image, `${registry.host}/shop/copy:1`)],
    [
      'pushing to it',
      () => vscode.commands.executeCommand(commandIds.push, 'oci:/images:1', `${registry.host}/shop/copy:1`),
    ],
    [
      'combining images in it',
      () => vscode.commands.executeCommand(commandIds.assembleIndex, [image], `${registry.host}/shop/copy:1`),
    ],
    [
      'making a repository',
      () => vscode.commands.executeCommand(commandIds.createRepository, connection.id, 'shop/new'),
    ],
    ['deleting', () => vscode.commands.executeCommand(commandIds.delete, image, { dryRun: true })],
    [
      'pruning',
      () =>
        vscode.commands.executeCommand(commandIds.prune, `${registry.host}/shop/web`, {
          rule: { matching: '', keepNewest: 1, order: 'version', olderThanDays: 0, keep: [], untagged: false },
        }),
    ],
    [
      'deleting a repository',
      () =>
        vscode.commands.executeCommand(commandIds.deleteRepository, `${registry.host}/shop/web`, {
          confirmed: 'shop/web',
        }),
    ],
  ];
  for (const [what, change] of refused) {
    it(`refuses ${what}, with the reason and the way out`, async () => {
      await assertRejects(
        Promise.resolve(change()),
        'denied',
        /is set to read-only.*nothing was changed.*Allow Changes/,
      );
    });
  }

  const asking: readonly (readonly [what: string, command: string, image: string])[] = [
    ['tagging', commandIds.tag, image],
    ['deleting', commandIds.delete, image],
    ['locking a tag', commandIds.protectTag, image],
    ['pruning', commandIds.prune, `${registry.host}/shop/web`],
    ['deleting a repository', commandIds.deleteRepository, `${registry.host}/shop/web`],
  ];
  for (const [what, command, about] of asking) {
    it(`refuses ${what} before it asks anything`, async () => {
      // A question would wait for an answer for ever.
      await assertRejects(
        Promise.resolve(vscode.commands.executeCommand(command, about)),
        'denied',
        /is set to read-only.*nothing was changed.*Allow Changes/,
      );
    });
  }

  it('takes changes again when that is allowed', async () => {
    await vscode.commands.executeCommand(commandIds.allowChanges, connection.id);
    assert.ok((await api.tag(image, 'allowed')).digest);
    await vscode.commands.executeCommand(commandIds.makeReadOnly, connection.id);
  });
});

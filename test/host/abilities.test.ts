import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ConnectionInfo, GantryApi, Protection, RegistryAdapter, TagChange } from '../../src/api.ts';
import { commandIds } from '../../src/host/ids.ts';
import { hostEnvironment } from './environment.ts';
import { assertRejects, gantryApi } from './gantryApi.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('commands for what only some registries can do', () => {
  const { registry } = hostEnvironment();
  const done: unknown[] = [];
  let api: GantryApi;
  let connection: ConnectionInfo;
  let registration: { dispose(): void };

  before(async () => {
    api = await gantryApi();
    registration = api.registerAdapter(ableAdapter(done));
    connection = await api.addConnection({
      url: registry.url,
      adapterId: 'able',
      label: 'Able',
      username: 'ada',
      password: 'x',
    });
  });

  after(async () => {
    await api.removeConnection(connection.id);
    registration.dispose();
  });

  beforeEach(() => {
    done.length = 0;
  });

  /** Of the connection with an account, whichever else there is to that host. */
  const name = (repository: string): string => `${registry.host}/${repository}`;

  it('ask nothing when they are called with all that they need', async () => {
    const made = await vscode.commands.executeCommand(commandIds.createRepository, connection.id, 'team/app');
    assert.equal(made, name('team/app'));
    assert.deepEqual(done, ['create team/app']);
  });

  it('delete no repository whose name is not said again', async () => {
    const deleting = vscode.commands.executeCommand(commandIds.deleteRepository, name('shop/web'), {
      confirmed: 'shop',
    });
    await assertRejects(Promise.resolve(deleting), 'unconfirmed', /Nothing was deleted/);
    assert.deepEqual(done, []);
  });

  it('delete a repository whose name is said again', async () => {
    const options = { confirmed: 'shop/web' };
    assert.equal(
      await vscode.commands.executeCommand(commandIds.deleteRepository, name('shop/web:1.0'), options),
      true,
    );
    assert.deepEqual(done, ['delete shop/web']);
  });

  it('lock a tag from what is said, and unlock it', async () => {
    await vscode.commands.executeCommand(commandIds.protectTag, name('shop/web:1.10.1'), ['move']);
    await vscode.commands.executeCommand(commandIds.unprotectTag, name('shop/web:1.10.1'));
    assert.deepEqual(done, [['1.10.1', 'move'], ['1.10.1']]);
    const locking = vscode.commands.executeCommand(commandIds.protectTag, name(`shop/web@${digest}`), ['move']);
    await assertRejects(Promise.resolve(locking), 'invalid', /only tags can be locked/);
  });

  it('open the description of a repository as text', async () => {
    await vscode.commands.executeCommand(commandIds.showReadme, name('shop/web'));
    const { document } = vscode.window.activeTextEditor ?? assert.fail('nothing was opened');
    assert.deepEqual([document.uri.scheme, document.getText()], ['oci-readme', '# shop/web']);
    assert.equal(document.isUntitled, false);
  });

  it('say of a registry that cannot do it that it cannot', async () => {
    // Nothing has to be asked for it.
    const locking = vscode.commands.executeCommand(commandIds.protectTag, '127.0.0.1:1/books/atlas:1.0.0', ['move']);
    await assertRejects(Promise.resolve(locking), 'unsupported', /does not let Gantry lock single tags/);
  });
});

/** A registry that can do everything, and only notes what it was asked for. */
function ableAdapter(done: unknown[]): RegistryAdapter {
  const changes: readonly TagChange[] = [{ digest, from: '2025-01-01T00:00:00Z' }];
  return {
    id: 'able',
    label: 'Able',
    hosts: ['able.example'],
    open: (target, context) => ({
      test: async () => {},
      listRepositories: async () => ({ items: [{ name: 'team/app' }] }),
      createRepository: async (repository) => void done.push(`create ${repository}`),
      repository: (repository) => ({
        ...context.oci().repository(repository),
        deleteRepository: async () => void done.push(`delete ${repository}`),
        protectTag: async (tag: string, from: readonly Protection[]) => void done.push([tag, ...from]),
        tagHistory: async () => ({ items: changes }),
        readme: async () => `# ${repository}`,
        webUrl: () => `${target.url}/${repository}`,
      }),
    }),
  };
}

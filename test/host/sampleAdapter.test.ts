import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import * as vscode from 'vscode';
import type { ConnectionInfo, GantryApi } from '../../src/api.ts';
import { commandIds } from '../../src/host/ids.ts';
import { eventually } from '../support/eventually.ts';
import { shelfLogin } from '../support/sampleAdapter.ts';
import { hostEnvironment } from './environment.ts';
import { assertRejects, gantryApi } from './gantryApi.ts';

describe('the adapter of another extension', () => {
  const { registry, shelf } = hostEnvironment();
  let api: GantryApi;
  let connection: ConnectionInfo;

  before(async () => {
    api = await gantryApi();
  });

  after(async () => {
    if (connection !== undefined) await api.removeConnection(connection.id);
  });

  it('is loaded when a registry of its host is used, and not before', async () => {
    await api.inspect(`${registry.host}/shop/web:1.10.1`);
    assert.equal(sampleExtension().isActive, false);
    await assertRejects(api.addConnection({ url: shelf.url }), 'unauthorized');
    connection = await api.addConnection({ url: shelf.url, ...shelfLogin });
    assert.equal(connection.adapterId, 'shelf');
    assert.equal(sampleExtension().isActive, true);
  });

  it('lists its repositories, without what is none', async () => {
    const { items } = await api.listRepositories(connection.id);
    assert.deepEqual(items, [
      { name: 'books/atlas', description: 'Maps of the world', reference: `${shelf.host}/books/atlas` },
      { name: 'books/novel', reference: `${shelf.host}/books/novel` },
    ]);
  });

  it('shows its registry in the tree', async () => {
    assert.equal(await api.reveal(`${shelf.host}/books/atlas:1.0.0`), true);
  });

  it('serves hovers', async () => {
    const text = `FROM ${shelf.host}/books/novel:1.0.0\n`;
    const document = await vscode.workspace.openTextDocument({ language: 'dockerfile', content: text });
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(0, 7),
    );
    const texts = hovers.flatMap(({ contents }) =>
      contents.map((part) => (typeof part === 'string' ? part : part.value)),
    );
    assert.match(texts.join('\n'), /sha256:[0-9a-f]{64}/);
  });

  it('serves the image panel', async () => {
    await vscode.commands.executeCommand(commandIds.showImage, `${shelf.host}/books/atlas:1.0.0`);
    await eventually(() => {
      const labels = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
      assert.ok(
        labels.some((label) => label.includes('books/atlas:1.0.0')),
        labels.join(),
      );
    });
    assert.equal((await api.inspect(`${shelf.host}/books/atlas:1.0.0`)).platform, 'linux/amd64');
  });

  it('is told no secret', () => {
    const { opened } = sampleExtension().exports as { readonly opened: readonly unknown[] };
    assert.ok(opened.length > 0);
    const seen = inspect(opened, { depth: 10, showHidden: true, getters: true });
    assert.match(seen, new RegExp(shelfLogin.username));
    assert.ok(!seen.includes(shelfLogin.password));
    assert.ok(!seen.includes(Buffer.from(`:${shelfLogin.password}`).toString('base64').slice(4, -4)));
  });

  it('takes no hosts of Gantry’s own kinds, and no id of theirs', async () => {
    const { open } = { open: () => assert.fail('opened') };
    assert.throws(
      () => api.registerAdapter({ id: 'docker-hub', label: 'Hub', hosts: ['docker.io'], open }),
      /of Gantry/,
    );
    const registration = api.registerAdapter({ id: 'greedy', label: 'Greedy', hosts: ['registry-1.docker.io'], open });
    assert.equal(api.connections().find(({ url }) => url.includes('docker.io'))?.adapterId, 'docker-hub');
    registration.dispose();
  });
});

describe('a broken adapter of another extension', () => {
  const { registry, shelf } = hostEnvironment();

  it('fails in its own row, and nowhere else', async () => {
    const api = await gantryApi();
    const registration = api.registerAdapter({
      id: 'broken',
      label: 'Broken',
      hosts: ['broken.example'],
      open: (_target, context) => ({
        test: async () => {},
        listRepositories: async () => {
          throw new TypeError('x is not a function');
        },
        repository: (name) => context.oci().repository(name),
      }),
    });
    const connection = await api.addConnection({ url: shelf.url, adapterId: 'broken', label: 'Broken' });
    try {
      await assertRejects(
        api.listRepositories(connection.id),
        'protocol',
        /Broken of another extension failed.*x is not/,
      );
      assert.equal(await api.reveal(`${registry.host}/shop/web:1.10.1`), true);
    } finally {
      await api.removeConnection(connection.id);
      registration.dispose();
    }
  });

  it('that never answers keeps nobody waiting but who asked it', async () => {
    const api = await gantryApi();
    let given: AbortSignal | undefined;
    const registration = api.registerAdapter({
      id: 'stuck',
      label: 'Stuck',
      hosts: ['stuck.example'],
      open: (_target, context) => ({
        test: async () => {},
        listRepositories: (_namespace, { signal }) => {
          given = signal;
          return new Promise(() => {});
        },
        repository: (name) => context.oci().repository(name),
      }),
    });
    const connection = await api.addConnection({ url: shelf.url, adapterId: 'stuck', label: 'Stuck' });
    try {
      const controller = new AbortController();
      const listing = api.listRepositories(connection.id, { signal: controller.signal });
      assert.equal(await api.reveal(`${registry.host}/shop/web:1.10.1`), true);
      controller.abort();
      await assertRejects(listing, 'cancelled');
      assert.equal(given?.aborted, true);
    } finally {
      await api.removeConnection(connection.id);
      registration.dispose();
    }
  });
});

function sampleExtension(): vscode.Extension<unknown> {
  return vscode.extensions.getExtension('sample.shelf') ?? assert.fail('the sample extension is not there');
}

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds } from '../../src/host/ids.ts';
import { hostEnvironment } from './environment.ts';
import { gantryApi } from './gantryApi.ts';

interface FoundImage {
  readonly reference: string;
  readonly status: string;
  readonly places: readonly { readonly uri: string; readonly line: number }[];
}

const { host } = hostEnvironment().registry;
const missing = `${host}/shop/web:0.0.0`;
const behind = `${host}/shop/api:2.10.0@sha256:`;

describe('all images of a workspace', () => {
  let folder: vscode.Uri;
  let folders = 0;

  before(async () => void (await gantryApi()));

  beforeEach(() => {
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(workspace, 'a folder is open');
    // What was changed in an editor stays there, also when its file has gone.
    folder = vscode.Uri.joinPath(workspace.uri, `all-images-${++folders}`);
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(folder, { recursive: true, useTrash: false });
  });

  async function write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files))
      await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, name), new TextEncoder().encode(text));
  }

  async function find(): Promise<readonly FoundImage[]> {
    const found = await vscode.commands.executeCommand<readonly FoundImage[]>(commandIds.findImages);
    const inside = found.map((image) => ({
      ...image,
      places: image.places.filter(({ uri }) => uri.startsWith(`${folder}/`)),
    }));
    return inside.filter(({ places }) => places.length > 0);
  }

  async function text(name: string): Promise<string> {
    return (await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, name))).getText();
  }

  it('are found in files of every kind, by image, with how each stands', async () => {
    const newest = `${host}/shop/web:1.10.1`;
    await write({
      Dockerfile: `FROM ${host}/shop/web:1.9.0\nFROM ${newest}\n`,
      'deploy/compose.yaml': `services:\n  web:\n    image: ${host}/shop/web:1.9.0\n  gone:\n    image: ${missing}\n`,
      'deploy/pod.yaml': `kind: Pod\napiVersion: v1\nspec:\n  containers:\n    - image: registry.invalid/team/app:1\n`,
      'node_modules/a/Dockerfile': `FROM ${host}/shop/web:1.8.0\n`,
      'notes.txt': `FROM ${host}/shop/web:1.8.0\n`,
    });
    const found = await find();
    assert.deepEqual(
      found.map(({ reference, status, places }) => [reference, status, places.map(({ line }) => line)]),
      [
        [missing, 'missing', [4]],
        [newest, 'known', [1]],
        [`${host}/shop/web:1.9.0`, 'newer', [0, 2]],
        ['registry.invalid/team/app:1', 'notConnected', [4]],
      ],
    );
  });

  it('are not looked for where the file makes them', async () => {
    await write({ 'compose.yaml': `services:\n  web:\n    build: .\n    image: ${missing}\n` });
    assert.deepEqual(await find(), []);
    assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /## Made here[^\n]+\n\n\S+web:0\.0\.0\n- /);
  });

  it('are shown in a document with a link to each place', async () => {
    await write({ Dockerfile: `# a comment\nFROM ${host}/shop/web:1.9.0\n` });
    await find();
    const document = vscode.window.activeTextEditor?.document;
    assert.ok(document);
    assert.equal(document.languageId, 'markdown');
    assert.match(document.getText(), /shop\/web:1\.9\.0 — newer: 1\.10\.1\n- all-images-3\/Dockerfile:2\n/);
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      document.uri,
    );
    const place = links.find((link) => document.getText(link.range) === 'all-images-3/Dockerfile:2');
    assert.equal(place?.target?.toString(), `${vscode.Uri.joinPath(folder, 'Dockerfile')}#L2%2C6`);
  });

  it('are updated as far as is asked for, each in all of its places', async () => {
    await write({
      Dockerfile: `ARG V=1.9.0\nFROM ${host}/shop/web:\${V}\nCOPY --from=${host}/shop/api:2.9.0 /a /b\n`,
      'compose.yaml': `services:\n  web:\n    image: "${host}/shop/web:1.9.0"\n`,
    });
    const count = await vscode.commands.executeCommand<number>(commandIds.updateImages, 'minor', { preview: false });
    assert.ok(count >= 3);
    assert.equal(
      await text('Dockerfile'),
      `ARG V=1.10.1\nFROM ${host}/shop/web:\${V}\nCOPY --from=${host}/shop/api:2.10.0 /a /b\n`,
    );
    assert.equal(await text('compose.yaml'), `services:\n  web:\n    image: "${host}/shop/web:1.10.1"\n`);
  });

  it('are pinned where their registries are connected, and then found to be pinned', async () => {
    await write({ Dockerfile: `FROM ${host}/shop/api:2.10.0\nFROM registry.invalid/team/app:1\nFROM ${missing}\n` });
    const count = await vscode.commands.executeCommand<number>(commandIds.pinImages, { preview: false });
    assert.ok(count >= 1);
    const [first, second, third] = (await text('Dockerfile')).split('\n');
    assert.ok(first?.startsWith(`FROM ${behind}`), first);
    assert.equal(second, 'FROM registry.invalid/team/app:1');
    assert.equal(third, `FROM ${missing}`);
    const found = await find();
    assert.equal(found.find(({ reference }) => reference.startsWith(behind))?.status, 'known');
  });

  it('are behind where their digest is not what the tag names', async () => {
    const api = await gantryApi();
    const { digest } = await api.inspect(`${host}/shop/web:1.9.0`);
    await write({ Dockerfile: `FROM ${host}/shop/web:1.10.1@${digest}\n` });
    const [image] = await find();
    assert.equal(image?.status, 'behind');
  });
});

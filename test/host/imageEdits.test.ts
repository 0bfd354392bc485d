import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds } from '../../src/host/ids.ts';
import { actionsAt, runAction } from './editorDocuments.ts';
import { hostEnvironment } from './environment.ts';
import { gantryApi } from './gantryApi.ts';

const { host } = hostEnvironment().registry;

async function open(language: string, content: string): Promise<vscode.TextDocument> {
  return vscode.workspace.openTextDocument({ language, content });
}

describe('changes of the images that a file names', () => {
  // Actions are asked for once, of the extensions that are active.
  before(async () => void (await gantryApi()));

  it('pin an image to its digest and take the pin away again', async () => {
    const document = await open('dockerfile', `FROM ${host}/shop/web:1.10.1 AS web\n`);
    await runAction(await actionsAt(document, 'shop/web'), 'Pin ');
    assert.match(document.getText(), new RegExp(`^FROM ${host}/shop/web:1\\.10\\.1@sha256:[0-9a-f]{64} AS web\n$`));
    await runAction(await actionsAt(document, 'shop/web'), 'Remove the digest');
    assert.equal(document.getText(), `FROM ${host}/shop/web:1.10.1 AS web\n`);
  });

  it('update an image to the newest version of its line', async () => {
    const document = await open('yaml', `services:\n  web:\n    image: ${host}/shop/web:1.9.0\n`);
    const actions = await actionsAt(document, 'shop/web');
    await runAction(actions, 'Update to 1.10.1 (newest minor version)');
    assert.equal(document.getText(), `services:\n  web:\n    image: ${host}/shop/web:1.10.1\n`);
  });

  it('update the default that a line takes its version from', async () => {
    const document = await open('dockerfile', `ARG VERSION=1.10.0\nFROM ${host}/shop/web:\${VERSION}\n`);
    await runAction(await actionsAt(document, 'shop/web'), 'Update to 1.10.1');
    assert.equal(document.getText(), `ARG VERSION=1.10.1\nFROM ${host}/shop/web:\${VERSION}\n`);
  });

  it('pin the new version where the old one was pinned', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const document = await open('dockerfile', `FROM ${host}/shop/web:1.9.0@${digest}\n`);
    const offset = document.getText().indexOf(host);
    const place = { uri: document.uri.toString(), offset, tag: '1.10.1' };
    assert.equal(await vscode.commands.executeCommand(commandIds.updateTag, place), true);
    assert.match(document.getText(), /web:1\.10\.1@sha256:[0-9a-f]{64}\n$/);
    assert.doesNotMatch(document.getText(), /aaaa/);
  });

  it('write a name in lower case', async () => {
    const document = await open('dockerfile', 'FROM registry.invalid/Team/App:1\n');
    await runAction(await actionsAt(document, 'Team'), 'Write it as');
    assert.equal(document.getText(), 'FROM registry.invalid/team/app:1\n');
  });

  it('pin all images of a file as a source action', async () => {
    const text = `FROM ${host}/shop/web:1.10.1 AS web\nFROM web\nFROM registry.invalid/a:1\nCOPY --from=${host}/shop/api:2.10.0 /a /b\n`;
    const document = await open('dockerfile', text);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      new vscode.Range(0, 0, 0, 0),
      'source.pinImages',
    );
    await runAction(actions, 'Pin all images');
    const lines = document.getText().split('\n');
    assert.match(lines[0] ?? '', /@sha256:[0-9a-f]{64} AS web$/);
    assert.equal(lines[1], 'FROM web');
    assert.equal(lines[2], 'FROM registry.invalid/a:1');
    assert.match(lines[3] ?? '', /--from=\S+api:2\.10\.0@sha256:[0-9a-f]{64} \/a \/b$/);
  });

  it('are not offered where no registry is known', async () => {
    const document = await open('dockerfile', 'FROM registry.invalid/team/app:1\n');
    const titles = (await actionsAt(document, 'team')).map(({ title }) => title);
    assert.deepEqual(
      titles.filter((title) => /^(?:Update|Pin)/.test(title)),
      [],
    );
  });
});

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { hostEnvironment } from './environment.ts';
import { gantryApi } from './gantryApi.ts';

const { host } = hostEnvironment().registry;

/** What is proposed at the mark `|`, of Gantry's alone: other extensions propose words. */
async function proposalsAt(language: string, marked: string): Promise<readonly vscode.CompletionItem[]> {
  const offset = marked.indexOf('|');
  const content = marked.replace('|', '');
  const document = await vscode.workspace.openTextDocument({ language, content });
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    document.positionAt(offset),
  );
  return list.items.filter(({ kind }) => kind !== vscode.CompletionItemKind.Text);
}

async function labels(language: string, marked: string): Promise<readonly unknown[]> {
  return (await proposalsAt(language, marked)).map(({ label }) => label);
}

describe('proposals for images', () => {
  // Nobody waits for an extension that proposes.
  before(async () => void (await gantryApi()));

  it('are the tags, newest version first', async () => {
    const tags = await labels('dockerfile', `FROM ${host}/shop/web:|\n`);
    const versions = tags.filter((tag) => /^1\.\d+\.\d+$/.test(`${tag}`));
    assert.deepEqual(versions, ['1.10.1', '1.10.0', '1.9.0', '1.8.0']);
  });

  it('are those that hold what is typed', async () => {
    const tags = await labels('yaml', `services:\n  web:\n    image: ${host}/shop/web:1.9|\n`);
    assert.deepEqual(tags, ['1.9', '1.9.0']);
  });

  it('replace the whole tag, and keep the digest', async () => {
    const text = `FROM ${host}/shop/web:1.9|.0@sha256:${'a'.repeat(64)}\n`;
    const [proposal] = await proposalsAt('dockerfile', text);
    assert.ok(proposal?.range instanceof vscode.Range);
    assert.equal(proposal.range.end.character - proposal.range.start.character, '1.9.0'.length);
  });

  it('are the digest of the tag after its sign', async () => {
    const { digest } = await (await gantryApi()).inspect(`${host}/shop/web:1.9.0`);
    const text = `FROM ${host}/shop/web:1.9.0@|\n`;
    assert.deepEqual(await labels('dockerfile', text), [digest]);
  });

  it('are the digests of the newest tags where none is written', async () => {
    const proposals = await proposalsAt('dockerfile', `FROM ${host}/shop/web@sha256:|\n`);
    const { digest } = await (await gantryApi()).inspect(`${host}/shop/web:1.10.1`);
    const newest = proposals.find(({ label }) => label === digest);
    assert.match(newest?.detail ?? '', /1\.10\.1/);
  });

  it('are the stages above', async () => {
    const stages = await labels('dockerfile', 'FROM alpine AS Base\nFROM alpine AS next\nCOPY --from=| /a /b\n');
    assert.deepEqual(
      stages.filter((stage) => stage === 'Base' || stage === 'next'),
      ['Base', 'next'],
    );
  });

  it('are repositories of the registry whose address is typed', async () => {
    const repositories = await labels('yaml', `services:\n  web:\n    image: ${host}/shop/|\n`);
    assert.ok(repositories.includes(`${host}/shop/web`), repositories.join(' '));
  });

  it('are platforms', async () => {
    assert.ok((await labels('dockerfile', 'FROM --platform=linux/| registry.invalid/a\n')).includes('linux/arm64'));
  });

  it('are the platforms that the image on the line is there for', async () => {
    const proposals = await labels('dockerfile', `FROM --platform=| ${host}/shop/web:1.10.1\n`);
    assert.deepEqual(proposals, ['linux/amd64', 'linux/arm64/v8', 'linux/arm/v7', '$BUILDPLATFORM', '$TARGETPLATFORM']);
  });

  it('are the stages above in a mount', async () => {
    const stages = await labels('dockerfile', 'FROM alpine AS Base\nRUN --mount=type=cache,from=|,target=/a true\n');
    assert.ok(stages.includes('Base'), stages.join(' '));
  });

  it('are none for a registry that is not connected', async () => {
    assert.deepEqual(await labels('dockerfile', 'FROM registry.invalid/team/app:|\n'), []);
  });
});

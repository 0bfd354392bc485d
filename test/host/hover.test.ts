import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { hostEnvironment } from './environment.ts';
import { gantryApi } from './gantryApi.ts';

async function hoverOver(text: string, line: number, word: string, language = 'dockerfile'): Promise<string> {
  const document = await vscode.workspace.openTextDocument({ language, content: text });
  const character = document.lineAt(line).text.indexOf(word);
  assert.ok(character >= 0);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    new vscode.Position(line, character + 1),
  );
  return (
    hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (typeof content === 'string' ? content : content.value))
      .join('\n')
      // How VS Code writes plain text in Markdown.
      .replaceAll('&nbsp;', ' ')
      .replaceAll('\\', '')
  );
}

describe('the hover on FROM lines', () => {
  const { host } = hostEnvironment().registry;
  // Nobody waits for an extension that is about to be activated.
  before(async () => void (await gantryApi()));

  it('says what the image is', async () => {
    const hover = await hoverOver(`FROM ${host}/shop/web:1.10.1\n`, 0, host);
    for (const expected of [
      /sha256:[0-9a-f]{64}/,
      /`linux\/amd64`/,
      /`linux\/arm64\/v8`/,
      /2\.54 MB/,
      /gantry\.showImage/,
    ]) {
      assert.match(hover, expected);
    }
  });

  it('fills in the defaults of ARGs', async () => {
    const hover = await hoverOver(`ARG VERSION=1.10.1\nFROM ${host}/shop/web:\${VERSION}\n`, 1, 'VERSION');
    assert.match(hover, /shop\/web:1\.10\.1/);
  });

  it('says which variable has no value', async () => {
    assert.match(
      await hoverOver(`ARG VERSION\nFROM ${host}/shop/web:\${VERSION}\n`, 1, 'VERSION'),
      /VERSION has no value/,
    );
  });

  it('leaves stages and scratch alone', async () => {
    const text = `FROM ${host}/shop/web:1.10.1 AS build\nFROM build\nFROM scratch\n`;
    assert.equal(await hoverOver(text, 1, 'build'), '');
    assert.equal(await hoverOver(text, 2, 'scratch'), '');
  });

  it('names the host and what to do when the tag is not there', async () => {
    const hover = await hoverOver(`FROM ${host}/shop/web:0.0.0\n`, 0, host);
    assert.match(hover, /does not have/);
    assert.match(hover, /Check the name/);
  });

  it('says what is newer in the same line, and offers to write it', async () => {
    const hover = await hoverOver(`FROM ${host}/shop/web:1.9.0\n`, 0, host);
    assert.match(hover, /Newer&nbsp;|Newer/);
    assert.match(hover, /\[1\.10\.1\]\(command:gantry\.updateTag/);
    assert.match(hover, /command:gantry\.pinDigest/);
    assert.doesNotMatch(hover, /\[1\.10\.0\]/);
  });

  it('says who signed, and that nobody has verified it', async () => {
    assert.match(await hoverOver(`FROM ${host}/shop/web:1.10.1\n`, 0, host), /Signed.by.*Notation, not verified/);
    assert.match(await hoverOver(`FROM ${host}/shop/api:2.10.0\n`, 0, host), /Signed.by.*cosign, not verified/);
  });

  it('says when the tag beside a digest names another image, and offers its digest', async () => {
    const old = await hoverOver(`FROM ${host}/shop/web:1.9.0\n`, 0, host);
    const [digest = ''] = /sha256:[0-9a-f]{64}/.exec(old) ?? [];
    const hover = await hoverOver(`FROM ${host}/shop/web:1.10.1@${digest}\n`, 0, host);
    assert.match(hover, /`1\.10\.1` names another image now: `sha256:[0-9a-f]{64}`/);
    assert.match(hover, /Update digest\]\(command:gantry\.pinDigest/);
    assert.match(await hoverOver(`FROM ${host}/shop/web:1.9.0@${digest}\n`, 0, host), /`1\.9\.0` names this digest/);
  });

  it('offers to compare an image with what is newer', async () => {
    const hover = await hoverOver(`FROM ${host}/shop/web:1.9.0\n`, 0, host);
    assert.match(hover, /Compare with 1\.10\.1\]\(command:gantry\.compare/);
    assert.doesNotMatch(await hoverOver(`FROM ${host}/shop/web:1.10.1\n`, 0, host), /gantry\.compare/);
  });

  const files: readonly (readonly [name: string, language: string, text: string])[] = [
    ['a service of Compose', 'yaml', `services:\n  web:\n    image: ${host}/shop/web:1.10.1\n`],
    [
      'a pod of Kubernetes',
      'yaml',
      `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: a\n      image: ${host}/shop/web:1.10.1\n`,
    ],
    ['COPY --from', 'dockerfile', `FROM scratch\nCOPY --from=${host}/shop/web:1.10.1 /a /b\n`],
    ['a dev container', 'jsonc', `{ "image": "${host}/shop/web:1.10.1" } // a comment`],
  ];
  for (const [name, language, text] of files) {
    it(`says it of ${name}`, async () => {
      const line = text.split('\n').findIndex((each) => each.includes(host));
      assert.match(await hoverOver(text, line, host, language), /sha256:[0-9a-f]{64}/);
    });
  }

  it('asks no registry that is not connected, and offers to', async () => {
    const hover = await hoverOver('FROM registry.invalid/team/app:1\n', 0, 'registry');
    assert.match(hover, /Look up on registry\.invalid/);
  });
});

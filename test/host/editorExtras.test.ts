// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables look like this
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ConnectionInfo } from '../../src/api.ts';
import { Connections } from '../../src/core/connections.ts';
import { createLazyGantry } from '../../src/core/lazyGantry.ts';
import { findMentions } from '../../src/core/mentions/findMentions.ts';
import { DocumentMentions } from '../../src/host/editor/documentMentions.ts';
import { ImageCompletion } from '../../src/host/editor/imageCompletion.ts';
import { ImageDrops } from '../../src/host/editor/imageDrops.ts';
import { ImageInlayHints } from '../../src/host/editor/imageInlayHints.ts';
import { ImageLinks } from '../../src/host/editor/imageLinks.ts';
import { ImageLookups } from '../../src/host/editor/imageLookups.ts';
import { ImageTerminalLinks } from '../../src/host/editor/imageTerminalLinks.ts';
import { MentionEdits } from '../../src/host/editor/mentionEdits.ts';
import type { OtherFeatures } from '../../src/host/editor/otherExtensions.ts';
import { commandIds, settingIds } from '../../src/host/ids.ts';
import type { Services } from '../../src/host/services.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import type { Artifact } from '../support/oci.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { actionsAt, runAction, untilValue, useFiles } from './editorDocuments.ts';
import { gantryApi } from './gantryApi.ts';
import { hostServices } from './hostServices.ts';

const day = 24 * 60 * 60 * 1000;

describe('what an editor shows of images', () => {
  const open = useFiles();
  let registry: SampleRegistry;
  let connection: ConnectionInfo;

  before(async () => {
    registry = await startSampleRegistry();
    connection = await (await gantryApi()).addConnection({ url: registry.url });
    registry.push('shop/app', build('1', 40), '1.0.0', '1.0.1', '1.1.0', '2.0.0');
  });

  after(async () => {
    await (await gantryApi()).removeConnection(connection.id);
    await registry.close();
  });

  async function hints(document: vscode.TextDocument): Promise<readonly string[]> {
    const found = await vscode.commands.executeCommand<vscode.InlayHint[]>(
      'vscode.executeInlayHintProvider',
      document.uri,
      new vscode.Range(0, 0, document.lineCount, 0),
    );
    return found.map(({ label }) => `${label}`);
  }

  it('is a link to the image at its name, wherever it stands', async () => {
    const document = await open('compose.yaml', 'services:\n  web:\n    image: registry.invalid/a/b:1\n');
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      document.uri,
    );
    const ours = links.filter(({ target }) => target?.scheme === 'command');
    assert.deepEqual(
      ours.map(({ range, target }) => [document.getText(range), target?.path]),
      [['registry.invalid/a/b:1', commandIds.showImage]],
    );
  });

  it('is the age, which costs no request beside those of the checks', async () => {
    const { host } = registry;
    const index = writeIndex([build('amd64', 40), build('arm64', 40, 'arm64')], { annotations: createdBefore(20) });
    registry.push('shop/index', index, '1');
    const document = await open('Dockerfile', `FROM ${host}/shop/app:1.0.0\nFROM ${host}/shop/index:1\nFROM scratch\n`);
    await untilValue(() => hints(document), ['5 weeks', '2 weeks']);
    const asked = registry.requests.filter(({ path }) => path.includes('/shop/index/'));
    assert.equal(asked.length, 1, asked.map(({ path }) => path).join(' '));
  });

  it('is size and version where the settings want them', async () => {
    const annotations = { 'org.opencontainers.image.version': '3.1.4' };
    const digest = registry.push('shop/sized', build('sized', 5, 'amd64', annotations), '3');
    const document = await open('Dockerfile', `FROM ${registry.host}/shop/sized@${digest}\n`);
    try {
      await set(settingIds.inlayAge, false);
      assert.deepEqual(await hints(document), []);
      await set(settingIds.inlaySize, true);
      await set(settingIds.inlayVersion, true);
      const [hint = ''] = await hints(document);
      assert.match(hint, /^3\.1\.4 · \d+ B$/);
    } finally {
      for (const id of [settingIds.inlayAge, settingIds.inlaySize, settingIds.inlayVersion]) await set(id, undefined);
    }
  });

  it('is what a stage starts from, above it, where the setting wants it', async () => {
    const text = `FROM ${registry.host}/shop/app:1.0.0 AS build\nFROM build\nCOPY --from=${registry.host}/shop/app:1.0.1 / /\n`;
    const document = await open('Dockerfile', text);
    const lenses = async (): Promise<readonly (string | undefined)[]> => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        document.uri,
        10,
      );
      return found
        .filter(({ command }) => command?.command === commandIds.showImage)
        .map(({ command }) => command?.title);
    };
    assert.deepEqual(await lenses(), []);
    try {
      await set(settingIds.codeLensStages, true);
      const [lens = '', ...more] = await lenses();
      assert.match(lens, /^\d+ B · 1 layer · linux\/amd64$/);
      assert.deepEqual(more, []);
    } finally {
      await set(settingIds.codeLensStages, undefined);
    }
  });

  for (const [kind, tag] of [
    ['patch', '1.0.1'],
    ['minor', '1.1.0'],
    ['major', '2.0.0'],
  ]) {
    it(`updates all images of a file by source.updateImages.${kind}, each place once`, async () => {
      const { host } = registry;
      const text = (version: string): string =>
        `ARG V=${version}\nFROM ${host}/shop/app:$V AS a\nFROM ${host}/shop/app:\${V}\nCOPY --from=${host}/shop/app:${version} / /\nFROM registry.invalid/a:1.0.0\n`;
      const document = await open('Dockerfile', text('1.0.0'));
      await runAction(await actionsAt(document, 'ARG', `source.updateImages.${kind}`), 'Update all images');
      assert.equal(document.getText(), text(tag ?? ''));
    });
  }

  it('writes all names in lower case by source.fixAll', async () => {
    const document = await open('Dockerfile', 'FROM Team/App:V1\nFROM registry.invalid/A\nFROM b\n');
    await runAction(await actionsAt(document, 'Team', 'source.fixAll'), 'Write all names of images in lower case');
    assert.equal(document.getText(), 'FROM team/app:V1\nFROM registry.invalid/a\nFROM b\n');
  });

  it('updates the default of a variable in the line', async () => {
    const document = await open(
      'compose.yaml',
      `services:\n  web:\n    image: ${registry.host}/shop/app:\${TAG:-1.0.0}\n`,
    );
    await runAction(await actionsAt(document, 'shop/app'), 'Update to 1.1.0');
    assert.equal(document.getText(), `services:\n  web:\n    image: ${registry.host}/shop/app:\${TAG:-1.1.0}\n`);
  });
});

describe('a tag that is dropped into an editor', () => {
  const digest = `sha256:${'d'.repeat(64)}`;
  const cases: readonly (readonly [dropped: string, line: string, result: string | undefined])[] = [
    [
      'nginx:1.28',
      'FROM --platform=linux/arm64 nginx:1.27 AS web # x',
      'FROM --platform=linux/arm64 nginx:1.28 AS web # x',
    ],
    ['ghcr.io/a/b:2', 'FROM nginx:1.27 AS web', 'FROM ghcr.io/a/b:2 AS web'],
    ['nginx:1.28', `FROM nginx:1.27@sha256:${'a'.repeat(64)}`, `FROM nginx:1.28@${digest}`],
    ['nginx:1.28', 'FROM nginx:${V:-1.27}', 'FROM nginx:${V:-1.28}'],
    ['redis:7', 'FROM nginx:${V:-1.27} AS a', 'FROM redis:7 AS a'],
    ['nginx:1.28', 'COPY --from=nginx:1.27 /a /b', 'COPY --from=nginx:1.28 /a /b'],
    ['nginx:1.28', 'RUN true', undefined],
    ['some words', 'FROM nginx:1.27', undefined],
    ['nginx', 'FROM nginx:1.27', undefined],
  ];
  for (const [dropped, line, result] of cases) {
    it(`makes ${result ?? 'nothing of ours'} of ${line} with ${dropped}`, async () => {
      const document = await vscode.workspace.openTextDocument({ language: 'dockerfile', content: line });
      const services = offlineServices(digest);
      const mentions = new DocumentMentions(services);
      const drops = new ImageDrops(mentions, new MentionEdits(services, mentions));
      const data = new vscode.DataTransfer();
      data.set('text/plain', new vscode.DataTransferItem(dropped));
      const { token } = new vscode.CancellationTokenSource();
      const drop = await drops.provideDocumentDropEdits(document, new vscode.Position(0, 2), data, token);
      if (drop?.additionalEdit !== undefined) await vscode.workspace.applyEdit(drop.additionalEdit);
      assert.equal(drop && document.getText(), result);
    });
  }
});

describe('the links of the terminal', () => {
  it('are images of registries that are known, and repositories that were opened', async () => {
    const services = offlineServices('');
    await services.recent.add('docker.io/library/nginx:1.27');
    const links = new ImageTerminalLinks(services);
    const line = 'nginx:1.28 redis:7 ghcr.io/a/b:1 registry.invalid/a/b:1 src/a.ts:1';
    const found = links.provideTerminalLinks({ line });
    assert.deepEqual(
      found.map(({ startIndex, length }) => line.slice(startIndex, startIndex + length)),
      ['nginx:1.28', 'ghcr.io/a/b:1'],
    );
  });
});

describe('beside other extensions', () => {
  const open = useFiles();
  const services = offlineServices(`sha256:${'d'.repeat(64)}`);
  const mentions = new DocumentMentions(services);
  const lookups = new ImageLookups(services);
  const edits = new MentionEdits(services, mentions);
  const { token } = new vscode.CancellationTokenSource();
  const othersShow = (): OtherFeatures => ({ linkNames: true, proposeStages: true, tellAge: true });

  it('the tag is a link of its own, since the name is one of theirs', async () => {
    const text = 'FROM registry.invalid:5000/a/b:1.0\nFROM c\nCOPY --from=d:2 / /\n';
    const document = await open('Dockerfile', text);
    const links = await new ImageLinks(mentions, othersShow).provideDocumentLinks(document);
    assert.deepEqual(
      links.map(({ range, target }) => [document.getText(range), target && JSON.parse(target.query)]),
      [
        ['registry.invalid:5000/a/b', ['registry.invalid:5000/a/b:1.0']],
        ['1.0', ['registry.invalid:5000/a/b:1.0']],
        ['c', ['c']],
        ['d:2', ['d:2']],
      ],
    );
  });

  it('stages after --from= are left to them, and those after FROM are not', async () => {
    const completion = new ImageCompletion({ services, mentions, lookups, edits, othersShow });
    const document = await open('Dockerfile', 'FROM a AS first\nFROM fi\nCOPY --from=fi / /\n');
    const proposed = async (line: number): Promise<readonly unknown[]> => {
      const { end } = document.lineAt(line).range;
      const list = await completion.provideCompletionItems(document, end.with({ character: line * 7 }), token);
      return (list?.items ?? []).map(({ label }) => label);
    };
    assert.deepEqual(await proposed(1), ['first']);
    assert.deepEqual(await proposed(2), []);
  });

  it('the age is left to them where they tell it', async () => {
    const checked = new vscode.EventEmitter<void>();
    const createdAt = new Date(Date.now() - 40 * day).toISOString();
    const checks = { onDidCheck: checked.event, known: () => ({ digest: '', createdAt }) };
    const hints = new ImageInlayHints({ mentions, lookups, checks, edits, othersShow });
    const document = await open('Dockerfile', 'FROM nginx:1.27\nFROM registry.invalid/a:1\nFROM nginx\n');
    const found = await hints.provideInlayHints(document, new vscode.Range(0, 0, 3, 0), token);
    assert.deepEqual(
      found.map(({ position }) => position.line),
      [1, 2],
    );
    hints.dispose();
    checked.dispose();
  });
});

/** Parts that find images in files, and know one digest. */
function offlineServices(digest: string): Services {
  const ports = fakePorts();
  const connections = new Connections({ ...ports, configured: () => [] });
  const gantry = createLazyGantry(connections, () => assert.fail('nothing of it is needed'));
  return hostServices(
    {
      ...gantry,
      findReferences: (text, languageId, fileName) =>
        findMentions(text, { languageId, ...(fileName !== undefined && { fileName }) }),
      resolve: async () => ({ mediaType: '', size: 0, digest }),
    },
    connections,
    ports,
  );
}

function build(
  command: string,
  age: number,
  architecture = 'amd64',
  annotations?: Readonly<Record<string, string>>,
): Artifact {
  return writeImage({
    platform: { os: 'linux', architecture },
    steps: [{ createdBy: command, layer: writeLayer([file('app', command)], 'gzip') }],
    created: new Date(Date.now() - age * day).toISOString(),
    ...(annotations !== undefined && { annotations }),
  });
}

function createdBefore(days: number): Readonly<Record<string, string>> {
  return { 'org.opencontainers.image.created': new Date(Date.now() - days * day).toISOString() };
}

async function set(id: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration().update(id, value, vscode.ConfigurationTarget.Global);
}

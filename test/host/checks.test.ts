import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ConnectionInfo } from '../../src/api.ts';
import { commandIds, settingIds } from '../../src/host/ids.ts';
import { writeImage, writeIndex } from '../support/imageWriter.ts';
import type { Artifact } from '../support/oci.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { actionsAt, problemsOf, runAction, untilNames, untilProblems, useFiles } from './editorDocuments.ts';
import { gantryApi } from './gantryApi.ts';

const unknownDigest = `sha256:${'f'.repeat(64)}`;

describe('the checks of images in files', () => {
  const open = useFiles();
  let registry: SampleRegistry;
  let connection: ConnectionInfo;

  before(async () => {
    registry = await startSampleRegistry();
    const api = await gantryApi();
    connection = await api.addConnection({ url: registry.url });
  });

  after(async () => {
    await (await gantryApi()).removeConnection(connection.id);
    await registry.close();
  });

  /** Opens a Dockerfile of these images and waits for as many problems. */
  async function check(count: number, ...images: readonly string[]): Promise<vscode.TextDocument> {
    const lines = images.map((image) => `FROM ${image.replace('HOST', registry.host)}\n`);
    const document = await open('Dockerfile', lines.join(''));
    await untilProblems(document, count);
    return document;
  }

  function manifestRequests(): readonly string[] {
    return registry.requests.filter(({ path }) => path.includes('/manifests/')).map(({ path }) => path);
  }

  it('report what is not there, what has no build, and what is no name', async () => {
    registry.push('kinds/app', build('1'), '1');
    const document = await check(
      3,
      'HOST/kinds/app:1',
      'HOST/kinds/app:2',
      '--platform=linux/s390x HOST/kinds/app:1',
      'HOST/Kinds/App:1',
    );
    const { host } = registry;
    await untilNames(document, [
      `notFound at ${host}/kinds/app:2`,
      `platform at ${host}/kinds/app:1`,
      `invalid at ${host}/Kinds/App:1`,
    ]);
    const [missing] = problemsOf(document);
    assert.equal(missing?.message, `${host} does not have kinds/app:2.`);
    assert.equal(missing.severity, vscode.DiagnosticSeverity.Error);
    assert.ok(typeof missing.code === 'object');
    assert.match(`${missing.code.target}`, /readme\.md#L\d+$/i);
  });

  it('report digests that do not belong to their tags, and mend them', async () => {
    const [old, other] = [build('old'), build('other', { 'org.opencontainers.image.version': '2.0' })];
    const oldDigest = registry.push('pins/app', old);
    const otherDigest = registry.push('pins/app', other);
    const now = registry.push('pins/app', build('now'), '1.0');
    const document = await check(
      3,
      `HOST/pins/app:1.0@${oldDigest}`,
      `HOST/pins/app:1.0@${otherDigest}`,
      `HOST/pins/app:1.0@${now}`,
      `HOST/pins/app:1.0@${unknownDigest}`,
    );
    const image = `${registry.host}/pins/app:1.0`;
    await untilNames(document, [
      `behind at ${image}@${oldDigest}`,
      `digestMismatch at ${image}@${otherDigest}`,
      `notFound at ${image}@${unknownDigest}`,
    ]);
    await runAction(await actionsAt(document, oldDigest), 'Update the digest to what 1.0 names now');
    assert.equal(document.lineAt(0).text, `FROM ${image}@${now}`);
    const offered = await actionsAt(document, otherDigest);
    const titles = offered.map(({ title }) => title);
    assert.deepEqual([...new Set(titles)], titles, 'each is offered once');
    await runAction(offered, 'Remove the digest');
    assert.equal(document.lineAt(1).text, `FROM ${image}`);
  });

  it('mend the same problem in all of a file', async () => {
    const old = registry.push('all/app', build('old'));
    const now = registry.push('all/app', build('now'), '1', '2');
    const document = await check(2, `HOST/all/app:1@${old}`, `HOST/all/app:2@${old}`);
    await runAction(await actionsAt(document, 'all/app:1'), 'Update all 2 digests that are behind their tags');
    const image = `${registry.host}/all/app`;
    assert.equal(document.getText(), `FROM ${image}:1@${now}\nFROM ${image}:2@${now}\n`);
    await untilProblems(document, 0);
  });

  it('write all names of a file in lower case', async () => {
    const document = await check(2, 'Team/App:V1', 'ghcr.io/Owner/App');
    await runAction(await actionsAt(document, 'Team'), 'Write all 2 names in lower case');
    assert.equal(document.getText(), 'FROM team/app:V1\nFROM ghcr.io/owner/app\n');
  });

  it('report what its annotations say of its end', async () => {
    const end = build('end', { 'com.example.end-of-life.date': '2020-02-02' });
    registry.push('end/app', end, '1');
    const document = await check(1, 'HOST/end/app:1');
    const [problem] = problemsOf(document);
    assert.match(problem?.message ?? '', /has reached the end of its life on 2020-02-02/);
    assert.deepEqual(problem?.tags, [vscode.DiagnosticTag.Deprecated]);
  });

  it('are as severe as the settings say, and opinions are off', async () => {
    registry.push('settings/app', build('1'), 'latest');
    const document = await check(1, 'HOST/settings/app', 'HOST/settings/app:0');
    await untilNames(document, [`notFound at ${registry.host}/settings/app:0`]);
    try {
      await set(settingIds.checkLatest, 'hint');
      await set(settingIds.checkNotFound, 'off');
      await untilNames(document, [`latest at ${registry.host}/settings/app`]);
      assert.equal(problemsOf(document)[0]?.severity, vscode.DiagnosticSeverity.Hint);
      await set(settingIds.checksEnabled, false);
      await untilProblems(document, 0);
    } finally {
      for (const id of [settingIds.checkLatest, settingIds.checkNotFound, settingIds.checksEnabled])
        await set(id, undefined);
    }
  });

  it('leave alone what a file makes, and what is known only in a build', async () => {
    const text = `services:\n  web:\n    image: ${registry.host}/made/app\n    build: .\n  api:\n    image: ${registry.host}/made/app:\${TAG}\n  db:\n    image: ${registry.host}/made/db:1\n`;
    const document = await open('compose.yaml', text);
    await untilProblems(document, 1);
    await untilNames(document, [`notFound at ${registry.host}/made/db:1`]);
  });

  it('ask for 20 images that 200 lines name 20 times, and not again for some minutes', async () => {
    const before = manifestRequests().length;
    const images = Array.from({ length: 20 }, (_, index) => `HOST/many/app${index % 7}:${index}`);
    for (const [index, image] of images.entries()) {
      if (index === 0) continue;
      // Indexes, whose images would be twice the requests.
      registry.push(image.slice('HOST/'.length).replace(/:.*/, ''), writeIndex([build(`${index}`)]), `${index}`);
    }
    const lines = Array.from({ length: 200 }, (_, index) => images[index % 20] ?? '');
    // One of them is missing, which shows that all are checked.
    const document = await check(10, ...lines);
    await vscode.commands.executeCommand(commandIds.checkAgain);
    assert.equal(manifestRequests().length - before, 20);

    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), `FROM ${registry.host}/Upper/Case\n`);
    await vscode.workspace.applyEdit(edit);
    await untilProblems(document, 11);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand(commandIds.checkAgain);
    assert.equal(manifestRequests().length - before, 20);
  });

  it('ask no registry that is not connected', async () => {
    const stranger = await startSampleRegistry();
    try {
      await check(1, `${stranger.host}/a/b:1`, 'Upper/Case:1');
      await vscode.commands.executeCommand(commandIds.checkAgain);
      assert.deepEqual(stranger.requests, []);
    } finally {
      await stranger.close();
    }
  });

  it('make nothing of a registry that is offline, and take it up when it is asked for again', async () => {
    const first = await startSampleRegistry();
    const api = await gantryApi();
    const offline = await api.addConnection({ url: first.url });
    await first.close();
    let second: SampleRegistry | undefined;
    try {
      const document = await check(1, `${first.host}/a/b:1`, 'Upper/Case:1');
      await vscode.commands.executeCommand(commandIds.checkAgain);
      await untilNames(document, ['invalid at Upper/Case:1']);

      second = await startSampleRegistry({ port: Number(new URL(first.url).port) });
      await vscode.commands.executeCommand(commandIds.checkAgain);
      await untilProblems(document, 2);
      await untilNames(document, [`notFound at ${first.host}/a/b:1`, 'invalid at Upper/Case:1']);
    } finally {
      await api.removeConnection(offline.id);
      await second?.close();
    }
  });

  it('leave to others what they report at the same place', async () => {
    registry.push('others/app', build('1'), 'latest');
    const others = vscode.languages.createDiagnosticCollection('others');
    try {
      await set(settingIds.checkLatest, 'warning');
      const document = await check(2, 'HOST/others/app', 'HOST/others/app:latest');
      const other = new vscode.Diagnostic(
        new vscode.Range(0, 0, 0, 4),
        'Always tag the version of an image explicitly',
      );
      other.source = 'hadolint';
      other.code = 'DL3006';
      others.set(document.uri, [other]);
      await untilProblems(document, 1);
      await untilNames(document, [`latest at ${registry.host}/others/app:latest`]);
      others.clear();
      await untilProblems(document, 2);
    } finally {
      others.dispose();
      await set(settingIds.checkLatest, undefined);
    }
  });

  // As Docker's language servers and BuildKit write it.
  const invalid: readonly (readonly [source: string, code: string | number, message: string])[] = [
    ['dockerfile-utils', 26, 'invalid reference format'],
    ['dockerfile-utils', 63, 'invalid from flag value Upper/Case:1: invalid reference format'],
    [
      'Docker DX (docker-language-server)',
      '',
      'failed to parse stage name "Upper/Case:1": invalid reference format: repository name (Case) must be lowercase',
    ],
    [
      'Docker DX (docker-language-server)',
      'InvalidDefaultArgInFrom',
      'Default value for global ARG results in an empty or invalid base image name',
    ],
  ];
  for (const [source, code, message] of invalid) {
    it(`leave a malformed name to ${source}: ${message}`, async () => {
      const others = vscode.languages.createDiagnosticCollection('others');
      try {
        const document = await check(1, 'Upper/Case:1');
        const other = new vscode.Diagnostic(new vscode.Range(0, 0, 0, 5), message);
        Object.assign(other, { source, code });
        others.set(document.uri, [other]);
        await untilProblems(document, 0);
        others.clear();
        await untilProblems(document, 1);
      } finally {
        others.dispose();
      }
    });
  }
});

function build(command: string, annotations?: Readonly<Record<string, string>>): Artifact {
  return writeImage({
    platform: { os: 'linux', architecture: 'amd64' },
    steps: [{ createdBy: command }],
    ...(annotations !== undefined && { annotations }),
  });
}

async function set(id: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration().update(id, value, vscode.ConfigurationTarget.Global);
}

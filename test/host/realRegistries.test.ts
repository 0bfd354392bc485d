import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { ConnectionInfo, DeletePlan, Descriptor, GantryApi, PullResult, TransferResult } from '../../src/api.ts';
import { commandIds, settingIds } from '../../src/host/ids.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { podmanProgram, startPodman } from '../support/podman.ts';
import { needsPrograms } from '../support/programs.ts';
import { realRegistryKinds } from '../support/realRegistries.ts';
import type { RealRegistry } from '../support/realRegistry.ts';
import { dockerReference, pushWithSkopeo, registryFlags, skopeo, skopeoProgram } from '../support/skopeo.ts';
import { file } from '../support/tarWriter.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';
import { actionsAt, runAction, untilNames, useFiles } from './editorDocuments.ts';
import { assertRejects, gantryApi } from './gantryApi.ts';

const login = { user: 'ada', password: 'correct horse' };

const builds = [
  { os: 'linux', architecture: 'amd64' },
  { os: 'linux', architecture: 'arm64', variant: 'v8' },
].map((platform) =>
  writeImage({
    platform,
    steps: [
      {
        createdBy: `COPY ${platform.architecture} /app`,
        layer: writeLayer([file('app', platform.architecture)], 'gzip'),
      },
    ],
  }),
);
const image = writeIndex(builds);

for (const { name, deletesTags, start, needs } of realRegistryKinds) {
  describe(`${name} with a password`, function () {
    this.timeout(60_000);
    const open = useFiles();
    let registry: RealRegistry;
    let api: GantryApi;
    let connection: ConnectionInfo;

    before(async function () {
      needs(this);
      needsPrograms(this, skopeoProgram);
      registry = await start({ login });
      api = await gantryApi();
      connection = await api.addConnection({ url: registry.url, username: login.user, password: login.password });
    });

    after(async () => {
      if (connection !== undefined) await api.removeConnection(connection.id);
      await registry?.close();
    });

    /** Pushes the image with these tags into a repository of this test alone, and returns its reference. */
    async function push(repository: string, ...tags: string[]): Promise<string> {
      await pushWithSkopeo(registry, repository, image, ...tags);
      return `${registry.host}/${repository}`;
    }

    async function tagsOf(repository: string): Promise<readonly string[]> {
      const listed = await skopeo('list-tags', ...registryFlags(registry), `docker://${registry.host}/${repository}`);
      return (JSON.parse(listed) as { Tags: string[] }).Tags.sort();
    }

    async function digestOf(repository: string, tag: string): Promise<string> {
      const target = dockerReference(registry, repository, tag);
      return (await skopeo('inspect', '--format', '{{.Digest}}', ...registryFlags(registry), target)).trim();
    }

    async function planOf(reference: string): Promise<DeletePlan> {
      const plans = await vscode.commands.executeCommand<DeletePlan[]>(commandIds.delete, reference, { dryRun: true });
      const [plan] = plans;
      assert.ok(plan);
      return plan;
    }

    it('is connected, without the password in what other extensions see', () => {
      assert.equal(connection.account, login.user);
      assert.equal(connection.state, 'ready');
      assert.ok(!JSON.stringify(api.connections()).includes(login.password));
    });

    it('refuses a wrong password, which changes nothing', async () => {
      const before = api.connections();
      const adding = api.addConnection({ url: registry.url, username: login.user, password: 'wrong' });
      await assertRejects(adding, 'unauthorized', new RegExp(registry.host));
      assert.deepEqual(api.connections(), before);
      await api.listRepositories(connection.id);
    });

    it('lists what it holds', async () => {
      const reference = await push('listing', '1.0', 'latest');
      const repositories = await api.listRepositories(connection.id);
      // One with an API of its own tells more of a repository than its name.
      const listed = repositories.items.find(({ name }) => name === 'listing');
      assert.equal(listed?.reference, reference);
      const { items } = await api.listTags(reference);
      assert.deepEqual(items.map((tag) => tag.name).sort(), ['1.0', 'latest']);
    });

    it('shows an image for several platforms, as skopeo sees it', async () => {
      const reference = await push('inspecting', '1.0');
      const details = await api.inspect(`${reference}:1.0`, { platform: 'linux/arm64' });
      assert.equal(details.digest, await digestOf('inspecting', '1.0'));
      assert.deepEqual(details.platforms, ['linux/amd64', 'linux/arm64/v8']);
      assert.equal(details.platform, 'linux/arm64/v8');
      assert.equal(details.platformDigest, builds[1]?.manifest.descriptor.digest);
      assert.deepEqual(
        details.layers.map(({ command }) => command),
        ['COPY arm64 /app'],
      );
    });

    it('lets a file be pinned to what it holds, and be updated to what is newer', async () => {
      const reference = await push('editing', '1.0', '1.1');
      const text = `services:\n  web:\n    image: ${reference}:1.0\n`;
      const document = await vscode.workspace.openTextDocument({ language: 'yaml', content: text });
      const place = { uri: document.uri.toString(), offset: text.indexOf(reference) };
      const position = document.positionAt(place.offset);
      const [hover] = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        position,
      );
      const digest = await digestOf('editing', '1.0');
      const shown = hover?.contents.map((part) => (typeof part === 'string' ? part : part.value)).join('') ?? '';
      assert.ok(shown.includes(digest), shown);

      assert.equal(await vscode.commands.executeCommand(commandIds.pinDigest, place), true);
      assert.equal(document.getText(), text.replace(':1.0', `:1.0@${digest}`));
      assert.equal(await vscode.commands.executeCommand(commandIds.updateTag, { ...place, tag: '1.1' }), true);
      assert.equal(document.getText(), text.replace(':1.0', `:1.1@${digest}`));
    });

    it('is asked for what a file names, which shows what is wrong, and mends it', async () => {
      const reference = await push('checking', '1.0', '1.1');
      const [old] = builds;
      assert.ok(old);
      await pushWithSkopeo(registry, 'checking', old, 'old');
      const [digest, oldDigest] = [await digestOf('checking', '1.0'), await digestOf('checking', 'old')];
      const document = await open(
        'Dockerfile',
        [
          `${reference}:2.0`,
          `--platform=linux/s390x ${reference}:1.0`,
          `${reference}:1.1@${oldDigest}`,
          `${reference}:1.0`,
        ]
          .map((image) => `FROM ${image}\n`)
          .join(''),
      );
      await untilNames(document, [
        `notFound at ${reference}:2.0`,
        `platform at ${reference}:1.0`,
        // The digest is that of one of the platforms of the tag.
        `digestMismatch at ${reference}:1.1@${oldDigest}`,
      ]);
      await runAction(await actionsAt(document, oldDigest), 'Update the digest to what 1.1 names now');
      assert.equal(document.lineAt(2).text, `FROM ${reference}:1.1@${digest}`);
      const text = document.getText();
      await runAction(await actionsAt(document, `${reference}:1.0`, 'source.updateImages.minor'), 'Update all images');
      assert.equal(document.getText(), text.replaceAll(':1.0\n', ':1.1\n'));
    });

    it('gives an image another tag', async () => {
      const reference = await push('tagging', '1.0');
      const tagged = await vscode.commands.executeCommand<Descriptor>(commandIds.tag, `${reference}:1.0`, 'stable');
      assert.equal(tagged.digest, image.manifest.descriptor.digest);
      assert.equal(await digestOf('tagging', 'stable'), tagged.digest);
    });

    it('moves no tag unasked', async () => {
      const reference = await push('moving', '1.0');
      const [other] = builds;
      assert.ok(other);
      await pushWithSkopeo(registry, 'moving', other, 'stable');
      await assertRejects(api.tag(`${reference}:1.0`, 'stable'), 'conflict', /already names sha256:/);
      assert.equal(await digestOf('moving', 'stable'), other.manifest.descriptor.digest);
    });

    it('copies an image with every digest as it is, and sends nothing twice', async () => {
      const reference = `${await push('copying', '1.0')}:1.0`;
      const target = `${registry.host}/copied`;
      const copy = () => vscode.commands.executeCommand<TransferResult>(commandIds.copy, reference, target);
      const copied = await copy();
      assert.equal(copied.digest, image.manifest.descriptor.digest);
      assert.equal(await digestOf('copied', '1.0'), copied.digest);
      assert.equal((await copy()).bytesSent, 0);
    });

    it('gets from an archive back what was pulled into it', async () => {
      const reference = `${await push('archived', '1.0')}:1.0`;
      await withTemporaryFolder(async (folder) => {
        const archive = join(folder, 'image.tar');
        const options = { destination: vscode.Uri.file(archive), as: 'oci-archive' };
        const pulled = await vscode.commands.executeCommand<PullResult>(commandIds.pull, reference, options);
        assert.equal(pulled.destination.kind, 'archive');
        const target = `${registry.host}/restored:2.0`;
        await vscode.commands.executeCommand(commandIds.push, `docker-archive:${archive}:1.0`, target);
        assert.equal(await digestOf('restored', '2.0'), image.manifest.descriptor.digest);
      });
    });

    it('makes one image of several tags', async () => {
      const [amd64, arm64] = builds;
      assert.ok(amd64 !== undefined && arm64 !== undefined);
      await pushWithSkopeo(registry, 'combining', amd64, 'amd64');
      await pushWithSkopeo(registry, 'combining', arm64, 'arm64');
      const reference = `${registry.host}/combining`;
      const sources = [`${reference}:amd64`, `${reference}:arm64`];
      const made = await vscode.commands.executeCommand<Descriptor>(
        commandIds.assembleIndex,
        sources,
        `${reference}:all`,
      );
      assert.equal(await digestOf('combining', 'all'), made.digest);
      assert.deepEqual((await api.inspect(`${reference}:all`)).platforms, ['linux/amd64', 'linux/arm64/v8']);
    });

    it('is pulled from into podman by its socket, under the name that was asked for', async function () {
      needsPrograms(this, podmanProgram);
      const reference = `${await push('pulling', '1.0')}:1.0`;
      const podman = await startPodman({ plainRegistries: [registry.host] });
      await setEngineHost(`unix://${podman.socket}`);
      try {
        const options = { platform: 'linux/amd64' };
        const pulled = await vscode.commands.executeCommand<PullResult>(commandIds.pull, reference, options);
        assert.equal(pulled.digest, await digestOf('pulling', '1.0'));
        assert.ok(pulled.destination.kind === 'engine');
        // Asked past Gantry: podman's own client, on the same socket.
        const { stdout } = await promisify(execFile)(podmanProgram, [
          ...['--remote', '--url', `unix://${podman.socket}`],
          ...['image', 'inspect', '--format', '{{.Id}} {{.Architecture}} {{join .RepoTags " "}}', reference],
        ]);
        assert.equal(`sha256:${stdout.trim()}`, `${pulled.destination.imageId} amd64 ${reference}`);
      } finally {
        await setEngineHost(undefined);
        await podman.close();
      }
    });

    it('is pulled from into a folder, as an image layout that skopeo reads', async () => {
      const reference = `${await push('saving', '1.0')}:1.0`;
      await withTemporaryFolder(async (folder) => {
        const destination = vscode.Uri.file(folder);
        const pulled = await vscode.commands.executeCommand<PullResult>(commandIds.pull, reference, { destination });
        assert.equal(pulled.digest, image.manifest.descriptor.digest);
        const raw = await skopeo('inspect', '--raw', `oci:${folder}:1.0`);
        assert.deepEqual(Buffer.from(raw), image.manifest.bytes);
      });
    });

    if (deletesTags) {
      it('removes one of two tags that share a digest, and nothing else', async () => {
        const reference = await push('untagging', '1.0', 'stable');
        const plan = await planOf(`${reference}:stable`);
        assert.deepEqual(plan.tags, ['stable']);
        await vscode.commands.executeCommand(commandIds.delete, `${reference}:stable`, { confirmed: [plan] });
        assert.deepEqual(await tagsOf('untagging'), ['1.0']);
        assert.equal(await digestOf('untagging', '1.0'), image.manifest.descriptor.digest);
      });
    } else {
      it('explains why it cannot remove a tag alone, and loses nothing', async () => {
        const reference = await push('untagging', '1.0', 'stable');
        const confirmed = [await planOf(`${reference}:stable`)];
        const deleting = vscode.commands.executeCommand(commandIds.delete, `${reference}:stable`, { confirmed });
        await assertRejects(Promise.resolve(deleting), 'unsupported', /cannot remove a tag and keep its manifest/);
        assert.deepEqual(await tagsOf('untagging'), ['1.0', 'stable']);
      });
    }

    it('deletes a digest with both of its tags, which it names first', async () => {
      const name = await push('deleting', '1.0', 'stable');
      const [other] = builds;
      assert.ok(other);
      await pushWithSkopeo(registry, 'deleting', other, 'other');
      const reference = `${name}@${image.manifest.descriptor.digest}`;
      const plan = await planOf(reference);
      assert.deepEqual([...plan.tags].sort(), ['1.0', 'stable']);
      assert.deepEqual([plan.checkedTags, plan.totalTags], [3, 3]);
      await vscode.commands.executeCommand(commandIds.delete, reference, { confirmed: [plan] });
      assert.deepEqual(await tagsOf('deleting'), ['other']);
    });

    it('deletes nothing that has changed since it was confirmed', async () => {
      const name = await push('changing', '1.0');
      const reference = `${name}@${image.manifest.descriptor.digest}`;
      const plan = await planOf(reference);
      const confirmed = [{ ...plan, tags: [...plan.tags, 'one-that-was-not-there'] }];
      const deleting = vscode.commands.executeCommand(commandIds.delete, reference, { confirmed });
      await assertRejects(Promise.resolve(deleting), 'unconfirmed', /Nothing was deleted/);
      assert.deepEqual(await tagsOf('changing'), ['1.0']);
    });
  });
}

async function setEngineHost(host: string | undefined): Promise<void> {
  await vscode.workspace.getConfiguration().update(settingIds.engineHost, host, vscode.ConfigurationTarget.Global);
}

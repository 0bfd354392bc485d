import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { createFindEngine } from '../../src/node/engine.ts';
import { createFiles } from '../../src/node/files.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImageLayout } from '../support/imageLayout.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { type Artifact, mediaTypes, sha256 } from '../support/oci.ts';
import { podmanProgram, startPodman } from '../support/podman.ts';
import { needsPrograms } from '../support/programs.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { skopeo, skopeoProgram } from '../support/skopeo.ts';
import { directory, file, symlink, writeTar } from '../support/tarWriter.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';
import { openClient } from './openClient.ts';

const base = writeLayer([file('etc/motd', 'Welcome\n')]);
const [amd64, arm64] = [imageFor('amd64'), imageFor('arm64')];
const index = writeIndex([amd64, arm64]);

describe('images of this machine', () => {
  const start = closeAfterEach(startSampleRegistry);
  const open = closeAfterEach(openClient);
  const openWithFiles = (): ReturnType<typeof open> => open({ files: createFiles() });

  describe('in an OCI image layout', () => {
    it('are browsed as a registry with one repository', async () => {
      const { gantry } = await openWithFiles();
      await withTemporaryFolder(async (folder) => {
        const path = join(folder, 'My images');
        await writeImageLayout(path, { '1.0.0': index, '0.9.0': amd64 });
        const connection = await gantry.addConnection({ url: `oci:${path}/` });
        assert.deepEqual(connection, {
          id: `oci:${path}`,
          url: `oci:${path}`,
          label: 'My images',
          adapterId: 'oci-layout',
          state: 'ready',
        });
        const { items } = await gantry.listRepositories(connection.id);
        assert.deepEqual(items, [{ name: path, reference: `oci:${path}` }]);
        assert.deepEqual((await gantry.listTags(`oci:${path}`)).items, [
          { name: '1.0.0', digest: index.manifest.descriptor.digest },
          { name: '0.9.0', digest: amd64.manifest.descriptor.digest },
        ]);
        const details = await gantry.inspect(`oci:${path}:1.0.0`, { platform: 'linux/arm64' });
        assert.equal(details.digest, index.manifest.descriptor.digest);
        assert.equal(details.platformDigest, arm64.manifest.descriptor.digest);
        assert.deepEqual(details.platforms, ['linux/amd64', 'linux/arm64']);
        assert.deepEqual(
          details.layers.map(({ command }) => command),
          ['FROM base', 'COPY data /app/', 'RUN make'],
        );
      });
    });

    it('are read without a connection, by tag, by digest, and below an index', async () => {
      const { gantry } = await openWithFiles();
      await withTemporaryFolder(async (folder) => {
        await writeImageLayout(folder, { latest: index });
        for (const reference of [
          `oci:${folder}`,
          `oci:${folder}:latest`,
          `oci:${folder}@${index.manifest.descriptor.digest}`,
        ]) {
          const details = await gantry.inspect(reference);
          assert.equal(details.reference, reference);
          assert.equal(details.platformDigest, amd64.manifest.descriptor.digest);
        }
        const child = await gantry.inspect(`oci:${folder}@${arm64.manifest.descriptor.digest}`);
        assert.equal(child.platform, 'linux/arm64');
        assert.equal(child.mediaType, mediaTypes.imageManifest);
      });
    });

    it('are those that skopeo has copied, with a name and without', async function () {
      needsPrograms(this, skopeoProgram);
      const [registry, { gantry }] = await Promise.all([start(), openWithFiles()]);
      registry.push('shop/web', index, '1.0.0');
      const source = `docker://${registry.host}/shop/web:1.0.0`;
      await withTemporaryFolder(async (folder) => {
        await skopeo(
          'copy',
          '--all',
          '--preserve-digests',
          '--src-tls-verify=false',
          source,
          `oci:${folder}/named:1.0.0`,
        );
        await skopeo('copy', '--all', '--preserve-digests', '--src-tls-verify=false', source, `oci:${folder}/unnamed`);
        const { digest } = index.manifest.descriptor;
        assert.deepEqual((await gantry.listTags(`oci:${folder}/named`)).items, [{ name: '1.0.0', digest }]);
        assert.equal((await gantry.inspect(`oci:${folder}/named:1.0.0`)).digest, digest);
        // What has no name is listed by its digest, and that can be opened.
        assert.deepEqual((await gantry.listTags(`oci:${folder}/unnamed`)).items, [{ name: digest, digest }]);
        assert.equal((await gantry.inspect(`oci:${folder}/unnamed:${digest}`)).digest, digest);
        assert.equal((await gantry.inspect(`oci:${folder}/unnamed`)).digest, digest);
      });
    });

    it('are those that were pulled', async () => {
      const [registry, { gantry }] = await Promise.all([start(), openWithFiles()]);
      registry.push('shop/web', index, '1.0.0');
      await withTemporaryFolder(async (folder) => {
        await gantry.pull(`${registry.host}/shop/web:1.0.0`, { destination: { folder: join(folder, 'a') } });
        const copied = await gantry.pull(`oci:${folder}/a:1.0.0`, { destination: { folder: join(folder, 'b') } });
        assert.equal(copied.digest, index.manifest.descriptor.digest);
        assert.equal((await gantry.inspect(`oci:${folder}/b:1.0.0`)).digest, copied.digest);
      });
    });

    it('are not believed when they are damaged or missing', async () => {
      const { gantry } = await openWithFiles();
      await withTemporaryFolder(async (folder) => {
        await writeImageLayout(folder, { latest: amd64 });
        const pull = (): Promise<unknown> =>
          gantry.pull(`oci:${folder}`, { destination: { folder: `${folder}/copy` } });
        const layer = join(folder, 'blobs', (amd64.blobs[1]?.descriptor.digest ?? '').replace(':', '/'));
        const bytes = await readFile(layer);
        await writeFile(layer, Buffer.alloc(bytes.length));
        const damaged = await rejection(pull(), 'digest-mismatch');
        assert.ok(damaged.message.startsWith(`${folder} is damaged: `), damaged.message);
        await rm(layer);
        const missing = await rejection(pull(), 'not-found');
        assert.match(missing.message, /does not hold sha256:[0-9a-f]{64}\. The copy is not complete; make it again\. /);
        const manifest = join(folder, 'blobs', amd64.manifest.descriptor.digest.replace(':', '/'));
        await writeFile(manifest, `${await readFile(manifest, 'utf8')} `);
        await rejection(gantry.inspect(`oci:${folder}`), 'digest-mismatch');
      });
    });

    it('say what is wrong with a place that is none', async () => {
      const { gantry } = await openWithFiles();
      await withTemporaryFolder(async (folder) => {
        const inspect = (path: string): Promise<unknown> => gantry.inspect(`oci:${folder}${path}`);
        assert.equal(
          (await rejection(inspect('/missing'), 'not-found')).message,
          `${folder}/missing does not exist. Check the path.`,
        );
        await mkdir(join(folder, 'empty'));
        assert.match(
          (await rejection(inspect('/empty'), 'invalid')).message,
          /has no file oci-layout\. Choose a folder/,
        );
        await writeFile(join(folder, 'file'), '');
        assert.match((await rejection(inspect('/file'), 'invalid')).message, /write docker-archive:\/.*\/file\.$/);
        await writeImageLayout(join(folder, 'layout'), { a: amd64, b: arm64 });
        const { message } = await rejection(inspect('/layout:c'), 'not-found');
        assert.equal(message, `${folder}/layout has no image "c". It has: a, b.`);
        await writeFile(join(folder, 'layout/index.json'), '<html>');
        assert.match((await rejection(inspect('/layout:a'), 'protocol')).message, /index\.json .* names no images/);
        await rm(join(folder, 'layout/index.json'));
        await rejection(inspect('/layout:a'), 'not-found');
        await rejection(gantry.addConnection({ url: `oci:${folder}/missing` }), 'not-found');
        await rejection(
          gantry.addConnection({ url: `oci:${folder}/layout`, username: 'alice', password: 'canary' }),
          'invalid',
        );
        assert.ok(!gantry.connections().some(({ url }) => url.startsWith('oci:')));
      });
    });

    it('are not written to', async () => {
      const { gantry } = await openWithFiles();
      await withTemporaryFolder(async (folder) => {
        await writeImageLayout(folder, { latest: amd64 });
        await rejection(gantry.tag(`oci:${folder}:latest`, 'other'), 'unsupported');
        await rejection(gantry.planDelete(`oci:${folder}:latest`), 'unsupported');
        const error = await rejection(gantry.pull(`oci:${folder}`, { destination: 'engine' }), 'unsupported');
        assert.match(error.message, /is in a folder on this machine, .* Load it into the engine instead\.$/);
      });
    });
  });

  describe('in an archive', () => {
    it('are those that skopeo has written as docker save does', async function () {
      needsPrograms(this, skopeoProgram);
      const { gantry } = await openWithFiles();
      await withTemporaryFolder(async (folder) => {
        await writeImageLayout(join(folder, 'layout'), { web: amd64 });
        const archive = join(folder, 'web.tar');
        await skopeo('copy', `oci:${folder}/layout:web`, `docker-archive:${archive}:shop/web:1.0`);
        const { label, adapterId, id } = await gantry.addConnection({ url: `docker-archive:${archive}` });
        assert.deepEqual([label, adapterId], ['web.tar', 'docker-archive']);
        assert.deepEqual((await gantry.listRepositories(id)).items, [
          { name: archive, reference: `docker-archive:${archive}` },
        ]);
        const tags = (await gantry.listTags(`docker-archive:${archive}`)).items;
        assert.deepEqual(
          tags.map(({ name }) => name),
          ['shop/web:1.0'],
        );
        for (const name of ['', ':shop/web:1.0', ':1.0', ':docker.io/shop/web:1.0']) {
          const details = await gantry.inspect(`docker-archive:${archive}${name}`);
          assert.equal(details.digest, tags[0]?.digest);
          assert.equal(details.platform, 'linux/amd64');
          assert.equal(details.mediaType, mediaTypes.dockerManifest);
          // Layers lie there uncompressed.
          assert.deepEqual(
            details.layers.map(({ digest, mediaType, command }) => [digest, mediaType, command]),
            stepsOf(amd64).map(({ diffId, command }) => [diffId, mediaTypes.dockerLayer, command]),
          );
        }
        // Every byte is verified on the way into a layout.
        const copied = await gantry.pull(`docker-archive:${archive}:1.0`, {
          destination: { folder: join(folder, 'copy') },
        });
        assert.equal(copied.digest, tags[0]?.digest);
      });
    });

    it('are those of an OCI image layout, byte for byte', async function () {
      needsPrograms(this, skopeoProgram);
      const { gantry } = await openWithFiles();
      await withTemporaryFolder(async (folder) => {
        await writeImageLayout(join(folder, 'layout'), { web: index });
        const archive = join(folder, 'web.tar');
        await skopeo('copy', '--all', '--preserve-digests', `oci:${folder}/layout:web`, `oci-archive:${archive}:1.0`);
        const { digest } = index.manifest.descriptor;
        assert.deepEqual((await gantry.listTags(`docker-archive:${archive}`)).items, [{ name: '1.0', digest }]);
        const details = await gantry.inspect(`docker-archive:${archive}:1.0`, { platform: 'linux/arm64' });
        assert.equal(details.platformDigest, arm64.manifest.descriptor.digest);
        const copied = await gantry.pull(`docker-archive:${archive}:1.0`, {
          destination: { folder: join(folder, 'copy') },
        });
        assert.equal(copied.digest, digest);
      });
    });

    it('are those that podman has saved, in both of its forms', async function () {
      needsPrograms(this, podmanProgram);
      const registry = await start();
      registry.push('shop/web', amd64, '1.0');
      const podman = await startPodman({ plainRegistries: [registry.host] });
      try {
        const env = { DOCKER_HOST: `unix://${podman.socket}` };
        const findEngine = createFindEngine(() => ({ env, home: '/', platform: process.platform }));
        const { gantry } = await open({ files: createFiles(), findEngine });
        const reference = `${registry.host}/shop/web:1.0`;
        await gantry.pull(reference, { destination: 'engine' });
        await withTemporaryFolder(async (folder) => {
          for (const format of ['docker-archive', 'oci-archive']) {
            const archive = join(folder, `${format}.tar`);
            const remote = ['--url', `unix://${podman.socket}`];
            await promisify(execFile)(podmanProgram, [...remote, 'save', '--format', format, '-o', archive, reference]);
            const { items } = await gantry.listTags(`docker-archive:${archive}`);
            assert.deepEqual(
              items.map(({ name }) => name),
              [reference],
            );
            const details = await gantry.inspect(`docker-archive:${archive}:${reference}`);
            assert.equal(details.platform, 'linux/amd64');
            assert.equal(details.layers.length, 3);
            await gantry.pull(`docker-archive:${archive}`, { destination: { folder: join(folder, `${format}-copy`) } });
          }
        });
      } finally {
        await podman.close();
      }
    });

    it('may share layers by links, as docker save writes them, and compress them', async () => {
      const { gantry } = await openWithFiles();
      await withTemporaryFolder(async (folder) => {
        const tar = writeTar([file('a', 'a')]);
        const config = Buffer.from(
          JSON.stringify({
            os: 'linux',
            architecture: 'arm64',
            rootfs: { type: 'layers', diff_ids: [sha256(tar), sha256(tar), sha256(tar)] },
          }),
        );
        const saved = (tag: string, ...layers: string[]): object => ({
          Config: 'config.json',
          RepoTags: [tag],
          Layers: layers,
        });
        const archive = join(folder, 'saved.tar');
        await writeFile(
          archive,
          writeTar([
            directory('one/'),
            file('one/layer.tar', tar),
            symlink('two/layer.tar', '../one/layer.tar'),
            file('three/layer.tar.gz', gzipSync(tar)),
            file('config.json', config),
            file(
              'manifest.json',
              JSON.stringify([
                saved('shop/web:1.0', 'one/layer.tar', 'two/layer.tar', 'three/layer.tar.gz'),
                saved('shop/api:1.0', 'one/layer.tar', 'two/layer.tar', 'two/layer.tar'),
              ]),
            ),
          ]),
        );
        const web = await gantry.inspect(`docker-archive:${archive}:shop/web:1.0`);
        assert.deepEqual(
          web.layers.map(({ digest, mediaType }) => [digest, mediaType]),
          [
            [sha256(tar), mediaTypes.dockerLayer],
            [sha256(tar), mediaTypes.dockerLayer],
            [sha256(gzipSync(tar)), mediaTypes.dockerLayerGzip],
          ],
        );
        const error = await rejection(gantry.inspect(`docker-archive:${archive}:1.0`), 'invalid');
        assert.match(error.message, /several images "1\.0": shop\/web:1\.0, shop\/api:1\.0\. Write the whole name\.$/);
        await gantry.pull(`docker-archive:${archive}:shop/web:1.0`, { destination: { folder: join(folder, 'copy') } });
      });
    });

    it('are read anew when the file has changed', async () => {
      const { gantry } = await openWithFiles();
      await withTemporaryFolder(async (folder) => {
        const archive = join(folder, 'web.tar');
        await writeFile(archive, await archiveOf(folder, { one: amd64 }));
        assert.equal((await gantry.listTags(`docker-archive:${archive}`)).items[0]?.name, 'one');
        await writeFile(archive, await archiveOf(folder, { one: amd64, two: arm64 }));
        assert.equal((await gantry.listTags(`docker-archive:${archive}`)).items[1]?.name, 'two');
      });
    });

    it('say what is wrong with a file that is none', async () => {
      const { gantry } = await openWithFiles();
      await withTemporaryFolder(async (folder) => {
        const path = join(folder, 'file.tar');
        const inspect = (): Promise<unknown> => gantry.inspect(`docker-archive:${path}`);
        await rejection(inspect(), 'not-found');

        const whole = await archiveOf(folder, { latest: amd64 });
        await writeFile(path, gzipSync(whole));
        const compressed = await rejection(inspect(), 'invalid');
        assert.ok(compressed.message.endsWith(`Decompress it first: gunzip ${path}`), compressed.message);

        for (const content of ['', 'text', 'x'.repeat(10_000)]) {
          await writeFile(path, content);
          assert.match((await rejection(inspect(), 'invalid')).message, /is no tar archive\. Choose a file/);
        }

        await writeFile(path, whole);
        await truncate(path, 3000);
        assert.match((await rejection(inspect(), 'protocol')).message, /is a broken tar archive: its end is missing/);

        await writeFile(path, writeTar([file('etc/passwd', '')]));
        assert.match(
          (await rejection(inspect(), 'invalid')).message,
          /but not of images: it has neither manifest\.json/,
        );

        for (const [manifest, reason] of [
          ['{}', 'its manifest.json is no list of images'],
          ['[{"Layers":[]}]', 'does not say of what an image consists'],
          ['[{"Config":"../../../etc/passwd","Layers":[]}]', 'does not hold it'],
          ['[{"Config":"config.json","Layers":["/etc/passwd"]}]', 'the layer "/etc/passwd" is missing'],
          ['[{"Config":"config.json","Layers":[]}]', 'its layers are not those of its config'],
        ] as const) {
          const config = JSON.stringify({ rootfs: { diff_ids: [`sha256:${'0'.repeat(64)}`] } });
          await writeFile(path, writeTar([file('config.json', config), file('manifest.json', manifest)]));
          assert.match((await rejection(inspect(), 'protocol')).message, new RegExp(reason));
        }

        assert.match(
          (await rejection(gantry.inspect(`docker-archive:${folder}`), 'invalid')).message,
          /is a folder, and an archive is a file\. For an OCI image layout write oci:/,
        );
      });
    });
  });
});

function imageFor(architecture: string): Artifact {
  return writeImage({
    platform: { os: 'linux', architecture },
    steps: [
      { createdBy: 'FROM base', layer: base },
      { createdBy: 'COPY data /app/', layer: writeLayer([file('app/data', architecture)]) },
      { createdBy: 'ENV A=b' },
      { createdBy: 'RUN make', layer: writeLayer([file('app/made', architecture)], 'none') },
    ],
  });
}

/** What the config of an image says of its layers. */
function stepsOf({ blobs }: Artifact): readonly { readonly diffId: string; readonly command: string }[] {
  const config = JSON.parse(blobs[0]?.bytes.toString() ?? '') as {
    readonly rootfs: { readonly diff_ids: readonly string[] };
    readonly history: readonly { readonly created_by: string; readonly empty_layer?: boolean }[];
  };
  const commands = config.history.filter(({ empty_layer: isEmpty }) => isEmpty !== true);
  return config.rootfs.diff_ids.map((diffId, layer) => ({ diffId, command: commands[layer]?.created_by ?? '' }));
}

/** An OCI image layout as a tar archive. */
async function archiveOf(folder: string, tagged: Readonly<Record<string, Artifact>>): Promise<Buffer> {
  const layout = join(folder, 'layout');
  await rm(layout, { recursive: true, force: true });
  await writeImageLayout(layout, tagged);
  const contents = Object.values(tagged).flatMap(({ manifest, blobs }) => [manifest, ...blobs]);
  return writeTar([
    file('./oci-layout', await readFile(join(layout, 'oci-layout'))),
    file('./index.json', await readFile(join(layout, 'index.json'))),
    ...contents.map(({ descriptor, bytes }) => file(`./blobs/${descriptor.digest.replace(':', '/')}`, bytes)),
  ]);
}

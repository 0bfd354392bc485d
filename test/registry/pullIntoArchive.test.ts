import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PullDestination, PullTarget } from '../../src/api.ts';
import { createFiles } from '../../src/node/files.ts';
import { writeAttestation } from '../support/artifactWriter.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { type Artifact, sha256 } from '../support/oci.ts';
import { needsPrograms } from '../support/programs.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { skopeo, skopeoProgram } from '../support/skopeo.ts';
import { file } from '../support/tarWriter.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';
import { openClient } from './openClient.ts';

const [amd64, arm64] = [imageFor('amd64'), imageFor('arm64')];
const index = writeIndex([amd64, arm64, writeAttestation(amd64.manifest.descriptor, [])]);

describe('pulling into an archive', () => {
  const startRegistry = closeAfterEach(startSampleRegistry);
  const open = closeAfterEach(openClient);

  async function start() {
    const [registry, { gantry }] = await Promise.all([startRegistry(), open({ files: createFiles() })]);
    registry.push('shop/web', index, '1.0');
    const pull = async (
      destination: PullTarget & { readonly archive: string },
      options: { readonly platform?: string; readonly overwrite?: boolean } = {},
    ) => {
      const pulled = await gantry.pull(`${registry.host}/shop/web:1.0`, { destination, ...options });
      assert.ok(pulled.destination.kind === 'archive');
      return { digest: pulled.digest, ...(pulled.destination satisfies PullDestination) };
    };
    return { registry, gantry, pull };
  }

  it('keeps every byte and every platform in the form of OCI, as skopeo reads it', async function () {
    needsPrograms(this, skopeoProgram);
    const { pull } = await start();
    await withTemporaryFolder(async (folder) => {
      const archive = join(folder, 'web.tar');
      const { digest, bytesFetched, format } = await pull({ archive });
      assert.deepEqual([digest, bytesFetched, format], [index.manifest.descriptor.digest, sizeOf(index), 'oci']);
      assert.deepEqual(await readdir(folder), ['web.tar']);
      const raw = await skopeo('inspect', '--raw', `oci-archive:${archive}:1.0`);
      assert.equal(sha256(Buffer.from(raw)), digest);
      await skopeo('copy', '--all', `oci-archive:${archive}:1.0`, `dir:${join(folder, 'copy')}`);
    });
  });

  it("holds one platform in Docker's form, with the same config, as skopeo reads it", async function () {
    needsPrograms(this, skopeoProgram);
    const { pull, registry, gantry } = await start();
    await withTemporaryFolder(async (folder) => {
      const archive = join(folder, 'web.tar');
      const { digest } = await pull({ archive, format: 'docker' }, { platform: 'linux/arm64' });
      assert.equal(digest, arm64.manifest.descriptor.digest);
      const config = await skopeo('inspect', '--config', '--raw', `docker-archive:${archive}`);
      assert.equal(sha256(Buffer.from(config)), arm64.blobs[0]?.descriptor.digest);
      await skopeo('copy', `docker-archive:${archive}`, `dir:${join(folder, 'copy')}`);
      const details = await gantry.inspect(`docker-archive:${archive}:${registry.host}/shop/web:1.0`);
      assert.deepEqual(
        details.layers.map((layer) => layer.digest),
        [arm64.blobs[1]?.descriptor.digest],
      );
    });
  });

  it('is the same file each time', async () => {
    const { pull } = await start();
    await withTemporaryFolder(async (folder) => {
      const archives = [join(folder, 'a.tar'), join(folder, 'b.tar')] as const;
      for (const archive of archives) await pull({ archive });
      const [a, b] = await Promise.all(archives.map((archive) => readFile(archive)));
      assert.ok(a !== undefined && b !== undefined && a.equals(b));
    });
  });

  it('replaces a file only where it may', async () => {
    const { pull } = await start();
    await withTemporaryFolder(async (folder) => {
      const archive = join(folder, 'web.tar');
      await writeFile(archive, 'mine');
      await rejection(pull({ archive }), 'conflict');
      assert.equal(await readFile(archive, 'utf8'), 'mine');
      await pull({ archive }, { overwrite: true });
      assert.notEqual(await readFile(archive, 'utf8'), 'mine');
    });
  });

  it('goes on with the layers that came before it broke', async () => {
    const { pull, registry } = await start();
    const layer = arm64.blobs[1]?.descriptor ?? assert.fail();
    registry.fault = ({ url }) => (url.pathname.endsWith(layer.digest) ? { reply: { status: 403 } } : undefined);
    await withTemporaryFolder(async (folder) => {
      const archive = join(folder, 'web.tar');
      await rejection(pull({ archive }), 'denied');
      assert.deepEqual(await readdir(folder), ['web.tar.part']);
      registry.fault = undefined;
      const { bytesFetched } = await pull({ archive });
      assert.ok(bytesFetched < sizeOf(index), `${bytesFetched} bytes`);
      assert.deepEqual(await readdir(folder), ['web.tar']);
    });
  });

  it('takes an image of an archive too, under the name that it has there', async () => {
    const { pull, gantry, registry } = await start();
    await withTemporaryFolder(async (folder) => {
      const [first, second] = [join(folder, 'a.tar'), join(folder, 'b.tar')];
      await pull({ archive: first, format: 'docker' });
      const reference = `docker-archive:${first}:${registry.host}/shop/web:1.0`;
      await gantry.pull(reference, { destination: { archive: second, format: 'docker' } });
      const again = await gantry.inspect(`docker-archive:${second}:${registry.host}/shop/web:1.0`);
      assert.equal(again.digest, (await gantry.inspect(reference)).digest);
    });
  });
});

function imageFor(architecture: string): Artifact {
  return writeImage({
    platform: { os: 'linux', architecture },
    steps: [{ createdBy: 'COPY data /app/', layer: writeLayer([file('app/data', randomBytes(300_000))]) }],
  });
}

function sizeOf({ blobs, children }: Artifact): number {
  const own = blobs.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
  return children.reduce((sum, child) => sum + sizeOf(child), own);
}

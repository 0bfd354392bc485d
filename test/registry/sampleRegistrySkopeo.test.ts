import assert from 'node:assert/strict';
import { join } from 'node:path';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { type Compression, writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import type { Artifact, Platform } from '../support/oci.ts';
import { needsPrograms } from '../support/programs.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import {
  destinationFlags,
  dockerReference,
  pushWithSkopeo,
  registryFlags,
  skopeo,
  skopeoProgram,
  sourceFlags,
} from '../support/skopeo.ts';
import { file } from '../support/tarWriter.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';

const login = { user: 'alice', password: 'secret' };
const users = { [login.user]: login.password };
const index = writeIndex([
  buildImage({ os: 'linux', architecture: 'amd64' }, 'gzip'),
  buildImage({ os: 'linux', architecture: 'arm64', variant: 'v8' }, 'zstd'),
]);
const { digest } = index.manifest.descriptor;
const start = closeAfterEach(startSampleRegistry);

describe('sample registry: skopeo', () => {
  before(function () {
    needsPrograms(this, skopeoProgram);
  });

  for (const auth of [undefined, { scheme: 'basic', users }, { scheme: 'bearer', users }] as const) {
    it(`pushes, lists, inspects, copies and deletes with ${auth?.scheme ?? 'no'} login`, async () => {
      const registry = await start(auth && { auth });
      const target = { host: registry.host, ...(auth && { login }) };

      await pushWithSkopeo(target, 'shop/web', index, '1.0.0');
      assert.equal(registry.storage.repositories.get('shop/web')?.tags.get('1.0.0'), digest);

      const listed = await skopeo('list-tags', ...registryFlags(target), `docker://${target.host}/shop/web`);
      assert.deepEqual(JSON.parse(listed).Tags, ['1.0.0']);

      const source = dockerReference(target, 'shop/web', '1.0.0');
      const raw = await skopeo('inspect', '--raw', ...registryFlags(target), source);
      assert.equal(raw, index.manifest.bytes.toString());

      const copyFlags = ['--all', '--preserve-digests', ...sourceFlags(target), ...destinationFlags(target)];
      await skopeo('copy', ...copyFlags, source, dockerReference(target, 'mirror/web', 'copied'));
      assert.equal(registry.storage.repositories.get('mirror/web')?.tags.get('copied'), digest);

      await skopeo('delete', ...registryFlags(target), source);
      assert.deepEqual([...(registry.storage.repositories.get('shop/web')?.tags.keys() ?? [])], []);
    });
  }

  it('pulls every platform into an image layout', async () => {
    const registry = await start();
    registry.push('shop/web', index, '1.0.0');
    await withTemporaryFolder(async (folder) => {
      const layout = `oci:${join(folder, 'layout')}:pulled`;
      const source = dockerReference(registry, 'shop/web', digest);
      await skopeo('copy', '--all', '--preserve-digests', ...sourceFlags(registry), source, layout);
      const inspected = await skopeo('inspect', '--raw', layout);
      assert.equal(inspected, index.manifest.bytes.toString());
    });
  });
});

function buildImage(platform: Platform, compression: Compression): Artifact {
  const layer = writeLayer([file('etc/machine', platform.architecture)], compression);
  return writeImage({ platform, steps: [{ createdBy: 'COPY machine /etc/', layer }] });
}

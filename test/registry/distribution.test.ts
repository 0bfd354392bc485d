import assert from 'node:assert/strict';
import { writeAttestation } from '../support/artifactWriter.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { distributionProgram, startDistribution } from '../support/distribution.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { needsPrograms } from '../support/programs.ts';
import { dockerReference, pushWithSkopeo, registryFlags, skopeo, skopeoProgram } from '../support/skopeo.ts';
import { file } from '../support/tarWriter.ts';

const image = writeImage({
  platform: { os: 'linux', architecture: 'amd64' },
  steps: [{ createdBy: 'COPY motd /etc/', layer: writeLayer([file('etc/motd', 'Welcome\n')]) }],
});
const index = writeIndex([image, writeAttestation(image.manifest.descriptor, [])]);
const start = closeAfterEach(startDistribution);

describe('Distribution 2.8', () => {
  before(function () {
    needsPrograms(this, distributionProgram, skopeoProgram);
  });

  for (const login of [undefined, { user: 'alice', password: 'secret' }]) {
    it(`takes images of our own writer, ${login ? 'with' : 'without'} a password`, async () => {
      const registry = await start(login && { login });
      assert.equal((await fetch(`${registry.url}/v2/`)).status, login ? 401 : 200);
      await pushWithSkopeo(registry, 'shop/web', index, '1.0.0', 'latest');
      const source = dockerReference(registry, 'shop/web', index.manifest.descriptor.digest);
      const raw = await skopeo('inspect', '--raw', ...registryFlags(registry), source);
      assert.equal(raw, index.manifest.bytes.toString());
    });
  }

  it('deletes by digest', async () => {
    const registry = await start();
    await pushWithSkopeo(registry, 'shop/web', index, 'latest');
    const path = `${registry.url}/v2/shop/web/manifests/${index.manifest.descriptor.digest}`;
    assert.equal((await fetch(path, { method: 'DELETE' })).status, 202);
  });
});

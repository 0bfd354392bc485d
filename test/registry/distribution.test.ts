import assert from 'node:assert/strict';
import { writeAttestation } from '../support/artifactWriter.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { distributionProgram, startDistribution, startDistribution3 } from '../support/distribution.ts';
import { distribution3, needsGoProgram } from '../support/goPrograms.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { needsPrograms } from '../support/programs.ts';
import { dockerReference, pushWithSkopeo, registryFlags, skopeo, skopeoProgram } from '../support/skopeo.ts';
import { file } from '../support/tarWriter.ts';
import { makeTestCertificates } from '../support/testCertificates.ts';

const image = writeImage({
  platform: { os: 'linux', architecture: 'amd64' },
  steps: [{ createdBy: 'COPY motd /etc/', layer: writeLayer([file('etc/motd', 'Welcome\n')]) }],
});
const index = writeIndex([image, writeAttestation(image.manifest.descriptor, [])]);
const { digest } = index.manifest.descriptor;

const versions = [
  {
    title: 'Distribution 2.8',
    startOne: startDistribution,
    canDeleteTags: false,
    needs: (test: Mocha.Context) => needsPrograms(test, distributionProgram),
  },
  {
    title: 'Distribution 3',
    startOne: startDistribution3,
    canDeleteTags: true,
    needs: (test: Mocha.Context) => needsGoProgram(test, distribution3),
  },
];

for (const { title, startOne, canDeleteTags, needs } of versions) {
  describe(title, () => {
    const start = closeAfterEach(startOne);

    before(function () {
      needs(this);
      needsPrograms(this, skopeoProgram);
    });

    for (const login of [undefined, { user: 'alice', password: 'secret' }]) {
      it(`takes images of our own writer, ${login ? 'with' : 'without'} a password`, async () => {
        const registry = await start(login && { login });
        assert.equal((await fetch(`${registry.url}/v2/`)).status, login ? 401 : 200);
        await pushWithSkopeo(registry, 'shop/web', index, '1.0.0', 'latest');
        const raw = await skopeo(
          'inspect',
          '--raw',
          ...registryFlags(registry),
          dockerReference(registry, 'shop/web', digest),
        );
        assert.equal(raw, index.manifest.bytes.toString());
      });
    }

    it('speaks HTTPS with the certificate of a test', async function () {
      needsPrograms(this, 'openssl');
      const certificate = await makeTestCertificates();
      try {
        const registry = await start({ certificate });
        await pushWithSkopeo(registry, 'shop/web', index, 'latest');
        assert.match(registry.url, /^https:/);
      } finally {
        await certificate.close();
      }
    });

    it(`deletes by digest${canDeleteTags ? ' and by tag' : ', and refuses to delete a tag'}`, async () => {
      const registry = await start();
      await pushWithSkopeo(registry, 'shop/web', index, 'latest', 'other');
      const path = `${registry.url}/v2/shop/web/manifests`;
      const byTag = await fetch(`${path}/other`, { method: 'DELETE' });
      assert.equal(byTag.status === 202, canDeleteTags);
      assert.equal((await fetch(`${path}/${digest}`, { method: 'DELETE' })).status, 202);
    });
  });
}

import assert from 'node:assert/strict';
import type { Descriptor, ImageDetails } from '../../../src/api.ts';
import { isRegistryError } from '../../../src/core/errors.ts';
import { inspectImage } from '../../../src/core/inspect.ts';
import { writeArtifact, writeAttestation } from '../../support/artifactWriter.ts';
import { writeImage, writeIndex, writeLayer } from '../../support/imageWriter.ts';
import { type Artifact, content, jsonContent, mediaTypes } from '../../support/oci.ts';
import { file } from '../../support/tarWriter.ts';

const layer = writeLayer([file('etc/motd', 'Welcome\n')]);
const amd64 = writeImage({
  platform: { os: 'linux', architecture: 'amd64' },
  steps: [{ createdBy: 'ENV A=b' }, { createdBy: 'COPY motd /etc/', layer }],
  annotations: { 'org.opencontainers.image.title': 'Shop', shared: 'image' },
});
const arm64 = writeImage({
  platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
  steps: [{ createdBy: 'COPY motd /etc/', layer }],
});

describe('inspectImage', () => {
  it('describes an image', async () => {
    const [config, stored] = amd64.blobs;
    assert.ok(config && stored);
    const { config: _config, ...details } = await inspect(amd64);
    assert.deepEqual(details, {
      reference: 'shop/web',
      digest: amd64.manifest.descriptor.digest,
      mediaType: mediaTypes.imageManifest,
      platforms: ['linux/amd64'],
      platform: 'linux/amd64',
      platformDigest: amd64.manifest.descriptor.digest,
      size: config.descriptor.size + stored.descriptor.size,
      createdAt: '2025-06-01T12:00:00.000Z',
      layers: [{ ...stored.descriptor, command: 'COPY motd /etc/' }],
      annotations: { 'org.opencontainers.image.title': 'Shop', shared: 'image' },
    });
  });

  it('gives the config as it is', async () => {
    const { config } = await inspect(amd64);
    assert.deepEqual(config, JSON.parse(amd64.blobs[0]?.bytes.toString() ?? ''));
  });

  it('describes one image of an index, and names the others, without the attestations', async () => {
    const attestation = writeAttestation(amd64.manifest.descriptor, []);
    const index = writeIndex([amd64, attestation, arm64], { annotations: { shared: 'index', only: 'index' } });
    const details = await inspect(index);
    assert.deepEqual(details.platforms, ['linux/amd64', 'linux/arm64/v8']);
    assert.equal(details.digest, index.manifest.descriptor.digest);
    assert.equal(details.mediaType, mediaTypes.imageIndex);
    assert.deepEqual([details.platform, details.platformDigest], ['linux/amd64', amd64.manifest.descriptor.digest]);
    assert.equal(details.annotations['shared'], 'image');
    assert.equal(details.annotations['only'], 'index');
    assert.equal((await inspect(index, 'linux/arm64')).platformDigest, arm64.manifest.descriptor.digest);
  });

  it('does not pass an image for one platform off as one for another', async () => {
    await assert.rejects(inspect(amd64, 'linux/arm64'), (error: Error) => {
      return (
        isRegistryError(error, 'not-found') && /no image for linux\/arm64.* It has: linux\/amd64/.test(error.message)
      );
    });
    assert.equal((await inspect(arm64, 'linux/arm64')).platform, 'linux/arm64/v8');
  });

  it('names each platform once', async () => {
    const other = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [] });
    assert.deepEqual((await inspect(writeIndex([amd64, other, arm64]))).platforms, ['linux/amd64', 'linux/arm64/v8']);
  });

  it('describes an artifact by its type', async () => {
    const artifact = writeArtifact({ artifactType: 'application/vnd.example.sbom' });
    const details = await inspect(artifact);
    assert.equal(details.artifactType, 'application/vnd.example.sbom');
    assert.deepEqual([details.platforms, details.platform, details.config], [[], undefined, undefined]);
  });

  it('takes the type of an artifact from its config where it names none', async () => {
    const config = jsonContent('application/vnd.cncf.helm.config.v1+json', { name: 'shop' });
    const details = await inspect(writeArtifact({ config }));
    assert.equal(details.artifactType, 'application/vnd.cncf.helm.config.v1+json');
    assert.equal(details.config, undefined);
  });

  it('takes the date of an artifact from its annotations', async () => {
    const annotations = { 'org.opencontainers.image.created': '2025-06-01T12:00:00Z' };
    assert.equal((await inspect(writeArtifact({ annotations }))).createdAt, '2025-06-01T12:00:00.000Z');
  });

  it('describes an empty index', async () => {
    const details = await inspect(writeIndex([]));
    assert.deepEqual([details.platforms, details.layers, details.size, details.platform], [[], [], 0, undefined]);
  });

  it('does without a config that cannot be read', async () => {
    const artifact = writeArtifact({ config: content(mediaTypes.imageConfig, Buffer.from('not JSON')) });
    const details = await inspect(artifact);
    assert.deepEqual([details.config, details.platform, details.layers.length], [undefined, undefined, 1]);
  });

  it('does not ask for a config that is too large', async () => {
    const config = content(mediaTypes.imageConfig, Buffer.from('{}'), { size: 8 * 1024 * 1024 + 1 });
    const asked: Descriptor[] = [];
    assert.equal((await inspect(writeArtifact({ config }), undefined, asked)).config, undefined);
    assert.deepEqual(asked, []);
  });
});

async function inspect(artifact: Artifact, platform?: string, askedConfigs: Descriptor[] = []): Promise<ImageDetails> {
  const all = [artifact, ...artifact.children];
  return inspectImage(
    {
      architecture: 'amd64',
      fetchManifest: async (wanted) => {
        const found = all.find(({ manifest }) => manifest.descriptor.digest === wanted) ?? artifact;
        return found.manifest;
      },
      fetchConfig: async (descriptor) => {
        askedConfigs.push(descriptor);
        const blobs = all.flatMap(({ blobs }) => blobs);
        const found = blobs.find((blob) => blob.descriptor.digest === descriptor.digest);
        assert.ok(found);
        return found.bytes;
      },
    },
    { reference: 'shop/web', tagOrDigest: 'latest', platform },
  );
}

import assert from 'node:assert/strict';
import type { FetchedManifest } from '../../../../src/api.ts';
import { RegistryError } from '../../../../src/core/errors.ts';
import { planPlatform, planWhole } from '../../../../src/core/transfer/plan.ts';
import { writeImage, writeIndex, writeLayer } from '../../../support/imageWriter.ts';
import { type Artifact, type Content, jsonContent, mediaTypes } from '../../../support/oci.ts';
import { rejection } from '../../../support/registryErrors.ts';
import { file } from '../../../support/tarWriter.ts';

const image = { reference: 'shop/web:1', tagOrDigest: '1' };
const layer = writeLayer([file('etc/motd', 'Welcome\n')]);
const [amd64, arm64] = [imageFor('amd64'), imageFor('arm64')];

describe('planWhole', () => {
  it('has every manifest after those that it names, and shared layers once', async () => {
    const index = writeIndex([amd64, arm64]);
    const plan = await planWhole(registryOf(index), image);
    assert.deepEqual(
      plan.manifests.map(({ descriptor }) => descriptor.digest),
      [amd64, arm64, index].map(({ manifest }) => manifest.descriptor.digest),
    );
    const digests = plan.blobs.map(({ digest }) => digest);
    assert.equal(digests.length, 3);
    assert.equal(new Set(digests).size, 3);
    assert.equal(
      plan.size,
      plan.blobs.reduce((sum, blob) => sum + blob.size, 0),
    );
    assert.equal(plan.top.descriptor.digest, plan.named.digest);
  });

  it('leaves out layers that may not be distributed', async () => {
    const foreign = {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      digest: `sha256:${'a'.repeat(64)}`,
      size: 1_000_000,
      urls: ['https://example.com/layer'],
    };
    const manifest = changed(amd64, (document) => ({ ...document, layers: [foreign, ...document.layers] }));
    const plan = await planWhole(registryOf(manifest), image);
    assert.deepEqual(
      plan.omitted.map(({ digest }) => digest),
      [foreign.digest],
    );
    assert.ok(plan.size < foreign.size);
  });

  it('bounds what an index can name', async () => {
    const many = Array.from({ length: 1001 }, (_, number) => imageFor('amd64', `image ${number}`));
    await rejection(planWhole(registryOf(writeIndex(many)), image), 'too-large');
    let nested = writeIndex([amd64]);
    for (let depth = 0; depth < 4; depth++) nested = writeIndex([nested]);
    await rejection(planWhole(registryOf(nested), image), 'protocol');
  });
});

describe('planPlatform', () => {
  it('has that image alone, and remembers what the tag names', async () => {
    const index = writeIndex([amd64, arm64]);
    const plan = await planPlatform(registryOf(index), image, { platform: 'linux/arm64/v8', architecture: 'amd64' });
    assert.equal(plan.top.descriptor.digest, arm64.manifest.descriptor.digest);
    assert.equal(plan.named.digest, index.manifest.descriptor.digest);
    assert.equal(plan.manifests.length, 1);
  });

  it('is of the machine when none is asked for', async () => {
    const index = writeIndex([amd64, arm64]);
    const plan = await planPlatform(registryOf(index), image, { platform: undefined, architecture: 'arm64' });
    assert.equal(plan.top.descriptor.digest, arm64.manifest.descriptor.digest);
  });

  it('rejects for one that is not there', async () => {
    const wanted = { platform: 'linux/s390x', architecture: 'amd64' };
    const error = await rejection(planPlatform(registryOf(writeIndex([amd64])), image, wanted), 'not-found');
    assert.equal(error.message, 'shop/web:1 has no image for linux/s390x. It has: linux/amd64.');
  });
});

function imageFor(architecture: string, createdBy = 'COPY motd /etc/'): Artifact {
  return writeImage({ platform: { os: 'linux', architecture }, steps: [{ createdBy, layer }] });
}

function changed(artifact: Artifact, change: (document: { readonly layers: readonly unknown[] }) => unknown): Artifact {
  const document = JSON.parse(artifact.manifest.bytes.toString()) as { readonly layers: readonly unknown[] };
  return { ...artifact, manifest: jsonContent(mediaTypes.imageManifest, change(document)) };
}

/** Has an artifact under the tag `1`, and everything in it by digest. */
function registryOf(artifact: Artifact): (tagOrDigest: string) => Promise<FetchedManifest> {
  const manifests = new Map<string, Content>([['1', artifact.manifest]]);
  const add = ({ manifest, children }: Artifact): void => {
    manifests.set(manifest.descriptor.digest, manifest);
    for (const child of children) add(child);
  };
  add(artifact);
  return async (tagOrDigest) => {
    const found = manifests.get(tagOrDigest);
    if (found === undefined) throw new RegistryError('not-found', tagOrDigest);
    const { mediaType, digest, size } = found.descriptor;
    return { descriptor: { mediaType, digest, size }, bytes: found.bytes };
  };
}

import assert from 'node:assert/strict';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type Artifact, mediaTypes, sha256 } from '../../support/oci.ts';
import { seedSampleRegistry } from '../../support/sampleImages.ts';
import { createStorage, pushArtifact, type Storage } from '../../support/sampleRegistry/storage.ts';

describe('sample images', () => {
  let storage: Storage;

  before(() => {
    storage = createStorage();
    seedSampleRegistry({ push: (repository, artifact, ...tags) => pushArtifact(storage, repository, artifact, tags) });
  });

  it('have versions that lexical order gets wrong, and latest on the newest', () => {
    const tags = storage.repositories.get('shop/web')?.tags;
    assert.deepEqual([...(tags?.keys() ?? [])].sort(), [
      '1.10',
      '1.10.0',
      '1.10.1',
      '1.8',
      '1.8.0',
      '1.9',
      '1.9.0',
      'latest',
    ]);
    assert.equal(tags?.get('latest'), tags?.get('1.10.1'));
    assert.equal(new Set(tags?.values()).size, 4);
  });

  it('are many', () => {
    assert.equal(storage.repositories.get('platform/nightly')?.tags.size, 5000);
    assert.equal(new Set(storage.repositories.get('platform/nightly')?.tags.values()).size, 5000);
    assert.ok(storage.repositories.size >= 300);
  });

  it('refer to nothing that is missing', () => {
    for (const [name, repository] of storage.repositories) {
      for (const { bytes } of repository.manifests.values()) {
        const { config, layers = [], manifests = [], subject } = JSON.parse(bytes.toString()) as ManifestJson;
        for (const { digest } of config === undefined ? layers : [config, ...layers]) {
          assert.ok(repository.blobs.has(digest), `${name} has no blob ${digest}`);
        }
        for (const { digest } of subject === undefined ? manifests : [subject, ...manifests]) {
          assert.ok(repository.manifests.has(digest), `${name} has no manifest ${digest}`);
        }
      }
    }
  });

  it('have layers that unpack to what their config says', () => {
    for (const repository of ['shop/web', 'shop/api', 'shop/worker']) {
      const stored = storage.repositories.get(repository) ?? assert.fail(`${repository} is missing`);
      for (const { bytes } of stored.manifests.values()) {
        const { config, layers = [], artifactType } = JSON.parse(bytes.toString()) as ManifestJson;
        if (artifactType !== undefined || config === undefined) continue;
        const { rootfs, history = [] } = JSON.parse(storage.blobs.get(config.digest)?.toString() ?? '') as ConfigJson;
        // What cosign signs with has the shape of an image without being one.
        if (rootfs.diff_ids === undefined) continue;
        assert.deepEqual(layers.map(unpackedDigest), rootfs.diff_ids);
        assert.equal(history.filter(({ empty_layer }) => empty_layer !== true).length, layers.length);
      }
    }
  });

  it('have layers of very different sizes', () => {
    const sizes = [...storage.blobs.values()].map(({ length }) => length).sort((a, b) => a - b);
    assert.ok((sizes.at(0) ?? 0) < 1000 && (sizes.at(-1) ?? 0) > 1_500_000);
  });

  it('are the same every time', () => {
    const again: string[] = [];
    seedSampleRegistry({
      push: (_repository, { manifest }: Artifact, ...tags) => {
        if (tags.length > 0) again.push(manifest.descriptor.digest);
        return manifest.descriptor.digest;
      },
    });
    const stored = [...storage.repositories.values()].flatMap(({ tags }) => [...tags.values()]);
    assert.deepEqual([...new Set(again)].sort(), [...new Set(stored)].sort());
  });

  function unpackedDigest({ mediaType, digest }: DescriptorJson): string {
    const bytes = storage.blobs.get(digest) ?? assert.fail(`${digest} is missing`);
    return sha256(mediaType === mediaTypes.layerZstd ? zstdDecompressSync(bytes) : gunzipSync(bytes));
  }
});

interface DescriptorJson {
  readonly mediaType: string;
  readonly digest: string;
}

interface ManifestJson {
  readonly artifactType?: string;
  readonly config?: DescriptorJson;
  readonly layers?: readonly DescriptorJson[];
  readonly manifests?: readonly DescriptorJson[];
  readonly subject?: DescriptorJson;
}

interface ConfigJson {
  readonly rootfs: { readonly diff_ids?: readonly string[] };
  readonly history?: readonly { readonly empty_layer?: boolean }[];
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Descriptor, FetchedManifest } from '../../../../src/api.ts';
import { RegistryError } from '../../../../src/core/errors.ts';
import { parseManifest } from '../../../../src/core/oci/manifest.ts';
import { planCopy, runCopy } from '../../../../src/core/transfer/copy.ts';
import type { CopySource } from '../../../../src/core/transfer/copyPlan.ts';
import type { CopyTarget } from '../../../../src/core/transfer/copyTarget.ts';
import { Lanes } from '../../../../src/core/transfer/lanes.ts';
import { createHash } from '../../../../src/node/hash.ts';
import { writeImage, writeIndex, writeLayer } from '../../../support/imageWriter.ts';
import type { Artifact } from '../../../support/oci.ts';
import { buildCosignSignature, buildSbom, cosignTag } from '../../../support/sampleImages/referrers.ts';
import { file } from '../../../support/tarWriter.ts';

const { signal } = new AbortController();

/** An index of images with layers in common, what refers to each of them, and a signature. */
const artifacts = fc
  .array(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 3 }), { minLength: 1, maxLength: 4 })
  .map((layers) => {
    const images = layers.map((names, number) =>
      writeImage({
        platform: { os: 'linux', architecture: `arch${number}` },
        steps: names.map((name) => ({ createdBy: 'COPY', layer: writeLayer([file(name, name)]) })),
      }),
    );
    const index = writeIndex(images);
    const attached = [index, ...images].map(({ manifest }) => buildSbom(manifest.descriptor, '2026-01-01T00:00:00Z'));
    return { index, attached, signature: buildCosignSignature(index.manifest.descriptor, 'shop/web') };
  });

describe('a copy', () => {
  it('never has a manifest before all that it names, wherever it breaks off, and ends when it is run again', async () => {
    await fc.assert(
      fc.asyncProperty(artifacts, fc.nat(30), async ({ index, attached, signature }, breakAfter) => {
        const source = sourceOf(index, attached, signature);
        const target = new StrictTarget();
        const copy = async (): Promise<unknown> => {
          const plan = await planCopy(
            source,
            { reference: 'registry.example/shop/web:1.0', tagOrDigest: '1.0' },
            { platform: undefined, architecture: 'amd64', withReferrers: true, signal },
          );
          const run = {
            tag: '2.0',
            isRetag: false,
            overwrite: false,
            expected: undefined,
            signal,
            onProgress: () => {},
          };
          return runCopy({ source, target, createHash, lanes: new Lanes(3) }, { plan, ...run });
        };
        target.breakAfter = breakAfter;
        await copy().catch((error: Error) => assert.equal(error.message, 'broke'));
        target.breakAfter = Number.POSITIVE_INFINITY;
        await copy();
        assert.equal(target.tags.get('2.0')?.descriptor.digest, index.manifest.descriptor.digest);
        assert.equal(
          target.tags.get(cosignTag(index.manifest.descriptor))?.descriptor.digest,
          signature.manifest.descriptor.digest,
        );
        for (const { manifest } of attached) assert.ok(target.manifests.has(manifest.descriptor.digest));
      }),
    );
  });
});

function sourceOf(index: Artifact, attached: readonly Artifact[], signature: Artifact): CopySource {
  const all = [index, ...index.children, ...attached, signature];
  const manifests = new Map(all.map(({ manifest }) => [manifest.descriptor.digest, manifest]));
  const signatureTag = cosignTag(index.manifest.descriptor);
  const tags = new Map([
    ['1.0', index],
    [signatureTag, signature],
  ]);
  const blobs = new Map(all.flatMap((artifact) => artifact.blobs.map((blob) => [blob.descriptor.digest, blob.bytes])));
  return {
    fetchManifest: async (tagOrDigest) => {
      const found = tags.get(tagOrDigest)?.manifest ?? manifests.get(tagOrDigest);
      if (found === undefined) throw new RegistryError('not-found', `${tagOrDigest} is not there`);
      const { mediaType, digest, size } = found.descriptor;
      return { bytes: found.bytes, descriptor: { mediaType, digest, size } };
    },
    openBlob: async ({ digest, size }) => ({ size, chunks: once(blobs.get(digest) ?? assert.fail()) }),
    listReferrers: async (digest) =>
      attached
        .filter(({ manifest }) => JSON.parse(manifest.bytes.toString()).subject.digest === digest)
        .map(({ manifest }) => manifest.descriptor),
    listTags: async () => new Set(tags.keys()),
  };
}

/** Takes what a strict registry takes, and breaks when it is told to. */
class StrictTarget implements CopyTarget {
  readonly name = 'registry.example/copy';
  readonly seesToParts = true;
  readonly blobs = new Set<string>();
  readonly manifests = new Map<string, FetchedManifest>();
  readonly tags = new Map<string, FetchedManifest>();
  breakAfter = 0;

  readonly find = async (tag: string): Promise<Descriptor | undefined> => this.tags.get(tag)?.descriptor;
  readonly has = async ({ digest }: Descriptor): Promise<boolean> => this.manifests.has(digest);
  readonly read = async (tag: string): Promise<Uint8Array | undefined> => this.tags.get(tag)?.bytes;
  readonly missing = async (blobs: readonly Descriptor[]): Promise<readonly Descriptor[]> => blobs;

  readonly putBlob: CopyTarget['putBlob'] = async (blob, source, options) => {
    this.#work();
    if (this.blobs.has(blob.digest)) return { how: 'present', bytesSent: 0 };
    for await (const _ of source(0, options));
    this.blobs.add(blob.digest);
    return { how: 'sent', bytesSent: blob.size };
  };

  readonly putManifest = async (manifest: FetchedManifest): Promise<void> => {
    this.#work();
    const parsed = parseManifest(manifest.bytes, manifest.descriptor.mediaType);
    if (parsed.kind === 'index') for (const { digest } of parsed.manifests) assert.ok(this.manifests.has(digest));
    else for (const { digest } of [parsed.config, ...parsed.layers]) assert.ok(this.blobs.has(digest));
    if (parsed.subject !== undefined) assert.ok(this.manifests.has(parsed.subject.digest));
    this.manifests.set(manifest.descriptor.digest, manifest);
  };

  readonly setName: CopyTarget['setName'] = async (tag, manifest) => {
    await this.putManifest(manifest);
    if (tag !== undefined) this.tags.set(tag, manifest);
  };

  readonly listReferrers = async (subject: string): Promise<readonly string[]> =>
    [...this.manifests.values()]
      .filter(({ bytes, descriptor }) => parseManifest(bytes, descriptor.mediaType).subject?.digest === subject)
      .map(({ descriptor }) => descriptor.digest);

  #work(): void {
    if (--this.breakAfter < 0) throw new Error('broke');
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

import { randomBytes } from 'node:crypto';
import { writeAttestation } from './artifactWriter.ts';
import { writeImage, writeIndex, writeLayer } from './imageWriter.ts';
import { type Artifact, jsonContent, mediaTypes } from './oci.ts';
import { buildCosignSignature, buildSbom, cosignTag } from './sampleImages/referrers.ts';
import { file } from './tarWriter.ts';

/** An image with everything that a copy has to take along, by the tags that it has where registries list no referrers. */
export interface CopiedImage {
  /** Two platforms, one with a layer in zstd, and the attestation of the first. */
  readonly index: Artifact;
  /** Refers to the index. */
  readonly sbom: Artifact;
  /** Lists the SBOM, under {@link referrersTag}. */
  readonly referrers: Artifact;
  readonly referrersTag: string;
  readonly signature: Artifact;
  readonly signatureTag: string;
}

/** `size` in bytes, of each platform's layer. Every call gives another image. */
export function writeCopiedImage(size: number): CopiedImage {
  const platformImage = (architecture: string, compression: 'gzip' | 'zstd'): Artifact =>
    writeImage({
      platform: { os: 'linux', architecture },
      steps: [{ createdBy: 'COPY data /app/', layer: writeLayer([file('app/data', randomBytes(size))], compression) }],
    });
  const amd64 = platformImage('amd64', 'gzip');
  const attestation = writeAttestation(amd64.manifest.descriptor, [
    { predicateType: 'https://slsa.dev/provenance/v1', predicate: { run: randomBytes(8).toString('hex') } },
  ]);
  const index = writeIndex([amd64, platformImage('arm64', 'zstd'), attestation]);
  const { descriptor } = index.manifest;
  const sbom = buildSbom(descriptor, '2026-01-01T00:00:00Z');
  const mediaType = mediaTypes.imageIndex;
  const list = jsonContent(mediaType, {
    schemaVersion: 2,
    mediaType,
    manifests: [{ ...sbom.manifest.descriptor, artifactType: 'application/vnd.cyclonedx+json' }],
  });
  return {
    index,
    sbom,
    referrers: { manifest: list, blobs: [], children: [sbom] },
    referrersTag: descriptor.digest.replace(':', '-'),
    signature: buildCosignSignature(descriptor, 'shop/web'),
    signatureTag: cosignTag(descriptor),
  };
}

/** Manifests, configs and layers of an artifact, each once. */
export function contentsOf({ manifest, blobs, children }: Artifact): ReadonlyMap<string, Buffer> {
  const own = [manifest, ...blobs].map(({ descriptor, bytes }) => [descriptor.digest, bytes] as const);
  return new Map([...own, ...children.flatMap((child) => [...contentsOf(child)])]);
}

import assert from 'node:assert/strict';
import type { RepositorySession } from '../../../src/api.ts';
import { findAttachments } from '../../../src/core/attachments.ts';
import { RegistryError } from '../../../src/core/errors.ts';
import { writeArtifact, writeAttestation } from '../../support/artifactWriter.ts';
import { writeImage, writeIndex } from '../../support/imageWriter.ts';
import { type Artifact, content, type Descriptor } from '../../support/oci.ts';
import { buildCosignSignature, buildSbom } from '../../support/sampleImages/referrers.ts';

const created = '2025-06-01T12:00:00Z';
const image = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [] });
const attestation = writeAttestation(image.manifest.descriptor, [
  { predicateType: 'https://slsa.dev/provenance/v1', predicate: {} },
]);
const index = writeIndex([image, attestation]);
const subject = index.manifest.descriptor;
const sbom = buildSbom(subject, created);
const signature = buildCosignSignature(subject, 'shop/web');
const bundle = writeArtifact({
  artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
  layers: [content('application/vnd.dev.sigstore.bundle.v0.3+json', Buffer.from('{}'))],
  annotations: { 'dev.sigstore.bundle.predicateType': 'https://sigstore.dev/cosign/sign/v1' },
});

/** A registry with these manifests, tags and referrers. */
function find(
  artifacts: readonly Artifact[],
  { tags = {}, referrers = {} }: { tags?: Record<string, Artifact>; referrers?: Record<string, readonly Descriptor[]> },
) {
  const byDigest = new Map(artifacts.map(({ manifest }) => [manifest.descriptor.digest, manifest]));
  const notFound = new RegistryError('not-found', 'There is none.');
  const repository = {
    listReferrers: async (digest: string) => ({ items: referrers[digest] ?? [] }),
    resolve: async (tag: string) => {
      const found = tags[tag];
      if (found === undefined) throw notFound;
      return found.manifest.descriptor;
    },
  } as unknown as RepositorySession;
  const fetchManifest = async (digest: string) => {
    const found = byDigest.get(digest);
    if (found === undefined) throw notFound;
    return found;
  };
  const context = { repository, fetchManifest, signal: new AbortController().signal };
  return findAttachments(context, [subject.digest, image.manifest.descriptor.digest]);
}

describe('what is attached to an image', () => {
  it('is found by referrers, by the tags of cosign, and beside it in its index', async () => {
    const found = await find([index, image, attestation, sbom, signature], {
      referrers: {
        [subject.digest]: [{ ...sbom.manifest.descriptor, artifactType: 'application/vnd.cyclonedx+json' }],
      },
      tags: { [`${subject.digest.replace(':', '-')}.sig`]: signature },
    });
    assert.deepEqual(
      found.map(({ kind, digest, types }) => [kind, digest, types]),
      [
        ['sbom', sbom.manifest.descriptor.digest, ['application/vnd.cyclonedx+json']],
        ['signature', signature.manifest.descriptor.digest, ['application/vnd.dev.cosign.simplesigning.v1+json']],
        ['attestation', attestation.manifest.descriptor.digest, ['https://slsa.dev/provenance/v1']],
      ],
    );
    const [first] = found;
    assert.equal(first?.size, sbom.blobs.at(-1)?.bytes.length);
    assert.equal(first?.createdAt, created);
    assert.equal(first?.subject, subject.digest);
    assert.equal(found.at(-1)?.subject, image.manifest.descriptor.digest);
  });

  it('is a signature where a bundle says so', async () => {
    const found = await find([index, image, bundle], { referrers: { [subject.digest]: [bundle.manifest.descriptor] } });
    assert.deepEqual(
      found.filter(({ digest }) => digest === bundle.manifest.descriptor.digest).map(({ kind }) => kind),
      ['signature'],
    );
  });

  it('is told of without its size where its manifest is gone', async () => {
    const gone = { ...sbom.manifest.descriptor, artifactType: 'application/spdx+json' };
    const found = await find([index], { referrers: { [subject.digest]: [gone] } });
    assert.deepEqual(found[0], {
      kind: 'sbom',
      digest: gone.digest,
      subject: subject.digest,
      types: ['application/spdx+json'],
    });
  });
});

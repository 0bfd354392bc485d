import { writeArtifact } from '../artifactWriter.ts';
import { type Artifact, content, type Descriptor, jsonContent, sha256 } from '../oci.ts';

/** What tools attach to an image. None of it is a real signature: it has the shape only. */

/** As `oras attach` and others attach a list of packages. */
export function buildSbom(subject: Descriptor, created: string): Artifact {
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { timestamp: created },
    components: [
      { type: 'library', name: 'busybox', version: '1.37.0-r12', purl: 'pkg:apk/alpine/busybox@1.37.0-r12' },
      { type: 'library', name: 'musl', version: '1.2.5-r9', purl: 'pkg:apk/alpine/musl@1.2.5-r9' },
      { type: 'library', name: 'libssl3', version: '3.3.3-r0', purl: 'pkg:apk/alpine/libssl3@3.3.3-r0' },
    ],
  };
  return writeArtifact({
    artifactType: 'application/vnd.cyclonedx+json',
    layers: [jsonContent('application/vnd.cyclonedx+json', document)],
    subject,
    annotations: { 'org.opencontainers.image.created': created },
  });
}

/** As Notation signs. https://github.com/notaryproject/specifications/blob/main/specs/signature-specification.md */
export function buildNotationSignature(subject: Descriptor, created: string): Artifact {
  const { mediaType, digest, size } = subject;
  const payload = Buffer.from(JSON.stringify({ targetArtifact: { mediaType, digest, size } })).toString('base64url');
  const thumbprint = sha256(Buffer.from('certificate')).slice('sha256:'.length);
  return writeArtifact({
    artifactType: 'application/vnd.cncf.notary.signature',
    layers: [jsonContent('application/jose+json', { payload, protected: '', header: {}, signature: '' })],
    subject,
    annotations: {
      'io.cncf.notary.x509chain.thumbprint#S256': JSON.stringify([thumbprint]),
      'org.opencontainers.image.created': created,
    },
  });
}

/** As cosign signs without referrers: under {@link cosignTag}, with the signature in an annotation. */
export function buildCosignSignature(subject: Descriptor, repository: string): Artifact {
  const payload = {
    critical: {
      identity: { 'docker-reference': repository },
      image: { 'docker-manifest-digest': subject.digest },
      type: 'cosign container image signature',
    },
    optional: null,
  };
  const mediaType = 'application/vnd.dev.cosign.simplesigning.v1+json';
  return writeArtifact({
    config: jsonContent('application/vnd.oci.image.config.v1+json', {
      architecture: '',
      os: '',
      rootfs: {},
      config: {},
    }),
    layers: [
      content(mediaType, Buffer.from(JSON.stringify(payload)), {
        annotations: { 'dev.cosignproject.cosign/signature': Buffer.from('signature').toString('base64') },
      }),
    ],
  });
}

export function cosignTag({ digest }: Descriptor): string {
  return `${digest.replace(':', '-')}.sig`;
}

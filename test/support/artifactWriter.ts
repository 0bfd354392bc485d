import {
  type Annotations,
  type Artifact,
  type Content,
  content,
  type Descriptor,
  jsonContent,
  mediaTypes,
  subjectOf,
} from './oci.ts';

/** Manifests that are no images: charts, signatures, SBOMs, attestations. */

export interface ArtifactOptions {
  readonly artifactType?: string;
  /** The empty JSON object unless told. */
  readonly config?: Content;
  readonly layers?: readonly Content[];
  readonly subject?: Descriptor;
  readonly annotations?: Annotations;
}

export function writeArtifact(options: ArtifactOptions): Artifact {
  const config = options.config ?? emptyJson();
  const layers = options.layers ?? [emptyJson()];
  const mediaType = mediaTypes.imageManifest;
  const manifest = jsonContent(mediaType, {
    schemaVersion: 2,
    mediaType,
    artifactType: options.artifactType,
    config: config.descriptor,
    layers: layers.map(({ descriptor }) => descriptor),
    subject: options.subject && subjectOf(options.subject),
    annotations: options.annotations,
  });
  return { manifest, blobs: [config, ...layers], children: [] };
}

export interface AttestationStatement {
  readonly predicateType: string;
  readonly predicate: unknown;
}

export interface AttestationOptions {
  /** BuildKit wrote manifests that look like images until it could write OCI artifacts. */
  readonly form?: 'artifact' | 'image';
  /** A package URL such as `pkg:docker/shop/web@1.2.0?platform=linux%2Famd64`. */
  readonly subjectName?: string;
}

/**
 * The manifest that BuildKit puts into an index beside the image that it describes.
 * https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md
 */
export function writeAttestation(
  image: Descriptor,
  statements: readonly AttestationStatement[],
  { form = 'artifact', subjectName = '_' }: AttestationOptions = {},
): Artifact {
  const layers = statements.map(({ predicateType, predicate }) =>
    content(
      mediaTypes.inToto,
      Buffer.from(
        JSON.stringify({
          _type: 'https://in-toto.io/Statement/v0.1',
          predicateType,
          subject: [{ name: subjectName, digest: { sha256: image.digest.replace('sha256:', '') } }],
          predicate,
        }),
      ),
      { annotations: { 'in-toto.io/predicate-type': predicateType } },
    ),
  );
  const artifact =
    form === 'artifact'
      ? writeArtifact({ artifactType: attestationType, layers, subject: image })
      : writeArtifact({ config: attestationConfig(layers), layers });
  return {
    ...artifact,
    manifest: {
      bytes: artifact.manifest.bytes,
      descriptor: {
        ...artifact.manifest.descriptor,
        annotations: {
          'vnd.docker.reference.digest': image.digest,
          'vnd.docker.reference.type': 'attestation-manifest',
        },
        platform: unknownPlatform,
      },
    },
  };
}

const attestationType = 'application/vnd.docker.attestation.manifest.v1+json';
const unknownPlatform = { os: 'unknown', architecture: 'unknown' } as const;

function attestationConfig(layers: readonly Content[]): Content {
  return jsonContent(mediaTypes.imageConfig, {
    ...unknownPlatform,
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ descriptor }) => descriptor.digest) },
  });
}

function emptyJson(): Content {
  return content(mediaTypes.emptyJson, Buffer.from('{}'));
}

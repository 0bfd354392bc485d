import { createHash } from 'node:crypto';

/**
 * The few OCI terms that the test support needs. It shares no code with the extension on purpose: a mistake made there
 * must not be made here too.
 */

export const mediaTypes = {
  imageIndex: 'application/vnd.oci.image.index.v1+json',
  imageManifest: 'application/vnd.oci.image.manifest.v1+json',
  imageConfig: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  layerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  layerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  emptyJson: 'application/vnd.oci.empty.v1+json',
  inToto: 'application/vnd.in-toto+json',
  dockerManifestList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar',
  dockerLayerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  dockerLayerZstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
} as const;

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

export type Annotations = Readonly<Record<string, string>>;

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: Platform;
  readonly annotations?: Annotations;
  readonly artifactType?: string;
  /** Where the bytes are when the registry does not have them. */
  readonly urls?: readonly string[];
}

/** Bytes with the descriptor that names them. */
export interface Content {
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
}

/** A manifest or an index, together with all that it refers to. */
export interface Artifact {
  readonly manifest: Content;
  /** What a manifest refers to: its config and layers. */
  readonly blobs: readonly Content[];
  /** What an index refers to. */
  readonly children: readonly Artifact[];
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The digest of the bytes by the algorithm of another digest. */
export function digestWith(digest: string, bytes: Uint8Array): string {
  const [algorithm = ''] = digest.split(':', 1);
  if (!['sha256', 'sha512'].includes(algorithm)) return '';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

export function content(mediaType: string, bytes: Buffer, more: Partial<Descriptor> = {}): Content {
  return { descriptor: { mediaType, digest: sha256(bytes), size: bytes.length, ...more }, bytes };
}

/** Manifests are indented by BuildKit and by most other builders, so nobody may rely on compact JSON. */
export function jsonContent(mediaType: string, value: unknown, more: Partial<Descriptor> = {}): Content {
  return content(mediaType, Buffer.from(JSON.stringify(value, undefined, 2)), more);
}

/** As a subject a manifest is named bare, without what an index says about it. */
export function subjectOf({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

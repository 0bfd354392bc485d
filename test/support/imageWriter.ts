import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import {
  type Annotations,
  type Artifact,
  content,
  type Descriptor,
  jsonContent,
  mediaTypes,
  type Platform,
  sha256,
  subjectOf,
} from './oci.ts';
import { type TarEntry, writeTar } from './tarWriter.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

/** Docker's media types are still what most registries hold. */
type ManifestFormat = 'oci' | 'docker';

/** A layer as it is stored, with the digest of the tar inside it. */
export interface Layer {
  readonly compression: Compression;
  readonly bytes: Buffer;
  readonly diffId: string;
  /** Of its descriptor in the manifest. */
  readonly annotations?: Annotations;
}

/** One line of a Dockerfile: with a layer when it changed files. */
export interface BuildStep {
  readonly createdBy: string;
  readonly layer?: Layer;
  readonly comment?: string;
}

/** The part of an image's config that a container runs with; the names are those of the JSON. */
export interface RuntimeConfig {
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Volumes?: Readonly<Record<string, object>>;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
}

export interface ImageOptions {
  readonly platform: Platform;
  readonly steps: readonly BuildStep[];
  readonly config?: RuntimeConfig;
  /** ISO 8601; {@link defaultCreated} unless told. */
  readonly created?: string;
  readonly author?: string;
  readonly annotations?: Annotations;
  readonly subject?: Descriptor;
  readonly format?: ManifestFormat;
}

export interface IndexOptions {
  readonly annotations?: Annotations;
  readonly format?: ManifestFormat;
  readonly subject?: Descriptor;
  readonly artifactType?: string;
}

/** Fixed, so that the same options always give the same digest. */
const defaultCreated = '2025-06-01T12:00:00Z';

export function writeLayer(entries: readonly TarEntry[], compression: Compression = 'gzip'): Layer {
  const tar = writeTar(entries);
  return { compression, bytes: compress(tar, compression), diffId: sha256(tar) };
}

/** An image for one platform. */
export function writeImage(options: ImageOptions): Artifact {
  const format = options.format ?? 'oci';
  const types = imageTypes[format];
  const layers = options.steps.flatMap(({ layer }) =>
    layer === undefined
      ? []
      : [
          content(types.layer[layer.compression], layer.bytes, {
            ...(layer.annotations && { annotations: layer.annotations }),
          }),
        ],
  );
  const config = jsonContent(types.config, imageConfig(options));
  const manifest = jsonContent(
    types.manifest,
    {
      schemaVersion: 2,
      mediaType: types.manifest,
      config: config.descriptor,
      layers: layers.map(({ descriptor }) => descriptor),
      subject: options.subject && subjectOf(options.subject),
      annotations: options.annotations,
    },
    { platform: options.platform },
  );
  return { manifest, blobs: [config, ...layers], children: [] };
}

/** An image for several platforms: the children's own descriptors say which. */
export function writeIndex(children: readonly Artifact[], options: IndexOptions = {}): Artifact {
  const mediaType = imageTypes[options.format ?? 'oci'].index;
  const manifest = jsonContent(mediaType, {
    schemaVersion: 2,
    mediaType,
    artifactType: options.artifactType,
    manifests: children.map((child) => child.manifest.descriptor),
    subject: options.subject && subjectOf(options.subject),
    annotations: options.annotations,
  });
  return { manifest, blobs: [], children };
}

const imageTypes = {
  oci: {
    index: mediaTypes.imageIndex,
    manifest: mediaTypes.imageManifest,
    config: mediaTypes.imageConfig,
    layer: { none: mediaTypes.layer, gzip: mediaTypes.layerGzip, zstd: mediaTypes.layerZstd },
  },
  docker: {
    index: mediaTypes.dockerManifestList,
    manifest: mediaTypes.dockerManifest,
    config: mediaTypes.dockerConfig,
    layer: { none: mediaTypes.dockerLayer, gzip: mediaTypes.dockerLayerGzip, zstd: mediaTypes.dockerLayerZstd },
  },
} as const;

function compress(tar: Buffer, compression: Compression): Buffer {
  switch (compression) {
    case 'none':
      return tar;
    case 'gzip': {
      const bytes = gzipSync(tar);
      bytes[9] = 255; // The operating system, which zlib would write down: "unknown" gives the same bytes everywhere.
      return bytes;
    }
    case 'zstd':
      return zstdCompressSync(tar, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  }
}

function imageConfig({ platform, steps, config, created = defaultCreated, author }: ImageOptions): object {
  return {
    created,
    author,
    ...platform,
    config: config ?? {},
    rootfs: { type: 'layers', diff_ids: steps.flatMap(({ layer }) => (layer === undefined ? [] : [layer.diffId])) },
    history: steps.map(({ createdBy, layer, comment }) => ({
      created,
      created_by: createdBy,
      comment,
      empty_layer: layer === undefined ? true : undefined,
    })),
  };
}

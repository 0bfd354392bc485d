import type { Descriptor } from '../api.ts';
import { RegistryError } from './errors.ts';
import { type ArtifactFile, artifactFiles } from './oci/artifactFiles.ts';
import { parseConfig } from './oci/config.ts';
import { configTypes, essence, mediaTypes } from './oci/mediaType.ts';
import { type FetchManifest, fetchParsed } from './oci/platformImage.ts';
import { limits } from './registry/limits.ts';

/** What an artifact that is no image consists of. */
export interface ArtifactContent {
  readonly digest: string;
  readonly artifactType: string | undefined;
  readonly files: readonly ArtifactFile[];
  /** What it says of itself, where that is a JSON object: the metadata of a Helm chart. Foreign data. */
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface ArtifactContext {
  readonly fetchManifest: FetchManifest;
  readonly fetchConfig: (descriptor: Descriptor) => Promise<Uint8Array>;
}

export async function readArtifact(
  context: ArtifactContext,
  target: { readonly reference: string; readonly tagOrDigest: string },
): Promise<ArtifactContent> {
  const { manifest, descriptor } = await fetchParsed(context.fetchManifest, target);
  if (manifest.kind === 'index') {
    const reason = 'is an index of several: choose one of those that it names';
    throw new RegistryError('unsupported', `${target.reference} ${reason}.`);
  }
  const { config } = manifest;
  const isImage = configTypes.includes(config.mediaType);
  const isSmall = config.size > 2 && config.size <= limits.config;
  const isReadable = /json$/.test(essence(config.mediaType)) && config.mediaType !== mediaTypes.ociEmpty;
  const parsed = isReadable && isSmall && !isImage ? parseConfig(await context.fetchConfig(config))?.raw : undefined;
  return {
    digest: descriptor.digest,
    artifactType: manifest.artifactType ?? (isImage ? undefined : config.mediaType),
    files: artifactFiles(manifest),
    ...(parsed !== undefined && { config: parsed }),
  };
}

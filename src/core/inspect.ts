import type { Descriptor, ImageDetails } from '../api.ts';
import { type ImageConfig, layerCommands, parseConfig, realDate } from './oci/config.ts';
import type { ImageManifest } from './oci/manifest.ts';
import { configTypes } from './oci/mediaType.ts';
import { isSamePlatform, platformNames } from './oci/platform.ts';
import {
  type FetchManifest,
  fetchParsed,
  findPlatformImage,
  noSuchPlatform,
  type ParsedManifest,
} from './oci/platformImage.ts';
import { limits } from './registry/limits.ts';

export interface InspectContext {
  readonly fetchManifest: FetchManifest;
  readonly fetchConfig: (descriptor: Descriptor) => Promise<Uint8Array>;
  /** GOARCH name of the machine. */
  readonly architecture: string;
}

/** See `GantryApi.inspect`: the manifest, the manifest of one platform where it is an index, and its config. */
export async function inspectImage(
  context: InspectContext,
  target: { readonly reference: string; readonly tagOrDigest: string; readonly platform: string | undefined },
): Promise<ImageDetails> {
  const top = await fetchParsed(context.fetchManifest, target);
  const platforms = top.manifest.kind === 'index' ? platformNames(top.manifest) : [];
  const image = await findPlatformImage(context.fetchManifest, top, {
    reference: target.reference,
    platform: target.platform,
    architecture: context.architecture,
  });
  if (image === undefined) return describeEmptyIndex(target.reference, top);

  const { manifest, descriptor } = image;
  const config = await readImageConfig(context, manifest.config);
  const platform = image.platform ?? config?.platform;
  // Without an index, only the config tells.
  if (target.platform !== undefined && platform !== undefined && !isSamePlatform(platform, target.platform)) {
    throw noSuchPlatform(target.reference, target.platform, [platform]);
  }
  const commands = layerCommands(config?.history ?? [], manifest.layers.length);
  // What is no image has no config that would tell.
  const createdAt = config?.createdAt ?? realDate(manifest.annotations['org.opencontainers.image.created']);
  const artifactType = artifactTypeOf(manifest);
  return {
    reference: target.reference,
    digest: top.descriptor.digest,
    mediaType: top.manifest.mediaType,
    ...(artifactType !== undefined && { artifactType }),
    platforms: platforms.length > 0 ? platforms : platform === undefined ? [] : [platform],
    ...(platform !== undefined && { platform, platformDigest: descriptor.digest }),
    size: manifest.layers.reduce((sum, layer) => sum + layer.size, manifest.config.size),
    ...(createdAt !== undefined && { createdAt }),
    ...(config !== undefined && { config: config.raw }),
    layers: manifest.layers.map(({ digest, size, mediaType }, index) => {
      const command = commands[index];
      return { digest, size, mediaType, ...(command !== undefined && { command }) };
    }),
    annotations: { ...top.manifest.annotations, ...manifest.annotations },
  };
}

/** `undefined` for what is no image's config, or cannot be read as one. */
export async function readImageConfig(
  context: Pick<InspectContext, 'fetchConfig'>,
  descriptor: Descriptor,
): Promise<ImageConfig | undefined> {
  if (!configTypes.includes(descriptor.mediaType) || descriptor.size > limits.config) return undefined;
  return parseConfig(await context.fetchConfig(descriptor));
}

/** OCI image-spec, manifest.md: without an `artifactType`, the config's media type says what an artifact is. */
function artifactTypeOf(manifest: ImageManifest): string | undefined {
  if (manifest.artifactType !== undefined) return manifest.artifactType;
  return configTypes.includes(manifest.config.mediaType) ? undefined : manifest.config.mediaType;
}

function describeEmptyIndex(reference: string, { manifest, descriptor }: ParsedManifest): ImageDetails {
  return {
    reference,
    digest: descriptor.digest,
    mediaType: manifest.mediaType,
    ...(manifest.artifactType !== undefined && { artifactType: manifest.artifactType }),
    platforms: [],
    size: 0,
    layers: [],
    annotations: manifest.annotations,
  };
}

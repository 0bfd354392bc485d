import type { Descriptor, FetchedManifest, ImageDetails } from '../api.ts';
import { RegistryError } from './errors.ts';
import { type ImageConfig, layerCommands, parseConfig } from './oci/config.ts';
import { type ImageManifest, type Manifest, parseManifest } from './oci/manifest.ts';
import { configTypes } from './oci/mediaType.ts';
import { formatPlatform, platformEntries, selectPlatform } from './oci/platform.ts';
import { limits } from './registry/limits.ts';

/** Indexes of indexes are allowed; deeper than this they are a mistake or an attack. */
const maxDepth = 4;

export interface InspectContext {
  /** Fetches a manifest by tag or digest; by digest it may come from a cache. */
  readonly fetchManifest: (reference: string) => Promise<FetchedManifest>;
  readonly fetchConfig: (descriptor: Descriptor) => Promise<Uint8Array>;
  /** GOARCH name of the machine. */
  readonly architecture: string;
}

/** See `GantryApi.inspect`: the manifest, the manifest of one platform where it is an index, and its config. */
export async function inspectImage(
  context: InspectContext,
  target: { readonly reference: string; readonly tagOrDigest: string; readonly platform: string | undefined },
): Promise<ImageDetails> {
  const top = await fetchParsed(context, target.tagOrDigest);
  const platforms =
    top.manifest.kind === 'index' ? platformEntries(top.manifest).map((entry) => formatPlatform(entry.platform)) : [];
  const image = await descend(context, top, target);
  if (image === undefined) return describeEmptyIndex(target.reference, top);

  const { manifest, descriptor } = image;
  const config = configTypes.includes(manifest.config.mediaType)
    ? await readConfig(context, manifest.config)
    : undefined;
  const platform = image.platform ?? config?.platform;
  const commands = layerCommands(config?.history ?? [], manifest.layers.length);
  const createdAt = config?.createdAt;
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

interface Fetched<M extends Manifest = Manifest> {
  readonly manifest: M;
  readonly descriptor: Descriptor;
}

/** Goes down to the image of a platform; `undefined` when there is none because an index is empty. */
async function descend(
  context: InspectContext,
  top: Fetched,
  target: { readonly reference: string; readonly platform: string | undefined },
): Promise<(Fetched<ImageManifest> & { readonly platform?: string }) | undefined> {
  let { manifest, descriptor } = top;
  let platform: string | undefined;
  for (let depth = 0; manifest.kind === 'index'; depth++) {
    if (depth === maxDepth)
      throw new RegistryError('protocol', `${target.reference} is an index of indexes, more than ${maxDepth} deep.`);
    const entry = selectPlatform(manifest, target.platform, context.architecture);
    if (entry === undefined) {
      if (target.platform === undefined) return undefined;
      const known = platformEntries(manifest).map((candidate) => formatPlatform(candidate.platform));
      throw new RegistryError(
        'not-found',
        `${target.reference} has no image for ${target.platform}. It has: ${known.join(', ') || 'none'}.`,
      );
    }
    if (entry.platform !== undefined) platform = formatPlatform(entry.platform);
    ({ manifest, descriptor } = await fetchParsed(context, entry.digest));
  }
  return { manifest, descriptor, ...(platform !== undefined && { platform }) };
}

async function fetchParsed(context: InspectContext, tagOrDigest: string): Promise<Fetched> {
  const { bytes, descriptor } = await context.fetchManifest(tagOrDigest);
  return { manifest: parseManifest(bytes, descriptor.mediaType), descriptor };
}

async function readConfig(context: InspectContext, descriptor: Descriptor): Promise<ImageConfig | undefined> {
  if (descriptor.size > limits.config) return undefined;
  return parseConfig(await context.fetchConfig(descriptor));
}

/** OCI image-spec, manifest.md: without an `artifactType`, the config's media type says what an artifact is. */
function artifactTypeOf(manifest: ImageManifest): string | undefined {
  if (manifest.artifactType !== undefined) return manifest.artifactType;
  return configTypes.includes(manifest.config.mediaType) ? undefined : manifest.config.mediaType;
}

function describeEmptyIndex(reference: string, { manifest, descriptor }: Fetched): ImageDetails {
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

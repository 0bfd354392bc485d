import type { Descriptor, FetchedManifest } from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import {
  type FetchManifest,
  fetchParsed,
  findPlatformImage,
  maxIndexDepth,
  type ParsedManifest,
  tooDeep,
} from '../oci/platformImage.ts';

/** With attestations, indexes of real images name some dozens of manifests; more than this is a mistake or an attack. */
const maxManifests = 1000;
/** Bytes of all of them, which are kept until they are written. */
const maxManifestBytes = 64 * 1024 * 1024;

/** What there is to fetch of an image. */
export interface PullPlan {
  /** What the reference names in its registry. */
  readonly named: Descriptor;
  /** What it stands for in the copy: the same, or the image of one platform. */
  readonly top: FetchedManifest;
  /** Each once, and after those that it names. */
  readonly manifests: readonly FetchedManifest[];
  /** Configs and layers, each once. */
  readonly blobs: readonly Descriptor[];
  /** Layers that may not be distributed: they are had from addresses in the manifest, not from the registry. */
  readonly omitted: readonly Descriptor[];
  /** Bytes of all blobs. */
  readonly size: number;
}

export interface PlannedImage {
  /** For messages. */
  readonly reference: string;
  readonly tagOrDigest: string;
}

/** Everything that a reference names: of an index, all platforms and what belongs to them, such as attestations. */
export async function planWhole(fetchManifest: FetchManifest, image: PlannedImage): Promise<PullPlan> {
  const manifests = new Map<string, ParsedManifest>();
  let bytes = 0;

  async function collect(parsed: ParsedManifest, depth: number): Promise<void> {
    if (parsed.manifest.kind === 'index') {
      if (depth === maxIndexDepth) throw tooDeep(image.reference);
      for (const { digest } of parsed.manifest.manifests) {
        if (!manifests.has(digest)) await collect(await fetchMember(fetchManifest, image, digest), depth + 1);
      }
    }
    manifests.set(parsed.descriptor.digest, parsed);
    bytes += parsed.bytes.length;
    if (manifests.size > maxManifests || bytes > maxManifestBytes) throw tooManyManifests(image);
  }

  const top = await fetchParsed(fetchManifest, image);
  await collect(top, 0);
  return planOf(top.descriptor, top, [...manifests.values()]);
}

/** The image of one platform, without the index that names it. Errors: `not-found` when there is none. */
export async function planPlatform(
  fetchManifest: FetchManifest,
  image: PlannedImage,
  wanted: { readonly platform: string | undefined; readonly architecture: string },
): Promise<PullPlan> {
  const top = await fetchParsed(fetchManifest, image);
  const found = await findPlatformImage(fetchManifest, top, { reference: image.reference, ...wanted });
  return planOf(top.descriptor, found ?? top, [found ?? top]);
}

function planOf(named: Descriptor, top: FetchedManifest, manifests: readonly ParsedManifest[]): PullPlan {
  const blobs = new Map<string, Descriptor>();
  const omitted = new Map<string, Descriptor>();
  for (const { manifest } of manifests) {
    if (manifest.kind === 'index') continue;
    for (const blob of [manifest.config, ...manifest.layers]) {
      (isForeign(blob) ? omitted : blobs).set(blob.digest, blob);
    }
  }
  return {
    named,
    top,
    manifests,
    blobs: [...blobs.values()],
    omitted: [...omitted.values()],
    size: [...blobs.values()].reduce((sum, blob) => sum + blob.size, 0),
  };
}

async function fetchMember(fetchManifest: FetchManifest, image: PlannedImage, digest: string): Promise<ParsedManifest> {
  try {
    return await fetchParsed(fetchManifest, { ...image, tagOrDigest: digest });
  } catch (error) {
    if (!isRegistryError(error, 'not-found')) throw error;
    throw new RegistryError(
      'not-found',
      `${image.reference} names ${digest}, which its registry does not have. Pull one platform of it instead.`,
      { cause: error, ...(error.host !== undefined && { host: error.host }) },
    );
  }
}

/** OCI image-spec, layer.md#non-distributable-layers; Docker's foreign layers, as in images of Windows. */
function isForeign({ mediaType }: Descriptor): boolean {
  return mediaType.includes('.nondistributable.') || mediaType.includes('.foreign.');
}

export function tooManyManifests({ reference }: PlannedImage): RegistryError {
  return new RegistryError(
    'too-large',
    `${reference} names more manifests than any image has. Nothing was transferred.`,
  );
}

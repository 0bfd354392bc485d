import type { Descriptor, FetchedManifest, RepositorySession } from '../../api.ts';
import { isRegistryError } from '../errors.ts';
import { type FetchManifest, maxIndexDepth } from '../oci/platformImage.ts';
import { type PlannedImage, type PullPlan, planPlatform, planWhole, tooManyManifests } from './plan.ts';
import { runAtOnce } from './runAtOnce.ts';

/** Where a copy is read from. */
export interface CopySource {
  readonly fetchManifest: FetchManifest;
  readonly openBlob: RepositorySession['openBlob'];
  /** What refers to a manifest by its `subject`. */
  readonly listReferrers: (digest: string, signal: AbortSignal) => Promise<readonly Descriptor[]>;
  /** `undefined` where tags cannot be listed. */
  readonly listTags: (signal: AbortSignal) => Promise<ReadonlySet<string> | undefined>;
}

/** What goes along with an image: a signature, an SBOM, with all that it names. */
export interface AttachedArtifact {
  readonly manifests: readonly FetchedManifest[];
  readonly blobs: readonly Descriptor[];
  /** The manifest that it refers to by its `subject`, and what a list of referrers says of it. */
  readonly referrer?: { readonly subject: string; readonly descriptor: Descriptor };
  /** The tag by which it is found, where it has no `subject`: `sha256-….sig`. */
  readonly tag?: string;
}

/** What a copy reads and writes. All of it is named by digest: a tag that moves meanwhile changes nothing. */
export interface CopyPlan {
  readonly image: PullPlan;
  readonly attached: readonly AttachedArtifact[];
}

/** How cosign names what belongs to a digest: cosign, specs/SIGNATURE_SPEC.md. */
const tagSuffixes = ['.sig', '.att', '.sbom'];

/** Requests for what belongs to an image, under way at once. */
const lookupsAtOnce = 4;
/** Things that belong to one image; more are a mistake or an attack. */
const maxAttached = 1000;

/** Reads every manifest of a copy, and no blob. */
export async function planCopy(
  source: CopySource,
  image: PlannedImage,
  options: {
    /** Of one platform only. */
    readonly platform: string | undefined;
    readonly architecture: string;
    readonly withReferrers: boolean;
    readonly signal: AbortSignal;
  },
): Promise<CopyPlan> {
  const { platform, architecture, withReferrers, signal } = options;
  const { fetchManifest } = source;
  const planned =
    platform === undefined
      ? await planWhole(fetchManifest, image)
      : await planPlatform(fetchManifest, image, { platform, architecture });
  return { image: planned, attached: withReferrers ? await findAttached(source, image, planned, signal) : [] };
}

/** What refers to the manifests of an image, and to that in turn, in the order in which it was found. */
async function findAttached(
  source: CopySource,
  image: PlannedImage,
  planned: PullPlan,
  signal: AbortSignal,
): Promise<readonly AttachedArtifact[]> {
  const tags = await source.listTags(signal);
  const known = new Set(planned.manifests.map(({ descriptor }) => descriptor.digest));
  const attached: AttachedArtifact[] = [];

  async function take(tagOrDigest: string, how: Pick<AttachedArtifact, 'referrer' | 'tag'>): Promise<void> {
    try {
      const { manifests, blobs } = await planWhole(source.fetchManifest, { ...image, tagOrDigest });
      for (const { descriptor } of manifests) known.add(descriptor.digest);
      attached.push({ manifests, blobs, ...how });
      if (attached.length > maxAttached) throw tooManyManifests(image);
    } catch (error) {
      // Lists of referrers and of tags go on naming what has been deleted.
      if (!isRegistryError(error, 'not-found')) throw error;
    }
  }

  async function look(digest: string, stop: AbortSignal): Promise<void> {
    for (const descriptor of await source.listReferrers(digest, stop)) {
      if (known.has(descriptor.digest)) continue;
      known.add(descriptor.digest);
      await take(descriptor.digest, { referrer: { subject: digest, descriptor } });
    }
    for (const suffix of tagSuffixes) {
      const tag = `${digest.replace(':', '-')}${suffix}`;
      if (tags === undefined || tags.has(tag)) await take(tag, { tag });
    }
  }

  const looked = new Set<string>();
  for (let depth = 0; depth < maxIndexDepth && looked.size < known.size; depth++) {
    const level = [...known].filter((digest) => !looked.has(digest));
    for (const digest of level) looked.add(digest);
    await runAtOnce(level, { atOnce: lookupsAtOnce, signal }, look);
  }
  return attached;
}

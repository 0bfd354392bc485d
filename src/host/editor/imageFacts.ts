import type { ImageDetails, ImageMention, ImageReference, VulnerabilityReport } from '../../api.ts';
import { type NewerTags, newerTags } from '../../core/oci/newerTags.ts';
import type { Signature } from '../../core/trust/signatures.ts';
import type { ImageLookups, TagList } from './imageLookups.ts';

/** What is said of an image. What is absent is not told by its registry, or not yet. */
export interface ImageFacts {
  readonly image: ImageDetails;
  readonly newer: NewerTags;
  readonly pushedAt?: string;
  /** What the tag names now, where a digest is written with it. */
  readonly tagDigest?: string;
  /** The tags of a digest that is written alone, the newest first. */
  readonly tags: readonly string[];
  readonly scan?: VulnerabilityReport;
  readonly signatures: readonly Signature[];
}

/** Milliseconds that are waited for what not every registry tells; the next time it is known. */
const patience = 1500;

/** Tags of a digest that are told. */
const mostTags = 5;

/**
 * What is known of an image, from the cache at once.
 *
 * Errors: what the registry answers to the look-up of the image itself.
 */
export async function readFacts(
  lookups: ImageLookups,
  mention: Pick<ImageMention, 'platform'> & { readonly reference: ImageReference },
  signal: AbortSignal,
): Promise<ImageFacts> {
  const { reference, platform } = mention;
  const { tag, digest } = reference;
  const [image, list, tagDigest, seen] = await Promise.all([
    lookups.image(reference, platform, signal),
    soon(lookups.tagList(reference, signal)),
    tag === undefined || digest === undefined ? undefined : soon(lookups.digest(reference, tag, signal)),
    tag === undefined && digest !== undefined ? soon(lookups.seenDigests(reference)) : undefined,
  ]);
  const [scan, signatures] = await Promise.all([
    // Scanners look at images of a platform.
    soon(lookups.scan(reference, image.platformDigest ?? image.digest, signal)),
    soon(lookups.signatures(reference, image.digest, signal)),
  ]);
  const pushedAt = tag === undefined || digest !== undefined ? undefined : list?.tags.get(tag)?.pushedAt;
  return {
    image,
    newer: tag === undefined || list === undefined ? {} : newerTags(tag, list.names),
    ...(pushedAt !== undefined && { pushedAt }),
    ...(tagDigest !== undefined && { tagDigest }),
    tags: tag === undefined && digest !== undefined ? tagsOf(digest, list, seen) : [],
    ...(scan !== undefined && { scan }),
    signatures: signatures ?? [],
  };
}

function tagsOf(
  digest: string,
  list: TagList | undefined,
  seen: ReadonlyMap<string, string> = new Map(),
): readonly string[] {
  const names = list?.names ?? [...seen.keys()];
  return names.filter((name) => (list?.tags.get(name)?.digest ?? seen.get(name)) === digest).slice(0, mostTags);
}

/** Nothing where it fails or takes long: of the image is said what is known of it. */
async function soon<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patience);
  });
  try {
    return await Promise.race([work.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}

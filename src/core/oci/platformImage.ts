import type { Descriptor, FetchedManifest } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { oneLine } from '../oneLine.ts';
import { printable } from '../printable.ts';
import { type ImageManifest, type Manifest, parseManifest } from './manifest.ts';
import { formatPlatform, platformNames, selectPlatform } from './platform.ts';

/** Indexes of indexes are allowed; deeper than this they are a mistake or an attack. */
export const maxIndexDepth = 4;

/** Fetches a manifest by tag or digest; by digest it may come from a cache. */
export type FetchManifest = (tagOrDigest: string) => Promise<FetchedManifest>;

/** A manifest with the exact bytes that it was read from. */
export interface ParsedManifest<M extends Manifest = Manifest> {
  readonly manifest: M;
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

export interface PlatformImage extends ParsedManifest<ImageManifest> {
  /** As an index names it. */
  readonly platform?: string;
}

/** `reference` is for messages. */
export async function fetchParsed(
  fetchManifest: FetchManifest,
  { reference, tagOrDigest }: { readonly reference: string; readonly tagOrDigest: string },
): Promise<ParsedManifest> {
  const { bytes, descriptor } = await fetchManifest(tagOrDigest);
  return { manifest: parseManifest(bytes, descriptor.mediaType, reference), descriptor, bytes };
}

/**
 * Goes down from `top` to the image of a platform; without `platform`, of linux on `architecture`, else of the first.
 * `undefined` when there is none because an index is empty.
 */
export async function findPlatformImage(
  fetchManifest: FetchManifest,
  top: ParsedManifest,
  wanted: { readonly reference: string; readonly platform: string | undefined; readonly architecture: string },
): Promise<PlatformImage | undefined> {
  let { manifest, descriptor, bytes } = top;
  let platform: string | undefined;
  for (let depth = 0; manifest.kind === 'index'; depth++) {
    if (depth === maxIndexDepth) throw tooDeep(wanted.reference);
    const entry = selectPlatform(manifest, wanted.platform, wanted.architecture);
    if (entry === undefined) {
      if (wanted.platform === undefined) return undefined;
      throw noSuchPlatform(wanted.reference, wanted.platform, platformNames(manifest));
    }
    if (entry.platform !== undefined) platform = formatPlatform(entry.platform);
    ({ manifest, descriptor, bytes } = await fetchParsed(fetchManifest, {
      reference: wanted.reference,
      tagOrDigest: entry.digest,
    }));
  }
  return { manifest, descriptor, bytes, ...(platform !== undefined && { platform }) };
}

export function noSuchPlatform(reference: string, wanted: string, known: readonly string[]): RegistryError {
  const names = oneLine(known.join(', ')) || 'none';
  return new RegistryError('not-found', `${reference} has no image for ${printable(wanted)}. It has: ${names}.`);
}

export function tooDeep(reference: string): RegistryError {
  return new RegistryError(
    'protocol',
    `${reference} is an index of indexes, more than ${maxIndexDepth} deep. Push the image again, or tell whoever did.`,
  );
}

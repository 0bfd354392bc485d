import { isRecord } from '../isRecord.ts';
import { isDigest } from './digest.ts';

/** What a digest in a document of an image names. */
export type DigestTarget =
  | { readonly kind: 'manifest' | 'config' }
  /** A layer by its place, from 0. */
  | { readonly kind: 'layer'; readonly place: number };

export interface DigestLink {
  /** Offsets of the digest in the text. */
  readonly start: number;
  readonly end: number;
  readonly digest: string;
  readonly target: DigestTarget;
}

/** Links of one document: indexes of thousands of entries are read by nobody. */
const mostLinks = 5000;

/**
 * Every digest that stands as a text of its own in a manifest, an index or a config. What is not where the specification puts
 * configs and layers is taken for a manifest, as in `subject`, in indexes and in annotations.
 */
export function digestLinks(text: string): readonly DigestLink[] {
  const targets = targetsIn(text);
  const links: DigestLink[] = [];
  for (const match of text.matchAll(/"(sha(?:256|512):[0-9a-f]+)"/g)) {
    const [, digest = ''] = match;
    if (!isDigest(digest)) continue;
    const start = match.index + 1;
    links.push({ start, end: start + digest.length, digest, target: targets.get(digest) ?? { kind: 'manifest' } });
    if (links.length === mostLinks) break;
  }
  return links;
}

function targetsIn(text: string): ReadonlyMap<string, DigestTarget> {
  const targets = new Map<string, DigestTarget>();
  const document = parse(text);
  const add = (digest: unknown, target: DigestTarget): void => {
    if (typeof digest === 'string') targets.set(digest, target);
  };
  const { config, layers, rootfs } = document;
  const layerList = Array.isArray(layers) ? layers.filter(isRecord) : [];
  for (const [place, { digest }] of layerList.entries()) add(digest, { kind: 'layer', place });
  const diffIds = isRecord(rootfs) && Array.isArray(rootfs['diff_ids']) ? rootfs['diff_ids'] : [];
  for (const [place, digest] of diffIds.entries()) add(digest, { kind: 'layer', place });
  if (isRecord(config)) add(config['digest'], { kind: 'config' });
  return targets;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(text);
    return isRecord(document) ? document : {};
  } catch {
    return {};
  }
}

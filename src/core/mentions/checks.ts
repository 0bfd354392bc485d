import type { ImageMention } from '../../api.ts';
import { isRegistryError } from '../errors.ts';
import { isSamePlatform } from '../oci/platform.ts';
import { parseReference } from '../oci/reference.ts';
import { oneLine } from '../oneLine.ts';
import { nameEdit } from './editMention.ts';
import { endOfLife } from './endOfLife.ts';

/** What is looked for; each has a setting `gantry.checks.NAME` for its severity. */
export const checkNames = [
  'invalid',
  'notFound',
  'platform',
  'digestMismatch',
  'behind',
  'latest',
  'deprecated',
  'plainHttp',
] as const;

export type CheckName = (typeof checkNames)[number];

/** What a registry says that a tag or digest names: no more than was asked for. */
export interface KnownImage {
  readonly digest: string;
  /** As `os/architecture[/variant]`; absent where it was not asked for. */
  readonly platforms?: readonly string[];
  /** The digests of an index's images, by their platforms. */
  readonly builds?: ReadonlyMap<string, string>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly createdAt?: string;
}

/** `hidden`: the registry does not tell those without a login to it apart from what is not there. */
export type Answer = KnownImage | 'missing' | 'hidden';

/** What is known of a mention without looking at the file. What is absent is not known, and nothing is made of it. */
export interface KnownFacts {
  /** What its tag names, or the digest where it has no tag. */
  readonly named?: Answer;
  /** What its digest names, where it has a tag as well and the two differ. */
  readonly pinned?: Answer;
  /** Whether its registry is asked without encryption, over a network. */
  readonly isPlainHttp?: boolean;
}

export type Finding =
  | { readonly check: 'invalid'; readonly reason: string; readonly correction?: string }
  | { readonly check: 'notFound'; readonly part: 'image' | 'digest'; readonly isHidden: boolean }
  | { readonly check: 'platform'; readonly platform: string; readonly available: readonly string[] }
  | { readonly check: 'digestMismatch'; readonly because: 'no-tag' }
  | { readonly check: 'digestMismatch'; readonly because: 'version'; readonly version: string }
  | { readonly check: 'digestMismatch'; readonly because: 'platform'; readonly platform: string }
  | { readonly check: 'behind'; readonly now: string }
  | { readonly check: 'latest'; readonly isWritten: boolean }
  | { readonly check: 'deprecated'; readonly since?: string; readonly note?: string }
  | { readonly check: 'plainHttp' };

/**
 * What is wrong with a mention, as far as is known. `today` is an ISO date. A registry that failed makes no finding: what it did not
 * say is absent from `known`.
 */
export function checkMention(mention: ImageMention, known: KnownFacts, today: string): readonly Finding[] {
  const { reference, unresolved } = mention;
  if (unresolved !== undefined) return [];
  if (reference === undefined) return invalid(mention);
  const found =
    reference.digest === undefined || reference.tag === undefined
      ? single(mention, known)
      : both(known, { tag: reference.tag, digest: reference.digest });
  const images = [known.named, known.pinned].filter(isImage);
  const deciding = images.find(({ digest }) => digest === reference.digest) ?? images[0];
  return [
    ...found,
    ...(deciding === undefined ? [] : [...wrongPlatform(mention, deciding), ...deprecated(deciding, today)]),
    ...(known.isPlainHttp === true ? [{ check: 'plainHttp' as const }] : []),
    ...movesByItself(mention),
  ];
}

/** What a part of a file that is put together with others is, only the whole tells. */
function invalid(mention: ImageMention): readonly Finding[] {
  if (/[$]|\{\{|<</.test(mention.raw) || mention.definition !== undefined) return [];
  try {
    parseReference(mention.raw);
    return [];
  } catch (error) {
    if (!isRegistryError(error, 'invalid')) throw error;
    const correction = nameEdit(mention)?.newText;
    return [{ check: 'invalid', reason: error.message, ...(correction !== undefined && { correction }) }];
  }
}

function single({ reference }: ImageMention, { named }: KnownFacts): readonly Finding[] {
  if (named === undefined || isImage(named)) return [];
  const part = reference?.digest === undefined ? 'image' : 'digest';
  return [{ check: 'notFound', part, isHidden: named === 'hidden' }];
}

/** A build takes the digest; the tag is what people read. */
function both({ named, pinned }: KnownFacts, { tag, digest }: { tag: string; digest: string }): readonly Finding[] {
  if (pinned === 'missing') return [{ check: 'notFound', part: 'digest', isHidden: false }];
  if (named === 'hidden') return [{ check: 'notFound', part: 'image', isHidden: true }];
  if (named === 'missing') return isImage(pinned) ? [{ check: 'digestMismatch', because: 'no-tag' }] : [];
  if (!isImage(named) || named.digest === digest) return [];
  const [platform] = [...(named.builds ?? [])].find(([, build]) => build === digest) ?? [];
  if (platform !== undefined) return [{ check: 'digestMismatch', because: 'platform', platform }];
  if (!isImage(pinned)) return [];
  const version = pinned.annotations?.['org.opencontainers.image.version'];
  return version !== undefined && isOtherVersion(tag, version)
    ? [{ check: 'digestMismatch', because: 'version', version: oneLine(version) }]
    : [{ check: 'behind', now: named.digest }];
}

/** `1.27` may have been `1.27.3` once, and never `1.26.2`. */
function isOtherVersion(tag: string, version: string): boolean {
  const [named, told] = [tag, version].map((text) => /^v?(\d+(?:\.\d+)*)/.exec(text)?.[1]?.split('.').map(Number));
  if (named === undefined || told === undefined) return false;
  return named.some((number, place) => place < told.length && told[place] !== number);
}

function wrongPlatform({ platform }: ImageMention, { platforms = [] }: KnownImage): readonly Finding[] {
  if (platform === undefined || platforms.length === 0) return [];
  const isThere = platforms.some((available) => isSamePlatform(available, platform));
  return isThere ? [] : [{ check: 'platform', platform, available: platforms }];
}

function deprecated({ annotations = {} }: KnownImage, today: string): readonly Finding[] {
  const end = endOfLife(annotations, today);
  return end === undefined ? [] : [{ check: 'deprecated', ...end }];
}

/** What has no tag is `latest`, which is another image every other day. */
function movesByItself({ reference, isOutput }: ImageMention): readonly Finding[] {
  if (reference === undefined || reference.digest !== undefined || isOutput === true) return [];
  if (reference.tag !== undefined && reference.tag !== 'latest') return [];
  return [{ check: 'latest', isWritten: reference.tag !== undefined }];
}

function isImage(answer: Answer | undefined): answer is KnownImage {
  return typeof answer === 'object';
}

import type { Protection } from '../../api.ts';
import { compareParsed, compareTags, type ParsedTag, parseTag } from '../oci/versionOrder.ts';

const day = 24 * 60 * 60 * 1000;

/** What a prune takes away, as the user has chosen. */
export interface PruneRule {
  /** Only tags of which this filter holds (finding/tagFilter.ts); all when empty. */
  readonly matching: string;
  /**
   * Images that stay because they are the newest of those that match, each with all of its tags. By version, so many of each
   * kind of names: of `1.27` and `1.26`, of `nightly-20250601` and its like, of `pr-12` and its like.
   */
  readonly keepNewest: number;
  /** By what they are the newest. What has no version, or no date, stays. */
  readonly order: 'version' | 'date';
  /** Only what is older than so many days; of any age when 0. */
  readonly olderThanDays: number;
  /** Patterns of tags that stay (finding/tagPatterns.ts). */
  readonly keep: readonly string[];
  /** Images that no tag names as well, where the registry lists them. */
  readonly untagged: boolean;
}

/** A tag as it was found. */
export interface PruneTag {
  readonly name: string;
  readonly digest: string;
  /** ISO 8601. */
  readonly date?: string;
  readonly protectedFrom?: readonly Protection[];
  /** What the filter says; `unknown` when it turns on what is not known of the tag. */
  readonly verdict: 'shown' | 'hidden' | 'unknown';
  /** Whether it stands for what is attached to another image, as `sha256-….sig` does. */
  readonly isAttachment: boolean;
  /** Whether a pattern of protected tags, or the rule's own list, names it. */
  readonly isProtected: boolean;
  readonly isListed: boolean;
}

export interface PruneUntagged {
  readonly digest: string;
  readonly date?: string;
  /** Whether nothing was found that needs it. */
  readonly isUnused: boolean;
}

/** What is known of a repository. */
export interface PruneFacts {
  readonly tags: readonly PruneTag[];
  readonly untagged: readonly PruneUntagged[];
  /** Digests to which something is attached: a signature, an SBOM or another, by tag or as a referrer. */
  readonly attached: ReadonlySet<string>;
  /** What each index of the repository holds. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  readonly deletesTags: boolean;
  readonly deletesDigests: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Why a tag or an untagged image stays. The first reason of this list that holds is told. */
export type KeepReason =
  | 'attachment'
  | 'protected'
  | 'locked'
  | 'listed'
  | 'other'
  | 'unknown'
  | 'no-version'
  | 'newest'
  | 'no-date'
  | 'young'
  | 'used'
  | 'attached'
  | 'in-index'
  | 'shared';

export interface PruneEntry {
  readonly digest: string;
  /** Tags that go, words before versions; none of an untagged image. */
  readonly tags: readonly string[];
  /** `digest`: the manifest goes with all of its tags, which are these. `tags`: only these tags; others that name it stay. */
  readonly how: 'digest' | 'tags';
  readonly date?: string;
}

export interface KeptEntry {
  /** Of an untagged image empty. */
  readonly tag: string;
  readonly digest: string;
  readonly reason: KeepReason;
}

export interface PruneDecision {
  /** Oldest first, by version or by date, as the rule is. */
  readonly entries: readonly PruneEntry[];
  /** In the same order. */
  readonly kept: readonly KeptEntry[];
}

/** What a rule takes away of a repository, and why the rest stays. Asks nothing. */
export function decidePrune(rule: PruneRule, facts: PruneFacts): PruneDecision {
  const newest = newestDigests(rule, facts.tags);
  const holders = heldDigests(facts.members);
  const kept: KeptEntry[] = [];
  const chosen = new Map<string, PruneTag[]>();
  const staying = new Set<string>();
  const keep = (tag: PruneTag, reason: KeepReason): void => {
    kept.push({ tag: tag.name, digest: tag.digest, reason });
    staying.add(tag.digest);
  };

  const compare = oldestFirst(rule);
  const inOrder = facts.tags
    .map((tag) => ({ tag, entry: entryOf(tag.digest, [tag], 'tags') }))
    .sort((one, other) => compare(one.entry, other.entry));
  for (const { tag } of inOrder) {
    const reason = reasonOfTag(rule, tag, newest, facts.now) ?? reasonOfDigest(tag.digest, holders, facts);
    if (reason !== undefined) keep(tag, reason);
    else chosen.set(tag.digest, [...(chosen.get(tag.digest) ?? []), tag]);
  }

  const entries: PruneEntry[] = [];
  for (const [digest, tags] of chosen) {
    const isWhole = !staying.has(digest);
    if (isWhole && facts.deletesDigests) entries.push(entryOf(digest, tags, 'digest'));
    else if (facts.deletesTags) entries.push(entryOf(digest, tags, 'tags'));
    else for (const tag of tags) keep(tag, 'shared');
  }
  const named = new Set(facts.tags.map(({ digest }) => digest));
  for (const image of facts.untagged) {
    const { digest, date, isUnused } = image;
    if (named.has(digest)) continue;
    const reason = !isUnused ? 'used' : (reasonOfAge(rule, date, facts.now) ?? reasonOfDigest(digest, holders, facts));
    if (reason !== undefined) kept.push({ tag: '', digest, reason });
    else if (facts.deletesDigests)
      entries.push({ digest, tags: [], how: 'digest', ...(date !== undefined && { date }) });
  }
  return { entries: entries.sort(compare), kept };
}

function reasonOfTag(
  rule: PruneRule,
  tag: PruneTag,
  newest: { readonly digests: ReadonlySet<string>; readonly isOrdered: (tag: PruneTag) => boolean },
  now: number,
): KeepReason | undefined {
  if (tag.isAttachment) return 'attachment';
  if (tag.isProtected) return 'protected';
  if (tag.protectedFrom?.includes('delete')) return 'locked';
  if (tag.isListed) return 'listed';
  if (tag.verdict !== 'shown') return tag.verdict === 'hidden' ? 'other' : 'unknown';
  if (rule.keepNewest > 0) {
    if (!newest.isOrdered(tag)) return rule.order === 'version' ? 'no-version' : 'no-date';
    if (newest.digests.has(tag.digest)) return 'newest';
  }
  return reasonOfAge(rule, tag.date, now);
}

function reasonOfAge({ olderThanDays }: PruneRule, date: string | undefined, now: number): KeepReason | undefined {
  if (olderThanDays <= 0) return undefined;
  const time = timeOf(date);
  if (time === undefined) return 'no-date';
  return time > now - olderThanDays * day ? 'young' : undefined;
}

/** What holds for an image, whatever its tags are called. */
function reasonOfDigest(
  digest: string,
  held: ReadonlySet<string>,
  { attached, members }: PruneFacts,
): KeepReason | undefined {
  if ([digest, ...(members.get(digest) ?? [])].some((part) => attached.has(part))) return 'attached';
  return held.has(digest) ? 'in-index' : undefined;
}

function newestDigests(
  rule: PruneRule,
  tags: readonly PruneTag[],
): { readonly digests: ReadonlySet<string>; readonly isOrdered: (tag: PruneTag) => boolean } {
  const parsed = new Map<string, ParsedTag>();
  const versionOf = ({ name }: PruneTag): ParsedTag => {
    const known = parsed.get(name) ?? parseTag(name);
    parsed.set(name, known);
    return known;
  };
  // Words and commits have no number that tells the older from the newer.
  const isOrdered = (tag: PruneTag): boolean =>
    rule.order === 'version' ? versionOf(tag).isNumbered : timeOf(tag.date) !== undefined;
  const matching = tags.filter((tag) => !tag.isAttachment && tag.verdict === 'shown' && isOrdered(tag));
  const sorted =
    rule.order === 'version'
      ? matching.sort((a, b) => compareParsed(versionOf(a), versionOf(b)))
      : matching.sort((a, b) => (timeOf(b.date) ?? 0) - (timeOf(a.date) ?? 0) || (a.name < b.name ? -1 : 1));
  const kinds = new Map<string, Set<string>>();
  for (const tag of sorted) {
    const kind = rule.order === 'version' ? `${versionOf(tag).rank} ${versionOf(tag).family}` : '';
    const digests = kinds.get(kind) ?? new Set();
    kinds.set(kind, digests);
    if (digests.size < rule.keepNewest) digests.add(tag.digest);
  }
  return { digests: new Set([...kinds.values()].flatMap((digests) => [...digests])), isOrdered };
}

function heldDigests(members: PruneFacts['members']): ReadonlySet<string> {
  return new Set([...members.values()].flat());
}

function entryOf(digest: string, tags: readonly PruneTag[], how: PruneEntry['how']): PruneEntry {
  const date = tags.find((tag) => tag.date !== undefined)?.date;
  return { digest, tags: tags.map(({ name }) => name).sort(compareTags), how, ...(date !== undefined && { date }) };
}

function timeOf(date: string | undefined): number | undefined {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** By version where the newest are told by it, what has no tag last; else by date, what has none first. */
function oldestFirst({ order, keepNewest }: PruneRule): (one: PruneEntry, other: PruneEntry) => number {
  const byTag = (one: PruneEntry, other: PruneEntry): number => compareNames(one.tags.at(-1), other.tags.at(-1));
  const byDate = (one: PruneEntry, other: PruneEntry): number => (timeOf(one.date) ?? 0) - (timeOf(other.date) ?? 0);
  const [first, second] = order === 'version' && keepNewest > 0 ? [byTag, byDate] : [byDate, byTag];
  const byDigest = (one: PruneEntry, other: PruneEntry): number =>
    one.digest === other.digest ? 0 : one.digest < other.digest ? -1 : 1;
  return (one, other) => first(one, other) || second(one, other) || byDigest(one, other);
}

/** The older version first. */
function compareNames(one: string | undefined, other: string | undefined): number {
  if (one === undefined || other === undefined) return one === other ? 0 : one === undefined ? 1 : -1;
  return compareTags(other, one);
}

import type { CallOptions, Descriptor, RepositorySession, TagSummary } from '../api.ts';
import type { AllItems } from './allPages.ts';
import { RegistryError, throwIfAborted } from './errors.ts';
import { parseAttachmentTag } from './finding/attachmentTags.ts';
import { type TagFacts, withFacts } from './finding/tagFacts.ts';
import { parseTagFilter, type TagFilter } from './finding/tagFilter.ts';
import { parseTagPatterns } from './finding/tagPatterns.ts';
import type { Manifest } from './oci/manifest.ts';
import { indexTypes } from './oci/mediaType.ts';
import { dateOf } from './oci/tagOrder.ts';
import { readable } from './readable.ts';
import { allReferrers } from './registry/allReferrers.ts';
import {
  decidePrune,
  type PruneFacts,
  type PruneRule,
  type PruneTag,
  type PruneUntagged,
} from './transfer/pruneRule.ts';
import type { PrunePlan } from './transfer/pruneRun.ts';
import { ifThere } from './transfer/retag.ts';
import { runAtOnce } from './transfer/runAtOnce.ts';
import { findTagDigests } from './transfer/tagDigests.ts';
import type { UntaggedImage } from './untagged.ts';

export { type PruneOptions, type PrunePlan, type PruneResult, runPrune } from './transfer/pruneRun.ts';
export { deleteTagByStandIn } from './transfer/standIn.ts';

/** Requests of a dry run under way at once; the limit of the host holds as well. */
const atOnce = 6;

/** What a dry run is reading. */
export type PrunePhase = 'tags' | 'images' | 'indexes' | 'attachments';

export interface PlanPruneOptions {
  /** Patterns of tags that stay whatever the rule says. */
  readonly protectedTags?: readonly string[];
  readonly onProgress?: (phase: PrunePhase, done: number, total: number) => void;
}

/** The repository that a prune is planned for. */
export interface PruneContext extends CallOptions {
  /** Of the repository, for people and for the run: `registry.example.com/team/app`. */
  readonly name: string;
  readonly repository: RepositorySession;
  readonly listTags: () => Promise<AllItems<TagSummary>>;
  readonly listUntagged: () => Promise<AllItems<UntaggedImage>>;
  readonly fetchManifest: (digest: string, signal: AbortSignal) => Promise<Manifest>;
  readonly readFacts: (digest: string, signal: AbortSignal) => Promise<TagFacts>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * A dry run: reads what the rule turns on, and changes nothing. Everything that may name or need an image is looked at
 * before that image is in the plan, so a failure on the way is one of the whole.
 *
 * Errors: `invalid` for a rule that cannot be read, `unsupported` for a repository that is only read, `too-large` for one
 * with more tags than are read, and those of any request.
 */
export async function planPrune(
  context: PruneContext,
  rule: PruneRule,
  { protectedTags = [], onProgress = () => {} }: PlanPruneOptions = {},
): Promise<PrunePlan> {
  const { repository, name, now } = context;
  const filter = parseTagFilter(rule.matching, now);
  const patterns = {
    isProtected: parseTagPatterns(protectedTags),
    isListed: parseTagPatterns(rule.keep),
  };
  const [deletesTags, deletesDigests] = [repository.deleteTag !== undefined, repository.deleteManifest !== undefined];
  if (!deletesTags && !deletesDigests)
    throw new RegistryError('unsupported', `${name} cannot be pruned: it is read-only.`);

  const listed = await context.listTags();
  if (listed.isTruncated)
    throw new RegistryError(
      'too-large',
      `${name} has more than ${listed.items.length} tags. Not all of them can be looked at, so none is pruned.`,
    );
  const named = await digestsOf(context, listed.items, onProgress);
  const signed = signedDigests(listed.items);
  const facts = await factsOf(context, { rule, filter, named, signed }, onProgress);
  const tags = named.map(({ tag, descriptor }): PruneTag => {
    const known = withFacts({ ...tag, digest: descriptor.digest }, facts.get(descriptor.digest));
    const target = { repository: name, tag: tag.name };
    const date = dateOf(known);
    return {
      name: tag.name,
      digest: descriptor.digest,
      verdict: filter?.test(known, signed) ?? 'shown',
      isAttachment: parseAttachmentTag(tag.name) !== undefined,
      isProtected: patterns.isProtected(target),
      isListed: patterns.isListed(target),
      ...(date !== undefined && { date }),
      ...(tag.protectedFrom !== undefined && { protectedFrom: tag.protectedFrom }),
    };
  });
  const untagged = await untaggedOf(context, rule);

  // What costs requests is asked only of what would go as far as is known by then: to know more keeps more.
  let known: PruneFacts = {
    ...{ tags, untagged, deletesTags, deletesDigests, now },
    attached: attachedDigests(listed.items),
    members: new Map(),
  };
  if (decidePrune(rule, known).entries.length > 0)
    known = { ...known, members: await membersOf(context, named, untagged, onProgress) };
  const candidates = decidePrune(rule, known).entries.map(({ digest }) => digest);
  const referred = await referredDigests(context, candidates, known.members, onProgress);
  known = { ...known, attached: new Set([...known.attached, ...referred]) };
  const { entries, kept } = decidePrune(rule, known);
  return { repository: name, rule, madeAt: now, entries, kept, totalTags: tags.length };
}

interface NamedTag {
  readonly tag: TagSummary;
  readonly descriptor: Pick<Descriptor, 'digest'> & { readonly mediaType?: string };
}

/** What each tag names; those that have gone meanwhile are left out. */
async function digestsOf(
  { repository, signal }: PruneContext,
  tags: readonly TagSummary[],
  onProgress: NonNullable<PlanPruneOptions['onProgress']>,
): Promise<readonly NamedTag[]> {
  const unknown = tags.filter(({ digest }) => digest === undefined);
  const { descriptors } = await findTagDigests(repository, unknown, {
    signal,
    onProgress: (done, total) => onProgress('tags', done, total),
  });
  throwIfAborted(signal);
  return tags.flatMap((tag) => {
    const descriptor = tag.digest === undefined ? descriptors.get(tag.name) : { digest: tag.digest };
    return descriptor === undefined ? [] : [{ tag, descriptor }];
  });
}

/** Dates and platforms of the images whose list lacks them, where the rule turns on them. */
async function factsOf(
  { readFacts, signal }: PruneContext,
  {
    rule,
    filter,
    named,
    signed,
  }: {
    readonly rule: PruneRule;
    readonly filter: TagFilter | undefined;
    readonly named: readonly NamedTag[];
    readonly signed: ReadonlySet<string>;
  },
  onProgress: NonNullable<PlanPruneOptions['onProgress']>,
): Promise<ReadonlyMap<string, TagFacts>> {
  const needsDate = rule.olderThanDays > 0 || (rule.keepNewest > 0 && rule.order === 'date');
  const wanted = new Set(
    named
      .filter(({ tag, descriptor }) => {
        if (parseAttachmentTag(tag.name) !== undefined) return false;
        const verdict = filter?.test({ ...tag, digest: descriptor.digest }, signed) ?? 'shown';
        return verdict === 'unknown' || (verdict === 'shown' && needsDate && dateOf(tag) === undefined);
      })
      .map(({ descriptor }) => descriptor.digest),
  );
  const facts = new Map<string, TagFacts>();
  let done = 0;
  await runAtOnce([...wanted], { atOnce, signal }, async (digest, stop) => {
    const read = await readable(() => readFacts(digest, stop));
    if (read !== undefined) facts.set(digest, read);
    onProgress('images', ++done, wanted.size);
  });
  return facts;
}

async function untaggedOf(
  { repository, listUntagged }: PruneContext,
  rule: PruneRule,
): Promise<readonly PruneUntagged[]> {
  if (!rule.untagged || repository.listUntagged === undefined) return [];
  const { items } = await listUntagged();
  return items.map(({ digest, use, pushedAt }) => ({
    digest,
    isUnused: use === 'none',
    ...(pushedAt !== undefined && { date: pushedAt }),
  }));
}

/** What the indexes of the repository hold. What a list did not tell the kind of is read to know. */
async function membersOf(
  { fetchManifest, signal }: PruneContext,
  named: readonly NamedTag[],
  untagged: readonly PruneUntagged[],
  onProgress: NonNullable<PlanPruneOptions['onProgress']>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const digests = new Set([
    ...named
      .filter(({ descriptor: { mediaType } }) => mediaType === undefined || indexTypes.includes(mediaType))
      .map(({ descriptor }) => descriptor.digest),
    ...untagged.map(({ digest }) => digest),
  ]);
  const members = new Map<string, readonly string[]>();
  let done = 0;
  await runAtOnce([...digests], { atOnce, signal }, async (digest, stop) => {
    const manifest = await readable(() => fetchManifest(digest, stop));
    if (manifest?.kind === 'index')
      members.set(
        digest,
        manifest.manifests.map((entry) => entry.digest),
      );
    onProgress('indexes', ++done, digests.size);
  });
  return members;
}

/** Those of the images, and of what they hold, that something refers to. */
async function referredDigests(
  { repository, signal }: PruneContext,
  candidates: readonly string[],
  members: ReadonlyMap<string, readonly string[]>,
  onProgress: NonNullable<PlanPruneOptions['onProgress']>,
): Promise<ReadonlySet<string>> {
  const referred = new Set<string>();
  // Attestations of a build refer to the image beside them, and go with the index that holds both.
  const parts = new Set([...members.values()].flat());
  if (repository.listReferrers === undefined) return referred;
  const asked = [...new Set(candidates.flatMap((digest) => [digest, ...(members.get(digest) ?? [])]))];
  let done = 0;
  await runAtOnce(asked, { atOnce, signal }, async (digest, stop) => {
    const found = await ifThere(allReferrers(repository, digest, stop));
    if (found?.some((referrer) => !parts.has(referrer.digest))) referred.add(digest);
    onProgress('attachments', ++done, asked.length);
  });
  return referred;
}

function signedDigests(tags: readonly TagSummary[]): ReadonlySet<string> {
  return digestsWith(tags, (kind) => kind === 'signature');
}

/** The index under `sha256-…` may have been left empty, and is taken for what it is for all the same. */
function attachedDigests(tags: readonly TagSummary[]): ReadonlySet<string> {
  return digestsWith(tags, () => true);
}

function digestsWith(tags: readonly TagSummary[], isWanted: (kind: string) => boolean): ReadonlySet<string> {
  return new Set(
    tags.flatMap(({ name }) => {
      const attachment = parseAttachmentTag(name);
      return attachment !== undefined && isWanted(attachment.kind) ? [attachment.digest] : [];
    }),
  );
}

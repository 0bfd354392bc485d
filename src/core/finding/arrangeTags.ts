import type { TagSummary } from '../../api.ts';
import { type Pause, sortTags, type TagOrder } from '../oci/tagOrder.ts';
import { type AttachmentTag, parseAttachmentTag } from './attachmentTags.ts';
import { isDescribed, type TagFacts, withFacts } from './tagFacts.ts';
import type { TagFilter } from './tagFilter.ts';

export interface TagArrangement {
  readonly order: TagOrder;
  readonly filter: TagFilter | undefined;
  /** Whether tags of signatures and their like are shown as any other. */
  readonly showsAttachments: boolean;
  /** By tag: what is known beside the list. */
  readonly facts: ReadonlyMap<string, TagFacts>;
}

export interface ArrangedTags {
  /** What is shown, in order, as the list gave it. */
  readonly tags: readonly TagSummary[];
  /** Tags of signatures and their like that are folded away. */
  readonly folded: number;
  /** Those that the filter leaves out. */
  readonly hidden: number;
  /** Those that are sorted or left out although what that needs is not known of them. */
  readonly unknown: number;
}

/** Sorts and filters what was read of a repository. Long lists leave room for others: see {@link Pause}. */
export async function arrangeTags(
  tags: Iterable<TagSummary>,
  { order, filter, showsAttachments, facts }: TagArrangement,
  pause: Pause,
): Promise<ArrangedTags> {
  const all = [...tags];
  const signed = filter?.needsSignatures === true ? signedDigests(all) : noDigests;
  const kept: TagSummary[] = [];
  let [folded, hidden, unknown, done] = [0, 0, 0, 0];
  for (const tag of all) {
    if (!showsAttachments && parseAttachmentTag(tag.name) !== undefined) folded++;
    else {
      const known = withFacts(tag, facts.get(tag.name));
      const verdict = filter?.test(known, signed) ?? 'shown';
      if (verdict === 'unknown') unknown++;
      if (verdict === 'shown') kept.push(order === 'date' ? known : tag);
      else hidden++;
      if (verdict === 'shown' && order === 'date' && (known.pushedAt ?? known.createdAt) === undefined) unknown++;
    }
    const due = ++done % 256 === 0 ? pause() : undefined;
    if (due !== undefined) await due;
  }
  return { tags: await sortTags(kept, order, pause), folded, hidden, unknown };
}

const noDigests: ReadonlySet<string> = new Set();

/** Images of which a tag of the list is a signature. */
function signedDigests(tags: readonly TagSummary[]): ReadonlySet<string> {
  return new Set(
    tags
      .map(({ name }) => parseAttachmentTag(name))
      .filter((attachment): attachment is AttachmentTag => attachment?.kind === 'signature')
      .map(({ digest }) => digest),
  );
}

/** The tags of each image that has more than one, by its digest. */
export function sharedDigests(
  tags: Iterable<TagSummary>,
  facts: ReadonlyMap<string, TagFacts>,
): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const { name, digest = facts.get(name)?.digest } of tags) {
    if (digest === undefined) continue;
    const others = names.get(digest);
    if (others === undefined) names.set(digest, [name]);
    else others.push(name);
  }
  for (const [digest, others] of names) if (others.length === 1) names.delete(digest);
  return names;
}

/** Tags of which something is left to ask for. */
export function undescribed(tags: Iterable<TagSummary>, facts: ReadonlyMap<string, TagFacts>): readonly TagSummary[] {
  return [...tags].filter((tag) => !facts.has(tag.name) && !isDescribed(tag));
}

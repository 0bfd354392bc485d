import type { TagSummary } from '../../api.ts';
import { type Pause, sortTags, type TagOrder } from '../oci/tagOrder.ts';
import { parseAttachmentTag } from './attachmentTags.ts';
import { isDescribed, type TagFacts, withFacts } from './tagFacts.ts';
import type { TagFilter } from './tagFilter.ts';

export interface TagArrangement {
  readonly order: TagOrder;
  readonly filter: TagFilter | undefined;
  /** Whether tags of signatures and their like are shown as any other. */
  readonly showsAttachments: boolean;
  /** Whether the tags of an image are shown as one, by the first of them. */
  readonly groupsImages: boolean;
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
  /** The first of those that are left out so: what is worth to be looked at by itself. */
  readonly candidates: readonly TagSummary[];
}

/** Candidates that are told: what a high window shows. */
const mostCandidates = 40;

/** Sorts and filters what was read of a repository. Long lists leave room for others: see {@link Pause}. */
export async function arrangeTags(
  tags: Iterable<TagSummary>,
  { order, filter, showsAttachments, groupsImages, facts }: TagArrangement,
  pause: Pause,
): Promise<ArrangedTags> {
  const all = [...tags];
  const signed = filter?.needsSignatures === true ? signedDigests(all, facts) : noDigests;
  const kept: TagSummary[] = [];
  const undecided: TagSummary[] = [];
  let [folded, hidden, unknown, done] = [0, 0, 0, 0];
  for (const tag of all) {
    if (!showsAttachments && parseAttachmentTag(tag.name) !== undefined) folded++;
    else {
      const known = withFacts(tag, facts.get(tag.name));
      const isUnsigned = facts.get(tag.name)?.isSigned === false;
      const verdict =
        filter?.test(filter.needsSignatures && !isUnsigned ? ifSigned(known, signed) : known, signed) ?? 'shown';
      if (verdict === 'unknown') {
        unknown++;
        undecided.push(tag);
      }
      if (verdict === 'shown') kept.push(order === 'date' ? known : tag);
      else hidden++;
      if (verdict === 'shown' && order === 'date' && (known.pushedAt ?? known.createdAt) === undefined) unknown++;
    }
    const due = ++done % 256 === 0 ? pause() : undefined;
    if (due !== undefined) await due;
  }
  const candidates = (await sortTags(undecided, order, pause)).slice(0, mostCandidates);
  const sorted = await sortTags(kept, order, pause);
  return { tags: groupsImages ? firstOfImages(sorted, facts) : sorted, folded, hidden, unknown, candidates };
}

function firstOfImages(tags: readonly TagSummary[], facts: ReadonlyMap<string, TagFacts>): readonly TagSummary[] {
  const seen = new Set<string>();
  return tags.filter(({ name, digest = facts.get(name)?.digest }) => {
    if (digest === undefined) return true;
    return !seen.has(digest) && seen.add(digest);
  });
}

const noDigests: ReadonlySet<string> = new Set();

/** Images of which a tag of the list is a signature, and those of which one is known otherwise. */
function signedDigests(tags: readonly TagSummary[], facts: ReadonlyMap<string, TagFacts>): ReadonlySet<string> {
  const signed = new Set<string>();
  for (const { name } of tags) {
    const attachment = parseAttachmentTag(name);
    if (attachment?.kind === 'signature') signed.add(attachment.digest);
  }
  for (const { digest, isSigned } of facts.values()) if (digest !== undefined && isSigned === true) signed.add(digest);
  return signed;
}

/** Without its digest where nobody has asked yet whether it is signed: what refers to it has no tag. */
function ifSigned(tag: TagSummary, signed: ReadonlySet<string>): TagSummary {
  const { digest, ...others } = tag;
  return digest === undefined || signed.has(digest) ? tag : others;
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

/** Tags of which something is left to ask for, with what is known of them. */
export function undescribed(
  tags: Iterable<TagSummary>,
  facts: ReadonlyMap<string, TagFacts>,
  needsSignatures = false,
): readonly TagSummary[] {
  return [...tags].flatMap((tag) => {
    const known = facts.get(tag.name);
    const isKnown = known !== undefined || isDescribed(tag);
    return isKnown && (!needsSignatures || known?.isSigned !== undefined) ? [] : [withFacts(tag, known)];
  });
}

import type { Page, PageCallOptions, TagSummary, UntaggedManifest } from '../api.ts';
import { type AllItems, allPages } from './allPages.ts';
import type { Manifest } from './oci/manifest.ts';
import { readable } from './readable.ts';
import { runAtOnce } from './transfer/runAtOnce.ts';

/** A manifest that no tag names, and what it is there for. */
export interface UntaggedImage extends UntaggedManifest {
  /**
   * `part`: an index holds it. `refers`: it is about an image of the repository, as a signature is. `none`: nothing was
   * found that needs it. `unknown`: not everything was looked at.
   */
  readonly use: 'part' | 'refers' | 'none' | 'unknown';
  /** Digest of the index that holds it, or of the image that it is about. */
  readonly usedBy?: string;
}

export interface UntaggedContext {
  readonly listUntagged: (options: PageCallOptions) => Promise<Page<UntaggedManifest>>;
  readonly listTags: () => Promise<readonly TagSummary[]>;
  /** By tag or digest. */
  readonly fetchManifest: (reference: string, signal: AbortSignal) => Promise<Manifest>;
  readonly signal: AbortSignal;
}

/** Manifests read of a repository to learn what they hold: no list tells. */
const mostManifestsRead = 400;
/** Of them at once; the limit of the host holds as well. */
const atOnce = 6;

/**
 * The untagged manifests of a repository, newest first. Each index and each of them is read, since an untagged manifest
 * that an index holds or that is about an image is no rubbish.
 */
export async function findUntagged(context: UntaggedContext): Promise<AllItems<UntaggedImage>> {
  const { items, isTruncated } = await allPages(context.listUntagged, ({ digest }) => digest, context.signal);
  if (items.length === 0) return { items: [], isTruncated };
  const uses = await findUses(context, items);
  const marked = items.map((item) => ({ ...item, ...uses.of(item.digest) }));
  return { items: marked.sort(byDate), isTruncated };
}

interface Use {
  readonly use: UntaggedImage['use'];
  readonly usedBy?: string;
}

async function findUses(
  { listTags, fetchManifest, signal }: UntaggedContext,
  untagged: readonly UntaggedManifest[],
): Promise<{ of(digest: string): Use }> {
  const tagged = [...new Set((await listTags()).map(({ name, digest }) => digest ?? name))];
  const wanted = [...tagged, ...untagged.map(({ digest }) => digest)];
  const holders = new Map<string, string>();
  const subjects = new Map<string, string>();
  await runAtOnce(wanted.slice(0, mostManifestsRead), { atOnce, signal }, async (reference, stop) => {
    const manifest = await readable(() => fetchManifest(reference, stop));
    if (manifest?.subject !== undefined) subjects.set(reference, manifest.subject.digest);
    if (manifest?.kind === 'index') for (const { digest } of manifest.manifests) holders.set(digest, reference);
  });
  const there = new Set([...wanted, ...holders.keys()]);
  const isComplete = wanted.length <= mostManifestsRead;
  return {
    of: (digest) => {
      const holder = holders.get(digest);
      if (holder !== undefined) return { use: 'part', usedBy: holder };
      const subject = subjects.get(digest);
      if (subject !== undefined && there.has(subject)) return { use: 'refers', usedBy: subject };
      return { use: isComplete ? 'none' : 'unknown' };
    },
  };
}

function byDate(one: UntaggedManifest, other: UntaggedManifest): number {
  return (other.pushedAt ?? '').localeCompare(one.pushedAt ?? '') || one.digest.localeCompare(other.digest);
}

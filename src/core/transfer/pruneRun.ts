import type { CallOptions, FetchedManifest, RepositorySession, TagSummary } from '../../api.ts';
import { isRegistryError, RegistryError, throwIfAborted } from '../errors.ts';
import type { PruneDecision, PruneEntry, PruneRule } from './pruneRule.ts';
import { ifThere, resolveIfThere } from './retag.ts';
import { runAtOnce } from './runAtOnce.ts';

/** Tags looked at anew before a run, at once; the limit of the host holds as well. */
const atOnce = 6;

/** Deletions after which their record is kept. */
const keepAfter = 25;

/** What a dry run found. */
export interface PrunePlan extends PruneDecision {
  /** `registry.example.com/team/app` */
  readonly repository: string;
  readonly rule: PruneRule;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  readonly totalTags: number;
}

export interface PruneOptions {
  /** Ends after so many deletions. */
  readonly most: number;
  /** Called before each deletion with how many are done, and what is next. */
  readonly onProgress?: (done: number, total: number, next: PruneEntry) => void;
}

/** A deletion, with what is needed to take it back. */
export interface PrunedEntry extends PruneEntry {
  readonly manifest: FetchedManifest;
}

export interface PruneResult {
  /** In order; whole also where the run stopped early. */
  readonly removed: readonly PrunedEntry[];
  /** Left, because the registry deletes no tag alone. */
  readonly skipped: readonly PruneEntry[];
  /** Not reached. */
  readonly left: number;
  /** Absent where everything was done. */
  readonly stopped?: { readonly why: 'cancelled' | 'most' | 'surprise'; readonly message: string };
}

export interface PruneRunContext extends CallOptions {
  readonly repository: RepositorySession;
  readonly listTags: () => Promise<readonly TagSummary[]>;
  readonly fetchManifest: (digest: string, signal: AbortSignal) => Promise<FetchedManifest>;
  /** Waited for after some deletions, so that their record outlives what may happen. */
  readonly keep: (removed: readonly PrunedEntry[]) => Promise<void>;
}

/**
 * Deletes what a dry run found, one after the other. It stops at the first thing that is not as the dry run has it, and tells
 * what it has done by then.
 *
 * Errors: `unconfirmed` when a tag that was to stay names by now what would go, `unsupported` for a repository that is only
 * read, those of reading the tags; then nothing was removed.
 */
export async function runPrune(
  context: PruneRunContext,
  plan: PrunePlan,
  { most, onProgress = () => {} }: PruneOptions,
): Promise<PruneResult> {
  const { repository, signal } = context;
  if (repository.deleteManifest === undefined && repository.deleteTag === undefined)
    throw new RegistryError('unsupported', `${plan.repository} cannot be pruned: it is read-only.`);
  await assertStaying(context, plan);
  const removed: PrunedEntry[] = [];
  const skipped: PruneEntry[] = [];
  const ended = (stopped?: PruneResult['stopped']): PruneResult => ({
    removed,
    skipped,
    left: plan.entries.length - removed.length - skipped.length,
    ...(stopped !== undefined && { stopped }),
  });
  for (const entry of plan.entries) {
    if (removed.length >= most) return ended({ why: 'most', message: `${most} are as many as one run deletes.` });
    onProgress(removed.length + skipped.length, plan.entries.length, entry);
    const gone: string[] = [];
    try {
      throwIfAborted(signal);
      const manifest = await checkedManifest(context, plan.repository, entry);
      const deleteTagsOnly = async (): Promise<void> => {
        for (const tag of entry.tags) {
          await (repository.deleteTag ?? noTagAlone)(tag, { signal });
          gone.push(tag);
        }
      };
      try {
        if (entry.how === 'digest') await (repository.deleteManifest ?? noDigest)(entry.digest, { signal });
        else await deleteTagsOnly();
      } catch (error) {
        // Registries that delete by digest only say so at the first tag, and have removed nothing.
        if (entry.how === 'digest' || gone.length > 0 || !isRegistryError(error, 'unsupported')) {
          if (gone.length > 0) removed.push({ ...entry, tags: gone, manifest });
          throw error;
        }
        skipped.push(entry);
        continue;
      }
      removed.push({ ...entry, manifest });
      if (removed.length % keepAfter === 0) await context.keep(removed);
    } catch (error) {
      if (!isRegistryError(error)) throw error;
      return ended({ why: signal.aborted ? 'cancelled' : 'surprise', message: error.message });
    }
  }
  return ended();
}

/** The bytes of what goes, once each of its tags is known to name it still. */
async function checkedManifest(
  { repository, fetchManifest, signal }: PruneRunContext,
  name: string,
  { digest, tags }: PruneEntry,
): Promise<FetchedManifest> {
  for (const tag of tags) {
    const current = await resolveIfThere(repository, tag, { signal });
    if (current?.digest === digest) continue;
    const now = current === undefined ? 'is gone' : `names ${current.digest} by now`;
    throw new RegistryError('unconfirmed', `${name}:${tag} ${now}. It was left as it is; look again.`);
  }
  return fetchManifest(digest, signal);
}

/** A digest takes all of its tags along, so that no other tag may name it by now. */
async function assertStaying(
  { repository, listTags, signal }: PruneRunContext,
  { repository: name, entries }: PrunePlan,
): Promise<void> {
  const going = new Set(entries.filter(({ how }) => how === 'digest').map(({ digest }) => digest));
  if (going.size === 0) return;
  const planned = new Set(entries.flatMap(({ tags }) => tags));
  const staying = (await listTags()).filter((tag) => !planned.has(tag.name));
  await runAtOnce(staying, { atOnce, signal }, async (tag, stop) => {
    const digest =
      tag.digest ?? (await ifThere(repository.resolve(tag.name, { signal: stop, priority: 'background' })))?.digest;
    if (digest === undefined || !going.has(digest)) return;
    throw new RegistryError(
      'unconfirmed',
      `${name}:${tag.name} names ${digest} by now, which would be deleted. Nothing was deleted; look again.`,
    );
  });
}

async function noTagAlone(tag: string): Promise<never> {
  throw new RegistryError('unsupported', `${tag} cannot be removed alone: the registry deletes by digest only.`);
}

async function noDigest(digest: string): Promise<never> {
  throw new RegistryError('unsupported', `${digest} cannot be removed: the registry deletes tags only.`);
}

import type { Descriptor, RepositorySession, TagSummary } from '../../api.ts';
import { isRegistryError } from '../errors.ts';
import { runAtOnce } from './runAtOnce.ts';

/** Requests of a search under way at once; the limit of the host holds as well. */
const atOnce = 6;

/** What the tags of a repository name, as far as they were looked at. */
export interface TagDigests {
  readonly descriptors: ReadonlyMap<string, Descriptor>;
  /** Tags that there are. */
  readonly total: number;
  /** Whether every tag was looked at. */
  readonly isComplete: boolean;
}

/**
 * Looks at every tag: no registry answers which tags name a digest. When `signal` is aborted, what was found so far is
 * the result.
 */
export async function findTagDigests(
  repository: RepositorySession,
  tags: readonly TagSummary[],
  options: { readonly signal: AbortSignal; readonly onProgress: (done: number, total: number) => void },
): Promise<TagDigests> {
  const descriptors = new Map<string, Descriptor>();
  let done = 0;
  try {
    await runAtOnce(tags, { atOnce, signal: options.signal }, async ({ name }, signal) => {
      try {
        descriptors.set(name, await repository.resolve(name, { signal, priority: 'background' }));
      } catch (error) {
        // Gone since the list was made.
        if (!isRegistryError(error, 'not-found')) throw error;
      }
      options.onProgress(++done, tags.length);
    });
  } catch (error) {
    if (!options.signal.aborted) throw error;
  }
  return { descriptors, total: tags.length, isComplete: done === tags.length };
}

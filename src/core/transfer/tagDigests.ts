import type { Descriptor, RepositorySession, TagSummary } from '../../api.ts';
import { isRegistryError } from '../errors.ts';

/** Requests of a scan under way at once; the limit of the host holds as well. */
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
export async function scanTagDigests(
  repository: RepositorySession,
  tags: readonly TagSummary[],
  options: { readonly signal: AbortSignal; readonly onProgress: (done: number, total: number) => void },
): Promise<TagDigests> {
  const descriptors = new Map<string, Descriptor>();
  const waiting = [...tags];
  let done = 0;

  const work = async (): Promise<void> => {
    for (let tag = waiting.shift(); tag !== undefined && !options.signal.aborted; tag = waiting.shift()) {
      try {
        descriptors.set(tag.name, await repository.resolve(tag.name, { signal: options.signal }));
      } catch (error) {
        if (options.signal.aborted) return;
        // Gone since the list was made.
        if (!isRegistryError(error, 'not-found')) throw error;
      }
      options.onProgress(++done, tags.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, tags.length) }, work));
  return { descriptors, total: tags.length, isComplete: done === tags.length };
}

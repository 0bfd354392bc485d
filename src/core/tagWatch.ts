import type { ConnectionOption, Descriptor } from '../api.ts';
import { throwIfAborted } from './errors.ts';
import { isHopeless } from './finding/readFacts.ts';
import type { WatchedTag, WatchedTags } from './watchedTags.ts';

/** A watched tag that names another image now. */
export interface MovedTag {
  readonly before: WatchedTag;
  readonly digest: string;
}

export interface TagWatchOptions {
  readonly tags: WatchedTags;
  /** Asks with HEAD, which registries do not count as a pull. */
  readonly resolve: (reference: string, options: ConnectionOption) => Promise<Descriptor>;
  /** Whether the connection of a tag is still there. */
  readonly isConnected: (connectionId: string) => boolean;
  readonly failed: (tag: WatchedTag, error: unknown) => void;
}

/**
 * Looks at every watched tag once, one after the other, and remembers what it names. A connection that does not answer, or
 * says that it was asked enough, is left alone until the next time; a tag that has gone is no move.
 */
export async function lookAtWatched(options: TagWatchOptions, signal: AbortSignal): Promise<readonly MovedTag[]> {
  const moved: MovedTag[] = [];
  const silent = new Set<string>();
  for (const before of options.tags.all()) {
    const { reference, connectionId } = before;
    if (silent.has(connectionId) || !options.isConnected(connectionId)) continue;
    try {
      const { digest } = await options.resolve(reference, { signal, connectionId });
      if (digest === before.digest) continue;
      // Unwatched meanwhile, or seen by another window.
      if (!options.tags.has(reference, connectionId)) continue;
      await options.tags.set({ ...before, digest });
      moved.push({ before, digest });
    } catch (error) {
      throwIfAborted(signal);
      if (isHopeless(error)) silent.add(connectionId);
      options.failed(before, error);
    }
  }
  return moved;
}

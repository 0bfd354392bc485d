import type { Page, PageCallOptions } from '../api.ts';
import { PageReading } from './registry/pageReading.ts';

/** All items of a list, as far as they are read. */
export interface AllItems<T> {
  readonly items: readonly T[];
  /** Whether there are more than are read. */
  readonly isTruncated: boolean;
}

/** Reads every page of a list. Of items with the same key the last one counts. */
export async function allPages<T>(
  fetchPage: (options: PageCallOptions) => Promise<Page<T>>,
  keyOf: (item: T) => string,
  signal: AbortSignal,
): Promise<AllItems<T>> {
  const reading = new PageReading<T>(
    (cursor, stop) => fetchPage({ signal: stop, ...(cursor !== undefined && { cursor }) }),
    keyOf,
  );
  while (reading.end === undefined) await reading.readPage(signal);
  return { items: [...reading.items], isTruncated: reading.end === 'bounded' };
}

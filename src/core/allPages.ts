import type { Page, PageCallOptions } from '../api.ts';
import { limits } from './registry/limits.ts';

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
  const items = new Map<string, T>();
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let pages = 0; pages < limits.pages && items.size < limits.names; pages++) {
    const page = await fetchPage({ signal, ...(cursor !== undefined && { cursor }) });
    const known = items.size;
    for (const item of page.items) items.set(keyOf(item), item);
    cursor = page.cursor;
    // A page that repeats others would be followed by more of them; one without any item need not be the last.
    const isRepeated = page.items.length > 0 && items.size === known;
    if (cursor === undefined || cursors.has(cursor) || isRepeated)
      return { items: [...items.values()], isTruncated: false };
    cursors.add(cursor);
  }
  return { items: [...items.values()], isTruncated: true };
}

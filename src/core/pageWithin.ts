import type { Page, PageCallOptions, PageOptions } from '../api.ts';
import { RegistryError } from './errors.ts';
import { neverAborted } from './neverAborted.ts';
import { limits } from './registry/limits.ts';

/**
 * A page that holds no more items than were asked for, whatever the registry sends: some know no pages, and send all
 * at once. Its cursor says how many items of the registry's page came already, and which page that is; the registry is
 * asked for it again.
 */
export async function pageWithin<T>(
  { cursor, limit = limits.pageSize, signal = neverAborted }: PageOptions,
  fetchPage: (options: PageCallOptions) => Promise<Page<T>>,
): Promise<Page<T>> {
  const most = Math.max(1, Math.trunc(limit));
  const { skipped, own } = cursor === undefined ? { skipped: 0, own: undefined } : parseCursor(cursor);
  const call = { signal, limit: most, ...(own !== undefined && { cursor: own }) };
  const { items, cursor: next, ...page } = await fetchPage(call);
  const end = skipped + most;
  const following = end < items.length ? formatCursor(end, own) : next && formatCursor(0, next);
  return { ...page, items: items.slice(skipped, end), ...(following !== undefined && { cursor: following }) };
}

function formatCursor(skipped: number, own: string | undefined): string {
  return `${skipped}:${own ?? ''}`;
}

function parseCursor(cursor: string): { readonly skipped: number; readonly own: string | undefined } {
  const [, skipped, own] = /^(\d{1,9}):(.*)$/s.exec(cursor) ?? [];
  if (skipped === undefined)
    throw new RegistryError('invalid', `"${cursor}" is not a place to continue a list from. List it from the start.`);
  return { skipped: Number(skipped), own: own || undefined };
}

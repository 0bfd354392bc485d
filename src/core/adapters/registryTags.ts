import type { Page, PageCallOptions, RepositorySession, TagSummary } from '../../api.ts';

/** Marks the cursors of the registry's own lists, where a vendor's API could not be asked. */
export const registryCursor = 'registry:';

/** A page of the registry's own list of tags, from its start unless the cursor is of that list. */
export function registryTags(registry: RepositorySession, call: PageCallOptions): Promise<Page<TagSummary>> {
  return registryPage((own) => registry.listTags(own), call);
}

/** A page of a list of the registry's own, from its start unless the cursor is of that list. */
export async function registryPage<T>(
  list: (call: PageCallOptions) => Promise<Page<T>>,
  call: PageCallOptions,
): Promise<Page<T>> {
  const { cursor, ...start } = call;
  const own = cursor?.startsWith(registryCursor) ? { cursor: cursor.slice(registryCursor.length) } : {};
  const { cursor: next, ...page } = await list({ ...start, ...own });
  return { ...page, ...(next !== undefined && { cursor: `${registryCursor}${next}` }) };
}

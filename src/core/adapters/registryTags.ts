import type { Page, PageCallOptions, RepositorySession, TagSummary } from '../../api.ts';

/** Marks the cursors of the registry's own list of tags, where a vendor's API could not be asked. */
export const registryCursor = 'registry:';

/** A page of the registry's own list of tags, from its start unless the cursor is of that list. */
export async function registryTags(registry: RepositorySession, call: PageCallOptions): Promise<Page<TagSummary>> {
  const { cursor, ...start } = call;
  const own = cursor?.startsWith(registryCursor) ? { cursor: cursor.slice(registryCursor.length) } : {};
  const { cursor: next, ...page } = await registry.listTags({ ...start, ...own });
  return { ...page, ...(next !== undefined && { cursor: `${registryCursor}${next}` }) };
}

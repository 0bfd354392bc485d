import type { GantryErrorCode, Page, PageCallOptions, RepositorySession, TagSummary } from '../../api.ts';
import { isRegistryError } from '../errors.ts';

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

/** Failures of a vendor's API, elsewhere than the registry, with which the registry may still list the tags. */
const fallbackCodes: readonly GantryErrorCode[] = [
  'unauthorized',
  'denied',
  'not-found',
  'rate-limited',
  'untrusted-realm',
  'server',
  'unreachable',
  'timeout',
  'tls',
  'proxy',
  'protocol',
];

/**
 * A page of the list of a vendor's API, which tells more of each tag; where the API cannot be asked, of the registry's own
 * list, from its start. `note` hears why.
 */
export async function tagsOrNames(
  registry: RepositorySession,
  call: PageCallOptions,
  fetchTags: (call: PageCallOptions) => Promise<Page<TagSummary>>,
  note: (error: Error) => void = () => {},
): Promise<Page<TagSummary>> {
  if (call.cursor?.startsWith(registryCursor)) return registryTags(registry, call);
  try {
    return await fetchTags(call);
  } catch (error) {
    if (!isRegistryError(error, ...fallbackCodes)) throw error;
    note(error);
    return registryTags(registry, call);
  }
}

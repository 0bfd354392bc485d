import type { RepositorySession, TagSummary } from '../api.ts';
import { type AllItems, allPages } from './allPages.ts';
import { sortByTag } from './oci/tagOrder.ts';

/** Every tag of a repository, in the order of the registry, with what its list says of them. */
export function allTags(repository: RepositorySession, signal: AbortSignal): Promise<AllItems<TagSummary>> {
  return allPages(
    (call) => repository.listTags(call),
    ({ name }) => name,
    signal,
  );
}

/** As {@link allTags}, sorted as people read versions. */
export async function sortedTags(repository: RepositorySession, signal: AbortSignal): Promise<AllItems<TagSummary>> {
  const { items, isTruncated } = await allTags(repository, signal);
  return { items: sortByTag(items), isTruncated };
}

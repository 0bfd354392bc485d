import type { Descriptor, RepositorySession } from '../../api.ts';
import { taggedReferrers } from './referrers.ts';

/** Pages of referrers that are read: each holds dozens. */
const maxPages = 50;

/** Everything that refers to a manifest; images of this machine have only the tags that stand for digests. */
export async function allReferrers(
  repository: RepositorySession,
  digest: string,
  signal: AbortSignal,
): Promise<readonly Descriptor[]> {
  if (repository.listReferrers === undefined) return taggedReferrers(repository, digest, { signal });
  const found: Descriptor[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < maxPages; pages++) {
    const page = await repository.listReferrers(digest, { signal, ...(cursor !== undefined && { cursor }) });
    found.push(...page.items);
    cursor = page.cursor;
    if (cursor === undefined) break;
  }
  return found;
}

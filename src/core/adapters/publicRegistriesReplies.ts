import * as v from 'valibot';
import type { RepositoryListing, TagChange } from '../../api.ts';
import { isDigest } from '../oci/digest.ts';
import { isRepositoryName } from '../oci/reference.ts';
import { countSchema, dateSchema, lenient, parsed, textSchema } from './replyFields.ts';

const changeSchema = v.object({
  updateTimestamp: v.pipe(dateSchema, v.string()),
  digest: v.pipe(v.string(), v.check(isDigest)),
});

/** Chainguard's history of a tag, newest first; `undefined` for what is none. Some versions write names with capitals. */
export function readHistory(document: unknown): readonly TagChange[] | undefined {
  const { history, History } = (document ?? {}) as { history?: unknown; History?: unknown };
  const entries = history ?? History;
  if (!Array.isArray(entries)) return undefined;
  const changes = entries.flatMap((entry: unknown) => {
    const { UpdateTimestamp, Digest, ...fields } = (entry ?? {}) as Record<string, unknown>;
    const change = parsed(changeSchema, { updateTimestamp: UpdateTimestamp, digest: Digest, ...fields });
    return change === undefined ? [] : [{ digest: change.digest, from: change.updateTimestamp }];
  });
  const newestFirst = changes.toSorted((a, b) => (a.from < b.from ? 1 : -1));
  return newestFirst.map((change, index) => {
    const until = newestFirst[index - 1]?.from;
    return until === undefined ? change : { ...change, until };
  });
}

const foundSchema = v.object({ name: v.pipe(v.string(), v.check(isRepositoryName)), description: lenient(textSchema) });
const searchSchema = v.object({
  results: v.array(v.unknown()),
  num_pages: lenient(countSchema),
  num_results: lenient(countSchema),
});

/** The search of Docker's first protocol; `undefined` for what is none. */
export function readSearch(
  document: unknown,
): { readonly items: readonly RepositoryListing[]; readonly pages: number; readonly total?: number } | undefined {
  const reply = parsed(searchSchema, document);
  if (reply === undefined) return undefined;
  const items = reply.results.flatMap((result): readonly RepositoryListing[] => {
    const found = parsed(foundSchema, result);
    if (found === undefined) return [];
    return [{ name: found.name, ...(found.description !== undefined && { description: found.description }) }];
  });
  return { items, pages: reply.num_pages ?? 1, ...(reply.num_results !== undefined && { total: reply.num_results }) };
}

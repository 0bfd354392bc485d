import * as v from 'valibot';
import type { RepositoryListing, TagChange, TagSummary } from '../../api.ts';
import { isDigest } from '../oci/digest.ts';
import { isTag } from '../oci/reference.ts';
import { isQuayRepository } from './quayApi.ts';
import { countSchema, dateSchema, epochSchema, lenient, parsed, textSchema } from './replyFields.ts';

/*
 * What Quay's API answers. https://docs.quay.io/api/swagger/ and, for what that leaves open,
 * https://github.com/quay/quay/tree/master/endpoints/api
 */

export interface QuayPage<T> {
  readonly items: readonly T[];
  readonly hasNext: boolean;
}

export interface QuayRepositories {
  readonly items: readonly RepositoryListing[];
  /** Opaque text for the next page, never an address. */
  readonly nextPage?: string;
}

const userSchema = v.object({ username: textSchema, organizations: lenient(v.array(v.unknown())) });
const namedSchema = v.object({ name: textSchema });

const repositorySchema = v.object({
  namespace: v.string(),
  name: v.string(),
  description: lenient(textSchema),
  last_modified: lenient(epochSchema),
});

const foundSchema = v.object({
  kind: v.literal('repository'),
  namespace: v.object({ name: v.string() }),
  name: v.string(),
  description: lenient(textSchema),
  last_modified: lenient(epochSchema),
});

const tagSchema = v.object({
  name: v.pipe(v.string(), v.check(isTag)),
  manifest_digest: lenient(v.pipe(v.string(), v.check(isDigest))),
  // None for lists of images of several platforms.
  size: lenient(v.pipe(countSchema, v.minValue(1))),
  start_ts: lenient(epochSchema),
  end_ts: lenient(epochSchema),
  last_modified: lenient(dateSchema),
  expiration: lenient(dateSchema),
  immutable: lenient(v.boolean()),
});

const tagPageSchema = v.object({ tags: v.array(v.unknown()), has_additional: lenient(v.boolean()) });

/** The account's own namespace, then those of its organizations. */
export function readNamespaces(document: unknown): readonly string[] | undefined {
  const user = parsed(userSchema, document);
  if (user === undefined) return undefined;
  const organizations = (user.organizations ?? []).flatMap((item) => parsed(namedSchema, item)?.name ?? []);
  return [...new Set([user.username, ...organizations])].filter((name) => isQuayRepository(`${name}/x`));
}

export function readRepositories(document: unknown): QuayRepositories | undefined {
  const page = parsed(v.object({ repositories: v.array(v.unknown()), next_page: lenient(textSchema) }), document);
  if (page === undefined) return undefined;
  const items = page.repositories.flatMap((item) => {
    const repository = parsed(repositorySchema, item);
    return repository === undefined
      ? []
      : listing({ ...repository, path: `${repository.namespace}/${repository.name}` });
  });
  return { items, ...(page.next_page !== undefined && { nextPage: page.next_page }) };
}

/** A page of a search. Behind the last page Quay answers that one again, which counts as empty here. */
export function readFound(document: unknown, page: number): QuayPage<RepositoryListing> | undefined {
  const schema = v.object({
    results: v.array(v.unknown()),
    has_additional: lenient(v.boolean()),
    page: lenient(countSchema),
  });
  const found = parsed(schema, document);
  if (found === undefined) return undefined;
  if (found.page !== undefined && found.page !== page) return { items: [], hasNext: false };
  const items = found.results.flatMap((item) => {
    const result = parsed(foundSchema, item);
    return result === undefined ? [] : listing({ ...result, path: `${result.namespace.name}/${result.name}` });
  });
  return { items, hasNext: found.has_additional === true && found.results.length > 0 };
}

function listing({
  path,
  description,
  last_modified: updatedAt,
}: {
  readonly path: string;
  readonly description?: string | undefined;
  readonly last_modified?: string | undefined;
}): readonly RepositoryListing[] {
  if (!isQuayRepository(path)) return [];
  return [
    {
      name: path,
      ...(description !== undefined && { description }),
      ...(updatedAt !== undefined && { updatedAt }),
    },
  ];
}

export function readTags(document: unknown): QuayPage<TagSummary> | undefined {
  return readTagPage(document, (tag) => {
    const pushedAt = tag.start_ts ?? tag.last_modified;
    const expiresAt = tag.end_ts ?? tag.expiration;
    return {
      name: tag.name,
      ...(tag.manifest_digest !== undefined && { digest: tag.manifest_digest }),
      ...(tag.size !== undefined && { size: tag.size }),
      ...(pushedAt !== undefined && { pushedAt }),
      ...(expiresAt !== undefined && { expiresAt }),
      // Told only where tags can be immutable.
      ...(tag.immutable !== undefined && { protectedFrom: tag.immutable ? (['move', 'delete'] as const) : [] }),
    };
  });
}

/** What a tag has named. An end that is still to come, by the clock of the server, is when the tag will expire. */
export function readHistory(document: unknown, serverTime: string | undefined): QuayPage<TagChange> | undefined {
  const now = new Date(serverTime ?? Number.NaN).getTime();
  return readTagPage(document, (tag) => {
    const { manifest_digest: digest, start_ts: from, end_ts: end } = tag;
    if (digest === undefined || from === undefined) return undefined;
    const isOver = end !== undefined && !(new Date(end).getTime() > now);
    return { digest, from, ...(isOver && { until: end }) };
  });
}

function readTagPage<T>(
  document: unknown,
  readTag: (tag: v.InferOutput<typeof tagSchema>) => T | undefined,
): QuayPage<T> | undefined {
  const page = parsed(tagPageSchema, document);
  if (page === undefined) return undefined;
  const tags = page.tags.map((item) => parsed(tagSchema, item)).filter((tag) => tag !== undefined);
  return {
    items: tags.map(readTag).filter((item) => item !== undefined),
    hasNext: page.has_additional === true && page.tags.length > 0,
  };
}

/** Markdown; empty where there is none. */
export function readDescription(document: unknown): string | undefined {
  const repository = parsed(v.object({ name: v.string(), description: lenient(textSchema) }), document);
  return repository && (repository.description ?? '');
}

import * as v from 'valibot';
import type { RepositoryListing, TagSummary } from '../../api.ts';
import { isDigest } from '../oci/digest.ts';
import { formatPlatform } from '../oci/platform.ts';
import { isRepositoryName, isTag } from '../oci/reference.ts';
import { countSchema, dateSchema, lenient, parsed, platformPartSchema, textSchema } from './replyFields.ts';

/*
 * What Docker Hub's API answers, as Docker documents it and as it comes: fields are missing, null or empty. An item
 * without a usable name is dropped, any other field that is not as documented is left out.
 *
 * https://docs.docker.com/reference/api/hub/latest/
 */

/** Docker Hub's name for the namespace of the official images. */
export const officialNamespace = 'library';

export interface HubPage<T> {
  readonly items: readonly T[];
  readonly hasNext: boolean;
  readonly total?: number;
}

const pageSchema = v.object({
  count: lenient(countSchema),
  next: lenient(textSchema),
  results: v.array(v.unknown()),
});

const namespacesSchema = v.object({ namespaces: v.array(v.unknown()) });

const repositorySchema = v.object({
  name: v.string(),
  description: lenient(textSchema),
  pull_count: lenient(countSchema),
  last_updated: lenient(dateSchema),
});

const describedSchema = v.object({
  name: v.string(),
  description: lenient(textSchema),
  full_description: lenient(textSchema),
});

const searchResultSchema = v.object({
  repo_name: v.string(),
  short_description: lenient(textSchema),
  pull_count: lenient(countSchema),
});

const tagSchema = v.object({
  name: v.pipe(v.string(), v.check(isTag)),
  digest: lenient(v.pipe(v.string(), v.check(isDigest))),
  full_size: lenient(countSchema),
  tag_last_pushed: lenient(dateSchema),
  last_updated: lenient(dateSchema),
  images: lenient(v.array(v.unknown())),
});

const imageSchema = v.object({
  os: platformPartSchema,
  architecture: platformPartSchema,
  variant: lenient(platformPartSchema),
});

/** `undefined` for what is no such answer. */
export function readNamespaces(document: unknown): readonly string[] | undefined {
  const reply = v.safeParse(namespacesSchema, document);
  if (!reply.success) return undefined;
  return reply.output.namespaces.filter((name): name is string => typeof name === 'string' && isNamespace(name));
}

export function readRepositories(document: unknown, namespace: string): HubPage<RepositoryListing> | undefined {
  return readPage(document, (item) => {
    const repository = parsed(repositorySchema, item);
    if (repository === undefined) return undefined;
    const { name, description, pull_count, last_updated } = repository;
    return listing({ name: `${namespace}/${name}`, description, pulls: pull_count, updatedAt: last_updated });
  });
}

/** What a repository says of itself, in whole or else in one line; `''` where it says nothing. */
export function readDescription(document: unknown): string | undefined {
  const repository = parsed(describedSchema, document);
  return repository && (repository.full_description ?? repository.description ?? '');
}

export function readSearchResults(document: unknown): HubPage<RepositoryListing> | undefined {
  return readPage(document, (item) => {
    const result = parsed(searchResultSchema, item);
    if (result === undefined) return undefined;
    const { repo_name, short_description, pull_count } = result;
    // Official images are found by their short names.
    const name = repo_name.includes('/') ? repo_name : `${officialNamespace}/${repo_name}`;
    return listing({ name, description: short_description, pulls: pull_count, updatedAt: undefined });
  });
}

export function readTags(document: unknown): HubPage<TagSummary> | undefined {
  return readPage(document, (item): TagSummary | undefined => {
    const tag = parsed(tagSchema, item);
    if (tag === undefined) return undefined;
    const pushedAt = tag.tag_last_pushed ?? tag.last_updated;
    const platforms = [...new Set((tag.images ?? []).flatMap(readPlatform))];
    return {
      name: tag.name,
      ...(tag.digest !== undefined && { digest: tag.digest }),
      ...(tag.full_size !== undefined && { size: tag.full_size }),
      ...(pushedAt !== undefined && { pushedAt }),
      ...(platforms.length > 0 && { platforms }),
    };
  });
}

/** Docker Hub's repositories have two parts, never more: `namespace/name`. */
export function isHubRepository(name: string): boolean {
  return isRepositoryName(name) && name.split('/').length === 2;
}

export function isNamespace(name: string): boolean {
  return isRepositoryName(name) && !name.includes('/');
}

function readPage<T>(document: unknown, readItem: (item: unknown) => T | undefined): HubPage<T> | undefined {
  const page = parsed(pageSchema, document);
  if (page === undefined) return undefined;
  const items = page.results.map(readItem).filter((item) => item !== undefined);
  return {
    items,
    hasNext: page.next !== undefined && page.results.length > 0,
    ...(page.count !== undefined && { total: page.count }),
  };
}

function listing({ name, description, pulls, updatedAt }: ListingFields): RepositoryListing | undefined {
  if (!isHubRepository(name)) return undefined;
  return {
    name,
    ...(description !== undefined && { description }),
    ...(pulls !== undefined && { pulls }),
    ...(updatedAt !== undefined && { updatedAt }),
  };
}

interface ListingFields {
  readonly name: string;
  readonly description: string | undefined;
  readonly pulls: number | undefined;
  readonly updatedAt: string | undefined;
}

/** Attestations and artifacts are listed among the images, as `unknown/unknown` or without names. */
function readPlatform(item: unknown): readonly string[] {
  const image = parsed(imageSchema, item);
  if (image === undefined || image.os === 'unknown' || image.architecture === 'unknown') return [];
  return [formatPlatform(image)];
}

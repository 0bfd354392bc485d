import * as v from 'valibot';
import type { RepositoryListing, TagSummary, UntaggedManifest } from '../../api.ts';
import { isDigest } from '../oci/digest.ts';
import { isRepositoryName, isTag } from '../oci/reference.ts';
import { countSchema, dateSchema, lenient, parsed, textSchema } from './replyFields.ts';

/* What DigitalOcean's API answers. https://docs.digitalocean.com/reference/api/reference/container-registry/ */

export interface OceanPage<T> {
  readonly items: readonly T[];
  readonly hasNext: boolean;
  readonly total?: number;
}

const nameSchema = v.object({ name: v.pipe(v.string(), v.check(isRepositoryName)) });

const repositorySchema = v.object({
  name: v.pipe(v.string(), v.check(isRepositoryName)),
  latest_manifest: lenient(v.object({ updated_at: lenient(dateSchema) })),
});

const tagSchema = v.object({
  tag: v.pipe(v.string(), v.check(isTag)),
  manifest_digest: lenient(v.pipe(v.string(), v.check(isDigest))),
  compressed_size_bytes: lenient(countSchema),
  updated_at: lenient(dateSchema),
});

const manifestSchema = v.object({
  digest: v.pipe(v.string(), v.check(isDigest)),
  compressed_size_bytes: lenient(countSchema),
  updated_at: lenient(dateSchema),
  tags: lenient(v.array(v.unknown())),
});

const pageSchema = v.object({
  meta: lenient(v.object({ total: lenient(countSchema) })),
  links: lenient(v.object({ pages: lenient(v.object({ next: lenient(textSchema) })) })),
});

/** Of one registry or of several; `undefined` for what is no such answer. */
export function readRegistries(document: unknown): readonly string[] | undefined {
  const { registry, registries } = (document ?? {}) as { registry?: unknown; registries?: unknown };
  const all: unknown = registries ?? (typeof registry === 'object' && registry !== null ? [registry] : undefined);
  if (!Array.isArray(all)) return undefined;
  return all.flatMap((item: unknown) => parsed(nameSchema, item)?.name ?? []);
}

export function readRepositories(document: unknown, namespace: string): OceanPage<RepositoryListing> | undefined {
  return readPage(document, 'repositories', (item) => {
    const repository = parsed(repositorySchema, item);
    const updatedAt = repository?.latest_manifest?.updated_at;
    return repository && { name: `${namespace}/${repository.name}`, ...(updatedAt !== undefined && { updatedAt }) };
  });
}

export function readTags(document: unknown): OceanPage<TagSummary> | undefined {
  return readPage(document, 'tags', (item) => {
    const tag = parsed(tagSchema, item);
    return (
      tag && {
        name: tag.tag,
        ...(tag.manifest_digest !== undefined && { digest: tag.manifest_digest }),
        ...(tag.compressed_size_bytes !== undefined && { size: tag.compressed_size_bytes }),
        ...(tag.updated_at !== undefined && { pushedAt: tag.updated_at }),
      }
    );
  });
}

export function readUntagged(document: unknown): OceanPage<UntaggedManifest> | undefined {
  return readPage(document, 'manifests', (item) => {
    const manifest = parsed(manifestSchema, item);
    // Where the tags are not told, it may well have some.
    if (manifest?.tags?.length !== 0) return undefined;
    return {
      digest: manifest.digest,
      ...(manifest.compressed_size_bytes !== undefined && { size: manifest.compressed_size_bytes }),
      ...(manifest.updated_at !== undefined && { pushedAt: manifest.updated_at }),
    };
  });
}

function readPage<T>(
  document: unknown,
  key: string,
  readItem: (item: unknown) => T | undefined,
): OceanPage<T> | undefined {
  const page = parsed(pageSchema, document);
  const listed = (document as Readonly<Record<string, unknown>> | null)?.[key];
  if (page === undefined || !Array.isArray(listed)) return undefined;
  const total = page.meta?.total;
  return {
    items: listed.map(readItem).filter((item) => item !== undefined),
    hasNext: page.links?.pages?.next !== undefined && listed.length > 0,
    ...(total !== undefined && { total }),
  };
}

import * as v from 'valibot';
import type { RepositoryListing, TagSummary, UntaggedManifest } from '../../api.ts';
import { realDate } from '../oci/config.ts';
import { isDigest } from '../oci/digest.ts';
import { isRepositoryName, isTag } from '../oci/reference.ts';
import { dateSchema, lenient, parsed, textSchema } from './replyFields.ts';

/*
 * What Google's registries add to a list of tags, and what the API of Artifact Registry answers.
 *
 * The list is described by no document but by Google's own tools:
 * https://github.com/google/go-containerregistry/blob/main/pkg/v1/google/list.go
 * https://cloud.google.com/artifact-registry/docs/reference/rest
 */

export interface GoogleTags {
  readonly tags: readonly TagSummary[];
  readonly untagged: readonly UntaggedManifest[];
  /** Names below this one, each a single part. */
  readonly children: readonly string[];
  /** As they came, to go on after the last. */
  readonly received: readonly unknown[];
  /** Tags by digest. */
  readonly tagsByDigest: ReadonlyMap<string, readonly string[]>;
}

/** Numbers of 64 bits come as strings. */
const numberTextSchema = v.pipe(v.string(), v.regex(/^-?\d{1,16}$/), v.transform(Number), v.safeInteger());
const sizeSchema = v.pipe(numberTextSchema, v.minValue(1));
const millisecondsSchema = v.pipe(
  numberTextSchema,
  v.check((milliseconds) => Math.abs(milliseconds) < 1e14),
  v.transform((milliseconds) => realDate(new Date(milliseconds).toISOString())),
);

const tagsSchema = v.object({
  tags: v.nullish(v.array(v.unknown())),
  child: lenient(v.array(v.unknown())),
  manifest: lenient(v.record(v.string(), v.unknown())),
});

const manifestSchema = v.object({
  imageSizeBytes: lenient(sizeSchema),
  mediaType: lenient(textSchema),
  tag: lenient(v.array(v.unknown())),
  timeCreatedMs: lenient(millisecondsSchema),
  timeUploadedMs: lenient(millisecondsSchema),
});

const repositorySchema = v.object({
  name: v.string(),
  format: v.literal('DOCKER'),
  description: lenient(textSchema),
  mode: lenient(v.string()),
  remoteRepositoryConfig: lenient(
    v.object({
      description: lenient(textSchema),
      dockerRepository: lenient(v.object({ publicRepository: lenient(textSchema) })),
    }),
  ),
});

const packageSchema = v.object({ name: v.string(), updateTime: lenient(dateSchema) });
const pageTokenSchema = lenient(v.pipe(v.string(), v.nonEmpty(), v.maxLength(16_384)));

/** `undefined` for what is no list of tags. */
export function readGoogleTags(document: unknown): GoogleTags | undefined {
  const list = parsed(tagsSchema, document);
  // Repositories without tags are listed with null; a list without any is none.
  if (list?.tags === undefined) return undefined;
  const manifests = Object.entries(list.manifest ?? {}).flatMap(([digest, item]) => {
    const manifest = isDigest(digest) ? parsed(manifestSchema, item) : undefined;
    return manifest === undefined ? [] : [{ ...manifest, digest, tags: (manifest.tag ?? []).filter(isTagText) }];
  });
  const byTag = new Map(manifests.flatMap((manifest) => manifest.tags.map((tag) => [tag, manifest] as const)));
  const received = list.tags ?? [];
  return {
    tags: [...new Set(received.filter(isTagText))].map((name) => {
      const manifest = byTag.get(name);
      return {
        name,
        ...(manifest !== undefined && { digest: manifest.digest }),
        ...(manifest?.imageSizeBytes !== undefined && { size: manifest.imageSizeBytes }),
        ...(manifest?.timeCreatedMs !== undefined && { createdAt: manifest.timeCreatedMs }),
        ...(manifest?.timeUploadedMs !== undefined && { pushedAt: manifest.timeUploadedMs }),
      };
    }),
    untagged: manifests
      .filter(({ tags }) => tags.length === 0)
      .map(({ digest, mediaType, imageSizeBytes, timeUploadedMs }) => ({
        digest,
        ...(mediaType !== undefined && { mediaType }),
        ...(imageSizeBytes !== undefined && { size: imageSizeBytes }),
        ...(timeUploadedMs !== undefined && { pushedAt: timeUploadedMs }),
      })),
    children: (list.child ?? []).filter(
      (name): name is string => typeof name === 'string' && isRepositoryName(name) && !name.includes('/'),
    ),
    received,
    tagsByDigest: new Map(manifests.map(({ digest, tags }) => [digest, tags])),
  };
}

export interface ApiPage<T> {
  readonly items: readonly T[];
  readonly nextPageToken?: string;
}

/** A repository of Artifact Registry, which holds images under names of their own. */
export interface ArtifactRepository {
  /** Its last part. */
  readonly id: string;
  readonly description?: string;
  readonly upstream?: string;
}

/** Those that hold images: `projects/P/locations/L/repositories/R`. */
export function readArtifactRepositories(document: unknown): ApiPage<ArtifactRepository> | undefined {
  return readPage(document, 'repositories', (item): readonly ArtifactRepository[] => {
    const repository = parsed(repositorySchema, item);
    const id = repository && lastPart(repository.name, 'repositories');
    if (repository === undefined || id === undefined || id.includes('/')) return [];
    const remote = repository.mode === 'REMOTE_REPOSITORY' ? repository.remoteRepositoryConfig : undefined;
    const upstream = remote?.dockerRepository?.publicRepository ?? remote?.description;
    const { description } = repository;
    return [{ id, ...(description !== undefined && { description }), ...(upstream !== undefined && { upstream }) }];
  });
}

/** The images of a repository: `projects/P/locations/L/repositories/R/packages/NAME`, with `%2F` in the name. */
export function readPackages(document: unknown, prefix: string): ApiPage<RepositoryListing> | undefined {
  return readPage(document, 'packages', (item): readonly RepositoryListing[] => {
    const image = parsed(packageSchema, item);
    const id = image && lastPart(image.name, 'packages');
    if (image === undefined || id === undefined) return [];
    const { updateTime: updatedAt } = image;
    return [{ name: `${prefix}/${id}`, ...(updatedAt !== undefined && { updatedAt }) }];
  });
}

function lastPart(name: string, collection: string): string | undefined {
  const encoded = new RegExp(`/${collection}/([^/]+)$`).exec(name)?.[1];
  if (encoded === undefined) return undefined;
  try {
    const part = decodeURIComponent(encoded);
    return isRepositoryName(part) ? part : undefined;
  } catch {
    return undefined;
  }
}

/** Empty lists are left out of answers. */
function readPage<T>(
  document: unknown,
  key: string,
  readItem: (item: unknown) => readonly T[],
): ApiPage<T> | undefined {
  const schema = v.object({ [key]: v.optional(v.array(v.unknown())), nextPageToken: pageTokenSchema });
  const page = parsed(schema, document) as Readonly<Record<string, unknown>> | undefined;
  if (page === undefined || Array.isArray(document)) return undefined;
  const items = (page[key] ?? []) as readonly unknown[];
  const token = page['nextPageToken'] as string | undefined;
  return { items: items.flatMap(readItem), ...(token !== undefined && { nextPageToken: token }) };
}

function isTagText(tag: unknown): tag is string {
  return typeof tag === 'string' && isTag(tag);
}

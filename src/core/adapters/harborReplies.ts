import * as v from 'valibot';
import type { RepositoryListing, TagSummary, UntaggedManifest } from '../../api.ts';
import { isDigest } from '../oci/digest.ts';
import { formatPlatform } from '../oci/platform.ts';
import { isRepositoryName, isTag } from '../oci/reference.ts';
import { countSchema, dateSchema, lenient, parsed, platformPartSchema, textSchema } from './replyFields.ts';

/*
 * What Harbor's API answers. https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml, "definitions"
 */

export interface HarborProject {
  readonly id: number | undefined;
  readonly name: string;
  /** Whether it is a cache of another registry. */
  readonly isProxy: boolean;
  readonly isPublic: boolean;
}

export interface HarborRepository extends RepositoryListing {
  readonly projectId: number | undefined;
}

export interface HarborArtifact extends UntaggedManifest {
  readonly projectId: number | undefined;
  readonly tags: readonly TagSummary[];
}

const nameSchema = v.pipe(v.string(), v.check(isRepositoryName));

const projectSchema = v.object({
  project_id: lenient(countSchema),
  name: nameSchema,
  registry_id: lenient(countSchema),
  metadata: lenient(v.object({ public: lenient(v.string()) })),
});

const repositorySchema = v.object({
  project_id: lenient(countSchema),
  name: nameSchema,
  description: lenient(textSchema),
  pull_count: lenient(countSchema),
  update_time: lenient(dateSchema),
});

const foundSchema = v.object({
  project_id: lenient(countSchema),
  repository_name: nameSchema,
  pull_count: lenient(countSchema),
});

const platformSchema = v.object({
  os: platformPartSchema,
  architecture: platformPartSchema,
  variant: lenient(platformPartSchema),
});

const referenceSchema = v.object({
  platform: platformSchema,
  annotations: lenient(v.record(v.string(), v.unknown())),
});

const artifactSchema = v.object({
  project_id: lenient(countSchema),
  digest: v.pipe(v.string(), v.check(isDigest)),
  manifest_media_type: lenient(textSchema),
  size: lenient(v.pipe(countSchema, v.minValue(1))),
  push_time: lenient(dateSchema),
  extra_attrs: lenient(v.object({ created: lenient(dateSchema) })),
  references: lenient(v.array(v.unknown())),
  tags: lenient(v.array(v.unknown())),
});

const tagSchema = v.object({
  name: v.pipe(v.string(), v.check(isTag)),
  push_time: lenient(dateSchema),
  // Of what was never pulled, the first of January of the year 1.
  pull_time: lenient(dateSchema),
  immutable: lenient(v.boolean()),
});

export function readProjects(document: unknown): readonly HarborProject[] | undefined {
  return readList(document, (item) => {
    const project = parsed(projectSchema, item);
    if (project === undefined) return undefined;
    const { project_id: id, name, registry_id: registry = 0, metadata } = project;
    return { id, name, isProxy: registry > 0, isPublic: metadata?.public === 'true' };
  });
}

export function readRepositories(document: unknown): readonly HarborRepository[] | undefined {
  return readList(document, (item) => {
    const repository = parsed(repositorySchema, item);
    if (repository === undefined) return undefined;
    const { project_id: projectId, name, description, pull_count: pulls, update_time: updatedAt } = repository;
    return {
      projectId,
      name,
      ...(description !== undefined && { description }),
      ...(pulls !== undefined && { pulls }),
      ...(updatedAt !== undefined && { updatedAt }),
    };
  });
}

/** The repositories of a search, which finds projects too. */
export function readFound(document: unknown): readonly HarborRepository[] | undefined {
  return readList((document as { readonly repository?: unknown } | null)?.repository, (item) => {
    const found = parsed(foundSchema, item);
    if (found === undefined) return undefined;
    const { project_id: projectId, repository_name: name, pull_count: pulls } = found;
    return { projectId, name, ...(pulls !== undefined && { pulls }) };
  });
}

/** What Harbor says of a repository to people, as Markdown. */
export function readDescription(document: unknown): string | undefined {
  return parsed(v.object({ description: lenient(textSchema) }), document)?.description;
}

/** The registry that a project is a cache of, as references name it. */
export function readUpstream(document: unknown): string | undefined {
  const summary = parsed(v.object({ registry: lenient(v.object({ url: lenient(textSchema) })) }), document);
  const url = summary?.registry?.url;
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { host } = new URL(url);
  return host === 'hub.docker.com' ? 'docker.io' : host || undefined;
}

export function readArtifacts(document: unknown): readonly HarborArtifact[] | undefined {
  return readList(document, (item) => {
    const artifact = parsed(artifactSchema, item);
    if (artifact === undefined) return undefined;
    const { digest, size, push_time: pushedAt, manifest_media_type: mediaType, extra_attrs: attributes } = artifact;
    const platforms = platformsOf(artifact.references ?? [], (item as { readonly extra_attrs?: unknown }).extra_attrs);
    const common = {
      digest,
      ...(size !== undefined && { size }),
      ...(attributes?.created !== undefined && { createdAt: attributes.created }),
      ...(platforms.length > 0 && { platforms }),
    };
    return {
      projectId: artifact.project_id,
      digest,
      ...(mediaType !== undefined && { mediaType }),
      ...(size !== undefined && { size }),
      ...(pushedAt !== undefined && { pushedAt }),
      tags: (artifact.tags ?? []).flatMap((tag) => readTag(tag, common, pushedAt)),
    };
  });
}

function readTag(
  item: unknown,
  common: Omit<TagSummary, 'name'>,
  artifactPushedAt: string | undefined,
): readonly TagSummary[] {
  const tag = parsed(tagSchema, item);
  if (tag === undefined) return [];
  const { name, push_time: pushedAt = artifactPushedAt, pull_time: pulledAt, immutable } = tag;
  return [
    {
      name,
      ...common,
      ...(pushedAt !== undefined && { pushedAt }),
      ...(pulledAt !== undefined && { pulledAt }),
      ...(immutable !== undefined && { protectedFrom: immutable ? (['move', 'delete'] as const) : [] }),
    },
  ];
}

/** Of the images of an index, without BuildKit's attestations, or of the image itself. */
function platformsOf(references: readonly unknown[], attributes: unknown): readonly string[] {
  const found = references.flatMap((item) => {
    const reference = parsed(referenceSchema, item);
    const isImage = reference?.annotations?.['vnd.docker.reference.type'] === undefined;
    return reference !== undefined && isImage ? [reference.platform] : [];
  });
  const own = references.length === 0 ? parsed(platformSchema, attributes) : undefined;
  const platforms = [...found, ...(own === undefined ? [] : [own])].filter(
    ({ os, architecture }) => os !== 'unknown' && architecture !== 'unknown',
  );
  return [...new Set(platforms.map(formatPlatform))];
}

function readList<T>(document: unknown, readItem: (item: unknown) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(document)) return undefined;
  return document.map(readItem).filter((item) => item !== undefined);
}

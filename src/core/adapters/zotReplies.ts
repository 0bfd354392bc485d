import * as v from 'valibot';
import type { RepositoryListing, TagSummary, Vulnerability } from '../../api.ts';
import { isDigest } from '../oci/digest.ts';
import { formatPlatform } from '../oci/platform.ts';
import { isRepositoryName, isTag } from '../oci/reference.ts';
import { countSchema, dateSchema, lenient, parsed, textSchema } from './replyFields.ts';

/*
 * What zot's GraphQL answers. https://github.com/project-zot/zot/blob/main/pkg/extensions/search/schema.graphql
 */

export interface ZotPage<T> {
  readonly items: readonly T[];
  /** What is in all pages together. */
  readonly total?: number;
  /** Items that came, also those that were left out. */
  readonly length: number;
}

const replySchema = v.object({
  data: v.unknown(),
  errors: lenient(v.array(v.object({ message: v.string() }))),
});

/** An answer of GraphQL: what was asked for, or why it is not told. `undefined` for what is no such answer. */
export function readGraphReply(
  document: unknown,
): { readonly data: unknown; readonly problem: string | undefined } | undefined {
  const reply = parsed(replySchema, document);
  const problem = reply?.errors?.[0]?.message;
  return reply === undefined || (reply.data == null && problem === undefined)
    ? undefined
    : { data: reply.data, problem };
}

/** A count of bytes as text, since GraphQL has no such large numbers. */
const sizeSchema = v.pipe(v.string(), v.regex(/^[1-9]\d*$/), v.transform(Number), v.safeInteger());

const platformPart = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9._-]+)?$/i));

const manifestSchema = v.object({
  Platform: lenient(v.object({ Os: platformPart, Arch: platformPart })),
});

const imageSchema = v.object({
  Tag: v.pipe(v.string(), v.check(isTag)),
  Digest: lenient(v.pipe(v.string(), v.check(isDigest))),
  Size: lenient(sizeSchema),
  LastUpdated: lenient(dateSchema),
  PushTimestamp: lenient(dateSchema),
  TaggedTimestamp: lenient(dateSchema),
  LastPullTimestamp: lenient(dateSchema),
  Manifests: lenient(v.array(v.unknown())),
});

const repositorySchema = v.object({
  Name: v.pipe(v.string(), v.check(isRepositoryName)),
  LastUpdated: lenient(dateSchema),
  DownloadCount: lenient(countSchema),
});

const pageInfoSchema = lenient(v.object({ TotalCount: lenient(countSchema) }));

const imagesSchema = v.object({ ImageList: v.object({ Page: pageInfoSchema, Results: v.array(v.unknown()) }) });
const repositoriesSchema = v.object({
  RepoListWithNewestImage: v.object({ Page: pageInfoSchema, Results: v.array(v.unknown()) }),
});
const searchSchema = v.object({
  GlobalSearch: v.object({ Page: pageInfoSchema, Repos: v.nullish(v.array(v.unknown())) }),
});

export function readTags(data: unknown): ZotPage<TagSummary> | undefined {
  const list = parsed(imagesSchema, data)?.ImageList;
  return list && pageOf(list.Results, list.Page, readTag);
}

function readTag(item: unknown): readonly TagSummary[] {
  const image = parsed(imageSchema, item);
  if (image === undefined) return [];
  const { Tag: name, Digest: digest, Size: size, LastUpdated: createdAt, LastPullTimestamp: pulledAt } = image;
  const pushedAt = image.TaggedTimestamp ?? image.PushTimestamp;
  const platforms = platformsOf(image.Manifests ?? []);
  return [
    {
      name,
      ...(digest !== undefined && { digest }),
      ...(size !== undefined && { size }),
      ...(createdAt !== undefined && { createdAt }),
      ...(pushedAt !== undefined && { pushedAt }),
      ...(pulledAt !== undefined && { pulledAt }),
      ...(platforms.length > 0 && { platforms }),
    },
  ];
}

/** Attestations are of the platform `unknown/unknown`, and artifacts of none. */
function platformsOf(manifests: readonly unknown[]): readonly string[] {
  const platforms = manifests.flatMap((item) => parsed(manifestSchema, item)?.Platform ?? []);
  const names = platforms
    .filter(({ Os }) => Os !== 'unknown')
    .map(({ Os: os, Arch: architecture }) => formatPlatform({ os, architecture }));
  return [...new Set(names)];
}

export function readRepositories(data: unknown): ZotPage<RepositoryListing> | undefined {
  const list = parsed(repositoriesSchema, data)?.RepoListWithNewestImage;
  return list && pageOf(list.Results, list.Page, readRepository);
}

export function readSearch(data: unknown): ZotPage<RepositoryListing> | undefined {
  const found = parsed(searchSchema, data)?.GlobalSearch;
  return found && pageOf(found.Repos ?? [], found.Page, readRepository);
}

function readRepository(item: unknown): readonly RepositoryListing[] {
  const repository = parsed(repositorySchema, item);
  if (repository === undefined) return [];
  const { Name: name, LastUpdated: updatedAt, DownloadCount: pulls } = repository;
  return [{ name, ...(updatedAt !== undefined && { updatedAt }), ...(pulls !== undefined && { pulls }) }];
}

function pageOf<T>(
  items: readonly unknown[],
  page: { readonly TotalCount?: number | undefined } | undefined,
  read: (item: unknown) => readonly T[],
): ZotPage<T> {
  const total = page?.TotalCount;
  return { items: items.flatMap(read), length: items.length, ...(total !== undefined && { total }) };
}

const severities = {
  CRITICAL: 'critical',
  HIGH: 'high',
  MEDIUM: 'medium',
  LOW: 'low',
  NONE: 'negligible',
} as const satisfies Readonly<Record<string, Vulnerability['severity']>>;

const packageSchema = v.object({
  Name: textSchema,
  InstalledVersion: lenient(textSchema),
  FixedVersion: lenient(textSchema),
});

const cveSchema = v.object({
  Id: textSchema,
  Title: lenient(textSchema),
  Description: lenient(textSchema),
  Severity: lenient(textSchema),
  Reference: lenient(v.pipe(v.string(), v.regex(/^https:\/\//))),
  PackageList: v.nullish(v.array(v.unknown())),
});

const scanSchema = v.object({
  CVEListForImage: v.object({ Page: pageInfoSchema, CVEList: v.nullish(v.array(v.unknown())) }),
});

/** One item a package: a CVE can be in several. */
export function readScan(data: unknown): ZotPage<Vulnerability> | undefined {
  const list = parsed(scanSchema, data)?.CVEListForImage;
  return list && pageOf(list.CVEList ?? [], list.Page, readCve);
}

function readCve(item: unknown): readonly Vulnerability[] {
  const cve = parsed(cveSchema, item);
  if (cve === undefined) return [];
  const { Id: id, Title: title, Description: description = title, Severity: severity = '', Reference: url } = cve;
  const packages = (cve.PackageList ?? []).flatMap((each) => parsed(packageSchema, each) ?? []);
  return packages.map(({ Name: packageName, InstalledVersion: version, FixedVersion: fixedVersion }) => ({
    id,
    severity: Object.hasOwn(severities, severity) ? severities[severity as keyof typeof severities] : 'unknown',
    packageName,
    ...(version !== undefined && { version }),
    // Trivy's word for a fix that there is none of.
    ...(fixedVersion !== undefined && fixedVersion !== 'Not Specified' && { fixedVersion }),
    ...(description !== undefined && { description }),
    ...(url !== undefined && { url }),
  }));
}

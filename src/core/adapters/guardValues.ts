import * as v from 'valibot';
import type {
  Descriptor,
  NamespaceSummary,
  Page,
  RateLimit,
  RepositoryListing,
  TagChange,
  TagSummary,
  UntaggedManifest,
  UploadedBlob,
  Vulnerability,
  VulnerabilityReport,
} from '../../api.ts';
import { isDigest } from '../oci/digest.ts';
import { isRepositoryName, isTag } from '../oci/reference.ts';
import { oneLine } from '../oneLine.ts';
import { limits } from '../registry/limits.ts';
import { countSchema, dateSchema, lenient, parsed } from './replyFields.ts';

/*
 * What an adapter of another extension gives, read as if a server had sent it: fields of another form are left out, items
 * without what makes them usable are dropped, and nothing is longer than a row can show.
 */

const line = v.pipe(v.string(), v.transform(oneLine), v.nonEmpty());
const digest = v.pipe(v.string(), v.check(isDigest));
const mediaType = v.pipe(v.string(), v.maxLength(255), v.regex(/^[\x21-\x7e]+$/));
const webAddress = v.pipe(v.string(), v.maxLength(2000), v.check(isWebAddress));
const protection = v.array(v.picklist(['move', 'delete']));
const annotations = v.pipe(
  v.record(v.string(), v.pipe(v.string(), v.maxLength(16_384))),
  v.check((entries) => Object.keys(entries).length <= 1000),
);

const namespaceSchema = v.object({
  name: v.pipe(v.string(), v.check(isRepositoryName)),
  description: lenient(line),
  upstream: lenient(line),
});

const repositorySchema = v.object({
  name: v.pipe(v.string(), v.check(isRepositoryName)),
  updatedAt: lenient(dateSchema),
  pulls: lenient(countSchema),
  description: lenient(line),
  upstream: lenient(line),
});

const tagSchema = v.object({
  name: v.pipe(v.string(), v.check(isTag)),
  digest: lenient(digest),
  size: lenient(countSchema),
  createdAt: lenient(dateSchema),
  pushedAt: lenient(dateSchema),
  pulledAt: lenient(dateSchema),
  expiresAt: lenient(dateSchema),
  platforms: lenient(
    v.pipe(v.array(v.pipe(v.string(), v.regex(/^[a-z0-9._-]+(?:\/[a-z0-9._-]+){1,2}$/i))), v.maxLength(100)),
  ),
  protectedFrom: lenient(protection),
});

const descriptorSchema = v.object({
  mediaType,
  digest,
  size: countSchema,
  artifactType: lenient(mediaType),
  annotations: lenient(annotations),
});

const untaggedSchema = v.object({
  digest,
  mediaType: lenient(mediaType),
  size: lenient(countSchema),
  pushedAt: lenient(dateSchema),
});
const changeSchema = v.object({ digest, from: v.pipe(dateSchema, v.string()), until: lenient(dateSchema) });

const vulnerabilitySchema = v.object({
  id: line,
  severity: v.fallback(v.picklist(['critical', 'high', 'medium', 'low', 'negligible', 'unknown']), 'unknown'),
  packageName: line,
  version: lenient(line),
  fixedVersion: lenient(line),
  description: lenient(line),
  url: lenient(v.pipe(webAddress, v.startsWith('https:'))),
});

const reportSchema = v.object({
  status: v.picklist(['done', 'pending', 'none', 'failed', 'unsupported']),
  scanner: lenient(line),
  scannedAt: lenient(dateSchema),
  items: v.array(v.unknown()),
});

const rateLimitSchema = v.object({
  limit: countSchema,
  remaining: countSchema,
  windowSeconds: countSchema,
  source: lenient(line),
});

const uploadSchema = v.object({ how: v.picklist(['present', 'mounted', 'sent']), bytesSent: countSchema });

/** Reads a value of the adapter's; `undefined` for what cannot be used. */
export type Read<T> = (value: unknown) => T | undefined;

export const readNamespace: Read<NamespaceSummary> = (value) => compact(parsed(namespaceSchema, value));
export const readRepository: Read<RepositoryListing> = (value) => compact(parsed(repositorySchema, value));
export const readTag: Read<TagSummary> = (value) => compact(parsed(tagSchema, value));
export const readDescriptor: Read<Descriptor> = (value) => compact(parsed(descriptorSchema, value));
export const readUntagged: Read<UntaggedManifest> = (value) => compact(parsed(untaggedSchema, value));
export const readChange: Read<TagChange> = (value) => compact(parsed(changeSchema, value));
export const readUpload: Read<UploadedBlob> = (value) => parsed(uploadSchema, value);
export const readRateLimit: Read<RateLimit> = (value) => compact(parsed(rateLimitSchema, value));

/** A page without what is no item of it, and how much that was. */
export function readPage<T>(
  value: unknown,
  readItem: Read<T>,
): { readonly page: Page<T>; readonly dropped: number } | undefined {
  const { items, cursor, total } = (value ?? {}) as { items?: unknown; cursor?: unknown; total?: unknown };
  if (!Array.isArray(items)) return undefined;
  // Not all of them are looked at: their number is the adapter's to choose.
  const kept = items
    .slice(0, limits.foreignItems)
    .map(readItem)
    .filter((item) => item !== undefined);
  const hasCursor = typeof cursor === 'string' && cursor !== '' && cursor.length <= limits.foreignCursor;
  return {
    page: {
      items: kept,
      ...(hasCursor && { cursor }),
      ...(Number.isSafeInteger(total) && (total as number) >= 0 && { total: total as number }),
    },
    dropped: items.length - kept.length,
  };
}

export function readReport(value: unknown): VulnerabilityReport | undefined {
  const report = compact(parsed(reportSchema, value));
  if (report === undefined) return undefined;
  const items = report.items
    .slice(0, limits.foreignItems)
    .map((item): Vulnerability | undefined => compact(parsed(vulnerabilitySchema, item)))
    .filter((item) => item !== undefined);
  return { ...report, items: report.status === 'done' ? items : [] };
}

export function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without the fields that are `undefined`: here they are absent. */
function compact<T extends object>(value: T | undefined): Compact<T> | undefined {
  if (value === undefined) return undefined;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Compact<T>;
}

import * as v from 'valibot';
import type { RepositoryListing, UntaggedManifest, Vulnerability, VulnerabilityReport } from '../../api.ts';
import { isDigest } from '../oci/digest.ts';
import { isRepositoryName, isTag } from '../oci/reference.ts';
import { countSchema, epochSchema, lenient, parsed, textSchema } from './replyFields.ts';
import { severitySchema } from './scanFields.ts';

/*
 * What the API of Amazon ECR answers. Dates are seconds since 1970, with fractions.
 *
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/Welcome.html
 */

export interface EcrPage<T> {
  readonly items: readonly T[];
  /** Opaque; of the next page. */
  readonly nextToken?: string;
}

export interface EcrRepositoryInfo extends RepositoryListing {
  /** `undefined` where it is not told. */
  readonly mutability: TagMutability | undefined;
}

/** Which tags may be moved: all but those of the patterns, or none but those. */
export interface TagMutability {
  readonly isMutable: boolean;
  /** Patterns of tags with `*`, for which the opposite holds. */
  readonly exceptions: readonly string[];
}

export interface EcrImage extends UntaggedManifest {
  readonly tags: readonly string[];
  readonly pulledAt?: string;
}

export interface EcrFailure {
  readonly code: string;
  readonly reason: string | undefined;
}

const digestSchema = v.pipe(v.string(), v.check(isDigest));
const tokenSchema = v.pipe(v.string(), v.nonEmpty(), v.maxLength(16_384));
const listSchema = lenient(v.array(v.unknown()));

const repositorySchema = v.object({
  repositoryName: v.pipe(v.string(), v.check(isRepositoryName)),
  imageTagMutability: lenient(v.string()),
  imageTagMutabilityExclusionFilters: listSchema,
});

const exclusionSchema = v.object({ filterType: v.literal('WILDCARD'), filter: v.pipe(v.string(), v.maxLength(128)) });

const imageSchema = v.object({
  imageDigest: digestSchema,
  imageTags: listSchema,
  imageSizeInBytes: lenient(countSchema),
  imagePushedAt: lenient(epochSchema),
  imageManifestMediaType: lenient(textSchema),
  lastRecordedPullTime: lenient(epochSchema),
});

const failureSchema = v.object({ failureCode: textSchema, failureReason: lenient(textSchema) });
const scanSchema = v.object({
  imageScanStatus: lenient(v.object({ status: lenient(textSchema) })),
  imageScanFindings: lenient(
    v.object({ imageScanCompletedAt: lenient(epochSchema), findings: listSchema, enhancedFindings: listSchema }),
  ),
  nextToken: lenient(tokenSchema),
});

const findingSchema = v.object({
  name: textSchema,
  severity: severitySchema,
  description: lenient(textSchema),
  uri: lenient(v.pipe(v.string(), v.startsWith('https://'))),
  attributes: listSchema,
});

const attributeSchema = v.object({ key: v.string(), value: textSchema });

const enhancedFindingSchema = v.object({
  severity: severitySchema,
  description: lenient(textSchema),
  packageVulnerabilityDetails: v.object({
    vulnerabilityId: textSchema,
    sourceUrl: lenient(v.pipe(v.string(), v.startsWith('https://'))),
    vulnerablePackages: v.array(v.unknown()),
  }),
});

const packageSchema = v.object({
  name: textSchema,
  version: lenient(textSchema),
  fixedInVersion: lenient(textSchema),
});

const scanStatuses: Readonly<Record<string, VulnerabilityReport['status']>> = {
  COMPLETE: 'done',
  // Inspector looks at the image again whenever something new is known.
  ACTIVE: 'done',
  IN_PROGRESS: 'pending',
  PENDING: 'pending',
  UNSUPPORTED_IMAGE: 'unsupported',
  SCAN_ELIGIBILITY_EXPIRED: 'none',
  IMAGE_ARCHIVED: 'none',
};

/** DescribeRepositories. */
export function readRepositories(document: unknown): EcrPage<EcrRepositoryInfo> | undefined {
  return readEcrPage(document, 'repositories', (item) => {
    const repository = parsed(repositorySchema, item);
    if (repository === undefined) return [];
    const { repositoryName, imageTagMutability: mutability } = repository;
    const exceptions = (repository.imageTagMutabilityExclusionFilters ?? []).flatMap(
      (filter) => parsed(exclusionSchema, filter)?.filter ?? [],
    );
    const isKnown = mutability !== undefined && /^(?:IM)?MUTABLE(?:_WITH_EXCLUSION)?$/.test(mutability);
    return [
      {
        name: repositoryName,
        mutability: isKnown ? { isMutable: mutability.startsWith('MUTABLE'), exceptions } : undefined,
      },
    ];
  });
}

/** DescribeImages: one item a digest, whatever number of tags it has. */
export function readImages(document: unknown): EcrPage<EcrImage> | undefined {
  return readEcrPage(document, 'imageDetails', (item): readonly EcrImage[] => {
    const image = parsed(imageSchema, item);
    if (image === undefined) return [];
    const { imageSizeInBytes: size, imagePushedAt: pushedAt, lastRecordedPullTime: pulledAt } = image;
    const tags = (image.imageTags ?? []).filter((tag): tag is string => typeof tag === 'string' && isTag(tag));
    return [
      {
        digest: image.imageDigest,
        tags,
        ...(image.imageManifestMediaType !== undefined && { mediaType: image.imageManifestMediaType }),
        ...(size !== undefined && { size }),
        ...(pushedAt !== undefined && { pushedAt }),
        ...(pulledAt !== undefined && { pulledAt }),
      },
    ];
  });
}

/** What BatchDeleteImage did not delete: its status is 200 all the same. */
export function readFailures(document: unknown): readonly EcrFailure[] {
  return (
    readEcrPage(document, 'failures', (item): readonly EcrFailure[] => {
      const failure = parsed(failureSchema, item);
      return failure === undefined ? [] : [{ code: failure.failureCode, reason: failure.failureReason }];
    })?.items ?? []
  );
}

/** A page of DescribeImageScanFindings, basic or of Amazon Inspector. */
export function readScan(document: unknown): (VulnerabilityReport & { readonly nextToken?: string }) | undefined {
  const scan = parsed(scanSchema, document);
  if (scan === undefined) return undefined;
  const { findings = [], enhancedFindings = [], imageScanCompletedAt: scannedAt } = scan.imageScanFindings ?? {};
  const items = [...findings.flatMap(readFinding), ...enhancedFindings.flatMap(readEnhancedFinding)];
  const told = scan.imageScanStatus?.status ?? '';
  const status = Object.hasOwn(scanStatuses, told) ? (scanStatuses[told] ?? 'failed') : 'failed';
  return {
    status,
    scanner: enhancedFindings.length > 0 || told === 'ACTIVE' ? 'Amazon Inspector' : 'Amazon ECR',
    ...(scannedAt !== undefined && { scannedAt }),
    items: status === 'done' ? items : [],
    ...(scan.nextToken !== undefined && { nextToken: scan.nextToken }),
  };
}

function readFinding(item: unknown): readonly Vulnerability[] {
  const finding = parsed(findingSchema, item);
  if (finding === undefined) return [];
  const attributes = new Map(
    (finding.attributes ?? []).flatMap((attribute) => {
      const pair = parsed(attributeSchema, attribute);
      return pair === undefined ? [] : [[pair.key, pair.value] as const];
    }),
  );
  const packageName = attributes.get('package_name');
  if (packageName === undefined) return [];
  const version = attributes.get('package_version');
  return [
    {
      id: finding.name,
      severity: finding.severity,
      packageName,
      ...(version !== undefined && { version }),
      ...(finding.description !== undefined && { description: finding.description }),
      ...(finding.uri !== undefined && { url: finding.uri }),
    },
  ];
}

function readEnhancedFinding(item: unknown): readonly Vulnerability[] {
  const finding = parsed(enhancedFindingSchema, item);
  if (finding === undefined) return [];
  const { vulnerabilityId: id, sourceUrl: url, vulnerablePackages } = finding.packageVulnerabilityDetails;
  return vulnerablePackages.flatMap((entry): readonly Vulnerability[] => {
    const vulnerable = parsed(packageSchema, entry);
    if (vulnerable === undefined) return [];
    const { name: packageName, version, fixedInVersion: fixedVersion } = vulnerable;
    return [
      {
        id,
        severity: finding.severity,
        packageName,
        ...(version !== undefined && { version }),
        // Inspector says so where there is no fix.
        ...(fixedVersion !== undefined && fixedVersion !== 'NotAvailable' && { fixedVersion }),
        ...(finding.description !== undefined && { description: finding.description }),
        ...(url !== undefined && { url }),
      },
    ];
  });
}

/** Whether a tag may not be moved. */
export function isImmutable({ isMutable, exceptions }: TagMutability, tag: string): boolean {
  return exceptions.some((pattern) => matchesWildcard(pattern, tag)) ? isMutable : !isMutable;
}

/** Piece by piece, since a regular expression of foreign make could take forever. */
function matchesWildcard(pattern: string, text: string): boolean {
  const [first = '', ...pieces] = pattern.split('*');
  const last = pieces.pop();
  if (last === undefined) return text === pattern;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const piece of pieces) {
    const found = text.indexOf(piece, from);
    if (found < 0) return false;
    from = found + piece.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}

/** A page of a list, which is not there under another name. */
export function readEcrPage<T>(
  document: unknown,
  key: string,
  readItem: (item: unknown) => readonly T[],
): EcrPage<T> | undefined {
  const page = parsed(v.object({ [key]: v.array(v.unknown()), nextToken: lenient(tokenSchema) }), document);
  if (page === undefined) return undefined;
  const items = page[key] as readonly unknown[];
  const nextToken = page['nextToken'] as string | undefined;
  return { items: items.flatMap(readItem), ...(nextToken !== undefined && { nextToken }) };
}

import type { Descriptor, RepositorySession } from '../api.ts';
import { isRegistryError } from './errors.ts';
import { type ImageManifest, parseManifest } from './oci/manifest.ts';
import type { FetchManifest } from './oci/platformImage.ts';
import { allReferrers } from './registry/allReferrers.ts';
import { referrersTag } from './registry/referrers.ts';
import { runAtOnce } from './transfer/runAtOnce.ts';

/** Something that is about an image: a signature, a list of packages, a statement. */
export interface Attachment {
  readonly kind: 'signature' | 'sbom' | 'attestation' | 'other';
  readonly digest: string;
  /** Of the manifest that it is about. */
  readonly subject: string;
  /** Its artifact type; of statements the types of their predicates. */
  readonly types: readonly string[];
  /** Bytes of its content; absent where its manifest could not be read. */
  readonly size?: number;
  readonly createdAt?: string;
}

export interface AttachmentContext {
  readonly repository: RepositorySession;
  readonly fetchManifest: FetchManifest;
  readonly signal: AbortSignal;
}

/** Those whose manifests are read. Whoever has more looks at them with a tool for them. */
const maxRead = 100;
const readAtOnce = 4;

/** As cosign tags what it attaches where there are no referrers. */
const cosignSuffixes = ['sig', 'att', 'sbom'] as const;

/**
 * What is attached to an image: what refers to its manifests, what cosign has put under tags of their digests, and what BuildKit
 * has put beside them into the index. `digests` are those of the index and of the manifest of a platform.
 */
export async function findAttachments(
  context: AttachmentContext,
  digests: readonly string[],
): Promise<readonly Attachment[]> {
  const found: Found[] = [];
  for (const subject of new Set(digests)) {
    const referrers = await allReferrers(context.repository, subject, context.signal);
    found.push(...referrers.map((descriptor) => ({ subject, descriptor })));
    found.push(...(await cosignTags(context, subject)));
  }
  found.push(...(await besideInIndex(context, digests)));
  const distinct = [...new Map(found.map((one) => [one.descriptor.digest, one])).values()];
  const attachments: Attachment[] = distinct.map(withoutManifest);
  await runAtOnce(
    [...distinct.slice(0, maxRead).entries()],
    { atOnce: readAtOnce, signal: context.signal },
    async ([place, one]) => {
      const manifest = await manifestOf(context, one.descriptor.digest);
      if (manifest !== undefined) attachments[place] = described(one, manifest);
    },
  );
  return attachments;
}

interface Found {
  readonly subject: string;
  readonly descriptor: Descriptor;
  readonly suffix?: (typeof cosignSuffixes)[number];
}

async function cosignTags({ repository, signal }: AttachmentContext, subject: string): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const suffix of cosignSuffixes) {
    try {
      const descriptor = await repository.resolve(`${referrersTag(subject)}.${suffix}`, { signal });
      found.push({ subject, descriptor, suffix });
    } catch (error) {
      if (!isRegistryError(error, 'not-found')) throw error;
    }
  }
  return found;
}

/** https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md */
async function besideInIndex(
  { fetchManifest }: AttachmentContext,
  digests: readonly string[],
): Promise<readonly Found[]> {
  const [top] = digests;
  if (top === undefined) return [];
  const { bytes, descriptor } = await fetchManifest(top);
  const manifest = parseManifest(bytes, descriptor.mediaType);
  if (manifest.kind !== 'index') return [];
  return manifest.manifests.flatMap((entry) => {
    const subject = entry.annotations?.['vnd.docker.reference.digest'];
    return subject !== undefined && digests.includes(subject) ? [{ subject, descriptor: entry }] : [];
  });
}

/** What cannot be read is still told of. */
async function manifestOf({ fetchManifest }: AttachmentContext, digest: string): Promise<ImageManifest | undefined> {
  try {
    const { bytes, descriptor } = await fetchManifest(digest);
    const manifest = parseManifest(bytes, descriptor.mediaType);
    return manifest.kind === 'image' ? manifest : undefined;
  } catch (error) {
    if (isRegistryError(error, 'cancelled')) throw error;
    return undefined;
  }
}

function withoutManifest({ subject, descriptor, suffix }: Found): Attachment {
  const { digest, artifactType, annotations } = descriptor;
  const types = artifactType === undefined ? [] : [artifactType];
  return { kind: kindOf(types, suffix), digest, subject, types, ...createdAt(annotations) };
}

function described({ subject, descriptor, suffix }: Found, manifest: ImageManifest): Attachment {
  const bundled = manifest.annotations['dev.sigstore.bundle.predicateType'];
  const stated = manifest.layers.flatMap(
    ({ annotations = {} }) => annotations['in-toto.io/predicate-type'] ?? annotations['predicateType'] ?? [],
  );
  const predicates = bundled === undefined ? stated : [bundled, ...stated];
  const layerTypes = manifest.layers.map(({ mediaType }) => mediaType);
  const artifactType = descriptor.artifactType ?? manifest.artifactType;
  const types = predicates.length > 0 ? predicates : artifactType === undefined ? layerTypes : [artifactType];
  return {
    kind: kindOf([...types, ...layerTypes], suffix),
    digest: descriptor.digest,
    subject,
    types: [...new Set(types)],
    size: manifest.layers.reduce((sum, { size }) => sum + size, 0),
    ...createdAt({ ...descriptor.annotations, ...manifest.annotations }),
  };
}

function createdAt(annotations: Readonly<Record<string, string>> | undefined): Pick<Attachment, 'createdAt'> {
  const created = annotations?.['org.opencontainers.image.created'];
  return created === undefined ? {} : { createdAt: created };
}

/** By the words that tools use in their types. What states several things is an attestation. */
function kindOf(types: readonly string[], suffix: Found['suffix']): Attachment['kind'] {
  if (suffix === 'sig') return 'signature';
  if (suffix === 'sbom') return 'sbom';
  if (suffix === 'att') return 'attestation';
  const has = (pattern: RegExp): boolean => types.some((type) => pattern.test(type));
  if (has(/\bcosign\/sign\b/i)) return 'signature';
  if (has(/in-toto|slsa|attestation|\bdsse\b|^https?:/i)) return 'attestation';
  if (has(/cyclonedx|spdx|syft|sbom/i)) return 'sbom';
  if (has(/signature|simplesigning|\bsig\b|sigstore/i)) return 'signature';
  return 'other';
}

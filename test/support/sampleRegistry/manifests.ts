import { type Descriptor, digestWith, mediaTypes, sha256 } from '../oci.ts';
import { ociError, type RegistryRequest, type Reply, readBody } from './http.ts';
import { isDigest, isTag } from './routes.ts';
import { openRepository, putManifest, type Repository, type Storage } from './storage.ts';

/** The least that a registry has to take. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests */
const maximumManifestSize = 4 * 1024 * 1024;

/** What of a manifest or an index the registry looks at. */
export interface ManifestFields {
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

export function readManifest(request: RegistryRequest, repository: Repository, reference: string): Reply {
  const digest = isDigest(reference) ? reference : repository.tags.get(reference);
  const manifest = digest === undefined ? undefined : repository.manifests.get(digest);
  if (digest === undefined || manifest === undefined) return ociError('MANIFEST_UNKNOWN', { reference });
  const headers = { 'Docker-Content-Digest': digest, ETag: `"${digest}"` };
  if (request.headers['if-none-match'] === `"${digest}"`) return { status: 304, headers };
  return { status: 200, headers: { ...headers, 'Content-Type': manifest.mediaType }, body: manifest.bytes };
}

export async function writeManifest(
  request: RegistryRequest,
  storage: Storage,
  repositoryName: string,
  reference: string,
  { referrers }: { readonly referrers: boolean },
): Promise<Reply> {
  const bytes = await readBody(request);
  if (bytes.length > maximumManifestSize) return ociError('SIZE_INVALID', { maximum: maximumManifestSize });
  const digest = isDigest(reference) ? digestWith(reference, bytes) : sha256(bytes);
  if (isDigest(reference) ? digest !== reference : !isTag(reference)) {
    return ociError(isDigest(reference) ? 'DIGEST_INVALID' : 'TAG_INVALID', { reference });
  }
  const fields = parseManifest(bytes);
  const mediaType = request.headers['content-type'] ?? fields?.mediaType ?? mediaTypes.imageManifest;
  if (fields === undefined || (fields.mediaType ?? mediaType) !== mediaType) return ociError('MANIFEST_INVALID');
  const missing = missingContent(fields, openRepository(storage, repositoryName));
  if (missing !== undefined) return ociError('MANIFEST_BLOB_UNKNOWN', { digest: missing });
  putManifest(storage, repositoryName, { mediaType, bytes }, isDigest(reference) ? [] : [reference], digest);
  return {
    status: 201,
    headers: {
      Location: `/v2/${repositoryName}/manifests/${digest}`,
      'Docker-Content-Digest': digest,
      // Says that clients need not keep the list of referrers themselves.
      ...(referrers && fields.subject && { 'OCI-Subject': fields.subject.digest }),
    },
  };
}

/** A tag is only taken away; a digest goes with every tag on it. */
export function deleteManifest(repository: Repository, reference: string, deletes: 'all' | 'digests' | 'none'): Reply {
  const isByDigest = isDigest(reference);
  if (deletes === 'none' || (deletes === 'digests' && !isByDigest)) return ociError('UNSUPPORTED');
  const isGone = isByDigest ? repository.manifests.delete(reference) : repository.tags.delete(reference);
  if (!isGone) return ociError('MANIFEST_UNKNOWN', { reference });
  for (const [tag, digest] of repository.tags) {
    if (digest === reference) repository.tags.delete(tag);
  }
  return { status: 202 };
}

/** `undefined` where the bytes are no JSON object. */
export function parseManifest(bytes: Buffer): ManifestFields | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The subject may be missing, as the specification wants it. */
function missingContent(
  { config, layers = [], manifests = [] }: ManifestFields,
  repository: Repository,
): string | undefined {
  const blobs = config === undefined ? layers : [config, ...layers];
  const missing =
    blobs.find(({ digest, urls }) => urls === undefined && !repository.blobs.has(digest)) ??
    manifests.find(({ digest }) => !repository.manifests.has(digest));
  return missing?.digest;
}

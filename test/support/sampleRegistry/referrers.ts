import { type Descriptor, mediaTypes } from '../oci.ts';
import { ociError, type RegistryRequest, type Reply } from './http.ts';
import { parseManifest } from './manifests.ts';
import { type Paging, page } from './pages.ts';
import { isDigest } from './routes.ts';
import type { Repository, StoredManifest } from './storage.ts';

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers */
export function listReferrers(
  request: RegistryRequest,
  repository: Repository | undefined,
  subject: string,
  paging: Paging,
): Reply {
  if (!isDigest(subject)) return ociError('DIGEST_INVALID', { digest: subject });
  const artifactType = request.url.searchParams.get('artifactType');
  const referrers = new Map<string, Descriptor>();
  for (const [digest, manifest] of repository?.manifests ?? []) {
    const descriptor = referrerOf(subject, digest, manifest);
    if (descriptor === undefined || (artifactType !== null && descriptor.artifactType !== artifactType)) continue;
    referrers.set(digest, descriptor);
  }
  const reply = page(request, referrers.keys(), paging, (digests) => ({
    schemaVersion: 2,
    mediaType: mediaTypes.imageIndex,
    manifests: digests.map((digest) => referrers.get(digest)),
  }));
  if (reply.status !== 200) return reply;
  const filters = artifactType === null ? {} : { 'OCI-Filters-Applied': 'artifactType' };
  return { ...reply, headers: { ...reply.headers, 'Content-Type': mediaTypes.imageIndex, ...filters } };
}

function referrerOf(subject: string, digest: string, { mediaType, bytes }: StoredManifest): Descriptor | undefined {
  // Most manifests have no subject: parsing all of them would be slow in a large repository.
  if (!bytes.includes(subject)) return undefined;
  const fields = parseManifest(bytes);
  if (fields?.subject?.digest !== subject) return undefined;
  const artifactType = fields.artifactType ?? fields.config?.mediaType;
  return {
    mediaType,
    digest,
    size: bytes.length,
    ...(artifactType !== undefined && { artifactType }),
    ...(fields.annotations && { annotations: fields.annotations }),
  };
}

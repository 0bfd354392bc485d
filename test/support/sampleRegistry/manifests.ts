import { ociError, type RegistryRequest, type Reply } from './http.ts';
import { isDigest } from './routes.ts';
import type { Repository } from './storage.ts';

export function readManifest(request: RegistryRequest, repository: Repository, reference: string): Reply {
  const digest = isDigest(reference) ? reference : repository.tags.get(reference);
  const manifest = digest === undefined ? undefined : repository.manifests.get(digest);
  if (digest === undefined || manifest === undefined) return ociError('MANIFEST_UNKNOWN', { reference });
  const headers = { 'Docker-Content-Digest': digest, ETag: `"${digest}"` };
  if (request.headers['if-none-match'] === `"${digest}"`) return { status: 304, headers };
  return { status: 200, headers: { ...headers, 'Content-Type': manifest.mediaType }, body: manifest.bytes };
}

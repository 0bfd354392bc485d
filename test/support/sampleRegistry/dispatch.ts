import { deleteBlob, readBlob } from './blobs.ts';
import { json, notFound, ociError, type RegistryRequest, type Reply } from './http.ts';
import { deleteManifest, readManifest, writeManifest } from './manifests.ts';
import { type Paging, page } from './pages.ts';
import { listReferrers } from './referrers.ts';
import { isRepositoryName, parseRoute, type Route } from './routes.ts';
import type { Repository, Storage } from './storage.ts';
import { continueUpload, startUpload, type UploadFeatures } from './uploads.ts';

/** What this registry can do: registries differ, and clients have to cope with all of them. */
export interface RegistryFeatures {
  readonly paging: Paging;
  readonly catalog: boolean;
  readonly referrers: boolean;
  /** What DELETE takes: tags and digests, digests only, or nothing. */
  readonly deletes: 'all' | 'digests' | 'none';
  readonly uploads: UploadFeatures;
}

type RepositoryRoute = Extract<Route, { readonly repository: string }>;

/** Answers a request that is allowed. */
export function dispatch(
  request: RegistryRequest,
  storage: Storage,
  features: RegistryFeatures,
): Reply | Promise<Reply> {
  const route = parseRoute(request.url.pathname);
  if (route === undefined) return notFound();
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (!('repository' in route)) return isRead ? describe(request, route, storage, features) : ociError('UNSUPPORTED');
  if (!isRepositoryName(route.repository)) return ociError('NAME_INVALID', { name: route.repository });
  if (route.kind === 'upload') {
    return continueUpload(request, storage, route.repository, route.id, features.uploads);
  }
  const repository = storage.repositories.get(route.repository);
  if (isRead) return read(request, route, storage, repository, features);
  return request.method === 'DELETE' ? remove(route, repository, features) : write(request, route, storage, features);
}

function describe(
  request: RegistryRequest,
  route: Route,
  storage: Storage,
  { paging, catalog }: RegistryFeatures,
): Reply {
  if (route.kind === 'base') return json(200, {});
  if (!catalog) return ociError('UNSUPPORTED');
  return page(request, storage.repositories.keys(), paging, (repositories) => ({ repositories }));
}

function read(
  request: RegistryRequest,
  route: RepositoryRoute,
  storage: Storage,
  repository: Repository | undefined,
  { paging, referrers }: RegistryFeatures,
): Reply {
  // Where referrers are known, no subject is unknown; where they are not, the path does not exist.
  if (route.kind === 'referrers') {
    return referrers ? listReferrers(request, repository, route.digest, paging) : notFound();
  }
  if (repository === undefined) return ociError('NAME_UNKNOWN', { name: route.repository });
  switch (route.kind) {
    case 'tags':
      return page(request, repository.tags.keys(), paging, (tags) => ({ name: route.repository, tags }));
    case 'manifest':
      return readManifest(request, repository, route.reference);
    case 'blob':
      return readBlob(request, storage, repository, route.digest);
    default:
      return ociError('UNSUPPORTED');
  }
}

function write(
  request: RegistryRequest,
  route: RepositoryRoute,
  storage: Storage,
  features: RegistryFeatures,
): Reply | Promise<Reply> {
  if (route.kind === 'uploads' && request.method === 'POST') {
    return startUpload(request, storage, route.repository, features.uploads);
  }
  if (route.kind === 'manifest' && request.method === 'PUT') {
    return writeManifest(request, storage, route.repository, route.reference, features);
  }
  return ociError('UNSUPPORTED');
}

function remove(route: RepositoryRoute, repository: Repository | undefined, { deletes }: RegistryFeatures): Reply {
  if (repository === undefined) return ociError('NAME_UNKNOWN', { name: route.repository });
  if (route.kind === 'manifest') return deleteManifest(repository, route.reference, deletes);
  if (route.kind === 'blob' && deletes !== 'none') return deleteBlob(repository, route.digest);
  return ociError('UNSUPPORTED');
}

import { readBlob } from './blobs.ts';
import { json, notFound, ociError, type RegistryRequest, type Reply } from './http.ts';
import { readManifest } from './manifests.ts';
import { type Paging, page } from './pages.ts';
import { isRepositoryName, parseRoute, type Route } from './routes.ts';
import type { Storage } from './storage.ts';

export interface RegistryFeatures {
  readonly paging: Paging;
}

/** Answers a request that is allowed. */
export function dispatch(
  request: RegistryRequest,
  storage: Storage,
  features: RegistryFeatures,
): Reply | Promise<Reply> {
  const route = parseRoute(request.url.pathname);
  if (route === undefined) return notFound();
  if ('repository' in route && !isRepositoryName(route.repository)) {
    return ociError('NAME_INVALID', { name: route.repository });
  }
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isRead ? read(request, route, storage, features) : ociError('UNSUPPORTED');
}

function read(
  request: RegistryRequest,
  route: Route,
  storage: Storage,
  { paging }: RegistryFeatures,
): Reply | Promise<Reply> {
  switch (route.kind) {
    case 'base':
      return json(200, {});
    case 'catalog':
      return page(request, storage.repositories.keys(), paging, (repositories) => ({ repositories }));
  }
  const repository = storage.repositories.get(route.repository);
  if (repository === undefined) return ociError('NAME_UNKNOWN', { name: route.repository });
  switch (route.kind) {
    case 'tags':
      return page(request, repository.tags.keys(), paging, (tags) => ({ name: route.repository, tags }));
    case 'manifest':
      return readManifest(request, repository, route.reference);
    case 'blob':
      return readBlob(request, storage, route.repository, route.digest);
    default:
      return ociError('UNSUPPORTED');
  }
}

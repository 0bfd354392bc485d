import type { AdapterContext, AdapterHttp, ConnectionTarget, RegistrySession, RepositorySession } from '../../api.ts';
import { notARegistry } from '../registry/body.ts';
import { fetchKeyedCatalog } from './keyedCatalog.ts';
import { changeable, createKeyedRegistry, type KeyedRegistry, type KeyedRepository } from './keyedRegistry.ts';

/** Where a product has what all of this kind have: an API that takes the login of the registry, on the same origin. */
export interface KeyedServer {
  /** Of the adapter. */
  readonly api: string;
  readonly repositoriesPath: string;
  /** `undefined` for what is no list. */
  readonly readRepositories: (document: unknown) => readonly KeyedRepository[] | undefined;
  /** Of the catalogue that each repository has. */
  readonly catalogPath: (key: string) => string;
  readonly openRepository: (name: string, options: KeyedRepositoryOptions) => RepositorySession;
}

export interface KeyedRepositoryOptions {
  readonly origin: string;
  readonly registry: RepositorySession;
  readonly http: AdapterHttp;
  readonly keyed: KeyedRegistry;
}

/** Whoever is not logged in is refused, and a host or a port of one repository may have nothing but the registry. */
const untold: readonly number[] = [400, 401, 403, 404, 405];

export function openKeyedSession(
  target: ConnectionTarget,
  { http, oci }: AdapterContext,
  { api, repositoriesPath, readRepositories, catalogPath, openRepository }: KeyedServer,
): RegistrySession {
  const url = new URL(target.url);
  const { host, origin } = url;
  const registry = oci();

  async function fetchRepositories(signal: AbortSignal): Promise<readonly KeyedRepository[] | undefined> {
    const response = await http.send({ api, method: 'GET', path: repositoriesPath, signal });
    if (untold.includes(response.status)) return undefined;
    if (response.status !== 200) throw await response.error('its repositories');
    const found = readRepositories(await response.json());
    if (found === undefined) throw notARegistry(host, 'JSON of another form');
    return found;
  }

  const keyed = createKeyedRegistry({
    url,
    registry,
    fetchRepositories,
    fetchImages: (key, call) =>
      fetchKeyedCatalog(http, { host, api, path: catalogPath(key), what: `the images of ${key}` }, call),
  });

  return {
    ...registry,
    ...(url.pathname === '/' && { listNamespaces: keyed.listNamespaces }),
    listRepositories: keyed.listRepositories,
    repository: (name, access) =>
      changeable(
        openRepository(name, { origin, registry: registry.repository(name, access), http, keyed }),
        keyed.knownPlace(name),
      ),
  };
}

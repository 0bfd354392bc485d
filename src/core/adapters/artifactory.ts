import type { AdapterContext, ConnectionTarget, RegistryAdapter, RegistrySession } from '../../api.ts';
import { notARegistry } from '../registry/body.ts';
import { readRepositories } from './artifactoryReplies.ts';
import { artifactoryApi, createArtifactoryRepository } from './artifactoryRepository.ts';
import { fetchKeyedCatalog } from './keyedCatalog.ts';
import { changeable, createKeyedRegistry, type KeyedRepository } from './keyedRegistry.ts';
import { artifactoryKind } from './kinds.ts';

/**
 * JFrog's Artifactory, and its Container Registry. The names of images begin with the key of a repository, unless that has
 * a host or a port of its own. The API is beside the registry, and takes whatever the registry takes for a password.
 *
 * https://docs.jfrog.com/artifactory/docs/docker-repositories, https://docs.jfrog.com/artifactory/reference/
 */
export const artifactoryAdapter: RegistryAdapter = {
  ...artifactoryKind,
  apis: [artifactoryApi],
  open: openArtifactory,
};

function openArtifactory(target: ConnectionTarget, { http, oci }: AdapterContext): RegistrySession {
  const url = new URL(target.url);
  const { host, origin } = url;
  const registry = oci();
  const memory = {};

  /** Repositories that this login may read. */
  async function fetchRepositories(signal: AbortSignal): Promise<readonly KeyedRepository[] | undefined> {
    const path = '/artifactory/api/repositories?packageType=docker';
    const response = await http.send({ api: artifactoryApi.id, method: 'GET', path, signal });
    // Anonymous users are refused, and a host of one repository may have nothing but the registry.
    if ([400, 401, 403, 404, 405].includes(response.status)) return undefined;
    if (response.status !== 200) throw await response.error('its repositories');
    const found = readRepositories(await response.json());
    if (found === undefined) throw notARegistry(host, 'JSON of another form');
    return found;
  }

  const keyed = createKeyedRegistry({
    url,
    registry,
    fetchRepositories,
    fetchImages: (key, call) => {
      const path = `/artifactory/api/docker/${key}/v2/_catalog`;
      return fetchKeyedCatalog(http, { host, api: artifactoryApi.id, path, what: `the images of ${key}` }, call);
    },
  });

  return {
    ...registry,
    ...(url.pathname === '/' && { listNamespaces: keyed.listNamespaces }),
    listRepositories: keyed.listRepositories,
    repository: (name, access) =>
      changeable(
        createArtifactoryRepository(name, {
          origin,
          registry: registry.repository(name, access),
          http,
          keyed,
          memory,
        }),
        keyed.knownPlace(name),
      ),
  };
}

import type { AdapterContext, ConnectionTarget, RegistryAdapter, RegistrySession } from '../../api.ts';
import { notARegistry } from '../registry/body.ts';
import { fetchKeyedCatalog } from './keyedCatalog.ts';
import { changeable, createKeyedRegistry, type KeyedRepository } from './keyedRegistry.ts';
import { nexusKind } from './kinds.ts';
import { readRepositories } from './nexusReplies.ts';
import { createNexusRepository, nexusApi } from './nexusRepository.ts';

/**
 * Sonatype Nexus Repository 3. Where images are routed by path, their names begin with the name of a repository, and the
 * API is on the same origin. A connector port is one repository, and has nothing but the registry.
 *
 * https://help.sonatype.com/en/docker-registry.html, https://help.sonatype.com/en/rest-and-integration-api.html
 */
export const nexusAdapter: RegistryAdapter = {
  ...nexusKind,
  apis: [nexusApi],
  open: openNexus,
};

function openNexus(target: ConnectionTarget, { http, oci }: AdapterContext): RegistrySession {
  const url = new URL(target.url);
  const { host, origin } = url;
  const registry = oci();
  const memory = {};

  /** Repositories of all kinds that this login may see. */
  async function fetchRepositories(signal: AbortSignal): Promise<readonly KeyedRepository[] | undefined> {
    const path = '/service/rest/v1/repositories';
    const response = await http.send({ api: nexusApi.id, method: 'GET', path, signal });
    // A connector port knows no such path.
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
      const path = `/repository/${key}/v2/_catalog`;
      return fetchKeyedCatalog(http, { host, api: nexusApi.id, path, what: `the images of ${key}` }, call);
    },
  });

  return {
    ...registry,
    ...(url.pathname === '/' && { listNamespaces: keyed.listNamespaces }),
    listRepositories: keyed.listRepositories,
    repository: (name, access) =>
      changeable(
        createNexusRepository(name, { origin, registry: registry.repository(name, access), http, keyed, memory }),
        keyed.knownPlace(name),
      ),
  };
}

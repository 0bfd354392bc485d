import type {
  AdapterContext,
  AdapterHttp,
  CallOptions,
  ConnectionTarget,
  NamespaceSummary,
  Page,
  PageCallOptions,
  RateLimit,
  RegistryAdapter,
  RegistrySession,
  RepositoryListing,
} from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { acceptedManifests } from '../oci/mediaType.ts';
import { hubOrigin } from '../registry/hubTokens.ts';
import { readRateLimit } from '../registry/rateLimit.ts';
import { fetchHubPage } from './dockerHubPage.ts';
import {
  isNamespace,
  officialNamespace,
  readNamespaces,
  readRepositories,
  readSearchResults,
} from './dockerHubReplies.ts';
import { createHubRepository } from './dockerHubRepository.ts';
import { dockerHubKind } from './kinds.ts';

/**
 * Docker Hub: its registry, and beside it an API of its own, which lists what the registry does not.
 * https://docs.docker.com/reference/api/hub/latest/
 */
export const dockerHubAdapter: RegistryAdapter = {
  ...dockerHubKind,
  apis: [{ id: 'hub', origin: hubOrigin, auth: 'hub' }],
  open: openDockerHub,
};

function openDockerHub(target: ConnectionTarget, context: AdapterContext): RegistrySession {
  const { http } = context;
  const registry = context.oci();
  const ownNamespaces = [pathNamespace(target.url), target.account].filter(
    (name): name is string => name !== undefined && isNamespace(name),
  );

  async function test(options: CallOptions): Promise<void> {
    await registry.test(options);
    if (target.account === undefined) return;
    try {
      await fetchNamespaces(http, options);
    } catch (error) {
      // Without the API images can still be opened; with a refused password nothing can.
      if (isRegistryError(error, 'unauthorized', 'cancelled')) throw error;
    }
  }

  async function listNamespaces(options: PageCallOptions): Promise<Page<NamespaceSummary>> {
    const told = await fetchNamespaces(http, options);
    const names = new Set([...(told ?? ownNamespaces), officialNamespace]);
    return { items: [...names].map((name) => ({ name })) };
  }

  async function listRepositories(
    namespace: string | undefined,
    options: PageCallOptions,
  ): Promise<Page<RepositoryListing>> {
    const owner = namespace ?? ownNamespaces[0] ?? officialNamespace;
    if (!isNamespace(owner)) throw new RegistryError('invalid', `"${owner}" is not a namespace of Docker Hub.`);
    return fetchHubPage(http, options, {
      path: `/v2/namespaces/${owner}/repositories`,
      what: `the repositories of ${owner}`,
      read: (document) => readRepositories(document, owner),
    });
  }

  async function searchRepositories(query: string, options: PageCallOptions): Promise<Page<RepositoryListing>> {
    if (query.trim() === '') return { items: [] };
    return fetchHubPage(http, options, {
      // The slash matters: without it the answer is a redirect.
      path: '/v2/search/repositories/',
      query: new URLSearchParams({ query: query.trim() }).toString(),
      what: `a search for "${query.trim()}"`,
      read: readSearchResults,
    });
  }

  return {
    test,
    listNamespaces,
    listRepositories,
    searchRepositories,
    rateLimit: (options) => fetchRateLimit(http, options),
    repository: (name, access) => createHubRepository(name, registry.repository(name, access), http),
  };
}

/**
 * The namespaces of the account. `undefined` without an account, and where they are not told: the endpoint is not
 * documented, and organization access tokens are refused.
 */
async function fetchNamespaces(http: AdapterHttp, { signal }: CallOptions): Promise<readonly string[] | undefined> {
  const response = await http.send({ api: 'hub', method: 'GET', path: '/v2/repositories/namespaces', signal });
  if (response.status === 200) return readNamespaces(await response.json());
  if (response.status === 429 || response.status >= 500) throw await response.error('the namespaces of this account');
  return undefined;
}

/**
 * A HEAD of a repository that Docker keeps for this, which does not count as a pull.
 * https://docs.docker.com/docker-hub/usage/pulls/#view-hourly-pull-rate-and-limit
 */
async function fetchRateLimit(http: AdapterHttp, { signal }: CallOptions): Promise<RateLimit | undefined> {
  const path = '/v2/ratelimitpreview/test/manifests/latest';
  const response = await http.send({ method: 'HEAD', path, accept: acceptedManifests, signal });
  const limit = readRateLimit((name) => response.header(name));
  if (limit === undefined && response.status !== 200) throw await response.error('its pull limit');
  return limit;
}

/** The namespace that a connection is for, when its URL has a path. */
function pathNamespace(url: string): string | undefined {
  return new URL(url).pathname.split('/').find((part) => part !== '');
}

import type {
  AdapterContext,
  CallOptions,
  ConnectionTarget,
  NamespaceSummary,
  Page,
  PageCallOptions,
  RegistryAdapter,
  RegistrySession,
  RepositoryListing,
} from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { isRepositoryName } from '../oci/reference.ts';
import { notARegistry } from '../registry/body.ts';
import { isOwner, readCatalog, readOrganizations, readUser } from './giteaReplies.ts';
import { createGiteaRepository, giteaApi } from './giteaRepository.ts';
import { giteaKind } from './kinds.ts';

/** More is cut to this. */
const largestPage = 100;
/** Pages of organizations, of 50 each: more than anybody has. */
const organizationPages = 20;

/**
 * Gitea and Forgejo, whose registry is a part of their packages. Images belong to users and organizations. The API beside
 * the registry wants a login, also for what everybody may read.
 *
 * https://docs.gitea.com/usage/packages/container, https://forgejo.org/docs/latest/user/packages/container/
 */
export const giteaAdapter: RegistryAdapter = {
  ...giteaKind,
  apis: [giteaApi],
  open: openGitea,
};

function openGitea(target: ConnectionTarget, { http, oci }: AdapterContext): RegistrySession {
  const url = new URL(target.url);
  const registry = oci();
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
  const [pathOwner] = prefix.split('/').filter((part) => part !== '');
  const memory = {};

  /** Those of the account first, then whoever else has images that it may see. */
  async function listNamespaces(call: PageCallOptions): Promise<Page<NamespaceSummary>> {
    const own = await fetchOwnOwners(call);
    const first = call.cursor === undefined ? own : [];
    try {
      const { names, cursor } = await fetchCatalog(call.cursor ?? '', largestPage, call);
      // The page before has ended within this one.
      const known = new Set([...own, ownerOf(call.cursor ?? '')]);
      const others = [...new Set(names.map(ownerOf))].filter((owner) => !known.has(owner));
      return { items: [...first, ...others].map((name) => ({ name })), ...cursor };
    } catch (error) {
      if (first.length === 0 || !isRegistryError(error, 'unauthorized', 'denied', 'not-found', 'unsupported')) {
        throw error;
      }
      return { items: first.map((name) => ({ name })) };
    }
  }

  /** Nobody without a login, and with a token that may read packages only. */
  async function fetchOwnOwners({ signal }: CallOptions): Promise<readonly string[]> {
    const user = await fetchFromApi('/api/v1/user', 'the name of this account', readUser, signal);
    if (user === undefined) return [];
    const owners = new Set([user]);
    for (let page = 1; page <= organizationPages; page++) {
      const path = `/api/v1/user/orgs?page=${page}&limit=50`;
      const found = await fetchFromApi(path, 'the organizations of this account', readOrganizations, signal);
      if (found === undefined || found.length === 0 || found.every((name) => owners.has(name))) break;
      for (const name of found) owners.add(name);
    }
    return [...owners];
  }

  /** `undefined` where the login does not allow it. */
  async function fetchFromApi<T>(
    path: string,
    what: string,
    read: (document: unknown) => T | undefined,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    const response = await http.send({ api: giteaApi.id, method: 'GET', path, signal });
    if ([401, 403, 404].includes(response.status)) return undefined;
    if (response.status !== 200) throw await response.error(what);
    const value = read(await response.json());
    if (value === undefined) throw notARegistry(url.host, 'JSON of another form');
    return value;
  }

  /** The catalogue is in the order of names, so those of an owner are next to each other. */
  async function listRepositories(
    namespace: string | undefined,
    call: PageCallOptions,
  ): Promise<Page<RepositoryListing>> {
    const owner = namespace ?? pathOwner;
    if (owner !== undefined && !isOwner(owner)) {
      throw new RegistryError('invalid', `"${owner}" is not the name of a user or an organization on ${url.host}.`);
    }
    const root = owner === undefined ? '' : `${owner}/`;
    const { names, cursor } = await fetchCatalog(call.cursor ?? root, call.limit ?? largestPage, call);
    const own = names.filter((name) => name.startsWith(root));
    const wanted = own.filter((name) => prefix === '' || name === prefix || name.startsWith(`${prefix}/`));
    return { items: wanted.map((name) => ({ name })), ...(own.length === names.length && cursor) };
  }

  /** The names after one, or after the beginning of some. A cursor is the last name. */
  async function fetchCatalog(
    last: string,
    limit: number,
    { signal }: CallOptions,
  ): Promise<{ readonly names: readonly string[]; readonly cursor: { readonly cursor?: string } }> {
    if (last !== '' && !isRepositoryName(last.replace(/\/$/, ''))) {
      throw new RegistryError('invalid', `"${last}" is not a place to continue a list from. List it from the start.`);
    }
    const n = Math.max(1, Math.min(limit, largestPage));
    const path = `/v2/_catalog?${new URLSearchParams({ n: String(n), ...(last !== '' && { last }) })}`;
    const response = await http.send({ method: 'GET', path, scopes: ['registry:catalog:*'], signal });
    if (response.status !== 200) throw await response.error('its list of repositories');
    const page = readCatalog(await response.json());
    if (page === undefined) throw notARegistry(url.host, 'JSON without "repositories"');
    const end = page.names.at(-1);
    // A server that does not page would begin anew for ever.
    if (page.names.includes(last)) return { names: [], cursor: {} };
    return { names: page.names, cursor: page.received >= n && end !== undefined ? { cursor: end } : {} };
  }

  return {
    ...registry,
    ...(pathOwner === undefined && { listNamespaces }),
    listRepositories,
    repository: (name, access) =>
      createGiteaRepository(name, {
        origin: url.origin,
        registry: registry.repository(name, access),
        http,
        memory,
      }),
  };
}

function ownerOf(name: string): string {
  return name.split('/')[0] ?? '';
}

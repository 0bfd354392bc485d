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
import { quayApplicationUser } from '../apiAuth/quayLogin.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { notARegistry } from '../registry/body.ts';
import { quayKind } from './kinds.ts';
import { nextPage, numberedPage, pageQuery } from './numberedPages.ts';
import { createQuayApi, quayApis } from './quayApi.ts';
import { readFound, readNamespaces, readRepositories } from './quayReplies.ts';
import { createQuayRepository } from './quayRepository.ts';

/** Pages of the registry's own list that are read, of 100 names each: it is for those who see little of it. */
const cataloguePages = 10;

/**
 * Quay.io, Red Hat Quay and Project Quay. Their API knows the tokens of applications; robots and passwords are known to
 * the registry alone, which lists what they see, without dates. What is public the API tells everybody.
 */
export const quayAdapter: RegistryAdapter = { ...quayKind, apis: quayApis, open: openQuay };

function openQuay(target: ConnectionTarget, context: AdapterContext): RegistrySession {
  const { host, origin, pathname } = new URL(target.url);
  const api = createQuayApi(context.http, host);
  const registry = context.oci();
  const prefix = pathname.replace(/^\/+|\/+$/g, '');
  const [ownNamespace = ''] = prefix.split('/');
  const isApplication = target.account === quayApplicationUser;
  let isLoginProven = target.account === undefined;
  /** What the registry has listed; `undefined` before it was asked. */
  let catalogue: readonly string[] | undefined;
  let isCatalogueClosed = false;

  /** Quay's API takes whoever has a wrong login for nobody, and shows what is public. */
  async function proveLogin({ signal }: CallOptions): Promise<void> {
    if (isLoginProven) return;
    await registry.test({ signal });
    isLoginProven = true;
  }

  async function listNamespaces(call: PageCallOptions): Promise<Page<NamespaceSummary>> {
    await proveLogin(call);
    const names = (await fetchOwnNamespaces(call)) ?? (await guessNamespaces(call));
    return { items: names.map((name) => ({ name })), total: names.length };
  }

  /** `undefined` for whoever is not known to the API, and for a token that may not read who its user is. */
  async function fetchOwnNamespaces({ signal }: CallOptions): Promise<readonly string[] | undefined> {
    const response = await api.send({ method: 'GET', path: '/user/', signal });
    if (response.status === 401 || response.status === 403) return undefined;
    if (response.status !== 200) throw await response.error('the namespaces of this account');
    const names = readNamespaces(await response.json());
    if (names === undefined) throw notARegistry(host, 'JSON of another form');
    return names;
  }

  /** Those of a robot and of what it sees; on a registry of one's own, those of what is public too. */
  async function guessNamespaces(call: CallOptions): Promise<readonly string[]> {
    const [robotNamespace, robot] = (target.account ?? '').split('+');
    // All of quay.io is far too much.
    const open = host === 'quay.io' ? [] : await fetchPublic(call);
    const seen = [...(await fetchCatalogue(call)), ...open].map((name) => name.slice(0, name.indexOf('/')));
    const namespaces = new Set([...(robot !== undefined && robotNamespace ? [robotNamespace] : []), ...seen]);
    if (namespaces.size > 0) return [...namespaces].sort();
    throw new RegistryError(
      target.account === undefined ? 'unauthorized' : 'unsupported',
      `${host} tells this login no namespaces. Sign in as "${quayApplicationUser}" with the token of an application that may read repositories and user information, add ${host}/NAMESPACE as a registry, or open an image by name.`,
      { host },
    );
  }

  /** What is public on a registry of one's own, where it is for everybody. */
  async function fetchPublic({ signal }: CallOptions): Promise<readonly string[]> {
    const names: string[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < cataloguePages; pages++) {
      const page = await orRefused(() =>
        fetchRepositories({ public: 'true' }, { signal, ...(cursor !== undefined && { cursor }) }),
      );
      names.push(...(page?.items ?? []).map(({ name }) => name));
      cursor = page?.cursor;
      if (cursor === undefined) return names;
    }
    context.log.warn(`${host} lists more than ${names.length} public repositories; search finds the others.`);
    return names;
  }

  /** All that a robot or a user sees. Nobody sees anything, which is asked once. */
  async function fetchCatalogue({ signal }: CallOptions): Promise<readonly string[]> {
    const names: string[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < cataloguePages && !isCatalogueClosed; pages++) {
      const options = { signal, limit: 100, ...(cursor !== undefined && { cursor }) };
      const page = await orRefused(async () => registry.listRepositories?.(undefined, options));
      isCatalogueClosed = page === undefined;
      names.push(...(page?.items ?? []).map(({ name }) => name).filter((name) => name.includes('/')));
      cursor = page?.cursor;
      if (cursor === undefined) break;
    }
    if (cursor !== undefined) {
      context.log.warn(`${host} lists more than ${names.length} repositories; the others are opened by name.`);
    }
    catalogue = names;
    return names;
  }

  async function listRepositories(
    namespace: string | undefined,
    call: PageCallOptions,
  ): Promise<Page<RepositoryListing>> {
    await proveLogin(call);
    const named = namespace ?? (ownNamespace || undefined);
    const owner = named ?? (await listNamespaces(call)).items[0]?.name ?? '';
    const isFirst = call.cursor === undefined;
    const listed = isApplication ? [] : await fetchListed(owner, isFirst, call);
    const ask = () => fetchRepositories({ namespace: owner, public: 'true', last_modified: 'true' }, call);
    // The API may be closed to those whom it does not know.
    const page = isFirst && listed.length > 0 ? ((await orRefused(ask)) ?? { items: [] }) : await ask();
    const known = new Set(page.items.map(({ name }) => name));
    // What the registry lists comes on the first page, so that no later one has it again.
    const items = isFirst
      ? [...page.items, ...listed.filter((name) => !known.has(name)).map((name) => ({ name }))]
      : page.items.filter(({ name }) => !listed.includes(name));
    return { ...page, items: items.filter(isBelowPrefix) };
  }

  /** What the registry lists of a namespace; read anew for a first page. */
  async function fetchListed(owner: string, isAnew: boolean, call: CallOptions): Promise<readonly string[]> {
    const names = isAnew || catalogue === undefined ? await fetchCatalogue(call) : catalogue;
    return names.filter((name) => name.startsWith(`${owner}/`));
  }

  async function fetchRepositories(
    query: Readonly<Record<string, string>>,
    { cursor, signal }: PageCallOptions,
  ): Promise<Page<RepositoryListing>> {
    const asked = new URLSearchParams({ ...query, ...(cursor !== undefined && { next_page: cursor }) });
    const what =
      query['namespace'] === undefined ? 'its public repositories' : `the repositories of ${query['namespace']}`;
    const { items, nextPage: next } = await api.get(`/repository?${asked}`, what, readRepositories, { signal });
    return { items, ...(next !== undefined && next !== cursor && { cursor: next }) };
  }

  async function searchRepositories(query: string, call: PageCallOptions): Promise<Page<RepositoryListing>> {
    const words = query.trim();
    if (words === '') return { items: [] };
    // Its pages have a length of their own.
    const page = numberedPage(call, 100);
    const asked = new URLSearchParams({ query: words, page: String(page.page), includeUsage: 'true' });
    const read = (document: unknown) => readFound(document, page.page);
    const found = await api.get(`/find/repositories?${asked}`, `a search for "${words}"`, read, call);
    return { items: found.items.filter(isBelowPrefix), ...(found.hasNext && { cursor: pageQuery(nextPage(page)) }) };
  }

  function isBelowPrefix({ name }: RepositoryListing): boolean {
    return prefix === '' || name === prefix || name.startsWith(`${prefix}/`);
  }

  return {
    test: (options) => registry.test(options),
    ...(prefix === '' && { listNamespaces }),
    listRepositories,
    searchRepositories,
    repository: (name, access) =>
      createQuayRepository(name, { api, registry: registry.repository(name, access), origin }),
  };
}

/** `undefined` where a list is not for whoever asks. */
async function orRefused<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isRegistryError(error, 'unauthorized', 'denied', 'not-found', 'unsupported')) throw error;
    return undefined;
  }
}

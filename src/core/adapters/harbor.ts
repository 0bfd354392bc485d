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
import { isRegistryError } from '../errors.ts';
import { notARegistry } from '../registry/body.ts';
import { createHarborApi, harborApiOrigin, projectPath } from './harborApi.ts';
import {
  type HarborProject,
  type HarborRepository,
  readFound,
  readProjects,
  readRepositories,
  readUpstream,
} from './harborReplies.ts';
import { createHarborRepository } from './harborRepository.ts';
import { harborKind } from './kinds.ts';

/**
 * Harbor, whose API on the registry's own origin knows its projects. It answers everybody what is public, also somebody
 * whose login it refuses. Replication is the affair of its administrators, and nothing that a repository tells.
 */
export const harborAdapter: RegistryAdapter = { ...harborKind, apis: [harborApiOrigin], open: openHarbor };

function openHarbor(target: ConnectionTarget, context: AdapterContext): RegistrySession {
  const { host, origin, pathname } = new URL(target.url);
  const api = createHarborApi(context.http, host);
  const registry = context.oci();
  const prefix = pathname.replace(/^\/+|\/+$/g, '');
  const [ownProject = ''] = prefix.split('/');
  const projectIds = new Map<string, number>();
  /** What lists of projects have told: where the images of a cache come from. */
  const upstreams = new Map<string, string>();
  let isLoginProven = target.account === undefined;

  /** Without this a login that is refused by now would show the public projects only, as if there were no others. */
  async function proveLogin({ signal }: CallOptions): Promise<void> {
    if (isLoginProven) return;
    const path = '/api/v2.0/users/current';
    const response = await context.http.send({ api: harborApiOrigin.id, method: 'GET', path, signal });
    // A robot is no user, and gets 412.
    if (response.status === 401 || response.status === 429 || response.status >= 500) {
      throw await response.error(`the projects of ${target.account}`);
    }
    isLoginProven = true;
  }

  async function listNamespaces(call: PageCallOptions): Promise<Page<NamespaceSummary>> {
    await proveLogin(call);
    const page = await api.list('/projects', { what: 'its projects', read: readProjects }, call);
    const items = await Promise.all(page.items.map((project) => describeProject(project, call)));
    return { ...page, items };
  }

  async function describeProject(project: HarborProject, call: CallOptions): Promise<NamespaceSummary> {
    const { id, name, isProxy, isPublic } = project;
    if (id !== undefined) projectIds.set(name, id);
    const upstream = isProxy ? (upstreams.get(name) ?? (await fetchUpstream(name, call))) : undefined;
    if (upstream !== undefined) upstreams.set(name, upstream);
    const kind = isProxy ? 'Cache of another registry' : 'Project';
    return {
      name,
      description: `${kind}, ${isPublic ? 'public' : 'private'}`,
      ...(upstream !== undefined && { upstream }),
    };
  }

  /** Not in the list of projects. Whoever may not ask sees the project without it. */
  async function fetchUpstream(project: string, { signal }: CallOptions): Promise<string | undefined> {
    try {
      // Else a name of digits alone is taken for a number.
      const headers = { 'x-is-resource-name': 'true' };
      return readUpstream(
        await api.get(`${projectPath(project)}/summary`, `the project ${project}`, { headers, signal }),
      );
    } catch (error) {
      if (isRegistryError(error, 'cancelled')) throw error;
      context.log.debug(`${host} does not tell what ${project} is a cache of.`);
      return undefined;
    }
  }

  async function listRepositories(
    namespace: string | undefined,
    call: PageCallOptions,
  ): Promise<Page<RepositoryListing>> {
    await proveLogin(call);
    const project = namespace ?? ownProject;
    const path = project === '' ? '/repositories' : `${projectPath(project)}/repositories`;
    const what = project === '' ? 'its repositories' : `the repositories of ${project}`;
    const page = await api.list(path, { what, read: readRepositories }, call);
    return { ...page, items: page.items.filter(isBelowPrefix).map(noted) };
  }

  /** All at once: a search has no pages. */
  async function searchRepositories(query: string, { signal }: PageCallOptions): Promise<Page<RepositoryListing>> {
    const words = query.trim();
    if (words === '') return { items: [] };
    const found = readFound(
      await api.get(`/search?${new URLSearchParams({ q: words })}`, `a search for "${words}"`, { signal }),
    );
    if (found === undefined) throw notARegistry(host, 'JSON of another form');
    return { items: found.filter(isBelowPrefix).map(noted) };
  }

  function isBelowPrefix({ name }: RepositoryListing): boolean {
    return prefix === '' || name === prefix || name.startsWith(`${prefix}/`);
  }

  function noted({ projectId, ...repository }: HarborRepository): RepositoryListing {
    const [project = ''] = repository.name.split('/');
    if (projectId !== undefined) projectIds.set(project, projectId);
    const upstream = upstreams.get(project);
    return { ...repository, ...(upstream !== undefined && { upstream }) };
  }

  return {
    test: (options) => registry.test(options),
    ...(prefix === '' && { listNamespaces }),
    listRepositories,
    searchRepositories,
    repository: (name, access) =>
      createHarborRepository(name, { api, registry: registry.repository(name, access), origin, projectIds }),
  };
}

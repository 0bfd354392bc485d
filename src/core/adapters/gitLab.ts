import type {
  AdapterContext,
  ConnectionTarget,
  NamespaceSummary,
  Page,
  PageCallOptions,
  RegistryAdapter,
  RegistrySession,
} from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { notARegistry } from '../registry/body.ts';
import { createGitLabApi, gitLabApiOrigin } from './gitLabApi.ts';
import { readNamespaces } from './gitLabReplies.ts';
import { GitLabRepositories } from './gitLabRepositories.ts';
import { createGitLabRepository } from './gitLabRepository.ts';
import { gitLabKind } from './kinds.ts';
import { namespacesInTurn } from './namespacesInTurn.ts';
import { numberedPage, pageQuery } from './numberedPages.ts';

/** https://docs.gitlab.com/api/rest/#pagination */
const largestPage = 100;
/** Pages of namespaces that are read at once, to leave out those inside of others. */
const pagesAtOnce = 10;

/**
 * GitLab's registry. Repositories belong to projects, which belong to groups and users; who has no right to the API opens
 * images by name.
 */
export const gitLabAdapter: RegistryAdapter = { ...gitLabKind, apis: [gitLabApiOrigin], open: openGitLab };

function openGitLab({ url, account }: ConnectionTarget, { http, oci, log }: AdapterContext): RegistrySession {
  const registry = oci();
  const { host, pathname } = new URL(url);
  const api = createGitLabApi(http, host);
  const repositories = new GitLabRepositories(api, host);
  /** A connection can be for one group, project or user. */
  const path = pathname.replace(/^\/+|\/+$/g, '').toLowerCase();

  /** Groups and users. A group's list has its subgroups in it, so these are left out. */
  async function listNamespaces(call: PageCallOptions): Promise<Page<NamespaceSummary>> {
    const paths: string[] = [];
    const { size, page: first } = numberedPage({ ...call, limit: largestPage }, largestPage);
    let page: number | undefined = first;
    for (let pages = 0; pages < pagesAtOnce && page !== undefined; pages++) {
      const response = await api.send('GET', `/namespaces?per_page=${size}&page=${page}`, call.signal);
      if (response.status !== 200) throw await api.error(response, 'the groups of this account');
      const read = readNamespaces(await response.json());
      if (read === undefined) throw notARegistry(host, 'JSON of another form');
      paths.push(...read);
      const next = Number(response.header('x-next-page'));
      page = Number.isSafeInteger(next) && next > page ? next : undefined;
    }
    if (paths.length === 0 && call.cursor === undefined) {
      const message = `The GitLab of ${host} shows this login no group. Its images can be opened and pinned by name; a group or project is listed when it is added as ${host}/PATH.`;
      throw new RegistryError('denied', message, { host });
    }
    const outermost = paths.filter((name) => !paths.some((other) => name.startsWith(`${other}/`)));
    return {
      items: [...new Set(outermost)].map((name) => ({ name })),
      ...(page !== undefined && { cursor: pageQuery({ page, size }) }),
    };
  }

  return {
    ...registry,
    ...(path === '' && { listNamespaces }),
    listRepositories: async (namespace, call) => {
      const within = namespace ?? path;
      if (within !== '') return repositories.list(within, call);
      const { items } = await listNamespaces({ signal: call.signal });
      return namespacesInTurn(items, call, (name, own) => repositories.list(name, own));
    },
    searchRepositories: async (query, call) => {
      const words = query.trim();
      return words === '' ? { items: [] } : repositories.search(words, { ...call, isMember: account !== undefined });
    },
    repository: (name, access) =>
      createGitLabRepository(name, { host, registry: registry.repository(name, access), api, repositories, log }),
  };
}

import type {
  AdapterContext,
  ConnectionTarget,
  NamespaceSummary,
  Page,
  PageCallOptions,
  RegistryAdapter,
  RegistrySession,
  RepositoryListing,
} from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { isRepositoryName } from '../oci/reference.ts';
import { RecentValues } from '../recentValues.ts';
import { notARegistry } from '../registry/body.ts';
import { createGitHubApi, type GitHubPlace, gitHubApis, gitHubPlace, listQuery } from './gitHubApi.ts';
import { GitHubOwners } from './gitHubOwners.ts';
import { readLogin, readLogins, readPackages } from './gitHubReplies.ts';
import { createGitHubRepository } from './gitHubRepository.ts';
import { gitHubKind } from './kinds.ts';
import { namespacesInTurn } from './namespacesInTurn.ts';

/** Ids of versions that are kept, for their pages. */
const versionsCapacity = 10_000;

/** Marks the cursors of the list of public organizations. */
const publicCursor = 'public:';

/**
 * GitHub's registry, whose packages the API lists by their owner: the user, and organizations.
 * https://docs.github.com/en/rest/packages/packages
 */
export const gitHubAdapter: RegistryAdapter = {
  ...gitHubKind,
  apis: gitHubApis,
  open: (target, context) => {
    const place = gitHubPlace(new URL(target.url));
    return place === undefined ? context.oci() : openGitHub(target, context, place);
  },
};

function openGitHub(target: ConnectionTarget, { http, oci, log }: AdapterContext, place: GitHubPlace): RegistrySession {
  const registry = oci();
  const api = createGitHubApi(http, place);
  const owners = new GitHubOwners();
  const versions = new RecentValues<number>(versionsCapacity);
  /** A connection can be for one owner, or for a part of what one has. */
  const path = new URL(target.url).pathname.replace(/^\/+|\/+$/g, '').toLowerCase();

  async function listNamespaces(call: PageCallOptions): Promise<Page<NamespaceSummary>> {
    if (call.cursor?.startsWith(publicCursor)) return listPublic(await fetchLogin(call), call);
    if (call.cursor !== undefined) return listOrganizations('/user/orgs', call);
    const login = await fetchLogin(call);
    owners.learn(login, 'users');
    const response = await api.send('GET', `/user/orgs?${listQuery(call)}`, call.signal);
    // https://docs.github.com/en/rest/orgs/orgs#list-organizations-for-the-authenticated-user
    const organizations =
      response.status === 403 && response.header('x-ratelimit-remaining') !== '0'
        ? await listPublic(login, call)
        : await readOrganizations(response, call);
    return { ...organizations, items: [{ name: login }, ...organizations.items] };
  }

  /** Who may not see all of a user's organizations sees those that everybody does. */
  async function listPublic(login: string, { cursor, ...call }: PageCallOptions): Promise<Page<NamespaceSummary>> {
    const own = cursor === undefined ? {} : { cursor: cursor.slice(publicCursor.length) };
    const { cursor: next, items } = await listOrganizations(`/users/${login}/orgs`, { ...call, ...own });
    const description = 'A public organization. The token lacks the scope "read:org", which shows the others too.';
    log.info(`Organizations that ${login} is no public member of are not shown: the token lacks the scope "read:org".`);
    return {
      items: items.map((item) => ({ ...item, description })),
      ...(next !== undefined && { cursor: `${publicCursor}${next}` }),
    };
  }

  async function listOrganizations(list: string, call: PageCallOptions): Promise<Page<NamespaceSummary>> {
    return readOrganizations(await api.send('GET', `${list}?${listQuery(call)}`, call.signal), call);
  }

  async function readOrganizations(
    response: Awaited<ReturnType<typeof api.send>>,
    call: PageCallOptions,
  ): Promise<Page<NamespaceSummary>> {
    const page = await api.page(response, call, { what: 'the organizations of this account', read: readLogins });
    for (const name of page.items) owners.learn(name, 'orgs');
    return { ...page, items: page.items.map((name) => ({ name })) };
  }

  async function fetchLogin({ signal }: PageCallOptions): Promise<string> {
    const response = await api.send('GET', '/user', signal);
    if (response.status !== 200) throw await api.error(response, 'the name of this account');
    const login = readLogin(await response.json());
    if (login === undefined) throw notARegistry(place.apiHost, 'JSON of another form');
    return login;
  }

  async function listRepositories(
    namespace: string | undefined,
    call: PageCallOptions,
  ): Promise<Page<RepositoryListing>> {
    const within = namespace?.toLowerCase() ?? path;
    if (within !== '') return listPackages(within, call);
    const { items } = await listNamespaces({ signal: call.signal });
    return namespacesInTurn(items, call, listPackages);
  }

  async function listPackages(within: string, call: PageCallOptions): Promise<Page<RepositoryListing>> {
    const [owner = ''] = within.split('/');
    if (!isRepositoryName(within)) throw new RegistryError('invalid', `"${within}" is no owner of packages.`);
    const response = await owners.ask(owner, (root) =>
      api.send('GET', `${root}/packages?package_type=container&${listQuery(call)}`, call.signal),
    );
    const page = await api.page(response, call, {
      what: `the packages of ${owner}`,
      read: (document) => readPackages(document, owner),
    });
    if (within === owner) return page;
    return { ...page, items: page.items.filter(({ name }) => name === within || name.startsWith(`${within}/`)) };
  }

  return {
    ...registry,
    ...(path === '' && { listNamespaces }),
    listRepositories,
    repository: (name, access) =>
      createGitHubRepository(name, { registry: registry.repository(name, access), api, owners, versions, log }),
  };
}

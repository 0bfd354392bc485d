import { json, type RegistryRequest, type Reply } from '../sampleRegistry/http.ts';
import type { HubRepository, HubStore, HubTag } from './hubStore.ts';
import type { HubTokens } from './hubTokens.ts';

export interface HubApiOptions {
  readonly store: HubStore;
  readonly tokens: HubTokens;
  /** How many items down a list somebody without a login may ask for. */
  readonly anonymousOffset: number;
  /** Called with the repository and the tag that a client deleted. */
  readonly onDeleted: (name: string, tag: string) => void;
}

/** The parts of hub.docker.com that Gantry asks. https://docs.docker.com/reference/api/hub/latest/ */
export async function answerHubApi(request: RegistryRequest, options: HubApiOptions): Promise<Reply> {
  const { method, url } = request;
  const { tokens, store } = options;
  if (method === 'POST' && url.pathname === '/v2/auth/token') return tokens.create(request);
  if (method === 'POST' && url.pathname === '/v2/users/login') return tokens.logIn(request);
  const login = tokens.userOf(request);
  if (login === 'invalid') return unauthorized;
  const user = login?.user;
  const isOldRoute = url.pathname.startsWith('/v2/repositories/');
  if (user !== undefined && isOldRoute && store.accounts.get(user)?.isOrganizationToken) return forbidden;

  for (const [wantedMethod, pattern, answer] of routes) {
    const match = pattern.exec(url.pathname);
    if (match !== null && method === wantedMethod) return answer({ ...options, url, user }, match.slice(1));
  }
  return objectNotFound;
}

interface Call extends HubApiOptions {
  readonly url: URL;
  readonly user: string | undefined;
}

const routes: readonly (readonly [string, RegExp, (call: Call, parts: readonly string[]) => Reply])[] = [
  ['GET', /^\/v2\/repositories\/namespaces\/?$/, listNamespaces],
  ['GET', /^\/v2\/search\/repositories\/$/, search],
  ['GET', /^\/v2\/namespaces\/([^/]+)\/repositories$/, listRepositories],
  ['GET', /^\/v2\/namespaces\/([^/]+\/)repositories\/([^/]+)$/, getRepository],
  ['GET', /^\/v2\/namespaces\/([^/]+\/)repositories\/([^/]+)\/tags$/, listTags],
  ['DELETE', /^\/v2\/repositories\/([^/]+\/)([^/]+)\/tags\/([^/]+)\/$/, deleteTag],
];

function listNamespaces({ store, user }: Call): Reply {
  return user === undefined ? unauthorized : json(200, { namespaces: store.namespacesOf(user) });
}

function search(call: Call): Reply {
  const query = call.url.searchParams.get('query') ?? '';
  const found = [...call.store.repositories.values()].filter(
    ({ name, isPrivate }) => !isPrivate && name.includes(query),
  );
  return page(call, found, ({ name, description, pulls }) => ({
    repo_name: name.replace(/^library\//, ''),
    short_description: description,
    star_count: 1,
    pull_count: pulls,
    repo_owner: '',
    is_automated: false,
    is_official: name.startsWith('library/'),
  }));
}

function listRepositories(call: Call, [namespace = '']: readonly string[]): Reply {
  const readable = [...call.store.repositories.values()].filter(
    ({ name }) => name.startsWith(`${namespace}/`) && call.store.mayRead(call.user, name),
  );
  return page(call, readable, describeRepository);
}

/** As in a list, with the whole description. https://docs.docker.com/reference/api/hub/latest/#tag/repositories/operation/GetRepository */
function getRepository({ store, user }: Call, parts: readonly string[]): Reply {
  const name = parts.join('');
  const repository = store.repositories.get(name);
  if (repository === undefined || !store.mayRead(user, name)) return objectNotFound;
  return json(200, {
    ...describeRepository(repository),
    user: name.slice(0, name.indexOf('/')),
    full_description: repository.fullDescription === '' ? null : repository.fullDescription,
    permissions: { read: true, write: store.mayWrite(user, name), admin: false },
  });
}

function describeRepository({ name, description, pulls, isPrivate, tags }: HubRepository) {
  return {
    name: name.slice(name.indexOf('/') + 1),
    namespace: name.slice(0, name.indexOf('/')),
    repository_type: 'image',
    status: 1,
    status_description: 'active',
    description,
    is_private: isPrivate,
    star_count: 1,
    pull_count: pulls,
    last_updated: [...tags.values()].at(-1)?.pushedAt ?? null,
    date_registered: '2014-06-05T20:00:00.000000Z',
    affiliation: '',
    media_types: ['application/vnd.oci.image.index.v1+json'],
    content_types: ['image'],
    categories: [{ name: 'Web servers', slug: 'web-servers' }],
    storage_size: 1,
  };
}

function listTags(call: Call, parts: readonly string[]): Reply {
  const name = parts.join('');
  const repository = call.store.repositories.get(name);
  if (repository === undefined || !call.store.mayRead(call.user, name)) return objectNotFound;
  const newestFirst = [...repository.tags.values()].sort((a, b) => (a.pushedAt < b.pushedAt ? 1 : -1));
  return page(call, newestFirst, describeTag);
}

function describeTag({ name, digest, mediaType, pushedAt, images }: HubTag): unknown {
  return {
    creator: 7,
    id: 1,
    images: images.map((image) => ({
      ...image,
      features: '',
      os_features: '',
      os_version: null,
      status: 'active',
      last_pulled: '0001-01-01T00:00:00Z',
      last_pushed: pushedAt,
    })),
    last_updated: pushedAt,
    last_updater: 7,
    last_updater_username: 'somebody',
    name,
    repository: 1,
    full_size: images[0]?.size,
    v2: true,
    tag_status: 'active',
    tag_last_pulled: null,
    tag_last_pushed: pushedAt,
    media_type: mediaType,
    content_type: 'image',
    digest,
  };
}

function deleteTag({ store, user, onDeleted }: Call, parts: readonly string[]): Reply {
  const [name, tag = ''] = [parts.slice(0, 2).join(''), parts[2]];
  if (user === undefined) return unauthorized;
  const repository = store.repositories.get(name);
  if (repository === undefined || !store.mayRead(user, name)) return objectNotFound;
  if (!store.mayWrite(user, name)) return forbidden;
  if (!repository.tags.delete(tag)) return objectNotFound;
  onDeleted(name, tag);
  return { status: 204 };
}

/** `next` is absolute, with the name that Docker Hub has for itself. */
function page<T>(call: Call, all: readonly T[], describe: (item: T) => unknown): Reply {
  const { url, user, anonymousOffset } = call;
  const size = Math.min(Number(url.searchParams.get('page_size') ?? 10), 100);
  const number = Number(url.searchParams.get('page') ?? 1);
  const offset = (number - 1) * size;
  if (user === undefined && offset >= anonymousOffset) {
    return json(403, {
      message: 'pagination offset too large for anonymous requests; sign in to page further',
      errinfo: {},
    });
  }
  if (number > 1 && offset >= all.length) return objectNotFound;
  const link = (target: number): string => {
    const query = new URLSearchParams(url.searchParams);
    query.set('page', String(target));
    return `https://hub.docker.com${url.pathname}?${query}`;
  };
  return json(200, {
    count: all.length,
    next: offset + size < all.length ? link(number + 1) : null,
    previous: number > 1 ? link(number - 1) : null,
    results: all.slice(offset, offset + size).map(describe),
  });
}

const unauthorized = json(401, { message: 'unauthorized', errinfo: {} });
const forbidden = json(403, { message: 'permission denied', errinfo: {} });
const objectNotFound = json(404, { message: 'object not found', errinfo: {} });

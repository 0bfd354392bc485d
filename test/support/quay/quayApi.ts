import type { Users } from '../sampleRegistry/auth.ts';
import { userOf } from '../sampleRegistry/auth.ts';
import { json, type RegistryRequest, type Reply } from '../sampleRegistry/http.ts';
import type { SampleRegistry } from '../sampleRegistry.ts';
import { isActive, type QuayStore, type QuayTagRecord } from './quayStore.ts';

export interface QuayApiOptions {
  readonly store: QuayStore;
  readonly registry: SampleRegistry;
  readonly users: Users;
  /** Tokens of applications, with what they may do. */
  readonly tokens: Readonly<Record<string, readonly string[]>>;
  readonly hasScanner: boolean;
  /** Whether it answers those who show no token: FEATURE_ANONYMOUS_ACCESS. */
  readonly isOpen: boolean;
  /** Of lists of repositories; 100 in Quay. */
  readonly pageSize: number;
}

interface Asked extends QuayApiOptions {
  readonly url: URL;
  readonly method: string;
  /** Rights of the token; `undefined` for nobody. */
  readonly rights: readonly string[] | undefined;
}

/**
 * The parts of Quay's API that Gantry asks. Paths and shapes: https://docs.quay.io/api/swagger/ and
 * https://github.com/quay/quay/tree/master/endpoints/api. A token that is none counts as nobody:
 * https://github.com/quay/quay/blob/master/auth/decorators.py
 */
export function answerQuayApi({ method, url, headers }: RegistryRequest, options: QuayApiOptions): Reply {
  const [, token = ''] = /^bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const asked: Asked = { ...options, url, method, rights: options.tokens[token] };
  const path = url.pathname.replace(/^\/api\/v1/, '');
  // https://github.com/quay/quay/blob/master/endpoints/api/user.py
  if (path === '/user/') return asked.rights?.includes('user:read') ? json(200, user) : requiresLogin;
  if (!options.isOpen && asked.rights === undefined) return requiresLogin;
  if (path === '/find/repositories') return find(asked);
  if (path === '/repository') return listRepositories(asked);
  const [, scanned = '', digest = ''] = /^\/repository\/(.+)\/manifest\/([^/]+)\/security$/.exec(path) ?? [];
  // Alone of the API it takes the registry's logins: https://github.com/quay/quay/blob/master/endpoints/api/secscan.py
  if (scanned !== '') return scan(asked, scanned, digest, userOf(headers.authorization, options.users));
  const [, tagged, tag = ''] = /^\/repository\/(.+)\/tag\/([^/]*)$/.exec(path) ?? [];
  const name = tagged ?? path.replace(/^\/repository\//, '');
  const held = options.registry.storage.repositories.get(name);
  const needed = method === 'GET' ? 'repo:read' : tagged === undefined ? 'repo:admin' : 'repo:write';
  const isAllowed = asked.rights?.includes(needed) || (method === 'GET' && options.store.public.has(name));
  if (!isAllowed) return asked.rights === undefined ? refusedForm(method) : insufficient;
  if (held === undefined) return notFound;
  if (tagged === undefined) return method === 'DELETE' ? remove(asked, name) : json(200, describe(asked, name));
  if (method === 'GET') return listTags(asked, name);
  return removeTag(asked, name, tag);
}

const user = { anonymous: false, username: 'ada', organizations: [{ name: 'shop' }, { name: 'library' }, { name: 7 }] };

/** `Cross-site` requests that change something and bring no token: https://github.com/quay/quay/blob/master/endpoints/csrf.py */
function refusedForm(method: string): Reply {
  return method === 'GET' ? requiresLogin : json(403, { message: 'CSRF token was invalid or missing.' });
}

function isVisible({ rights, store }: Asked, name: string): boolean {
  return rights?.includes('repo:read') || store.public.has(name);
}

/** https://github.com/quay/quay/blob/master/endpoints/api/repository.py, RepositoryList.get */
function listRepositories(asked: Asked): Reply {
  const { url, registry, pageSize } = asked;
  const namespace = url.searchParams.get('namespace');
  if (namespace === null && !url.searchParams.has('public')) {
    return failure(400, 'invalid_request', 'namespace, starred or public are required for this API call');
  }
  const names = [...registry.storage.repositories.keys()].filter(
    (name) => isVisible(asked, name) && (namespace === null || name.startsWith(`${namespace}/`)),
  );
  // Encrypted in Quay: nobody can read it.
  const token = url.searchParams.get('next_page');
  const start = token === null ? 0 : Number(Buffer.from(token, 'base64url').toString());
  const next = Buffer.from(String(start + pageSize)).toString('base64url');
  return json(200, {
    repositories: names.slice(start, start + pageSize).map((name) => describe(asked, name)),
    ...(start + pageSize < names.length && { next_page: next }),
  });
}

function describe({ store, url }: Asked, name: string): unknown {
  const [namespace = '', ...rest] = name.split('/');
  return {
    namespace,
    name: rest.join('/'),
    description: store.descriptions.get(name) ?? null,
    is_public: store.public.has(name),
    kind: 'image',
    state: store.mirrors.has(name) ? 'MIRROR' : 'NORMAL',
    ...(url.searchParams.get('last_modified') === 'true' && { last_modified: Date.UTC(2025, 5, 2) / 1000 }),
    ...(url.searchParams.get('popularity') === 'true' && { popularity: 12 }),
  };
}

/** https://github.com/quay/quay/blob/master/endpoints/api/search.py, ConductRepositorySearch: ten a page, ten pages. */
function find(asked: Asked): Reply {
  const query = asked.url.searchParams.get('query') ?? '';
  const page = Math.min(Math.max(1, Number(asked.url.searchParams.get('page') ?? 1)), 10);
  const names = [...asked.registry.storage.repositories.keys()].filter(
    (name) => isVisible(asked, name) && name.includes(query),
  );
  const results = names.slice((page - 1) * 10, page * 10).map((full) => {
    const [namespace = '', ...rest] = full.split('/');
    return {
      kind: 'repository',
      title: 'repo',
      namespace: { kind: 'organization', name: namespace },
      name: rest.join('/'),
      description: null,
      is_public: true,
      last_modified: Date.UTC(2025, 5, 2) / 1000,
      popularity: 3,
    };
  });
  return json(200, {
    results,
    has_additional: page * 10 < names.length,
    page,
    page_size: 10,
    start_index: (page - 1) * 10,
  });
}

/** https://github.com/quay/quay/blob/master/endpoints/api/tag.py, ListRepositoryTags */
function listTags(asked: Asked, name: string): Reply {
  const { url, store, registry } = asked;
  const limit = Math.min(100, Math.max(1, Number(url.searchParams.get('limit') ?? 50)));
  const page = Math.max(1, Number(url.searchParams.get('page') ?? 1));
  const specific = url.searchParams.get('specificTag') ?? '';
  const onlyActive = url.searchParams.get('onlyActiveTags') === 'true';
  const all = store
    .history(name, registry)
    .filter((record) => (specific === '' || record.name === specific) && (!onlyActive || isActive(record)));
  const tags = all.slice((page - 1) * limit, page * limit).map((record) => describeTag(asked, name, record));
  return json(200, { tags, page, has_additional: page * limit < all.length });
}

function describeTag({ store, registry }: Asked, repository: string, record: QuayTagRecord): unknown {
  const { name, digest, start, end, isReversion, isImmutable } = record;
  const manifest = registry.storage.repositories.get(repository)?.manifests.get(digest);
  const isList = /index|list/.test(manifest?.mediaType ?? '');
  return {
    name,
    reversion: isReversion,
    immutable: isImmutable,
    start_ts: start,
    ...(end !== undefined && { end_ts: end, expiration: new Date(end * 1000).toUTCString() }),
    manifest_digest: digest,
    is_manifest_list: isList,
    size: isList ? null : (store.records.find(repository, digest)?.size ?? 1),
    last_modified: new Date(start * 1000).toUTCString(),
  };
}

function removeTag({ store, registry }: Asked, name: string, tag: string): Reply {
  if (store.mirrors.has(name)) {
    return json(503, { message: 'Repository is in read only or mirror mode: RepositoryState.MIRROR' });
  }
  const record = store.history(name, registry).find((one) => one.name === tag && isActive(one));
  if (record === undefined) return notFound;
  if (record.isImmutable) return failure(409, 'tag_immutable', `Cannot delete immutable tag '${tag}'`);
  registry.storage.repositories.get(name)?.tags.delete(tag);
  return { status: 204 };
}

function remove({ registry }: Asked, name: string): Reply {
  registry.storage.repositories.delete(name);
  return { status: 204 };
}

function scan(asked: Asked, name: string, digest: string, robot: string | undefined): Reply {
  const { hasScanner, store, registry } = asked;
  // https://github.com/quay/quay/blob/master/endpoints/api/__init__.py, show_if: then there is no such path.
  if (!hasScanner)
    return { status: 404, headers: { 'Content-Type': 'text/html' }, body: Buffer.from('<h1>Not Found</h1>') };
  if (robot === undefined && !isVisible(asked, name)) return requiresLogin;
  if (!registry.storage.repositories.get(name)?.manifests.has(digest)) return notFound;
  return json(200, store.scans.get(digest) ?? { status: 'queued', data: null });
}

/** https://github.com/quay/quay/blob/master/endpoints/exception.py */
function failure(status: number, type: string, detail: string): Reply {
  return json(status, {
    detail,
    error_message: detail,
    error_type: type,
    title: type,
    type: `https://quay.io/api/v1/error/${type}`,
    status,
  });
}

const requiresLogin = failure(401, 'invalid_token', 'Requires authentication');
const insufficient = failure(403, 'insufficient_scope', 'Unauthorized');
const notFound = failure(404, 'not_found', 'Not Found');

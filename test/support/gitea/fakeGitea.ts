import type { Artifact } from '../oci.ts';
import { type RegistryWithApi, startRegistryWithApi } from '../registryWithApi.ts';
import { userOf } from '../sampleRegistry/auth.ts';
import { json, type RegistryRequest, type Reply, tokenPath } from '../sampleRegistry/http.ts';
import type { Repository, Storage } from '../sampleRegistry/storage.ts';
import type { SampleRegistry } from '../sampleRegistry.ts';

export const giteaOrigin = 'https://git.example.com';

/** `ada` may do everything; `reader` stands for a token that may read packages and nothing else. */
export const giteaUsers = { ada: 'canary-gitea-ada', reader: 'canary-gitea-reader' } as const;

export interface FakeGiteaOptions {
  /** Of the user `ada`. */
  readonly organizations?: readonly string[];
  /** Gitea before 1.25, and Forgejo: neither lists nor deletes a package with all of its versions. */
  readonly isOld?: boolean;
  /** What the operator has set as `MAX_RESPONSE_ITEMS`; 50 unless told. */
  readonly largestPage?: number;
}

export interface FakeGitea extends RegistryWithApi {
  push(name: string, artifact: Artifact, ...tags: string[]): string;
}

/** Gitea as its documentation and its API's own description (`/api/swagger`) tell, under the name of an instance. */
export async function startFakeGitea(options: FakeGiteaOptions = {}): Promise<FakeGitea> {
  const times = new Map<string, string>();
  let pushes = 0;
  const server = await startRegistryWithApi({
    origin: giteaOrigin,
    apiPaths: /^\/api\//,
    pathOf: (pathname) => (pathname === '/v2/token' ? tokenPath : pathname),
    registry: {
      maximumPageSize: 100,
      referrers: false,
      auth: {
        scheme: 'bearer',
        users: giteaUsers,
        // Tokens are given to everybody; what nobody may see is refused by the registry.
        allow: (user, { actions }) => (user === 'ada' ? actions : actions.filter((action) => action !== 'delete')),
        takesPost: false,
        quirks: {
          // https://docs.gitea.com/usage/packages/container: both in one answer, the same scope for all.
          challenge: () => [
            `Bearer realm="${giteaOrigin}/v2/token",service="container_registry",scope="*"`,
            'Basic realm="Gitea Container Registry"',
          ],
          reply: ({ token }) => ({ token }),
          intercept: ({ headers }) =>
            headers.authorization !== undefined && userOf(headers.authorization, giteaUsers) === undefined
              ? { status: 401 }
              : undefined,
        },
      },
    },
    answerApi: (request, registry) => answerApi(request, registry, options, times),
  });
  return {
    ...server,
    push: (name, artifact, ...tags) => {
      const digest = server.registry.push(name, artifact, ...tags);
      const versions = [...artifact.children.map(({ manifest }) => manifest.descriptor.digest), digest, ...tags];
      for (const version of versions) {
        times.set(`${name} ${version}`, new Date(Date.UTC(2025, 5, 1) + pushes++ * 60_000).toISOString());
      }
      return digest;
    },
  };
}

/** Paths, statuses and shapes: https://docs.gitea.com/api/ (package, user, organization). */
function answerApi(
  request: RegistryRequest,
  { storage }: SampleRegistry,
  options: FakeGiteaOptions,
  times: ReadonlyMap<string, string>,
): Reply {
  const { method, url, headers } = request;
  const user = userOf(headers.authorization, giteaUsers);
  if (user === undefined) return json(401, { message: 'token is required', url: `${giteaOrigin}/api/swagger` });
  if (url.pathname === '/api/v1/user') {
    return user === 'ada' ? json(200, { id: 1, login: 'Ada', email: 'ada@example.com' }) : scopeMissing('read:user');
  }
  if (url.pathname === '/api/v1/user/orgs') {
    const all = (options.organizations ?? []).map((name, id) => ({ id, name, username: name }));
    return page(url, all, options);
  }
  const [, owner = '', encoded, version] =
    /^\/api\/v1\/packages\/([^/]+)(?:\/container\/([^/]+)(?:\/([^/]+))?)?$/.exec(url.pathname) ?? [];
  const own = [...storage.repositories].filter(([name]) => name.startsWith(`${owner}/`));
  if (owner === '' || own.length === 0) return missing;
  if (encoded === undefined) {
    // GET /packages/{owner}: one item a version, of each package whose name has `q` in it.
    const query = url.searchParams.get('q') ?? '';
    const found = own.filter(([name]) => name.slice(owner.length + 1).includes(query));
    return page(url, newestFirst(found.flatMap(([name, held]) => versionsOf(name, held, times))), options);
  }
  const name = `${owner}/${decodeURIComponent(encoded)}`;
  const held = storage.repositories.get(name);
  if (version === undefined && options.isOld) return { status: 405 };
  if (held === undefined) return missing;
  if (method === 'GET') return page(url, newestFirst(versionsOf(name, held, times)), options);
  if (user !== 'ada') return scopeMissing('write:package');
  return remove(storage, name, version === undefined ? undefined : decodeURIComponent(version));
}

function remove(storage: Storage, name: string, version: string | undefined): Reply {
  const held = storage.repositories.get(name);
  if (version === undefined) storage.repositories.delete(name);
  else if (held?.tags.delete(version) !== true && held?.manifests.delete(version) !== true) return missing;
  return { status: 204 };
}

/** Tags, and the digests that no tag names. */
function versionsOf(name: string, { tags, manifests }: Repository, times: ReadonlyMap<string, string>): Version[] {
  const tagged = new Set(tags.values());
  const versions = [...tags.keys(), ...[...manifests.keys()].filter((digest) => !tagged.has(digest))];
  const [owner = '', ...rest] = name.split('/');
  return versions.map((version, id) => ({
    id,
    owner: { id: 1, login: owner },
    repository: null,
    type: 'container',
    name: rest.join('/'),
    version,
    html_url: `${giteaOrigin}/${owner}/-/packages/container/${encodeURIComponent(rest.join('/'))}/${version}`,
    created_at: times.get(`${name} ${version}`) ?? '2025-01-01T00:00:00Z',
  }));
}

interface Version {
  readonly version: string;
  readonly created_at: string;
  readonly [field: string]: unknown;
}

function newestFirst(versions: readonly Version[]): readonly Version[] {
  return versions.toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1));
}

/** https://docs.gitea.com/development/api-usage#pagination: the total, and links where there are several pages. */
function page(url: URL, all: readonly unknown[], { largestPage = 50 }: FakeGiteaOptions): Reply {
  const size = Math.min(Number(url.searchParams.get('limit') ?? 30), largestPage);
  const number = Number(url.searchParams.get('page') ?? 1);
  const end = number * size;
  const query = new URLSearchParams(url.searchParams);
  query.set('page', String(number + 1));
  const link = `<${giteaOrigin}${url.pathname}?${query}>; rel="next"`;
  return json(200, all.slice(end - size, end), {
    'X-Total-Count': String(all.length),
    ...(end < all.length && { Link: link }),
  });
}

const missing = json(404, { message: 'not found', errors: [], url: `${giteaOrigin}/api/swagger` });

/** https://docs.gitea.com/development/oauth2-provider#scopes */
function scopeMissing(scope: string): Reply {
  return json(403, { message: `token does not have at least one of required scope(s), required=[${scope}]` });
}

import type { Artifact } from '../oci.ts';
import { type RegistryWithApi, startRegistryWithApi } from '../registryWithApi.ts';
import type { Access } from '../sampleRegistry/access.ts';
import { neededAccess } from '../sampleRegistry/access.ts';
import { userOf } from '../sampleRegistry/auth.ts';
import { json, ociError, type RegistryRequest, type Reply, tokenPath } from '../sampleRegistry/http.ts';
import { isDigest, parseRoute } from '../sampleRegistry/routes.ts';
import { bearerChallenge } from '../sampleRegistry/tokenQuirks.ts';
import { answerQuayApi } from './quayApi.ts';
import { isActive, QuayStore } from './quayStore.ts';

const robots = { 'shop+ci': 'canary-quay-robot' } as const;
export const quayRobot = { username: 'shop+ci', password: robots['shop+ci'] } as const;
export const quayApplication = { username: '$oauthtoken', password: 'canary-quay-application' } as const;

/** Quay as its documentation and its sources describe it: registry, token server and API on one origin. */
export interface FakeQuay extends RegistryWithApi {
  readonly origin: string;
  readonly store: QuayStore;
  push(name: string, artifact: Artifact, ...tags: string[]): string;
}

export async function startFakeQuay(
  options: {
    readonly host?: string;
    readonly hasScanner?: boolean;
    readonly pageSize?: number;
    readonly rights?: readonly string[];
    readonly isOpen?: boolean;
  } = {},
): Promise<FakeQuay> {
  const { host = 'quay.io', hasScanner = true, pageSize = 100, isOpen = true } = options;
  const { rights = ['repo:read', 'repo:write', 'repo:admin', 'user:read'] } = options;
  const origin = `https://${host}`;
  const store = new QuayStore();
  // The sample registry knows one password of a user: the other token is for the API alone.
  const users = { ...robots, [quayApplication.username]: quayApplication.password };
  const vendor: RegistryWithApi = await startRegistryWithApi({
    origin,
    apiPaths: /^\/api\//,
    pathOf: (pathname) => (pathname === '/v2/auth' ? tokenPath : pathname),
    registry: {
      auth: {
        scheme: 'bearer',
        users,
        quirks: {
          challenge: (parameters) => [bearerChallenge({ ...parameters, realm: `${origin}/v2/auth`, service: host })],
          intercept: (request) => refuseToken(request, host, users),
          // No word of how long it counts.
          reply: ({ token }) => ({ token }),
        },
        needs: neededScopes,
        allow: (user, { name, actions }) =>
          user === undefined ? actions.filter((action) => action === 'pull' && store.public.has(name)) : actions,
      },
      extension: (request) => answerOwn(request),
    },
    answerApi: (request, registry) =>
      answerQuayApi(request, {
        store,
        registry,
        users,
        tokens: { [quayApplication.password]: rights },
        isOpen,
        hasScanner,
        pageSize,
      }),
  });
  const { registry } = vendor;

  /** What Quay's registry does in its own way. */
  function answerOwn({ method, url }: RegistryRequest): Reply | undefined {
    const route = parseRoute(url.pathname);
    if (route?.kind === 'catalog') return listCatalog(url);
    if (route?.kind !== 'manifest' || method === 'GET' || method === 'HEAD') return undefined;
    const { repository, reference } = route;
    const held = registry.storage.repositories.get(repository);
    const active = store.history(repository, registry).filter(isActive);
    const meant = active.filter(({ name, digest }) => reference === name || reference === digest);
    // https://github.com/quay/quay/blob/master/endpoints/v2/errors.py
    if (meant.some(({ isImmutable }) => isImmutable)) {
      const detail = { message: 'tag is immutable' };
      const message = 'tag is immutable and cannot be overwritten';
      return json(409, { errors: [{ code: 'TAG_IMMUTABLE', message, detail }] });
    }
    if (method !== 'DELETE' || held === undefined) return undefined;
    // https://github.com/quay/quay/blob/master/endpoints/v2/manifest.py: a manifest goes by its tags, and has to have some.
    if (meant.length === 0) return ociError('MANIFEST_UNKNOWN');
    for (const { name } of meant) held.tags.delete(name);
    if (isDigest(reference)) held.manifests.delete(reference);
    return { status: 202 };
  }

  /** https://github.com/quay/quay/blob/master/endpoints/v2/__init__.py, paginate: `next_page` in an absolute address. */
  function listCatalog(url: URL): Reply {
    const size = Math.min(Number(url.searchParams.get('n') ?? 100), pageSize);
    const start = Number(Buffer.from(url.searchParams.get('next_page') ?? '', 'base64url').toString() || 0);
    const names = [...registry.storage.repositories.keys()];
    const next = Buffer.from(String(start + size)).toString('base64url');
    // Behind a proxy it is often not the address that was asked.
    const link = `<https://quay.internal.example/v2/_catalog?n=${size}&next_page=${next}>; rel="next"`;
    return json(
      200,
      { repositories: names.slice(start, start + size) },
      start + size < names.length ? { Link: link } : {},
    );
  }

  return {
    ...vendor,
    origin,
    store,
    push: (name, artifact, ...tags) => {
      store.push(name, artifact, tags);
      return registry.push(name, artifact, ...tags);
    },
  };
}

/** https://github.com/quay/quay/blob/master/endpoints/v2/v2auth.py */
function refuseToken(
  { url, headers }: RegistryRequest,
  host: string,
  users: Readonly<Record<string, string>>,
): Reply | undefined {
  const scopes = url.searchParams.getAll('scope');
  const isKnown = userOf(headers.authorization, users) !== undefined;
  if (headers.authorization !== undefined && !isKnown) {
    const message = 'Could not find robot with the specified username';
    return json(401, { errors: [{ code: 'UNAUTHORIZED', message, detail: {} }] });
  }
  if (!isKnown && scopes.length === 0) return ociError('UNAUTHORIZED');
  const known = new RegExp(
    `^repository:(?:${host}/)?(?:[.a-zA-Z0-9_-]+/)*[.a-zA-Z0-9_-]+:(?:push|pull|\\*)(?:,(?:push|pull|\\*))*$`,
  );
  const unknown = scopes.find((scope) => !known.test(scope));
  if (unknown === undefined) return undefined;
  const message = `Unable to decode repository and actions: ${unknown}`;
  return json(400, { errors: [{ code: 'INVALID_REQUEST', message, detail: {} }] });
}

/** To delete, Quay wants the right to push; for its catalogue any token is good enough. */
function neededScopes(request: RegistryRequest): readonly Access[] | undefined {
  const route = parseRoute(request.url.pathname);
  if (route?.kind === 'catalog') return [];
  if (request.method !== 'DELETE') return undefined;
  return neededAccess(request).map((access) => ({ ...access, actions: ['pull', 'push'] }));
}

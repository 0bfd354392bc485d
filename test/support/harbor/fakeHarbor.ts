import type { Artifact } from '../oci.ts';
import { type RegistryWithApi, startRegistryWithApi } from '../registryWithApi.ts';
import { json, type RegistryRequest, type Reply, tokenPath } from '../sampleRegistry/http.ts';
import { parseRoute } from '../sampleRegistry/routes.ts';
import { bearerChallenge } from '../sampleRegistry/tokenQuirks.ts';
import { answerHarborApi, preconditionFailed } from './harborApi.ts';
import { type HarborProjectRecord, HarborStore } from './harborStore.ts';

export const harborOrigin = 'https://harbor.example';

/** `admin` may do everything, `guest` reads, the robot of the project `shop` does what `admin` does. */
export const harborUsers = {
  admin: 'canary-harbor-admin',
  guest: 'canary-harbor-guest',
  'robot$shop+ci': 'canary-harbor-robot',
} as const;

const usualProjects: readonly HarborProjectRecord[] = [
  { id: 1, name: 'library', isPublic: true },
  { id: 2, name: 'shop', isPublic: false },
];

/** Harbor as its sources and its OpenAPI document describe it: registry, token server and API on one origin. */
export interface FakeHarbor extends RegistryWithApi {
  readonly store: HarborStore;
  push(name: string, artifact: Artifact, ...tags: string[]): string;
}

export async function startFakeHarbor(
  options: { readonly projects?: readonly HarborProjectRecord[] } = {},
): Promise<FakeHarbor> {
  const store = new HarborStore(options.projects ?? usualProjects);
  const vendor: RegistryWithApi = await startRegistryWithApi({
    origin: harborOrigin,
    apiPaths: /^\/api\//,
    pathOf: (pathname) => (pathname === '/service/token' ? tokenPath : pathname),
    registry: {
      // Tags are removed by the API only: https://github.com/goharbor/harbor/blob/main/src/server/registry/manifest.go
      deletes: 'digests',
      auth: {
        scheme: 'bearer',
        users: harborUsers,
        quirks: { challenge: challengeOf, intercept: refuseNobody },
        allow: (user, { name, actions }) => actions.filter((action) => mayDo(user, name, action)),
      },
      extension: (request) => refusePush(request, store),
    },
    answerApi: (request, registry) => answerHarborApi(request, { store, registry, users: harborUsers }),
  });

  function mayDo(user: string | undefined, repository: string, action: string): boolean {
    const isRead = action === 'pull';
    if (user === undefined) return isRead && store.projectOf(repository)?.isPublic === true;
    return user !== 'guest' || isRead;
  }

  return {
    ...vendor,
    store,
    push: (name, artifact, ...tags) => {
      store.records.push(name, artifact);
      return vendor.registry.push(name, artifact, ...tags);
    },
  };
}

/** https://github.com/goharbor/harbor/blob/main/src/server/middleware/v2auth/auth.go, getChallenge */
function challengeOf({ scope }: { readonly scope: string }, { url, headers }: RegistryRequest): readonly string[] {
  if (headers.authorization !== undefined || url.pathname === '/v2/_catalog') return ['Basic realm="harbor"'];
  return [bearerChallenge({ realm: `${harborOrigin}/service/token`, service: 'harbor-registry', scope })];
}

/** https://github.com/goharbor/harbor/blob/main/src/core/service/token/token.go: nobody gets a token for nothing. */
function refuseNobody({ url, headers }: RegistryRequest): Reply | undefined {
  if (headers.authorization !== undefined || url.searchParams.has('scope')) return undefined;
  return json(401, { errors: [{ code: 'UNAUTHORIZED', message: 'unauthorized' }] });
}

/** https://github.com/goharbor/harbor/blob/main/src/server/middleware/immutable/pushmf.go and …/repoproxy/proxy.go */
function refusePush({ method, url }: RegistryRequest, store: HarborStore): Reply | undefined {
  const route = parseRoute(url.pathname);
  if (route?.kind !== 'manifest' || method !== 'PUT') return undefined;
  const { repository, reference } = route;
  const project = store.projectOf(repository);
  if (project?.upstream !== undefined) {
    const message = `can not push artifact to a proxy project: ${project.name}`;
    return json(403, { errors: [{ code: 'DENIED', message }] });
  }
  const isKept = store.immutable.has(`${repository}:${reference}`);
  return isKept
    ? preconditionFailed(`Failed to process request due to '${repository}:${reference}' configured as immutable.`)
    : undefined;
}

import { answerHubApi } from './fakeDockerHub/hubApi.ts';
import { type HubAccount, HubStore } from './fakeDockerHub/hubStore.ts';
import { HubTokens } from './fakeDockerHub/hubTokens.ts';
import { writeImage } from './imageWriter.ts';
import { type NamedServers, startNamedServers } from './namedServers.ts';
import type { Artifact } from './oci.ts';
import type { Access } from './sampleRegistry/access.ts';
import type { FaultPlan } from './sampleRegistry/faults.ts';
import { type Headers, json, type RegistryRequest, type Reply } from './sampleRegistry/http.ts';
import { parseRoute } from './sampleRegistry/routes.ts';

export interface FakeDockerHubOptions {
  /** By user name, or name of an organization. */
  readonly accounts?: Readonly<Record<string, HubAccount>>;
  /** How many items down a list somebody without a login may ask for; 1,000 unless told. */
  readonly anonymousOffset?: number;
  /** Whether the API knows `/v2/auth/token`; `true` unless told. */
  readonly hasTokenEndpoint?: boolean;
  /** Seconds that a token of the API lives; 600 unless told. */
  readonly tokenLifetime?: number;
}

/**
 * Docker Hub as its documentation describes it: registry, token server and API on sockets of their own. It is asked for
 * by its real names, through {@link send}.
 */
export interface FakeDockerHub extends NamedServers {
  /** Answers in place of the API, where it answers anything. */
  answerApi: ((request: RegistryRequest) => Reply | undefined) | undefined;
  /** Manifests that may still be fetched. */
  remainingPulls: number;
  createRepository(name: string, details?: RepositoryDetails): void;
  /** Pushes into a repository, which appears with its first tag. */
  push(name: string, artifact: Artifact, ...tags: string[]): string;
  /** Makes every token of the API invalid. */
  revokeTokens(): void;
}

export interface RepositoryDetails {
  readonly description?: string;
  readonly fullDescription?: string;
  readonly pulls?: number;
  readonly isPrivate?: boolean;
}

export const hubOrigins = {
  registry: 'https://registry-1.docker.io',
  auth: 'https://auth.docker.io',
  api: 'https://hub.docker.com',
} as const;

/** Pulls in six hours. https://docs.docker.com/docker-hub/usage/pulls/ */
const pullLimit = { count: 100, window: 21_600 };

export async function startFakeDockerHub(options: FakeDockerHubOptions = {}): Promise<FakeDockerHub> {
  const store = new HubStore(options.accounts ?? {});
  const tokens = new HubTokens(store, {
    lifetime: options.tokenLifetime ?? 600,
    hasTokenEndpoint: options.hasTokenEndpoint ?? true,
  });
  const apiOptions = {
    store,
    tokens,
    anonymousOffset: options.anonymousOffset ?? 1000,
    onDeleted: (name: string, tag: string) => servers.registry.storage.repositories.get(name)?.tags.delete(tag),
  };
  const servers: NamedServers = await startNamedServers({
    registry: {
      auth: {
        scheme: 'bearer',
        isOtherOrigin: true,
        users: Object.fromEntries([...store.accounts].map(([user, { password }]) => [user, password])),
        allow: (user, access) => allowedActions(store, user, access),
      },
      catalog: false,
      deletes: 'digests',
      fault: asDockerHub(
        () => hub,
        // What clients push the API knows too, as far as it knew the image before.
        (path, headers) => {
          const route = parseRoute(path);
          const digest = headers?.['Docker-Content-Digest'];
          if (route?.kind === 'manifest' && typeof digest !== 'object')
            store.copyTag(route.repository, route.reference, digest);
        },
      ),
    },
    answerApi: async (request) => {
      const reply = hub.answerApi?.(request) ?? (await answerHubApi(request, apiOptions));
      return { ...reply, headers: { ...apiLimitHeaders(), ...reply.headers } };
    },
    namesOf: ({ registry, api }) => ({
      [hubOrigins.registry]: registry.url,
      [hubOrigins.auth]: new URL(registry.realm).origin,
      [hubOrigins.api]: api,
    }),
  });

  const hub: FakeDockerHub = {
    ...servers,
    answerApi: undefined,
    remainingPulls: pullLimit.count,
    createRepository: (name, { description = '', fullDescription = '', pulls = 0, isPrivate = false } = {}) => {
      store.repositories.set(name, { name, description, fullDescription, pulls, isPrivate, tags: new Map() });
    },
    push: (name, artifact, ...tags) => {
      if (!store.repositories.has(name)) hub.createRepository(name);
      const repository = store.repositories.get(name);
      if (repository !== undefined) store.addTags(repository, artifact, tags);
      return servers.registry.push(name, artifact, ...tags);
    },
    revokeTokens: () => tokens.revoke(),
  };
  // What the pull limit is read from.
  hub.push(
    'ratelimitpreview/test',
    writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [] }),
    'latest',
  );
  return hub;
}

/** The registry's challenge names Docker's token server, and manifests are counted. */
function asDockerHub(
  getHub: () => FakeDockerHub,
  onPut: (path: string, headers: Headers | undefined) => void,
): FaultPlan {
  return (request) => {
    const hub = getHub();
    const isLoggedIn = request.headers.authorization !== undefined;
    const isManifest = request.server === 'registry' && parseRoute(request.url.pathname)?.kind === 'manifest';
    if (isManifest && isLoggedIn && request.method === 'GET') {
      if (hub.remainingPulls === 0) return { reply: tooManyPulls() };
      hub.remainingPulls--;
    }
    const more = isManifest && isLoggedIn ? pullLimitHeaders(hub.remainingPulls) : {};
    return {
      alter: (reply) => {
        if (request.method === 'PUT' && reply.status === 201) onPut(request.url.pathname, reply.headers);
        return { ...reply, headers: { ...renamed(reply.headers, hub.registry.realm), ...more } };
      },
    };
  };
}

function renamed(headers: Headers = {}, realm: string): Headers {
  const { 'WWW-Authenticate': challenge, ...others } = headers;
  if (challenge === undefined) return headers;
  const dockers = String(challenge)
    .replace(realm, `${hubOrigins.auth}/token`)
    .replace('sample-registry', 'registry.docker.io');
  return { ...others, 'WWW-Authenticate': dockers };
}

function tooManyPulls(): Reply {
  const message =
    'You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit';
  return json(429, { errors: [{ code: 'TOOMANYREQUESTS', message }] }, pullLimitHeaders(0));
}

function pullLimitHeaders(remaining: number): Headers {
  return {
    'ratelimit-limit': `${pullLimit.count};w=${pullLimit.window}`,
    'ratelimit-remaining': `${remaining};w=${pullLimit.window}`,
    'docker-ratelimit-source': '192.0.2.7',
  };
}

function apiLimitHeaders(): Headers {
  const reset = String(Math.floor(Date.now() / 1000) + 60);
  return { 'X-RateLimit-Limit': '180', 'X-RateLimit-Remaining': '179', 'X-RateLimit-Reset': reset };
}

function allowedActions(store: HubStore, user: string | undefined, { name, actions }: Access): readonly string[] {
  if (store.mayWrite(user, name)) return actions;
  return store.mayRead(user, name) ? actions.filter((action) => action === 'pull') : [];
}

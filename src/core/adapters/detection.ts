import { isRegistryError } from '../errors.ts';
import type { HttpResponse, Send } from '../ports.ts';
import { buffered, readBody } from '../registry/body.ts';
import { type Challenge, parseChallenges } from '../registry/challenge.ts';
import { limits } from '../registry/limits.ts';

/** What a registry showed of itself to somebody without a login. */
export interface Evidence {
  /** Without its port, in lower case. */
  readonly hostname: string;
  /** Of `GET /v2/`. */
  readonly header: (name: string) => string | undefined;
  readonly challenges: readonly Challenge[];
}

/** How a kind of registry is recognised that can be at any host. */
interface Sign {
  readonly kind: string;
  /** By its answer to `GET /v2/`. */
  readonly isSeenIn?: (evidence: Evidence) => boolean;
  /** By the JSON that a path of its own answers, where the first answer did not tell. */
  readonly probe?: {
    readonly path: string;
    /** 200 unless told. */
    readonly status?: number;
    readonly isOf: (document: Readonly<Record<string, unknown>>) => boolean;
  };
}

/**
 * In the order in which they count. Each is from the product's own documentation or sources:
 * https://docs.gitlab.com/administration/packages/container_registry/ (realm `/jwt/auth`),
 * https://docs.gitea.com/usage/packages/container (realm `/v2/token`, the same service name as GitLab's),
 * https://goharbor.io/docs/ (realm `/service/token`, `systeminfo`), https://docs.quay.io/api/ (realm `/v2/auth`),
 * https://jfrog.com/help/ (headers and realm), https://help.sonatype.com/ (header and realm),
 * https://github.com/opencontainers/distribution-spec/tree/main/extensions (zot's `_zot/ext/mgmt`).
 */
const signs: readonly Sign[] = [
  {
    kind: 'gitlab',
    isSeenIn: (seen) => hasTokenServer(seen, { path: /\/jwt\/auth$/, service: 'container_registry' }),
  },
  {
    kind: 'gitea',
    isSeenIn: (seen) => hasTokenServer(seen, { path: /\/v2\/token$/, service: 'container_registry' }),
  },
  {
    kind: 'harbor',
    isSeenIn: (seen) => hasTokenServer(seen, { path: /\/service\/token$/, service: 'harbor-registry' }),
    probe: { path: '/api/v2.0/systeminfo', isOf: (document) => typeof document['auth_mode'] === 'string' },
  },
  {
    kind: 'artifactory',
    isSeenIn: (seen) =>
      seen.header('x-jfrog-version') !== undefined ||
      seen.header('x-artifactory-id') !== undefined ||
      /^artifactory\//i.test(seen.header('server') ?? '') ||
      hasRealm(seen, 'Artifactory Realm'),
  },
  {
    kind: 'nexus',
    isSeenIn: (seen) =>
      /^nexus\//i.test(seen.header('server') ?? '') || hasRealm(seen, 'Sonatype Nexus Repository Manager'),
  },
  {
    kind: 'quay',
    // The service is the registry's own name: others have that path too.
    isSeenIn: (seen) => hasTokenServer(seen, { path: /\/v2\/auth$/, service: seen.hostname }),
  },
  {
    kind: 'zot',
    probe: {
      path: '/v2/_zot/ext/mgmt',
      isOf: (document) => typeof document['distSpecVersion'] === 'string' && typeof document['binaryType'] === 'string',
    },
  },
  {
    // Distribution 3 in its proxy mode knows nothing of uploads, not even that there is none. Version 2 does not tell.
    kind: 'cache',
    probe: {
      path: '/v2/library/none/blobs/uploads/00000000-0000-0000-0000-000000000000',
      status: 500,
      isOf: ({ errors }) =>
        Array.isArray(errors) && (errors[0] as { detail?: unknown } | null)?.detail === 'operation unsupported',
    },
  },
];

/** The kind that the answer to `GET /v2/` shows. */
export function kindSeenIn(evidence: Evidence): string | undefined {
  return signs.find(({ isSeenIn }) => isSeenIn?.(evidence))?.kind;
}

/**
 * The kind of a registry at a host that tells nothing: by its first answer, then by what a few of its paths answer. Asked
 * without a login, one request each; what fails says nothing. `undefined` when it shows nothing, or nothing of `kinds`.
 */
export async function detectKind(
  registry: URL,
  kinds: readonly string[],
  options: { readonly send: Send; readonly signal: AbortSignal },
): Promise<string | undefined> {
  if (!signs.some(({ kind }) => kinds.includes(kind))) return undefined;
  const first = await ask(new URL('/v2/', registry), options);
  const seen = first && kindSeenIn(evidenceOf(first, registry));
  if (seen !== undefined) return kinds.includes(seen) ? seen : undefined;
  const answers = await Promise.all(
    signs.map(async ({ kind, probe }) => {
      if (probe === undefined || !kinds.includes(kind)) return undefined;
      const answer = await ask(new URL(probe.path, registry), options);
      const document = answer && (await readDocument(answer, probe.status ?? 200, registry.host));
      return document !== undefined && probe.isOf(document) ? kind : undefined;
    }),
  );
  return answers.find((kind) => kind !== undefined);
}

async function ask(
  url: URL,
  { send, signal }: { readonly send: Send; readonly signal: AbortSignal },
): Promise<HttpResponse | undefined> {
  try {
    // Once: a failure says enough.
    const request = { method: 'GET', url, headers: { accept: 'application/json' }, isRepeatable: false } as const;
    const response = await send(request, signal);
    return await buffered(response, limits.smallBody, url.host);
  } catch (error) {
    if (isRegistryError(error, 'cancelled')) throw error;
    return undefined;
  }
}

async function readDocument(
  response: HttpResponse,
  status: number,
  host: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (response.status !== status) return undefined;
  try {
    const text = new TextDecoder().decode(await readBody(response, limits.smallBody, host));
    const document: unknown = JSON.parse(text);
    return typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function evidenceOf({ headers }: HttpResponse, registry: URL): Evidence {
  return {
    hostname: registry.hostname.toLowerCase(),
    header: (name) => headers.get(name),
    challenges: parseChallenges(headers.all('www-authenticate')),
  };
}

function hasTokenServer(
  { challenges }: Evidence,
  wanted: { readonly path: RegExp; readonly service: string },
): boolean {
  return challenges.some(({ scheme, parameters }) => {
    const [realm = '', service = ''] = [parameters.get('realm'), parameters.get('service')];
    if (scheme !== 'bearer' || !URL.canParse(realm)) return false;
    return wanted.path.test(new URL(realm).pathname) && service.replace(/:\d+$/, '').toLowerCase() === wanted.service;
  });
}

function hasRealm({ challenges }: Evidence, realm: string): boolean {
  return challenges.some(({ parameters }) => parameters.get('realm') === realm);
}

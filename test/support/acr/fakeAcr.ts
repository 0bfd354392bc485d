import type { Send } from '../../../src/core/ports.ts';
import { createTransport } from '../../../src/node/transport.ts';
import { directNetwork } from '../directNetwork.ts';
import type { Artifact } from '../oci.ts';
import { leadTo, type SentRequest } from '../realNames.ts';
import type { Access } from '../sampleRegistry/access.ts';
import type { RegistryRequest, Reply } from '../sampleRegistry/http.ts';
import { parseRoute } from '../sampleRegistry/routes.ts';
import { bearerChallenge } from '../sampleRegistry/tokenQuirks.ts';
import { type SampleRegistry, startSampleRegistry } from '../sampleRegistry.ts';
import { type AcrRecord, AcrStore, answerAcrApi, lockedReply } from './acrApi.ts';

export const acrHost = 'shop.azurecr.io';
const origin = `https://${acrHost}`;

/** `admin` may do everything; `puller` may pull, and nothing that needs metadata. */
export const acrUsers = { admin: 'canary-acr-admin', puller: 'canary-acr-puller' } as const;
export const entraToken = 'canary-entra-token';

/**
 * Azure Container Registry as its documentation describes it: registry, token server and API on one origin, under the
 * name of a registry.
 */
export interface FakeAcr {
  /** Leads requests for the registry here, and no others anywhere. */
  readonly send: Send;
  readonly requests: readonly SentRequest[];
  readonly registry: SampleRegistry;
  push(name: string, artifact: Artifact, ...tags: string[]): string;
  /** What the store knows of a manifest, to lock it. */
  record(name: string, digest: string): AcrRecord;
  close(): Promise<void>;
}

export async function startFakeAcr(options: { readonly maximumPageSize?: number } = {}): Promise<FakeAcr> {
  const requests: SentRequest[] = [];
  const maximumPageSize = options.maximumPageSize ?? 1000;
  const registry = await startSampleRegistry({
    maximumPageSize,
    // Tags are removed by the API only.
    deletes: 'digests',
    auth: {
      scheme: 'bearer',
      quirks: {
        challenge: (parameters) => [
          bearerChallenge({ ...parameters, realm: `${origin}/oauth2/token`, service: acrHost }),
        ],
      },
      users: acrUsers,
      needs: neededScopes,
      allow: (user, { actions }) =>
        user === 'admin' ? actions : actions.filter((action) => user !== undefined && action === 'pull'),
    },
    extension: (request) =>
      locked(request) ?? answerAcrApi(request, { host: acrHost, store, registry, maximumPageSize }),
  });
  const store = new AcrStore();
  const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
  const send = transport.open({ registry: new URL(origin) });

  /** Manifests that may not be written or deleted are so for the registry too. */
  function locked(request: RegistryRequest): Reply | undefined {
    const route = parseRoute(request.url.pathname);
    if (route?.kind !== 'manifest' || (request.method !== 'PUT' && request.method !== 'DELETE')) return undefined;
    const held = registry.storage.repositories.get(route.repository)?.tags.get(route.reference) ?? route.reference;
    const record = store.record(route.repository, held);
    return record && (!record.writeEnabled || (request.method === 'DELETE' && !record.deleteEnabled))
      ? lockedReply
      : undefined;
  }

  return {
    send: leadTo(
      { [origin]: registry.url },
      (request, signal) => toTokenServer(request, signal, send, registry),
      requests,
    ),
    requests,
    registry,
    push: (name, artifact, ...tags) => {
      store.push(name, artifact);
      return registry.push(name, artifact, ...tags);
    },
    record: (name, digest) => {
      const record = store.record(name, digest);
      if (record === undefined) throw new Error(`There is no ${name}@${digest}`);
      return record;
    },
    close: async () => {
      await Promise.all([transport.dispose(), registry.close()]);
    },
  };
}

/** https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md: lists of tags need more than pulling does. */
function neededScopes({ method, url }: RegistryRequest): readonly Access[] | undefined {
  const [, repository] = /^\/acr\/v1\/(.+?)(?:\/_(?:manifests|tags)(?:\/.*)?)?$/.exec(url.pathname) ?? [];
  const tags = parseRoute(url.pathname);
  const name = tags?.kind === 'tags' ? tags.repository : repository;
  if (name === undefined) return undefined;
  return [{ type: 'repository', name, actions: [method === 'DELETE' ? 'delete' : 'metadata_read'] }];
}

/**
 * The paths under which ACR has its token server, which answers an exchange with the refresh token of somebody.
 * https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md#calling-post-oauth2exchange-to-get-an-acr-refresh-token
 */
async function toTokenServer(
  request: Parameters<Send>[0],
  signal: AbortSignal,
  send: Send,
  registry: SampleRegistry,
): ReturnType<Send> {
  const { pathname, search } = request.url;
  const url = new URL(search, registry.realm);
  if (pathname === '/oauth2/token') return send({ ...request, url }, signal);
  if (pathname !== '/oauth2/exchange') return send(request, signal);
  const asked = new URLSearchParams(new TextDecoder().decode(request.body));
  const isGood =
    asked.get('grant_type') === 'access_token' &&
    asked.get('service') === acrHost &&
    asked.get('access_token') === entraToken;
  const form = new URLSearchParams({
    grant_type: 'password',
    username: 'admin',
    password: isGood ? acrUsers.admin : 'wrong',
    service: acrHost,
    client_id: 'acr',
    access_type: 'offline',
  });
  return send({ ...request, url, body: new TextEncoder().encode(form.toString()) }, signal);
}

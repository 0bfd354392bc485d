import type { Send } from '../../../src/core/ports.ts';
import { createTransport } from '../../../src/node/transport.ts';
import { directNetwork } from '../directNetwork.ts';
import type { Artifact } from '../oci.ts';
import { leadTo, type SentRequest } from '../realNames.ts';
import type { RegistryRequest, Reply } from '../sampleRegistry/http.ts';
import { parseRoute } from '../sampleRegistry/routes.ts';
import { listen, RequestLog } from '../sampleRegistry/server.ts';
import { bearerChallenge } from '../sampleRegistry/tokenQuirks.ts';
import { type SampleRegistry, startSampleRegistry } from '../sampleRegistry.ts';
import { answerEcrApi } from './ecrApi.ts';
import { EcrStore } from './ecrStore.ts';
import { awsLogin, ecrAccount, ecrPassword } from './fakeEcr.ts';

export const ecrPublicOrigins = {
  registry: 'https://public.ecr.aws',
  api: 'https://api.ecr-public.us-east-1.amazonaws.com',
} as const;
/** Of the account that {@link awsLogin} is of. */
export const ecrAlias = 'a1b2c3d4';

/** Amazon ECR Public: a registry that anybody reads, and the API of one account, under their real names. */
export interface FakeEcrPublic {
  readonly send: Send;
  readonly requests: readonly SentRequest[];
  readonly registry: SampleRegistry;
  push(name: string, artifact: Artifact, ...tags: string[]): string;
  close(): Promise<void>;
}

export async function startFakeEcrPublic(): Promise<FakeEcrPublic> {
  const store = new EcrStore();
  const requests: SentRequest[] = [];
  const registry = await startSampleRegistry({
    auth: {
      scheme: 'bearer',
      quirks: {
        challenge: (parameters) => [
          bearerChallenge({ ...parameters, realm: `${ecrPublicOrigins.registry}/token/`, service: 'public.ecr.aws' }),
        ],
      },
      users: { AWS: ecrPassword },
      allow: (user, { name, actions }) =>
        user === 'AWS' && name.startsWith(`${ecrAlias}/`) ? actions : actions.filter((action) => action === 'pull'),
    },
    catalog: false,
    fault: (request) => ({ alter: (reply) => noted(request, reply) }),
  });
  const apiOptions = {
    store,
    account: ecrAccount,
    alias: ecrAlias,
    region: 'us-east-1',
    host: new URL(ecrPublicOrigins.api).host,
    keys: { [awsLogin.accessKeyId]: awsLogin.secretAccessKey },
    maximumPageSize: 1000,
    password: ecrPassword,
    onDeleted: (name: string, { tag, digest }: { readonly tag?: string; readonly digest?: string }) => {
      const repository = registry.storage.repositories.get(`${ecrAlias}/${name}`);
      if (tag !== undefined) repository?.tags.delete(tag);
      if (digest === undefined) return;
      repository?.manifests.delete(digest);
      for (const [other, tagged] of repository?.tags ?? []) if (tagged === digest) repository?.tags.delete(other);
    },
  };
  const api = await listen({
    port: 0,
    tls: undefined,
    latency: 0,
    log: new RequestLog(),
    fault: () => undefined,
    handle: (request) => answerEcrApi(request, apiOptions),
  });
  const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
  const send = transport.open({ registry: new URL(ecrPublicOrigins.registry) });

  /** What is pushed to the registry is there for the API. */
  function noted({ method, url }: RegistryRequest, reply: Reply): Reply {
    const route = parseRoute(url.pathname);
    const digest = reply.headers?.['Docker-Content-Digest'];
    if (method !== 'PUT' || reply.status !== 201 || route?.kind !== 'manifest' || typeof digest !== 'string')
      return reply;
    const repository = store.repositories.get(route.repository.slice(ecrAlias.length + 1));
    if (!route.reference.includes(':')) repository?.tags.set(route.reference, digest);
    return reply;
  }

  return {
    send: leadTo(
      { [ecrPublicOrigins.registry]: registry.url, [ecrPublicOrigins.api]: api.origin },
      (request, signal) => {
        const { pathname, search } = request.url;
        return send(
          { ...request, url: pathname === '/token/' ? new URL(search, registry.realm) : request.url },
          signal,
        );
      },
      requests,
    ),
    requests,
    registry,
    push: (name, artifact, ...tags) => {
      if (name.startsWith(`${ecrAlias}/`)) store.push(name.slice(ecrAlias.length + 1), artifact, tags);
      return registry.push(name, artifact, ...tags);
    },
    close: async () => {
      await Promise.all([transport.dispose(), registry.close(), api.close()]);
    },
  };
}

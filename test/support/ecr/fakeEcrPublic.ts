import { type NamedServers, startNamedServers } from '../namedServers.ts';
import type { Artifact } from '../oci.ts';
import type { RegistryRequest, Reply } from '../sampleRegistry/http.ts';
import { parseRoute } from '../sampleRegistry/routes.ts';
import { bearerChallenge } from '../sampleRegistry/tokenQuirks.ts';
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
export interface FakeEcrPublic extends NamedServers {
  push(name: string, artifact: Artifact, ...tags: string[]): string;
}

export async function startFakeEcrPublic(): Promise<FakeEcrPublic> {
  const store = new EcrStore();
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
      const repository = servers.registry.storage.repositories.get(`${ecrAlias}/${name}`);
      if (tag !== undefined) repository?.tags.delete(tag);
      if (digest === undefined) return;
      repository?.manifests.delete(digest);
      for (const [other, tagged] of repository?.tags ?? []) if (tagged === digest) repository?.tags.delete(other);
    },
  };
  const servers: NamedServers = await startNamedServers({
    registry: {
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
    },
    answerApi: (request) => answerEcrApi(request, apiOptions),
    namesOf: ({ registry, api }) => ({ [ecrPublicOrigins.registry]: registry.url, [ecrPublicOrigins.api]: api }),
    urlOf: (url, { registry }) => (url.pathname === '/token/' ? new URL(url.search, registry.realm) : url),
  });

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
    ...servers,
    push: (name, artifact, ...tags) => {
      if (name.startsWith(`${ecrAlias}/`)) store.push(name.slice(ecrAlias.length + 1), artifact, tags);
      return servers.registry.push(name, artifact, ...tags);
    },
  };
}

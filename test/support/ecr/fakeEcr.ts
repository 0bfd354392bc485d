import type { CloudCredential } from '../../../src/core/credential.ts';
import { type NamedServers, startNamedServers } from '../namedServers.ts';
import type { Artifact } from '../oci.ts';
import type { FaultPlan } from '../sampleRegistry/faults.ts';
import { json, ociError, type RegistryRequest, type Reply } from '../sampleRegistry/http.ts';
import { parseRoute } from '../sampleRegistry/routes.ts';
import type { SampleRegistry } from '../sampleRegistry.ts';
import { answerEcrApi } from './ecrApi.ts';
import { EcrStore } from './ecrStore.ts';

export const ecrAccount = '123456789012';
export const ecrOrigins = {
  registry: `https://${ecrAccount}.dkr.ecr.eu-central-1.amazonaws.com`,
  api: 'https://api.ecr.eu-central-1.amazonaws.com',
} as const;

/** What the emulated AWS account takes. */
export const awsLogin: Extract<CloudCredential, { readonly kind: 'aws' }> = {
  kind: 'aws',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/canary-aws',
  sessionToken: 'canary-session-token',
};
export const ecrPassword = 'canary-ecr-password';

export interface FakeEcrOptions {
  /** What lists give at most, whatever is asked for; 1,000 unless told. */
  readonly maximumPageSize?: number;
}

/** Amazon ECR as its documentation describes it: registry and API on sockets of their own, under their real names. */
export interface FakeEcr extends NamedServers {
  readonly store: EcrStore;
  /** Answers in place of the API, where it answers anything. */
  answerApi: ((request: RegistryRequest) => Reply | undefined) | undefined;
  push(name: string, artifact: Artifact, ...tags: string[]): string;
}

export async function startFakeEcr(options: FakeEcrOptions = {}): Promise<FakeEcr> {
  const store = new EcrStore();
  const apiOptions = {
    store,
    account: ecrAccount,
    region: 'eu-central-1',
    host: new URL(ecrOrigins.api).host,
    keys: { [awsLogin.accessKeyId]: awsLogin.secretAccessKey },
    maximumPageSize: options.maximumPageSize ?? 1000,
    password: ecrPassword,
    onDeleted: (name: string, what: { readonly tag?: string; readonly digest?: string }) =>
      forget(servers.registry, name, what),
  };
  const servers: NamedServers = await startNamedServers({
    registry: { auth: { scheme: 'basic', users: { AWS: ecrPassword } }, fault: asEcr(store) },
    answerApi: (request) => ecr.answerApi?.(request) ?? answerEcrApi(request, apiOptions),
    namesOf: ({ registry, api }) => ({ [ecrOrigins.registry]: registry.url, [ecrOrigins.api]: api }),
  });

  const ecr: FakeEcr = {
    ...servers,
    store,
    answerApi: undefined,
    push: (name, artifact, ...tags) => {
      store.push(name, artifact, tags);
      return servers.registry.push(name, artifact, ...tags);
    },
  };
  return ecr;
}

/** What ECR's registry does otherwise than others. */
function asEcr(store: EcrStore): FaultPlan {
  return (request) => {
    const { method, url } = request;
    const challenge = `Basic realm="${ecrOrigins.registry}/",service="ecr.amazonaws.com"`;
    const alter = (reply: Reply): Reply =>
      reply.status === 401 ? { ...reply, headers: { ...reply.headers, 'WWW-Authenticate': challenge } } : reply;
    if (request.headers.authorization === undefined) return { alter };
    // Not documented: what it answers to those who ask for more than the API gives at once.
    if (Number(url.searchParams.get('n') ?? 0) > 1000)
      return { reply: ociError('UNSUPPORTED', 'n must be at most 1000') };
    const route = parseRoute(url.pathname);
    if (route === undefined || !('repository' in route) || method === 'GET' || method === 'HEAD') return { alter };
    const repository = store.repositories.get(route.repository);
    if (repository === undefined) {
      const message = `The repository with name '${route.repository}' does not exist in the registry with id '${ecrAccount}'`;
      return { reply: json(404, { errors: [{ code: 'NAME_UNKNOWN', message }] }) };
    }
    const tag = method === 'PUT' && route.kind === 'manifest' ? route.reference : '';
    if (repository.mutability === 'IMMUTABLE' && repository.tags.has(tag)) {
      const message = `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the tag is immutable.`;
      return { reply: json(400, { errors: [{ code: 'TAG_INVALID', message }] }) };
    }
    return {
      alter: (reply) => {
        note(store, route, method, reply);
        return alter(reply);
      },
    };
  };
}

/** What is pushed to or deleted from the registry is so for the API. */
function note(
  store: EcrStore,
  route: NonNullable<ReturnType<typeof parseRoute>>,
  method: string,
  { status, headers }: Reply,
): void {
  if (route.kind !== 'manifest') return;
  const repository = store.repositories.get(route.repository);
  if (repository === undefined) return;
  if (method === 'DELETE' && status === 202) {
    if (route.reference.includes(':')) store.delete(repository, route.reference);
    else repository.tags.delete(route.reference);
  }
  const digest = headers?.['Docker-Content-Digest'];
  if (method === 'PUT' && status === 201 && typeof digest === 'string' && !route.reference.includes(':')) {
    repository.tags.set(route.reference, digest);
  }
}

function forget(
  registry: SampleRegistry,
  name: string,
  { tag, digest }: { readonly tag?: string; readonly digest?: string },
): void {
  const repository = registry.storage.repositories.get(name);
  if (tag === undefined && digest === undefined) registry.storage.repositories.delete(name);
  if (tag !== undefined) repository?.tags.delete(tag);
  if (digest === undefined) return;
  repository?.manifests.delete(digest);
  for (const [other, tagged] of repository?.tags ?? []) if (tagged === digest) repository?.tags.delete(other);
}

import type {
  AdapterContext,
  CallOptions,
  ConnectionTarget,
  Page,
  PageCallOptions,
  RegistryAdapter,
  RegistrySession,
  RepositoryListing,
} from '../../api.ts';
import { type EcrHost, ecrEndpoints, parseEcrHost } from '../apiAuth/ecrHosts.ts';
import { ecrTarget } from '../apiAuth/ecrLogin.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { isDigest } from '../oci/digest.ts';
import { isRepositoryName } from '../oci/reference.ts';
import { createEcrApi, expected, largestEcrPage, mayFallBack, needsApi } from './ecrApi.ts';
import { readRepositories, type TagMutability } from './ecrReplies.ts';
import { createEcrRepository } from './ecrRepository.ts';
import { ecrKind } from './kinds.ts';
import { registryCursor, registryPage } from './registryTags.ts';

/**
 * Amazon ECR: its registry, and beside it an API, which answers only to AWS credentials. With nothing but the password of
 * a `docker login`, the registry alone is there.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/Welcome.html
 */
export const ecrAdapter: RegistryAdapter = {
  ...ecrKind,
  apis: ecrEndpoints.map(({ api }) => ({ id: api, origin: api, auth: 'sigv4' })),
  open: openEcr,
};

function openEcr(target: ConnectionTarget, context: AdapterContext): RegistrySession {
  const url = new URL(target.url);
  const ecr = parseEcrHost(url.host);
  const registry = context.oci();
  if (ecr?.account === undefined) return registry;
  const { account } = ecr;
  const api = createEcrApi(context.http, { id: ecr.template, host: new URL(ecr.api).host, target: ecrTarget });
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
  const mutability = new Map<string, TagMutability>();
  let isTold = false;

  /** Once a session: the lists of the registry have names only, and somebody may miss the rest. */
  function onFallBack(reason: RegistryError): void {
    if (!isTold) context.log.info(`${url.host} is read without the API of Amazon ECR: ${reason.message}`);
    isTold = true;
  }

  async function listRepositories(
    namespace: string | undefined,
    call: PageCallOptions,
  ): Promise<Page<RepositoryListing>> {
    if (call.cursor?.startsWith(registryCursor)) return listInRegistry(namespace, call);
    const { limit = largestEcrPage, cursor, signal } = call;
    try {
      const maxResults = Math.max(1, Math.min(limit, largestEcrPage));
      const input = { registryId: account, maxResults, ...(cursor !== undefined && { nextToken: cursor }) };
      const reply = await api.call('DescribeRepositories', input, 'its repositories', signal);
      const { items, nextToken } = expected(readRepositories(reply), api);
      for (const { name, mutability: told } of items) if (told !== undefined) mutability.set(name, told);
      return {
        items: items
          .filter(({ name }) => prefix === '' || name === prefix || name.startsWith(`${prefix}/`))
          .map(({ mutability: _told, ...listing }) => listing),
        ...(nextToken !== undefined && { cursor: nextToken }),
      };
    } catch (error) {
      if (!mayFallBack(error) || cursor !== undefined) throw error;
      onFallBack(error);
      return listInRegistry(namespace, call);
    }
  }

  async function listInRegistry(
    namespace: string | undefined,
    call: PageCallOptions,
  ): Promise<Page<RepositoryListing>> {
    return registryPage(async (own) => (await registry.listRepositories?.(namespace, own)) ?? { items: [] }, call);
  }

  async function createRepository(name: string, { signal }: CallOptions): Promise<void> {
    if (!isRepositoryName(name)) throw new RegistryError('invalid', `"${name}" is not a name of a repository.`);
    try {
      await api.call('CreateRepository', { registryId: account, repositoryName: name }, `to create ${name}`, signal);
    } catch (error) {
      if (isRegistryError(error, 'unauthorized')) throw needsApi('Creating a repository', error);
      throw error;
    }
  }

  return {
    ...registry,
    listRepositories,
    createRepository,
    repository: (name, access) =>
      createEcrRepository({
        name,
        account,
        api,
        registry: registry.repository(name, access),
        mutability: () => mutability.get(name),
        onFallBack,
        pageOf: (reference) => pageOf({ ...ecr, account }, name, reference),
      }),
  };
}

/** AWS's console, which each partition has at an address of its own. Its pages of images want a digest. */
function pageOf({ account, region }: EcrHost, name: string, reference: string | undefined): string {
  const console = region.startsWith('cn-')
    ? 'console.amazonaws.cn'
    : region.startsWith('us-gov-')
      ? 'console.amazonaws-us-gov.com'
      : `${region}.console.aws.amazon.com`;
  const image = reference !== undefined && isDigest(reference) ? `/_/image/${reference}/details` : '';
  return `https://${console}/ecr/repositories/private/${account}/${name}${image}?region=${region}`;
}

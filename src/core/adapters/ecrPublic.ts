import type {
  AdapterContext,
  ConnectionTarget,
  Page,
  PageCallOptions,
  RegistryAdapter,
  RegistrySession,
  RepositoryListing,
  RepositorySession,
  TagSummary,
} from '../../api.ts';
import { ecrPublicApi, ecrPublicHosts } from '../apiAuth/ecrHosts.ts';
import { ecrPublicTarget } from '../apiAuth/ecrLogin.ts';
import { RegistryError } from '../errors.ts';
import { createEcrApi, type EcrApi, expected, largestEcrPage, mayFallBack } from './ecrApi.ts';
import { deleteEcrManifest, deleteEcrTag } from './ecrChanges.ts';
import { readAliases, readImageTags, readPublicRepositories } from './ecrPublicReplies.ts';
import { ecrPublicKind } from './kinds.ts';
import { registryCursor, registryTags } from './registryTags.ts';

/**
 * Amazon ECR Public: anybody reads its images by name. Its API knows the repositories of one's own account alone, by AWS
 * credentials; there is no documented one for its gallery.
 * https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/Welcome.html
 */
export const ecrPublicAdapter: RegistryAdapter = {
  ...ecrPublicKind,
  apis: [{ id: 'ecr-public', origin: ecrPublicApi, auth: 'sigv4' }],
  open: openEcrPublic,
};

function openEcrPublic(target: ConnectionTarget, context: AdapterContext): RegistrySession {
  const { host } = new URL(target.url);
  const registry = context.oci();
  if (!ecrPublicHosts.includes(host)) return registry;
  const api = createEcrApi(context.http, {
    id: 'ecr-public',
    host: new URL(ecrPublicApi).host,
    target: ecrPublicTarget,
  });
  /** Of the account. A failure is not kept: somebody may sign in meanwhile. */
  let ownAliases: readonly string[] | undefined;

  async function isOwn(name: string, signal: AbortSignal): Promise<boolean> {
    ownAliases ??= expected(
      readAliases(await api.call('DescribeRegistries', {}, 'the aliases of this account', signal)),
      api,
    ).items;
    return ownAliases.some((alias) => name.startsWith(`${alias}/`));
  }

  async function listRepositories(
    _namespace: string | undefined,
    { limit = largestEcrPage, cursor, signal }: PageCallOptions,
  ): Promise<Page<RepositoryListing>> {
    const maxResults = Math.max(1, Math.min(limit, largestEcrPage));
    const input = { maxResults, ...(cursor !== undefined && { nextToken: cursor }) };
    try {
      const reply = await api.call('DescribeRepositories', input, 'the repositories of this account', signal);
      const { items, nextToken } = expected(readPublicRepositories(reply), api);
      return { items, ...(nextToken !== undefined && { cursor: nextToken }) };
    } catch (error) {
      if (!mayFallBack(error)) throw error;
      const message = `${host} lists no repositories but those of your own account. ${error.message} Every public image can be opened by name, and repositories can be pinned.`;
      throw new RegistryError(error.code, message, { cause: error, host });
    }
  }

  return {
    ...registry,
    listRepositories,
    repository: (name, access) => createPublicRepository(name, registry.repository(name, access), { api, isOwn }),
  };
}

function createPublicRepository(
  name: string,
  registry: RepositorySession,
  { api, isOwn }: { readonly api: EcrApi; readonly isOwn: (name: string, signal: AbortSignal) => Promise<boolean> },
): RepositorySession {
  /** The API knows names without their alias: one of somebody else would be taken for one's own. */
  const id = { repositoryName: name.split('/').slice(1).join('/') };

  async function listTags(call: PageCallOptions): Promise<Page<TagSummary>> {
    const { limit = largestEcrPage, cursor, signal } = call;
    if (cursor?.startsWith(registryCursor)) return registryTags(registry, call);
    try {
      if (cursor === undefined && !(await isOwn(name, signal))) return await registryTags(registry, call);
      const maxResults = Math.max(1, Math.min(limit, largestEcrPage));
      const input = { ...id, maxResults, ...(cursor !== undefined && { nextToken: cursor }) };
      const reply = await api.call('DescribeImageTags', input, `the tags of ${name}`, signal);
      const { items, nextToken } = expected(readImageTags(reply), api);
      return { items, ...(nextToken !== undefined && { cursor: nextToken }) };
    } catch (error) {
      if (!mayFallBack(error) || cursor !== undefined) throw error;
      return registryTags(registry, call);
    }
  }

  async function requireOwn(signal: AbortSignal): Promise<void> {
    if (await isOwn(name, signal)) return;
    throw new RegistryError('denied', `${name} on ${api.host} is not of this account. Nothing was removed.`, {
      host: api.host,
    });
  }

  return {
    ...registry,
    listTags,
    deleteTag: async (tag, call) => {
      await requireOwn(call.signal);
      await deleteEcrTag(api, id, tag, call);
    },
    deleteManifest: async (digest, call) => {
      await requireOwn(call.signal);
      await deleteEcrManifest(api, id, digest, call);
    },
    webUrl: () => `https://gallery.ecr.aws/${name}`,
  };
}

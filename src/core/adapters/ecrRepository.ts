import type {
  CallOptions,
  FetchedManifest,
  Page,
  PageCallOptions,
  RepositorySession,
  TagSummary,
  UntaggedManifest,
} from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { isDigest } from '../oci/digest.ts';
import { type EcrApi, expected, largestEcrPage, mayFallBack, needsApi } from './ecrApi.ts';
import { deleteEcrManifest, deleteEcrRepository, deleteEcrTag, type EcrRepositoryId } from './ecrChanges.ts';
import { type EcrImage, type EcrPage, isImmutable, readImages, type TagMutability } from './ecrReplies.ts';
import { fetchEcrScan } from './ecrScan.ts';
import { registryCursor, registryTags } from './registryTags.ts';

export interface EcrRepositoryOptions {
  readonly name: string;
  /** The account whose registry it is in. */
  readonly account: string;
  readonly registry: RepositorySession;
  readonly api: EcrApi;
  /** Which of its tags may be moved, where the list of repositories has told. */
  readonly mutability: () => TagMutability | undefined;
  /** Called when the registry has to answer in place of the API. */
  readonly onFallBack: (reason: RegistryError) => void;
  /** Page for people. */
  readonly pageOf: (reference: string | undefined) => string;
}

/** A repository of a private registry: its API for what the registry does not tell or do. */
export function createEcrRepository(options: EcrRepositoryOptions): RepositorySession {
  const { name, account, registry, api, mutability, onFallBack, pageOf } = options;
  const id: EcrRepositoryId = { repositoryName: name, registryId: account };

  /** Images are listed with all of their tags at once; without the API the registry lists the names. */
  async function listTags(call: PageCallOptions): Promise<Page<TagSummary>> {
    if (call.cursor?.startsWith(registryCursor)) return registryTags(registry, call);
    try {
      const { items, nextToken } = await describeImages('TAGGED', `the tags of ${name}`, call);
      return { items: items.flatMap(tagsOf), ...(nextToken !== undefined && { cursor: nextToken }) };
    } catch (error) {
      if (!mayFallBack(error) || call.cursor !== undefined) throw error;
      onFallBack(error);
      return registryTags(registry, call);
    }
  }

  function tagsOf({ tags, digest, size, pushedAt, pulledAt }: EcrImage): readonly TagSummary[] {
    const rules = mutability();
    return tags.map((tag) => ({
      name: tag,
      digest,
      ...(size !== undefined && { size }),
      ...(pushedAt !== undefined && { pushedAt }),
      ...(pulledAt !== undefined && { pulledAt }),
      ...(rules !== undefined && { protectedFrom: isImmutable(rules, tag) ? (['move'] as const) : [] }),
    }));
  }

  async function listUntagged(call: PageCallOptions): Promise<Page<UntaggedManifest>> {
    const { items, nextToken } = await describeImages('UNTAGGED', `the untagged images of ${name}`, call);
    return {
      items: items
        .filter(({ tags }) => tags.length === 0)
        .map(({ tags: _tags, pulledAt: _pulledAt, ...image }) => image),
      ...(nextToken !== undefined && { cursor: nextToken }),
    };
  }

  async function describeImages(
    tagStatus: 'TAGGED' | 'UNTAGGED',
    what: string,
    { limit = largestEcrPage, cursor, signal }: PageCallOptions,
  ): Promise<EcrPage<EcrImage>> {
    const maxResults = Math.max(1, Math.min(limit, largestEcrPage));
    const input = { ...id, filter: { tagStatus }, maxResults, ...(cursor !== undefined && { nextToken: cursor }) };
    return expected(readImages(await api.call('DescribeImages', input, what, signal)), api);
  }

  /** Immutable tags are the registry's to refuse: it alone knows of a tag that came meanwhile. */
  async function putManifest(reference: string, manifest: FetchedManifest, call: CallOptions) {
    try {
      if (registry.putManifest === undefined) throw new RegistryError('unsupported', `${name} is read-only.`);
      return await registry.putManifest(reference, manifest, call);
    } catch (error) {
      if (isDigest(reference) || !isRegistryError(error, 'invalid', 'conflict', 'denied')) throw error;
      if (!/immutable/i.test(error.message)) throw error;
      throw new RegistryError(
        'conflict',
        `${reference} is there already, and tags of ${name} are immutable: they cannot be moved to another image. Nothing was changed. Use another tag, or let the tags of the repository be mutable in Amazon ECR.`,
        { cause: error, ...(error.host !== undefined && { host: error.host }) },
      );
    }
  }

  async function deleteTag(tag: string, call: CallOptions): Promise<void> {
    try {
      await deleteEcrTag(api, id, tag, call);
    } catch (error) {
      // What the registry itself does with the last tag of an image is not documented.
      if (isRegistryError(error, 'unauthorized')) throw needsApi('Removing a tag', error);
      throw error;
    }
  }

  async function deleteManifest(digest: string, call: CallOptions): Promise<void> {
    try {
      await deleteEcrManifest(api, id, digest, call);
    } catch (error) {
      if (!isRegistryError(error, 'unauthorized') || registry.deleteManifest === undefined) throw error;
      onFallBack(error);
      await registry.deleteManifest(digest, call);
    }
  }

  return {
    ...registry,
    listTags,
    putManifest,
    deleteTag,
    deleteManifest,
    deleteRepository: (call) => deleteEcrRepository(api, id, call),
    listUntagged,
    vulnerabilities: (digest, call) => fetchEcrScan(api, id, digest, call),
    webUrl: pageOf,
  };
}

import type {
  CallOptions,
  FetchedManifest,
  GantryErrorCode,
  Page,
  PageCallOptions,
  RepositorySession,
  TagSummary,
  UntaggedManifest,
} from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { assertDigest, isDigest } from '../oci/digest.ts';
import { isTag } from '../oci/reference.ts';
import { type HarborApi, parseHarborName, repositoryPath } from './harborApi.ts';
import { type HarborArtifact, readArtifacts, readDescription } from './harborReplies.ts';
import { fetchHarborScan } from './harborScan.ts';
import { registryCursor, registryTags } from './registryTags.ts';

/** Failures of the API with which the registry itself may still list the tags, as of a project that is a cache. */
const fallbackCodes: readonly GantryErrorCode[] = ['unauthorized', 'denied', 'not-found', 'unsupported', 'protocol'];

export interface HarborRepositoryOptions {
  readonly api: HarborApi;
  readonly registry: RepositorySession;
  readonly origin: string;
  /** Harbor's pages have the number of a project, which lists tell. */
  readonly projectIds: Map<string, number>;
}

/** A repository of Harbor: its registry, and its API for what the registry does not tell or do. */
export function createHarborRepository(name: string, options: HarborRepositoryOptions): RepositorySession {
  const { api, registry, origin, projectIds } = options;
  const place = parseHarborName(name);
  // Nothing but the registry can tell what a name of another form is.
  if (place === undefined) return registry;
  const { project, repository } = place;
  const root = repositoryPath(project, repository);

  /** A page of artifacts has all of their tags. */
  async function listTags(call: PageCallOptions): Promise<Page<TagSummary>> {
    if (call.cursor?.startsWith(registryCursor)) return registryTags(registry, call);
    try {
      const page = await listArtifacts({ q: 'tags=*', with_immutable_status: 'true' }, `the tags of ${name}`, call);
      // Its total counts artifacts.
      return {
        items: page.items.flatMap(({ tags }) => tags),
        ...(page.cursor !== undefined && { cursor: page.cursor }),
      };
    } catch (error) {
      if (!isRegistryError(error, ...fallbackCodes) || call.cursor !== undefined) throw error;
      return registryTags(registry, call);
    }
  }

  /** Harbor itself leaves out what an index names, and what refers to another image. */
  async function listUntagged(call: PageCallOptions): Promise<Page<UntaggedManifest>> {
    const page = await listArtifacts({ q: 'tags=nil' }, `the untagged artifacts of ${name}`, call);
    return {
      ...page,
      items: page.items
        .filter(({ tags }) => tags.length === 0)
        .map(({ tags: _tags, projectId: _projectId, ...artifact }) => artifact),
    };
  }

  async function listArtifacts(
    query: Readonly<Record<string, string>>,
    what: string,
    call: PageCallOptions,
  ): Promise<Page<HarborArtifact>> {
    const page = await api.list(
      `${root}/artifacts`,
      { query: { ...query, with_tag: 'true', sort: '-push_time' }, what, read: readArtifacts },
      call,
    );
    const id = page.items.find(({ projectId }) => projectId !== undefined)?.projectId;
    if (id !== undefined) projectIds.set(project, id);
    return page;
  }

  /** The registry deletes no tags, only digests. */
  async function deleteTag(tag: string, call: CallOptions): Promise<void> {
    if (!isTag(tag)) throw new RegistryError('invalid', `"${tag}" is not a tag. Nothing was removed.`);
    const path = `${root}/artifacts/${tag}/tags/${tag}`;
    const what = `to remove ${name}:${tag}`;
    await explainingRules(what, () => api.delete(path, what, call));
  }

  async function deleteManifest(digest: string, call: CallOptions): Promise<void> {
    assertDigest(digest);
    const what = `to delete ${name}@${digest}`;
    await explainingRules(what, () => api.delete(`${root}/artifacts/${digest}`, what, call));
  }

  /** What Harbor refuses with 412, and what only looks like a missing right. */
  async function explainingRules<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const reason = isRegistryError(error, 'conflict', 'denied') ? reasonOf(error.message, project) : undefined;
      if (!isRegistryError(error) || reason === undefined) throw error;
      throw new RegistryError('conflict', `${api.host} refused ${what}: ${reason} Nothing was changed.`, {
        cause: error,
        host: api.host,
        ...(error.status !== undefined && { status: error.status }),
      });
    }
  }

  function webUrl(reference?: string): string | undefined {
    const id = projectIds.get(project);
    if (id === undefined) return undefined;
    const page = `${origin}/harbor/projects/${id}/repositories/${encodeURIComponent(repository)}`;
    return reference !== undefined && isDigest(reference) ? `${page}/artifacts-tab/artifacts/${reference}` : page;
  }

  const { putManifest } = registry;
  return {
    ...registry,
    listTags,
    listUntagged,
    deleteTag,
    deleteManifest,
    deleteRepository: (call) => explainingRules(`to delete ${name}`, () => api.delete(root, `to delete ${name}`, call)),
    ...(putManifest !== undefined && {
      putManifest: (reference: string, manifest: FetchedManifest, call: CallOptions) =>
        explainingRules(`to write ${name}:${reference}`, () => putManifest(reference, manifest, call)),
    }),
    vulnerabilities: async (digest, call) => {
      assertDigest(digest);
      return fetchHarborScan(api, { path: `${root}/artifacts/${digest}`, name: `${name}@${digest}` }, call);
    },
    readme: async ({ signal }) => readDescription(await api.get(root, `the description of ${name}`, { signal })),
    webUrl,
  };
}

/**
 * https://goharbor.io/docs/main/working-with-projects/working-with-images/create-tag-immutability-rules/ and
 * https://goharbor.io/docs/main/administration/configure-proxy-cache/
 */
function reasonOf(message: string, project: string): string | undefined {
  if (/immutable/i.test(message)) {
    return `a tag immutability rule of the project ${project} protects the tag, which can then be neither moved nor removed, nor its image deleted. An administrator of the project can change the rule (Policy, Tag Immutability); retention rules spare such tags too.`;
  }
  if (/referenced by others/i.test(message)) return 'an image for several platforms holds it. Delete that one first.';
  if (/proxy project/i.test(message)) {
    return `the project ${project} is a cache of another registry, and takes only what comes from there.`;
  }
  return undefined;
}

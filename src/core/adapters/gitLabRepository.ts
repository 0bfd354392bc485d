import type { AdapterLog, CallOptions, Page, PageCallOptions, RepositorySession, TagSummary } from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { isRepositoryName, isTag } from '../oci/reference.ts';
import { notARegistry } from '../registry/body.ts';
import { type GitLabApi, withHint } from './gitLabApi.ts';
import { tagsQuery } from './gitLabQueries.ts';
import { readTags } from './gitLabReplies.ts';
import type { GitLabRepositories } from './gitLabRepositories.ts';
import { tagsOrNames } from './registryTags.ts';

/** https://docs.gitlab.com/api/graphql/#limits */
const largestPage = 100;

export interface GitLabRepositoryOptions {
  /** Of the registry. */
  readonly host: string;
  readonly registry: RepositorySession;
  readonly api: GitLabApi;
  readonly repositories: GitLabRepositories;
  readonly log: AdapterLog;
}

/** A repository of GitLab's registry: GitLab tells of a page of its tags in one answer, and deletes tags by itself. */
export function createGitLabRepository(name: string, options: GitLabRepositoryOptions): RepositorySession {
  const { host, registry, api, repositories, log } = options;
  // Nothing but the registry can tell what a name of another form is.
  if (!isRepositoryName(name) || !name.includes('/')) return registry;

  /** A login that may not ask the API may still pull: then the registry lists the tags. */
  function listTags(call: PageCallOptions): Promise<Page<TagSummary>> {
    return tagsOrNames(registry, call, fetchTags, (error) =>
      log.info(`The tags of ${name} are listed by the registry, without sizes and dates: ${error.message}`),
    );
  }

  async function fetchTags({ limit = largestPage, cursor, ...call }: PageCallOptions): Promise<Page<TagSummary>> {
    const what = `the tags of ${name}`;
    if (api.refusal !== undefined) throw await api.error(api.refusal, what);
    const { globalId } = await repositories.find(name, call);
    const variables = { id: globalId, first: Math.max(1, Math.min(limit, largestPage)), after: cursor ?? null };
    const data = await api.ask({ query: tagsQuery, variables, what }, call);
    const repository = data['containerRepository'];
    if (repository === null) {
      // It may have been made anew since.
      repositories.forget(name);
      throw new RegistryError('not-found', `The GitLab of ${host} does not have ${what}. It may have been deleted.`, {
        host,
      });
    }
    const page = readTags((repository as { readonly tags?: unknown } | undefined)?.tags);
    if (page === undefined) throw notARegistry(host, 'JSON of another form');
    return { items: page.items, ...(page.next !== undefined && { cursor: page.next }) };
  }

  /** https://docs.gitlab.com/api/container_registry/#delete-a-registry-repository-tag */
  async function deleteTag(tag: string, call: CallOptions): Promise<void> {
    if (!isTag(tag)) throw new RegistryError('invalid', `"${tag}" is not a tag. Nothing was removed.`);
    await remove(
      `/tags/${tag}`,
      `${name}:${tag}`,
      'Nothing was removed. The tag may be protected: a rule of its project says who may delete it.',
      call,
    );
  }

  /** GitLab answers before it is done. https://docs.gitlab.com/api/container_registry/#delete-a-registry-repository */
  async function deleteRepository(call: CallOptions): Promise<void> {
    await remove('', name, 'Nothing was removed. It wants the role Maintainer, or a rule protects it.', call);
    repositories.forget(name);
  }

  async function remove(part: string, what: string, hint: string, call: CallOptions): Promise<void> {
    const { id, projectId } = await repositories.find(name, call);
    const path = `/projects/${projectId}/registry/repositories/${id}${part}`;
    const response = await api.send('DELETE', path, call.signal);
    if (response.status >= 200 && response.status <= 299) return;
    const error = await api.error(response, `to delete ${what}`);
    throw isRegistryError(error, 'denied') ? withHint(error, hint) : error;
  }

  function webUrl(): string | undefined {
    const place = repositories.known(name);
    return place?.projectPage === undefined ? undefined : `${place.projectPage}/container_registry/${place.id}`;
  }

  return { ...registry, listTags, deleteTag, deleteRepository, webUrl };
}

import type { AdapterHttp, CallOptions, Page, PageCallOptions, RepositorySession, TagSummary } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { isTag } from '../oci/reference.ts';
import { notARegistry } from '../registry/body.ts';
import { hubOrigin } from '../registry/hubTokens.ts';
import { fetchHubPage } from './dockerHubPage.ts';
import { isHubRepository, officialNamespace, readDescription, readTags } from './dockerHubReplies.ts';
import { tagsOrNames } from './registryTags.ts';

/** A repository of Docker Hub: its registry, and its API for what the registry does not tell or do. */
export function createHubRepository(name: string, registry: RepositorySession, http: AdapterHttp): RepositorySession {
  // Nothing but the registry can tell what a name of another form is.
  if (!isHubRepository(name)) return registry;
  const [namespace = '', repository = ''] = name.split('/');

  /**
   * A page of the API tells all of its tags at once. Where the API cannot be asked, the registry lists their names. That
   * is no rare case: without a login the API refuses pages far down the list (since August 2026, "pagination offset too
   * large for anonymous requests"), so the names begin anew there.
   */
  function listTags(options: PageCallOptions): Promise<Page<TagSummary>> {
    return tagsOrNames(registry, options, (call) =>
      fetchHubPage(http, call, {
        path: `/v2/namespaces/${namespace}/repositories/${repository}/tags`,
        what: `the tags of ${name}`,
        read: readTags,
      }),
    );
  }

  /** The registry deletes no tags, only digests. */
  async function deleteTag(tag: string, { signal }: CallOptions): Promise<void> {
    if (!isTag(tag)) throw new RegistryError('invalid', `"${tag}" is not a tag.`);
    const path = `/v2/repositories/${namespace}/${repository}/tags/${tag}/`;
    const response = await http.send({ api: 'hub', method: 'DELETE', path, signal });
    if (response.status < 200 || response.status > 299) throw await response.error(`to delete ${name}:${tag}`);
  }

  /** https://docs.docker.com/reference/api/hub/latest/#tag/repositories/operation/GetRepository */
  async function readme({ signal }: CallOptions): Promise<string | undefined> {
    const path = `/v2/namespaces/${namespace}/repositories/${repository}`;
    const response = await http.send({ api: 'hub', method: 'GET', path, signal });
    if (response.status !== 200) throw await response.error(`the description of ${name}`);
    const text = readDescription(await response.json());
    if (text === undefined) throw notARegistry(new URL(hubOrigin).host, 'JSON of another form');
    return text || undefined;
  }

  function webUrl(reference?: string): string {
    const page = namespace === officialNamespace ? `_/${repository}` : `r/${namespace}/${repository}`;
    if (reference === undefined) return `${hubOrigin}/${page}`;
    // Pages of digests need the platform's digest and a tag too.
    return `${hubOrigin}/${page}/tags${isTag(reference) ? `?name=${encodeURIComponent(reference)}` : ''}`;
  }

  return { ...registry, listTags, deleteTag, readme, webUrl };
}

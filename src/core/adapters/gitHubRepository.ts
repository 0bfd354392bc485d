import type {
  AdapterLog,
  CallOptions,
  Page,
  PageCallOptions,
  RepositorySession,
  TagSummary,
  UntaggedManifest,
} from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { assertDigest } from '../oci/digest.ts';
import { isRepositoryName, isTag } from '../oci/reference.ts';
import type { RecentValues } from '../recentValues.ts';
import { notARegistry } from '../registry/body.ts';
import { type GitHubApi, largestPage, listQuery } from './gitHubApi.ts';
import type { GitHubOwners } from './gitHubOwners.ts';
import { type GitHubVersion, readVersions, tagsOf } from './gitHubReplies.ts';
import { tagsOrNames } from './registryTags.ts';

/** Pages of versions that are looked through for one: ten thousand versions. */
const mostPages = 100;

export interface GitHubRepositoryOptions {
  readonly registry: RepositorySession;
  readonly api: GitHubApi;
  readonly owners: GitHubOwners;
  /** Ids of the versions that were listed, by `name@digest` and `name:tag`. */
  readonly versions: RecentValues<number>;
  readonly log: AdapterLog;
}

/**
 * A package of GitHub's registry, whose versions are manifests: the API lists them with their tags, and deletes them. It
 * tells no sizes, and answers nobody without a login; then the registry lists the tags.
 */
export function createGitHubRepository(name: string, options: GitHubRepositoryOptions): RepositorySession {
  const { registry, api, owners, versions, log } = options;
  const { place } = api;
  const [owner = '', ...rest] = name.split('/');
  // Nothing but the registry can tell what a name of another form is.
  if (!isRepositoryName(name) || rest.length === 0) return registry;
  const path = `packages/container/${encodeURIComponent(rest.join('/'))}`;

  async function listVersions(call: PageCallOptions, what: string): Promise<Page<GitHubVersion>> {
    const response = await owners.ask(owner, (root) =>
      api.send('GET', `${root}/${path}/versions?${listQuery(call)}`, call.signal),
    );
    const page = await api.page(response, call, { what, read: readVersions });
    for (const { id, digest, tags } of page.items) {
      versions.set(`${name}@${digest}`, id);
      for (const tag of tags) versions.set(`${name}:${tag}`, id);
    }
    return page;
  }

  function listTags(call: PageCallOptions): Promise<Page<TagSummary>> {
    return tagsOrNames(
      registry,
      call,
      async (own) => {
        // Nobody without a login is answered, now or later.
        if (api.refusal !== undefined) throw await api.error(api.refusal, `the tags of ${name}`);
        const page = await listVersions(own, `the tags of ${name}`);
        // A package has a version at least.
        if (page.items.length === 0 && own.cursor === undefined) throw notARegistry(place.apiHost, 'no version at all');
        return { ...page, items: page.items.flatMap(tagsOf) };
      },
      (error) => log.info(`The tags of ${name} are listed by the registry: ${error.message}`),
    );
  }

  async function listUntagged(call: PageCallOptions): Promise<Page<UntaggedManifest>> {
    const page = await listVersions(call, `the untagged versions of ${name}`);
    const untagged = page.items.filter(({ tags }) => tags.length === 0);
    return {
      ...page,
      items: untagged.map(({ digest, pushedAt }) => ({ digest, ...(pushedAt !== undefined && { pushedAt }) })),
    };
  }

  async function deleteManifest(digest: string, call: CallOptions): Promise<void> {
    assertDigest(digest);
    await remove(`${path}/versions/${await findVersion(digest, call)}`, `${name}@${digest}`, call);
  }

  /** Versions are deleted by an id of GitHub's own. */
  async function findVersion(digest: string, { signal }: CallOptions): Promise<number> {
    const what = `the version ${digest} of ${name}`;
    let cursor: string | undefined;
    for (let pages = 0; pages < mostPages; pages++) {
      const page = await listVersions({ signal, limit: largestPage, ...(cursor !== undefined && { cursor }) }, what);
      const found = page.items.find((version) => version.digest === digest);
      if (found !== undefined) return found.id;
      cursor = page.cursor;
      if (cursor === undefined) {
        const message = `${place.apiHost} does not have ${what}. Nothing was removed; it may have been deleted.`;
        throw new RegistryError('not-found', message, { host: place.apiHost });
      }
    }
    throw new RegistryError(
      'too-large',
      `${name} has more versions than Gantry looks through at ${place.apiHost}. Nothing was removed; delete it on its page.`,
      { host: place.apiHost },
    );
  }

  /** https://docs.github.com/en/packages/learn-github-packages/deleting-and-restoring-a-package */
  async function remove(target: string, what: string, { signal }: CallOptions): Promise<void> {
    const response = await owners.ask(owner, (root) => api.send('DELETE', `${root}/${target}`, signal));
    if (response.status >= 200 && response.status <= 299) return;
    const error = await api.error(response, `to delete ${what}`);
    const reason = reasonOf(error.message);
    if (reason === undefined) throw error;
    throw new RegistryError('denied', `${place.apiHost} does not delete ${what}: ${reason}`, {
      cause: error,
      host: place.apiHost,
      status: response.status,
    });
  }

  function webUrl(reference?: string): string {
    const kind = owners.kindOf(owner);
    // Whoever opens an image there is led to its page.
    if (kind === undefined) return `${place.registry}/${name}`;
    const page = `${place.web}/${kind}/${owner}/packages/container`;
    const image = encodeURIComponent(rest.join('/'));
    if (reference === undefined) return `${page}/package/${image}`;
    const id = versions.get(`${name}${isTag(reference) ? ':' : '@'}${reference}`);
    if (id === undefined) return `${page}/${image}/versions`;
    return `${page}/${image}/${id}${isTag(reference) ? `?tag=${encodeURIComponent(reference)}` : ''}`;
  }

  // Registries of GitHub remove nothing, and the API no tag alone.
  const { deleteTag: _deleteTag, ...others } = registry;
  return {
    ...others,
    listTags,
    listUntagged,
    deleteManifest,
    deleteRepository: (call) => remove(path, name, call),
    webUrl,
  };
}

/** Why GitHub refuses to delete, in words that say what to do; `undefined` for other reasons. */
function reasonOf(message: string): string | undefined {
  if (/5,?000 downloads/.test(message)) {
    return 'it is public and was downloaded more than 5,000 times. Nothing was removed; GitHub support can help.';
  }
  if (/last (?:tagged )?version/.test(message)) {
    return 'it is the last version of its package. Nothing was removed; delete the whole package instead.';
  }
  return undefined;
}

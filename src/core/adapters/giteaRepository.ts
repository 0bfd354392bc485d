import type {
  AdapterHttp,
  AdapterResponse,
  ApiOrigin,
  CallOptions,
  GantryErrorCode,
  Page,
  PageCallOptions,
  RepositorySession,
  TagSummary,
} from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { isRepositoryName, isTag } from '../oci/reference.ts';
import { notARegistry } from '../registry/body.ts';
import { limits } from '../registry/limits.ts';
import { type GiteaVersion, readVersions } from './giteaReplies.ts';
import { nextPage, numberedPage, pageQuery } from './numberedPages.ts';
import { registryCursor, registryTags } from './registryTags.ts';

/** Takes a password as well as an access token in its place. */
export const giteaApi: ApiOrigin = { id: 'api', origin: '{origin}', auth: 'basic' };

/** More is cut to this, unless the operator says otherwise. */
const largestPage = 50;

/** Failures with which the registry's own list may still be there: the API is for those who are logged in. */
const fallbackCodes: readonly GantryErrorCode[] = ['unauthorized', 'denied', 'not-found', 'unsupported'];

/** What was learnt of a server in a session, so that it is asked in vain once. */
export interface GiteaMemory {
  /** The list of one package's versions is new in Gitea 1.25; older ones and Forgejo search for it. */
  lacksVersionList?: boolean;
  /** Nobody is logged in, or with a token that may not read packages. */
  refusesApi?: boolean;
}

/** A package of images: the registry, and the API that knows when each version was pushed. */
export function createGiteaRepository(
  name: string,
  options: {
    readonly origin: string;
    readonly registry: RepositorySession;
    readonly http: AdapterHttp;
    readonly memory: GiteaMemory;
  },
): RepositorySession {
  const { origin, registry, http, memory } = options;
  const { host } = new URL(origin);
  const [owner = '', ...rest] = name.split('/');
  const image = rest.join('/');
  // Nothing but the registry can tell what a name of another form is.
  if (!isRepositoryName(name) || image === '') return registry;
  const packages = `/api/v1/packages/${owner}`;
  const ownPackage = `${packages}/container/${encodeURIComponent(image)}`;

  async function listTags(call: PageCallOptions): Promise<Page<TagSummary>> {
    if (call.cursor?.startsWith(registryCursor)) return registryTags(registry, call);
    if (memory.refusesApi && call.cursor === undefined) return registryTags(registry, call);
    try {
      const { items, cursor } = await fetchVersions(call);
      // Only the registry can tell a package that is not there from one that is hidden.
      if (items.length === 0 && cursor.cursor === undefined && call.cursor === undefined) {
        return await registryTags(registry, call);
      }
      // Digests are versions too. One that was pushed by its digest first is among them also when a tag names it.
      const tags = items.filter(({ version }) => isTag(version));
      return {
        items: tags.map(({ version, createdAt }) => ({
          name: version,
          ...(createdAt !== undefined && { pushedAt: createdAt }),
        })),
        ...cursor,
      };
    } catch (error) {
      if (!isRegistryError(error, ...fallbackCodes) || call.cursor !== undefined) throw error;
      if (isRegistryError(error, 'unauthorized', 'denied')) memory.refusesApi = true;
      return registryTags(registry, call);
    }
  }

  /** Newest first. */
  async function fetchVersions(
    call: PageCallOptions,
  ): Promise<{ readonly items: readonly GiteaVersion[]; readonly cursor: { readonly cursor?: string } }> {
    const page = numberedPage(call, largestPage);
    const query = `page=${page.page}&limit=${page.size}`;
    const found = await askForVersions(query, call);
    if (found.status !== 200) throw await found.error(`the versions of ${name}`);
    const read = readVersions(await found.json(), image);
    if (read === undefined) throw notARegistry(host, 'JSON of another form');
    return {
      items: read.items,
      cursor: hasNext(found, read.received, page.size) ? { cursor: pageQuery(nextPage(page)) } : {},
    };
  }

  async function askForVersions(query: string, { signal }: CallOptions): Promise<AdapterResponse> {
    const get = (path: string) => http.send({ api: giteaApi.id, method: 'GET', path, signal });
    if (!memory.lacksVersionList) {
      const answer = await get(`${ownPackage}?${query}`);
      if (answer.status !== 404 && answer.status !== 405) return answer;
    }
    const search = new URLSearchParams({ type: 'container', q: image });
    const answer = await get(`${packages}?${search}&${query}`);
    // A list that does not have the package says nothing of the server.
    if (answer.status === 200 && (readVersions(await answer.json(), image)?.items.length ?? 0) > 0) {
      memory.lacksVersionList = true;
    }
    return answer;
  }

  /** In one request, or version by version where the server is older than that. */
  async function deleteRepository(call: CallOptions): Promise<void> {
    const answer = await remove(ownPackage, call);
    if (answer.status === 204) return;
    if (answer.status !== 404 && answer.status !== 405) throw await refusal(answer, `to delete ${name}`);
    const versions = await allVersions(call).catch((error: unknown) => {
      if (isRegistryError(error, 'not-found')) return [];
      throw error;
    });
    if (versions.length === 0) throw await refusal(answer, `to delete ${name}`);
    for (const [done, version] of versions.entries()) {
      const one = await remove(`${ownPackage}/${encodeURIComponent(version)}`, call);
      // What an index named may have gone with it.
      if (one.status === 204 || one.status === 404) continue;
      throw await refusal(one, `to delete ${name}, of which ${done} of ${versions.length} versions are deleted now`);
    }
  }

  async function allVersions({ signal }: CallOptions): Promise<readonly string[]> {
    const found = new Set<string>();
    let cursor: string | undefined;
    for (let pages = 0; pages < limits.pages; pages++) {
      const page = await fetchVersions({ signal, ...(cursor !== undefined && { cursor }) });
      for (const { version } of page.items) found.add(version);
      cursor = page.cursor.cursor;
      if (cursor === undefined) break;
    }
    return [...found];
  }

  function remove(path: string, { signal }: CallOptions): Promise<AdapterResponse> {
    return http.send({ api: giteaApi.id, method: 'DELETE', path, signal });
  }

  /** Access tokens are refused in words that do not name what they lack. */
  async function refusal(answer: AdapterResponse, what: string): Promise<Error> {
    const error = await answer.error(what);
    if (answer.status !== 403 || !isRegistryError(error)) return error;
    const { code, status } = error;
    const hint = 'An access token has to allow reading and writing packages ("write:package").';
    return new RegistryError(code, `${error.message} ${hint}`, {
      cause: error,
      host,
      ...(status !== undefined && { status }),
    });
  }

  return {
    ...registry,
    listTags,
    deleteRepository,
    webUrl: (reference) => {
      const page = `${origin}/${owner}/-/packages/container/${encodeURIComponent(image)}`;
      return reference === undefined ? page : `${page}/${encodeURIComponent(reference)}`;
    },
  };
}

/** The number of versions is told in a header; `Link` is left out where there is one page. */
function hasNext(response: AdapterResponse, received: number, size: number): boolean {
  if (/\brel="?next\b/.test(response.header('link') ?? '')) return received > 0;
  return response.header('x-total-count') === undefined && received >= size;
}

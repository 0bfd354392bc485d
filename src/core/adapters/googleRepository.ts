import type {
  AdapterHttp,
  CallOptions,
  FetchedManifest,
  Page,
  PageCallOptions,
  RepositorySession,
  TagSummary,
  UntaggedManifest,
} from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { assertDigest, isDigest } from '../oci/digest.ts';
import { isRepositoryName } from '../oci/reference.ts';
import { notARegistry } from '../registry/body.ts';
import { limits } from '../registry/limits.ts';
import { ignoresLast, nextPageQuery } from '../registry/nextPage.ts';
import { googlePage } from './googlePlace.ts';
import { type GoogleTags, readGoogleTags } from './googleReplies.ts';

/** A page of a list of tags as Google's registries answer it, with all that they know of the manifests. */
export interface GoogleTagsPage extends GoogleTags {
  readonly cursor: { readonly cursor?: string };
}

/** One request, whatever number of manifests there are. */
export async function fetchGoogleTags(
  http: AdapterHttp,
  name: string,
  host: string,
  { limit = limits.pageSize, cursor, signal }: PageCallOptions,
): Promise<GoogleTagsPage> {
  const query = cursor ?? `n=${Math.max(1, Math.min(limit, limits.pageSize))}`;
  // A cursor is the query of a page of this list, and never the way to another place.
  if (!/^[\w.~%:=&+/-]+$/.test(query)) {
    throw new RegistryError('invalid', `"${query}" is not a place to continue a list from. List it from the start.`);
  }
  const path = `/v2/${name}/tags/list?${query}`;
  const response = await http.send({ method: 'GET', path, scopes: [`repository:${name}:pull`], signal });
  if (response.status !== 200) throw await response.error(`the tags of ${name}`);
  const list = readGoogleTags(await response.json());
  if (list === undefined) throw notARegistry(host, 'JSON without "tags"');
  const names = list.tags.map((tag) => tag.name);
  if (ignoresLast(query, names)) return { ...list, tags: [], cursor: {} };
  const headers = {
    get: (header: string) => response.header(header),
    all: (header: string) => [response.header(header) ?? ''],
  };
  const next = nextPageQuery({ headers, query, items: list.received });
  return { ...list, cursor: next === undefined ? {} : { cursor: next } };
}

/** An image of Artifact Registry or gcr.io. */
export function createGoogleRepository(
  name: string,
  options: { readonly host: string; readonly registry: RepositorySession; readonly http: AdapterHttp },
): RepositorySession {
  const { host, registry, http } = options;
  // Nothing but the registry can tell what a name of another form is.
  if (!isRepositoryName(name)) return registry;

  async function listTags(call: PageCallOptions): Promise<Page<TagSummary>> {
    const { tags, cursor } = await fetchGoogleTags(http, name, host, call);
    return { items: tags, ...cursor };
  }

  async function listUntagged(call: PageCallOptions): Promise<Page<UntaggedManifest>> {
    const { untagged, cursor } = await fetchGoogleTags(http, name, host, call);
    return { items: untagged, ...cursor };
  }

  /** A manifest that tags name is not deleted, so they go first. */
  async function deleteManifest(digest: string, call: CallOptions): Promise<void> {
    assertDigest(digest);
    const removed: string[] = [];
    try {
      for (const tag of await tagsOf(digest, call)) {
        await registry.deleteTag?.(tag, call);
        removed.push(tag);
      }
      await registry.deleteManifest?.(digest, call);
    } catch (error) {
      if (removed.length === 0 || !isRegistryError(error)) throw error;
      throw new RegistryError(
        error.code,
        `${error.message} The manifest is still there, but ${removed.length === 1 ? 'its tag' : 'of its tags'} ${removed.join(', ')} ${removed.length === 1 ? 'has' : 'have'} been removed.`,
        { cause: error, host, ...(error.status !== undefined && { status: error.status }) },
      );
    }
  }

  async function tagsOf(digest: string, { signal }: CallOptions): Promise<readonly string[]> {
    const found = new Set<string>();
    let cursor: string | undefined;
    for (let pages = 0; pages < limits.pages; pages++) {
      const page = await fetchGoogleTags(http, name, host, { signal, ...(cursor !== undefined && { cursor }) });
      for (const tag of page.tagsByDigest.get(digest) ?? []) found.add(tag);
      cursor = page.cursor.cursor;
      if (cursor === undefined) break;
    }
    return [...found];
  }

  async function putManifest(reference: string, manifest: FetchedManifest, call: CallOptions) {
    try {
      if (registry.putManifest === undefined) throw new RegistryError('unsupported', `${name} is read-only.`);
      return await registry.putManifest(reference, manifest, call);
    } catch (error) {
      if (!isRegistryError(error, 'invalid', 'conflict', 'denied') || !/immutable/i.test(error.message)) throw error;
      throw new RegistryError(
        'conflict',
        `${error.message} Tags of this repository are immutable: they can be neither moved nor removed. Nothing was changed; use another tag.`,
        { cause: error, host },
      );
    }
  }

  return {
    ...registry,
    listTags,
    listUntagged,
    deleteManifest,
    putManifest,
    webUrl: (reference) =>
      googlePage(host, name, reference !== undefined && isDigest(reference) ? reference : undefined),
  };
}

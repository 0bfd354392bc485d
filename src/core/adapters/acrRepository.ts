import type {
  AdapterHttp,
  AdapterRequest,
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
import { isRepositoryName, isTag } from '../oci/reference.ts';
import { notARegistry } from '../registry/body.ts';
import { limits } from '../registry/limits.ts';
import { nextPageQuery } from '../registry/nextPage.ts';
import { type AcrManifest, type AcrManifests, readManifests } from './acrReplies.ts';
import { registryCursor, registryTags } from './registryTags.ts';

/** Failures with which the registry's own list may still be there, as for a login that may pull and nothing more. */
const fallbackCodes: readonly GantryErrorCode[] = ['unauthorized', 'denied', 'unsupported', 'protocol'];

/** How a refusal by a lock is told: as not allowed on what is locked, whoever asks. */
const lockCodes: readonly GantryErrorCode[] = ['unsupported', 'conflict', 'denied'];

/** A repository of an Azure registry: the registry, and its API on the same origin. */
export function createAcrRepository(
  name: string,
  options: { readonly host: string; readonly registry: RepositorySession; readonly http: AdapterHttp },
): RepositorySession {
  const { host, registry, http } = options;
  // Nothing but the registry can tell what a name of another form is.
  if (!isRepositoryName(name)) return registry;
  const root = `/acr/v1/${name}`;
  const scope = (action: string): readonly string[] => [`repository:${name}:${action}`];

  /** Manifests are listed with all of their tags, newest first; where that is not allowed, the registry lists the tags. */
  async function listTags(call: PageCallOptions): Promise<Page<TagSummary>> {
    if (call.cursor?.startsWith(registryCursor)) return registryTags(registry, call);
    try {
      const { items, cursor } = await listManifests(call, `the tags of ${name}`);
      return { items: items.flatMap(tagsOf), ...cursor };
    } catch (error) {
      if (!isRegistryError(error, ...fallbackCodes) || call.cursor !== undefined) throw error;
      return registryTags(registry, call);
    }
  }

  async function listUntagged(call: PageCallOptions): Promise<Page<UntaggedManifest>> {
    const { items, cursor } = await listManifests(call, `the untagged manifests of ${name}`);
    const untagged = items.filter(({ tags }) => tags.length === 0);
    return {
      items: untagged.map(({ tags: _tags, platform: _platform, protectedFrom: _protectedFrom, ...image }) => image),
      ...cursor,
    };
  }

  async function listManifests(
    { limit = limits.pageSize, cursor, signal }: PageCallOptions,
    what: string,
  ): Promise<Pick<AcrManifests, 'items'> & { readonly cursor: { readonly cursor?: string } }> {
    const n = Math.max(1, Math.min(limit, limits.pageSize));
    const query = cursor ?? `n=${n}&orderby=timedesc`;
    // A cursor is the query of a page of this list, and never the way to another place.
    if (!/^[\w.~%:=&+-]+$/.test(query)) {
      throw new RegistryError('invalid', `"${query}" is not a place to continue a list from. List it from the start.`);
    }
    const path = `${root}/_manifests?${query}`;
    const response = await http.send({ method: 'GET', path, scopes: scope('metadata_read'), signal });
    if (response.status !== 200) throw await response.error(what);
    const page = readManifests(await response.json());
    if (page === undefined) throw notARegistry(host, 'JSON of another form');
    const headers = {
      get: (header: string) => response.header(header),
      all: (header: string) => [response.header(header) ?? ''],
    };
    const next = nextPageQuery({ headers, query, items: page.digests });
    return { items: page.items, cursor: next === undefined || page.digests.length === 0 ? {} : { cursor: next } };
  }

  async function deleteTag(tag: string, { signal }: CallOptions): Promise<void> {
    if (!isTag(tag)) throw new RegistryError('invalid', `"${tag}" is not a tag.`);
    const request = { method: 'DELETE', path: `${root}/_tags/${tag}`, scopes: scope('delete'), signal } as const;
    await explainingLocks(`${name}:${tag}`, () => change(request, `to remove ${name}:${tag}`));
  }

  async function deleteRepository({ signal }: CallOptions): Promise<void> {
    const request = { method: 'DELETE', path: root, scopes: scope('delete'), signal } as const;
    await explainingLocks(name, () => change(request, `to delete ${name}`));
  }

  async function change(request: AdapterRequest, what: string): Promise<void> {
    const response = await http.send(request);
    if (response.status < 200 || response.status > 299) throw await response.error(what);
  }

  /** Whoever may do everything is refused by a lock all the same, in words that do not name it. */
  async function explainingLocks<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isRegistryError(error, ...lockCodes)) throw error;
      throw new RegistryError(
        error.code === 'denied' ? 'denied' : 'conflict',
        `${error.message} Nothing was changed. ${what} may be locked: "az acr repository show" tells, and "az acr repository update --delete-enabled true --write-enabled true" unlocks it.`,
        { cause: error, host, ...(error.status !== undefined && { status: error.status }) },
      );
    }
  }

  const { putManifest, deleteManifest } = registry;
  return {
    ...registry,
    listTags,
    listUntagged,
    deleteTag,
    deleteRepository,
    ...(putManifest !== undefined && {
      putManifest: (reference: string, manifest: FetchedManifest, call: CallOptions) =>
        explainingLocks(`${name}:${reference}`, () => putManifest(reference, manifest, call)),
    }),
    ...(deleteManifest !== undefined && {
      deleteManifest: (digest: string, call: CallOptions) =>
        explainingLocks(`${name}@${digest}`, () => deleteManifest(digest, call)),
    }),
  };
}

function tagsOf({ tags, digest, size, pushedAt, platform, protectedFrom }: AcrManifest): readonly TagSummary[] {
  return tags.map((tag) => ({
    name: tag,
    digest,
    ...(size !== undefined && { size }),
    ...(pushedAt !== undefined && { pushedAt }),
    ...(platform !== undefined && { platforms: [platform] }),
    // A tag without a lock of its manifest can have one of its own.
    ...(protectedFrom.length > 0 && { protectedFrom }),
  }));
}

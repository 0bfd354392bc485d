import type {
  CallOptions,
  FetchedManifest,
  GantryErrorCode,
  Page,
  PageCallOptions,
  RepositorySession,
  TagChange,
  TagSummary,
} from '../../api.ts';
import { quayApplicationUser } from '../apiAuth/quayLogin.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { assertDigest, isDigest } from '../oci/digest.ts';
import { isTag } from '../oci/reference.ts';
import { notARegistry } from '../registry/body.ts';
import { nextPage, numberedPage, pageQuery } from './numberedPages.ts';
import { isQuayRepository, type QuayApi } from './quayApi.ts';
import { type QuayPage, readDescription, readHistory, readTags } from './quayReplies.ts';
import { fetchQuayScan } from './quayScan.ts';
import { registryCursor, registryTags } from './registryTags.ts';

/** Failures of the API with which the registry itself may answer: it knows robots, and the API does not. */
const fallbackCodes: readonly GantryErrorCode[] = ['unauthorized', 'denied', 'not-found', 'unsupported', 'protocol'];

/** Quay gives no more tags at once. */
const largestPage = 100;

/** A repository of Quay: its registry, and its API for what the registry does not tell or do. */
export function createQuayRepository(
  name: string,
  options: { readonly api: QuayApi; readonly registry: RepositorySession; readonly origin: string },
): RepositorySession {
  const { api, registry, origin } = options;
  const { host } = api;
  // Nothing but the registry can tell what a name of another form is.
  if (!isQuayRepository(name)) return registry;
  const root = `/repository/${name}`;

  async function listTags(call: PageCallOptions): Promise<Page<TagSummary>> {
    if (call.cursor?.startsWith(registryCursor)) return registryTags(registry, call);
    try {
      return await fetchTagPage({ onlyActiveTags: 'true' }, `the tags of ${name}`, readTags, call);
    } catch (error) {
      if (!isRegistryError(error, ...fallbackCodes) || call.cursor !== undefined) throw error;
      return registryTags(registry, call);
    }
  }

  async function tagHistory(tag: string, call: PageCallOptions): Promise<Page<TagChange>> {
    if (!isTag(tag)) throw new RegistryError('invalid', `"${tag}" is not a tag.`);
    return fetchTagPage({ specificTag: tag }, `the history of ${name}:${tag}`, readHistory, call);
  }

  async function fetchTagPage<T>(
    query: Readonly<Record<string, string>>,
    what: string,
    read: (document: unknown, serverTime: string | undefined) => QuayPage<T> | undefined,
    call: PageCallOptions,
  ): Promise<Page<T>> {
    const page = numberedPage(call, largestPage);
    const asked = new URLSearchParams({ ...query, limit: String(page.size), page: String(page.page) });
    const response = await api.send({ method: 'GET', path: `${root}/tag/?${asked}`, signal: call.signal });
    if (response.status !== 200) throw await response.error(what);
    const list = read(await response.json(), response.header('date'));
    if (list === undefined) throw notARegistry(host, 'JSON of another form');
    return { items: list.items, ...(list.hasNext && { cursor: pageQuery(nextPage(page)) }) };
  }

  /** The registry removes a tag alone as well, for those who are not known to the API. */
  async function deleteTag(tag: string, call: CallOptions): Promise<void> {
    if (!isTag(tag)) throw new RegistryError('invalid', `"${tag}" is not a tag. Nothing was removed.`);
    const what = `to remove ${name}:${tag}`;
    await explaining(what, async () => {
      try {
        await api.change({ method: 'DELETE', path: `${root}/tag/${tag}`, signal: call.signal }, what);
      } catch (error) {
        if (!isRegistryError(error, 'unauthorized', 'denied', 'unsupported') || registry.deleteTag === undefined) {
          throw error;
        }
        await registry.deleteTag(tag, call);
      }
    });
  }

  async function deleteRepository({ signal }: CallOptions): Promise<void> {
    const what = `to delete ${name}`;
    try {
      await api.change({ method: 'DELETE', path: root, signal }, what);
    } catch (error) {
      if (!isRegistryError(error, 'unauthorized', 'denied')) throw error;
      throw new RegistryError(
        error.code,
        `${host} deletes repositories only for the token of an application that may administer them, given as the password of "${quayApplicationUser}". Nothing was deleted. Sign in with one, or delete ${name} on the page of Quay.`,
        { cause: error, host, ...(error.status !== undefined && { status: error.status }) },
      );
    }
  }

  /** What Quay keeps from change, in words that say what to do. */
  async function explaining<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const reason = isRegistryError(error) ? reasonOf(error) : undefined;
      if (!isRegistryError(error) || reason === undefined) throw error;
      throw new RegistryError('conflict', `${host} refused ${what}: ${reason} Nothing was changed.`, {
        cause: error,
        host,
        ...(error.status !== undefined && { status: error.status }),
      });
    }
  }

  /** Quay deletes a manifest by removing its tags, and cannot where there are none. */
  async function deleteManifest(digest: string, call: CallOptions): Promise<void> {
    try {
      await explaining(`to delete ${name}@${digest}`, async () => registry.deleteManifest?.(digest, call));
    } catch (error) {
      if (!isRegistryError(error, 'unsupported') || error.status !== 404) throw error;
      throw new RegistryError(
        'unsupported',
        `${host} deletes a manifest by removing its tags, and ${name}@${digest} has none. Nothing was removed. Quay itself removes what nothing names any more.`,
        { cause: error, host, status: 404 },
      );
    }
  }

  function webUrl(reference?: string): string {
    const page = `${origin}/repository/${name}`;
    if (reference !== undefined && isDigest(reference)) return `${page}/manifest/${reference}`;
    return reference === undefined ? page : `${page}?${new URLSearchParams({ tab: 'tags', tag: reference })}`;
  }

  const { putManifest } = registry;
  return {
    ...registry,
    listTags,
    tagHistory,
    deleteTag,
    deleteManifest,
    deleteRepository,
    ...(putManifest !== undefined && {
      putManifest: (reference: string, manifest: FetchedManifest, call: CallOptions) =>
        explaining(`to write ${name}:${reference}`, () => putManifest(reference, manifest, call)),
    }),
    vulnerabilities: async (digest, call) => {
      assertDigest(digest);
      return fetchQuayScan(api, { path: `${root}/manifest/${digest}`, name: `${name}@${digest}` }, call);
    },
    readme: async (call) => {
      const path = `${root}?includeTags=false`;
      return (await api.get(path, `the description of ${name}`, readDescription, call)) || undefined;
    },
    webUrl,
  };
}

/** https://github.com/quay/quay/blob/master/endpoints/exception.py and …/endpoints/v2/errors.py */
function reasonOf({ code, message }: RegistryError): string | undefined {
  if (code === 'conflict' && /immutable/i.test(message)) {
    return 'the tag is immutable, and can be neither moved nor removed. Whoever administers the repository can change that in Quay.';
  }
  if (/read only or mirror mode/i.test(message)) {
    return 'the repository is a mirror of another one, or read-only. Whoever administers it can change that in Quay.';
  }
  return undefined;
}

import type {
  BlobContent,
  Descriptor,
  FetchedManifest,
  Page,
  PageCallOptions,
  RegistrySession,
  RepositoryListing,
  RepositorySession,
  TagSummary,
} from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { isDigest } from '../oci/digest.ts';
import { acceptedManifests, essence, schema1Types } from '../oci/mediaType.ts';
import { isRepositoryName, isTag } from '../oci/reference.ts';
import type { CreateHash, HttpResponse, Log, Send } from '../ports.ts';
import { notARegistry, readBody, readJson } from './body.ts';
import { limits } from './limits.ts';
import { ignoresLast, nextPageQuery } from './nextPage.ts';
import { responseError } from './responseError.ts';
import { digestOf, mismatch, verifiedChunks } from './verify.ts';

export interface OciSessionOptions {
  /** Address of the registry. Its path, if any, is a prefix of the names of its repositories. */
  readonly url: URL;
  readonly send: Send;
  readonly createHash: CreateHash;
  readonly log: Log;
}

/** The OCI distribution protocol, 1.1, with Docker's catalogue. */
export function createOciSession(options: OciSessionOptions): RegistrySession {
  const { url, send, log } = options;
  const { host } = url;
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');

  return {
    async test({ signal }) {
      const response = await send(
        { method: 'GET', url: new URL('/v2/', url), headers: { accept: 'application/json' } },
        signal,
      );
      if (response.status === 404) {
        response.discard();
        throw notARegistry(host, 'status 404');
      }
      if (response.status !== 200) throw await responseError(response, { host, what: 'access to its API' });
      const body = new TextDecoder().decode(await readBody(response, limits.smallBody, host)).trim();
      const isJson = body === '' || body.startsWith('{') || body === 'true';
      if (!isJson || essence(response.headers.get('content-type')) === 'text/html')
        throw notARegistry(host, 'a web page');
    },

    async listRepositories(page) {
      const { items, cursor } = await listCatalog(page);
      const names = items.filter((name) => prefix === '' || name === prefix || name.startsWith(`${prefix}/`));
      return {
        items: keepNames(names, isRepositoryName, 'repositories').map((name): RepositoryListing => ({ name })),
        ...cursor,
      };
    },

    repository: (name) => createRepositorySession(options, name, keepNames),
  };

  async function listCatalog(page: PageCallOptions): Promise<NamesPage> {
    try {
      return await listNames(options, {
        path: '/v2/_catalog',
        key: 'repositories',
        scope: 'registry:catalog:*',
        what: 'its list of repositories',
        page,
      });
    } catch (error) {
      // The catalogue is no part of the OCI specification, and hosted registries keep it to themselves.
      if (!isRegistryError(error, 'unauthorized', 'denied', 'not-found', 'unsupported')) throw error;
      const message = `${error.message} Its images can still be opened by name.`;
      throw new RegistryError(error.code, message, { host, cause: error });
    }
  }

  /** Names outside the grammar never reach a URL or a screen. */
  function keepNames(names: readonly string[], isValid: (name: string) => boolean, what: string): readonly string[] {
    const kept = names.filter(isValid);
    if (kept.length < names.length)
      log.warn(
        `${host} lists ${names.length - kept.length} ${what} with names that no registry may have; they are left out.`,
      );
    return kept;
  }
}

function createRepositorySession(
  options: OciSessionOptions,
  name: string,
  keepNames: (names: readonly string[], isValid: (name: string) => boolean, what: string) => readonly string[],
): RepositorySession {
  const { url, send, createHash } = options;
  const { host } = url;
  const pull = `repository:${name}:pull`;

  return {
    async listTags(page): Promise<Page<TagSummary>> {
      const { items, cursor } = await listNames(options, {
        path: `/v2/${name}/tags/list`,
        key: 'tags',
        scope: pull,
        what: `the tags of ${name}`,
        page,
      });
      // Artifactory lists digests among the tags.
      const names = keepNames(
        items.filter((item) => !isDigest(item)),
        isTag,
        'tags',
      );
      return { items: names.map((tag) => ({ name: tag })), ...cursor };
    },

    async fetchManifest(reference, { signal }): Promise<FetchedManifest> {
      const isByDigest = isDigest(reference);
      if (!isByDigest && !isTag(reference))
        throw new RegistryError('invalid', `"${reference}" is neither a tag nor a digest.`);
      const response = await send(
        {
          method: 'GET',
          url: new URL(`/v2/${name}/manifests/${reference}`, url),
          headers: { accept: acceptedManifests },
          scopes: [pull],
        },
        signal,
      );
      const what = `${name}${isByDigest ? '@' : ':'}${reference}`;
      if (response.status !== 200) throw await responseError(response, { host, what });
      const bytes = await readBody(response, limits.manifest, host);
      const digest = manifestDigest(response, bytes, isByDigest ? reference : undefined);
      const mediaType = essence(response.headers.get('content-type'));
      if (mediaType === 'text/html') throw notARegistry(host, 'a web page');
      return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
    },

    async openBlob(descriptor: Descriptor, { signal }): Promise<BlobContent> {
      const { digest, size } = descriptor;
      if (!isDigest(digest)) throw new RegistryError('invalid', `"${digest}" is not a digest.`);
      const response = await send(
        { method: 'GET', url: new URL(`/v2/${name}/blobs/${digest}`, url), headers: {}, scopes: [pull] },
        signal,
      );
      if (response.status !== 200) throw await responseError(response, { host, what: `the blob ${digest} of ${name}` });
      return { size, chunks: verifiedChunks(response.body, { digest, size }, { createHash, host }) };
    },
  };

  function manifestDigest(response: HttpResponse, bytes: Uint8Array, asked: string | undefined): string {
    const header = response.headers.get('docker-content-digest');
    const told = header !== undefined && isDigest(header) ? header : undefined;
    // A signed manifest of schema 1 is named by the digest of its payload without the signatures.
    if (schema1Types.includes(essence(response.headers.get('content-type'))) && (asked ?? told) !== undefined) {
      return asked ?? told ?? '';
    }
    const digest = digestOf(bytes, createHash, asked ?? told);
    const expected = asked ?? told;
    if (expected !== undefined && digest !== expected) {
      throw mismatch(
        host,
        asked === undefined ? `it announced ${told} and sent ${digest}` : `asked for ${asked}, it sent ${digest}`,
      );
    }
    return digest;
  }
}

interface NamesPage {
  readonly items: readonly string[];
  readonly cursor: { readonly cursor?: string };
}

async function listNames(
  { url, send }: OciSessionOptions,
  list: {
    readonly path: string;
    readonly key: string;
    readonly scope: string;
    readonly what: string;
    readonly page: PageCallOptions;
  },
): Promise<NamesPage> {
  const { page, what } = list;
  const { host } = url;
  const limit = Math.min(page.limit ?? limits.pageSize, limits.pageSize);
  const query = page.cursor ?? new URLSearchParams({ n: String(limit) }).toString();
  const target = new URL(list.path, url);
  target.search = query;
  const response = await send(
    { method: 'GET', url: target, headers: { accept: 'application/json' }, scopes: [list.scope] },
    page.signal,
  );
  if (response.status !== 200) throw await responseError(response, { host, what });
  const reply = await readJson(response, limits.listPage, host);
  const listed: unknown = reply[list.key];
  // Repositories without tags are listed with null.
  if (listed !== null && !Array.isArray(listed)) throw notARegistry(host, `JSON without "${list.key}"`);
  const items = [
    ...new Set((listed ?? []).filter((item: unknown): item is string => typeof item === 'string')),
  ] as string[];
  if (ignoresLast(query, items)) return { items: [], cursor: {} };
  const next = nextPageQuery({ headers: response.headers, query, items, limit });
  return { items, cursor: next === undefined ? {} : { cursor: next } };
}

import type {
  AdapterHttp,
  AdapterRequest,
  CallOptions,
  Page,
  PageCallOptions,
  RegistryAdapter,
  RepositorySession,
} from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { assertDigest } from '../oci/digest.ts';
import { isTag } from '../oci/reference.ts';
import { notARegistry } from '../registry/body.ts';
import { type OceanPage, readRegistries, readRepositories, readTags, readUntagged } from './digitalOceanReplies.ts';
import { digitalOceanKind } from './kinds.ts';
import { nextPage, numberedPage, pageQuery } from './numberedPages.ts';

const api = { id: 'api', origin: 'https://api.digitalocean.com' } as const;
const apiHost = new URL(api.origin).host;

/**
 * DigitalOcean's registry, whose API takes the token that the registry has for a password. A registry's name is the first
 * part of the names of its repositories. https://docs.digitalocean.com/reference/api/reference/container-registry/
 */
export const digitalOceanAdapter: RegistryAdapter = {
  ...digitalOceanKind,
  apis: [{ ...api, auth: 'bearer' }],
  open: (_target, { http, oci }) => {
    const registry = oci();
    return {
      test: (options) => registry.test(options),
      listNamespaces: async (options) => {
        const names = await fetchRegistries(http, options);
        return { items: names.map((name) => ({ name })), total: names.length };
      },
      listRepositories: async (namespace, options) => {
        // Few accounts have more than one.
        const name = namespace ?? (await fetchRegistries(http, options))[0];
        if (name === undefined) return { items: [] };
        return fetchPage(http, options, {
          path: `/v2/registry/${encodeURIComponent(name)}/repositoriesV2`,
          what: `the repositories of ${name}`,
          read: (document) => readRepositories(document, name),
        });
      },
      repository: (name, access) => openRepository(name, registry.repository(name, access), http),
    };
  },
};

async function fetchRegistries(http: AdapterHttp, { signal }: CallOptions): Promise<readonly string[]> {
  // An account with more than one registry gets 412 here.
  const one = await get(http, '/v2/registry', signal);
  const response = one.status === 412 ? await get(http, '/v2/registries', signal) : one;
  if (response.status !== 200) throw await response.error('the registries of this account');
  const names = readRegistries(await response.json());
  if (names === undefined) throw notARegistry(apiHost, 'JSON of another form');
  return names;
}

function openRepository(name: string, registry: RepositorySession, http: AdapterHttp): RepositorySession {
  const [namespace = '', ...rest] = name.split('/');
  const path = `/v2/registry/${encodeURIComponent(namespace)}/repositories/${encodeURIComponent(rest.join('/'))}`;

  async function remove(part: string, what: string, { signal }: CallOptions): Promise<void> {
    const response = await http.send({ api: api.id, method: 'DELETE', path: `${path}/${part}`, signal });
    if (response.status !== 204) throw await response.error(`to delete ${what}`);
  }

  return {
    ...registry,
    listTags: (options) =>
      fetchPage(http, options, { path: `${path}/tags`, what: `the tags of ${name}`, read: readTags }),
    listUntagged: (options) =>
      fetchPage(http, options, { path: `${path}/digests`, what: `the manifests of ${name}`, read: readUntagged }),
    deleteTag: async (tag, options) => {
      if (!isTag(tag)) throw new RegistryError('invalid', `"${tag}" is not a tag. Nothing was removed.`);
      await remove(`tags/${tag}`, `${name}:${tag}`, options);
    },
    deleteManifest: async (digest, options) => {
      assertDigest(digest);
      await remove(`digests/${digest}`, `${name}@${digest}`, options);
    },
  };
}

/** DigitalOcean gives at most 100 items a page of the list of repositories, and 200 of others. */
const largestPage = 100;

async function fetchPage<T>(
  http: AdapterHttp,
  options: PageCallOptions,
  list: {
    readonly path: string;
    readonly what: string;
    readonly read: (document: unknown) => OceanPage<T> | undefined;
  },
): Promise<Page<T>> {
  const page = numberedPage(options, largestPage);
  const query = new URLSearchParams({ page: String(page.page), per_page: String(page.size) });
  const response = await get(http, `${list.path}?${query}`, options.signal);
  if (response.status !== 200) throw await response.error(list.what);
  const read = list.read(await response.json());
  if (read === undefined) throw notARegistry(apiHost, 'JSON of another form');
  return {
    items: read.items,
    ...(read.hasNext && { cursor: pageQuery(nextPage(page)) }),
    ...(read.total !== undefined && { total: read.total }),
  };
}

function get(http: AdapterHttp, path: AdapterRequest['path'], signal: AbortSignal): ReturnType<AdapterHttp['send']> {
  return http.send({ api: api.id, method: 'GET', path, signal });
}

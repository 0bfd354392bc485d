import { type NamedServers, startNamedServers } from '../namedServers.ts';
import { json, type RegistryRequest, type Reply } from '../sampleRegistry/http.ts';
import type { Repository } from '../sampleRegistry/storage.ts';
import type { SampleRegistry } from '../sampleRegistry.ts';

export const oceanOrigins = {
  registry: 'https://registry.digitalocean.com',
  api: 'https://api.digitalocean.com',
} as const;
export const oceanLogin = { username: 'ada@example.com', password: 'canary-dop_v1_77' };

/** DigitalOcean's registry and the API beside it, as its documentation describes them. */
export function startFakeDigitalOcean(registries: readonly string[]): Promise<NamedServers> {
  return startNamedServers({
    registry: {
      auth: { scheme: 'basic', users: { [oceanLogin.username]: oceanLogin.password } },
      catalog: false,
    },
    answerApi: (request, registry) => answerApi(request, registry, registries),
    namesOf: ({ registry, api }) => ({ [oceanOrigins.registry]: registry.url, [oceanOrigins.api]: api }),
  });
}

/** Shapes and statuses: https://docs.digitalocean.com/reference/api/reference/container-registry/ */
function answerApi(
  { method, url, headers }: RegistryRequest,
  store: SampleRegistry,
  registries: readonly string[],
): Reply {
  if (headers.authorization !== `Bearer ${oceanLogin.password}`) return unauthorized;
  const { pathname } = url;
  if (pathname === '/v2/registries') return json(200, { registries: registries.map(describeRegistry) });
  if (pathname === '/v2/registry') {
    return registries.length === 1 ? json(200, { registry: describeRegistry(registries[0] ?? '') }) : severalRegistries;
  }
  const [, name = '', kind, repository = '', part = '', reference = ''] =
    /^\/v2\/registry\/([^/]+)\/(repositoriesV2|repositories)(?:\/([^/]+)\/(tags|digests)(?:\/([^/]+))?)?$/.exec(
      pathname,
    ) ?? [];
  if (!registries.includes(name)) return missing;
  const { repositories } = store.storage;
  if (kind === 'repositoriesV2') {
    const names = [...repositories.keys()].filter((key) => key.startsWith(`${name}/`));
    return page(url, 'repositories', names, (key) =>
      describeRepository(name, key.slice(name.length + 1), repositories.get(key)),
    );
  }
  const held = repositories.get(`${name}/${decodeURIComponent(repository)}`);
  if (held === undefined) return missing;
  if (method === 'DELETE') return remove(held, part, decodeURIComponent(reference));
  return part === 'tags'
    ? page(url, 'tags', [...held.tags], ([tag, digest]) => describeTag(name, repository, tag, digest))
    : page(url, 'manifests', [...held.manifests.keys()], (digest) => describeManifest(name, repository, digest, held));
}

function describeRegistry(name: string): unknown {
  return { name, created_at: '2022-06-23T00:00:00Z', region: 'fra1', storage_usage_bytes: 1, read_only: false };
}

function describeRepository(registry_name: string, name: string, held: Repository | undefined): unknown {
  const [digest = ''] = held?.manifests.keys() ?? [];
  const latest_manifest = held && describeManifest(registry_name, name, digest, held);
  return { registry_name, name, latest_manifest, tag_count: held?.tags.size, manifest_count: held?.manifests.size };
}

function describeTag(registry_name: string, repository: string, tag: string, manifest_digest: string): unknown {
  const sizes = { compressed_size_bytes: 2_803_255, size_bytes: 5_861_888 };
  return { registry_name, repository, tag, manifest_digest, ...sizes, updated_at: '2025-04-09T23:54:25Z' };
}

function describeManifest(registry_name: string, repository: string, digest: string, { tags }: Repository): unknown {
  const named = [...tags].filter(([, other]) => other === digest).map(([tag]) => tag);
  const sizes = { compressed_size_bytes: 1_972_332, size_bytes: 2_816_445 };
  return { registry_name, repository, digest, ...sizes, updated_at: '2025-04-09T23:54:25Z', tags: named, blobs: [] };
}

function remove({ tags, manifests }: Repository, part: string, reference: string): Reply {
  if (part === 'tags') return tags.delete(reference) ? { status: 204 } : missing;
  if (!manifests.delete(reference)) return missing;
  for (const [tag, digest] of tags) if (digest === reference) tags.delete(tag);
  return { status: 204 };
}

function page<T>(url: URL, key: string, all: readonly T[], describe: (item: T) => unknown): Reply {
  const size = Math.min(Number(url.searchParams.get('per_page') ?? 20), 100);
  const number = Number(url.searchParams.get('page') ?? 1);
  const end = number * size;
  const next = `${oceanOrigins.api}${url.pathname}?page=${number + 1}&per_page=${size}`;
  return json(200, {
    [key]: all.slice(end - size, end).map(describe),
    meta: { total: all.length },
    links: { pages: end < all.length ? { next } : {} },
  });
}

const unauthorized = json(401, { id: 'Unauthorized', message: 'Unable to authenticate you' });
const missing = json(404, { id: 'not_found', message: 'The resource you requested could not be found.' });
const severalRegistries = json(412, { id: 'precondition_failed', message: 'this team has multiple registries' });

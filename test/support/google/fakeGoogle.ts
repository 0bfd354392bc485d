import { type NamedServers, startNamedServers } from '../namedServers.ts';
import type { Artifact } from '../oci.ts';
import { json, ociError, type RegistryRequest, type Reply } from '../sampleRegistry/http.ts';
import { isDigest, parseRoute } from '../sampleRegistry/routes.ts';
import type { Repository } from '../sampleRegistry/storage.ts';
import { bearerChallenge } from '../sampleRegistry/tokenQuirks.ts';
import type { SampleRegistry } from '../sampleRegistry.ts';

export const googleOrigins = {
  registry: 'https://europe-west3-docker.pkg.dev',
  containerRegistry: 'https://gcr.io',
  api: 'https://artifactregistry.googleapis.com',
} as const;
export const accessToken = 'ya29.canary-google';

export interface FakeGoogleOptions {
  /** What the API's lists give at most; 1,000 unless told. */
  readonly maximumPageSize?: number;
  /** Whether `_catalog` answers; as on gcr.io, and not on pkg.dev, unless told. */
  readonly catalog?: boolean;
}

/** Google's registries and the API of Artifact Registry, on sockets of their own, under their real names. */
export interface FakeGoogle extends NamedServers {
  /** Answers in place of the API, where it answers anything. */
  answerApi: ((request: RegistryRequest) => Reply | undefined) | undefined;
  /** Repositories of Artifact Registry whose tags may not be moved, as `project/repository`. */
  readonly immutable: Set<string>;
  push(name: string, artifact: Artifact, ...tags: string[]): string;
}

interface ManifestRecord {
  readonly size: number;
  readonly uploadedMs: number;
}

export async function startFakeGoogle(options: FakeGoogleOptions = {}): Promise<FakeGoogle> {
  const records = new Map<string, ManifestRecord>();
  const immutable = new Set<string>();
  let pushes = 0;
  const servers: NamedServers = await startNamedServers({
    registry: {
      catalog: options.catalog ?? false,
      auth: {
        scheme: 'bearer',
        quirks: {
          challenge: (parameters) => [
            bearerChallenge({ ...parameters, realm: '/v2/token', service: 'docker.pkg.dev' }),
          ],
        },
        users: { oauth2accesstoken: accessToken },
      },
      extension: (request) => answerRegistry(request, servers.registry, records, immutable),
    },
    answerApi: (request, registry) =>
      google.answerApi?.(request) ?? answerApi(request, registry, options.maximumPageSize ?? 1000),
    namesOf: ({ registry, api }) => ({
      [googleOrigins.registry]: registry.url,
      [googleOrigins.containerRegistry]: registry.url,
      [googleOrigins.api]: api,
    }),
    // The token server is at /v2/token.
    urlOf: (url, { registry }) => (url.pathname === '/v2/token' ? new URL(url.search, registry.realm) : url),
  });

  const google: FakeGoogle = {
    ...servers,
    answerApi: undefined,
    immutable,
    push: (name, artifact, ...tags) => {
      for (const one of [artifact, ...artifact.children]) {
        const size = one.blobs.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
        const uploadedMs = Date.UTC(2025, 5, 1) + pushes * 60_000;
        records.set(`${name}@${one.manifest.descriptor.digest}`, { size, uploadedMs });
      }
      pushes++;
      return servers.registry.push(name, artifact, ...tags);
    },
  };
  return google;
}

/** What Google's registries do otherwise than others; `undefined` for everything else. */
function answerRegistry(
  { method, url }: RegistryRequest,
  { storage }: SampleRegistry,
  records: ReadonlyMap<string, ManifestRecord>,
  immutable: ReadonlySet<string>,
): Reply | undefined {
  const route = parseRoute(url.pathname);
  if (route?.kind === 'tags' && method === 'GET') {
    return listTags(route.repository, storage.repositories, records);
  }
  if (route?.kind !== 'manifest') return undefined;
  const repository = storage.repositories.get(route.repository);
  const isThere = repository?.tags.has(route.reference) === true;
  if (
    isThere &&
    immutable.has(route.repository.split('/').slice(0, 2).join('/')) &&
    method !== 'GET' &&
    method !== 'HEAD'
  ) {
    // https://cloud.google.com/artifact-registry/docs/docker/store-docker-container-images#enable-tag-immutability
    const message = 'The repository has enabled tag immutability: immutable tags cannot be updated or deleted.';
    return json(400, { errors: [{ code: 'DENIED', message }] });
  }
  if (method === 'DELETE' && isDigest(route.reference)) {
    // https://cloud.google.com/artifact-registry/docs/docker/manage-images#delete_images: not while a tag names it.
    const tag = [...(repository?.tags ?? [])].find(([, digest]) => digest === route.reference)?.[0];
    const message = `Manifest is still referenced by tag: ${tag}`;
    if (tag !== undefined) return json(400, { errors: [{ code: 'GOOGLE_MANIFEST_DANGLING_TAG', message }] });
  }
  return undefined;
}

/** https://github.com/google/go-containerregistry/blob/main/pkg/v1/google/list.go: all at once, and what is below. */
function listTags(
  name: string,
  repositories: ReadonlyMap<string, Repository>,
  records: ReadonlyMap<string, ManifestRecord>,
): Reply {
  const repository = repositories.get(name);
  const below = [...repositories.keys()].filter((other) => other.startsWith(`${name}/`));
  if (repository === undefined && below.length === 0) return ociError('NAME_UNKNOWN', { name });
  const child = [...new Set(below.map((other) => other.slice(name.length + 1).split('/')[0] ?? ''))].sort();
  const manifest = Object.fromEntries(
    [...(repository?.manifests ?? [])].map(([digest, { mediaType }]) => {
      const { size, uploadedMs } = records.get(`${name}@${digest}`) ?? { size: 1, uploadedMs: 0 };
      const tag = [...(repository?.tags ?? [])].filter(([, tagged]) => tagged === digest).map(([tagName]) => tagName);
      return [
        digest,
        {
          imageSizeBytes: String(size),
          layerId: '',
          mediaType,
          tag,
          // The year 1 stands for none, as in images that are built reproducibly.
          timeCreatedMs: mediaType.includes('index') ? '-62135596800000' : String(uploadedMs - 1000),
          timeUploadedMs: String(uploadedMs),
        },
      ];
    }),
  );
  return json(200, { child, manifest, name, tags: [...(repository?.tags.keys() ?? [])].sort() });
}

/** The parts of the API that Gantry asks. */
function answerApi({ method, url, headers }: RegistryRequest, { storage }: SampleRegistry, largest: number): Reply {
  // https://cloud.google.com/apis/design/errors#http_mapping
  if (headers.authorization !== `Bearer ${accessToken}`) {
    return apiError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
  }
  const [, project = '', rest] =
    /^\/v1\/projects\/([^/]+)\/locations\/europe-west3\/repositories(?:\/(.+))?$/.exec(url.pathname) ?? [];
  if (method !== 'GET' || project === '') return apiError(404, 'NOT_FOUND', 'Method not found.');
  const path = decodeURIComponent(project).replace(':', '/');
  const names = [...storage.repositories.keys()].filter((name) => name.startsWith(`${path}/`));
  const parts = names.map((name) => name.slice(path.length + 1));
  const root = `projects/${project}/locations/europe-west3/repositories`;
  if (rest === undefined) {
    // …/artifact-registry/docs/reference/rest/v1/projects.locations.repositories/list
    const ids = [...new Set(parts.map((part) => part.split('/')[0] ?? ''))].sort();
    const describe = (id: string): object => ({ name: `${root}/${id}`, format: 'DOCKER', mode: 'STANDARD_REPOSITORY' });
    return page(url, ids.map(describe), 'repositories', largest);
  }
  // …/artifact-registry/docs/reference/rest/v1/projects.locations.repositories.packages/list
  const id = /^([^/]+)\/packages$/.exec(rest)?.[1];
  const images = parts.filter((part) => part.startsWith(`${id}/`)).map((part) => part.slice((id?.length ?? 0) + 1));
  if (id === undefined || images.length === 0) {
    return apiError(404, 'NOT_FOUND', `Requested entity was not found: ${root}/${id}`);
  }
  const describe = (image: string): object => ({
    name: `${root}/${id}/packages/${encodeURIComponent(image)}`,
    createTime: '2025-06-01T00:00:00.123456Z',
    updateTime: '2025-06-02T00:00:00.123456Z',
  });
  return page(url, images.sort().map(describe), 'packages', largest);
}

/** Tokens are opaque. Empty lists are left out. https://cloud.google.com/apis/design/design_patterns#list_pagination */
function page(url: URL, all: readonly object[], key: string, largest: number): Reply {
  const start = Number(url.searchParams.get('pageToken')?.replace('after-', '') ?? 0);
  if (Number.isNaN(start)) return apiError(400, 'INVALID_ARGUMENT', 'Invalid page token.');
  const end = start + Math.min(Number(url.searchParams.get('pageSize') ?? 50), largest);
  const items = all.slice(start, end);
  return json(200, {
    ...(items.length > 0 && { [key]: items }),
    ...(end < all.length && { nextPageToken: `after-${end}` }),
  });
}

export function apiError(code: number, status: string, message: string): Reply {
  return json(code, { error: { code, message, status } });
}

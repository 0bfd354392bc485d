import { type RegistryWithApi, startRegistryWithApi } from '../registryWithApi.ts';
import { userOf } from '../sampleRegistry/auth.ts';
import { json, type RegistryRequest, type Reply, readBody, tokenPath } from '../sampleRegistry/http.ts';
import type { Repository, StoredManifest } from '../sampleRegistry/storage.ts';
import { bearerChallenge } from '../sampleRegistry/tokenQuirks.ts';
import type { SampleRegistry } from '../sampleRegistry.ts';

export const artifactoryUsers = { ada: 'canary-artifactory-token' } as const;

export interface ArtifactoryOptions {
  /** What the API lists; `docker-local` unless told. */
  readonly repositories?: readonly ArtifactoryRepository[];
  /** `path`: names begin with the key of a repository. Else the host is the repository with this key. */
  readonly layout?: 'path' | { readonly key: string; readonly origin: string };
  /** JFrog Container Registry has no File List. */
  readonly isContainerRegistry?: boolean;
  /** Whether the query language is for this login; not for anonymous users. */
  readonly allowsQueries?: boolean;
}

interface ArtifactoryRepository {
  readonly key: string;
  readonly type: 'LOCAL' | 'REMOTE' | 'VIRTUAL' | 'FEDERATED';
  readonly url?: string;
}

export const artifactoryOrigin = 'https://art.example.com';
const local: ArtifactoryRepository = { key: 'docker-local', type: 'LOCAL' };

/** Artifactory as its documentation describes it, under the name of a server. */
export async function startFakeArtifactory(options: ArtifactoryOptions = {}): Promise<RegistryWithApi> {
  const { layout = 'path' } = options;
  const origin = layout === 'path' ? artifactoryOrigin : layout.origin;
  return startRegistryWithApi({
    origin,
    apiPaths: /^\/artifactory\//,
    pathOf: (pathname) => (pathname === '/v2/token' ? tokenPath : pathname),
    registry: {
      // The host as a whole has no catalogue, each repository has.
      catalog: layout !== 'path',
      auth: {
        scheme: 'bearer',
        users: artifactoryUsers,
        quirks: {
          // https://docs.jfrog.com/artifactory/docs/docker-repositories: both ways to log in
          challenge: ({ scope, error }) => [
            bearerChallenge({ realm: `${origin}/v2/token`, service: new URL(origin).host, scope, error }),
            'Basic realm="Artifactory Realm"',
          ],
        },
      },
    },
    answerApi: (request, registry) => answerApi(request, registry, options),
  });
}

async function answerApi(
  request: RegistryRequest,
  registry: SampleRegistry,
  options: ArtifactoryOptions,
): Promise<Reply> {
  const { method, url, headers } = request;
  const user = userOf(headers.authorization, artifactoryUsers);
  if (headers.authorization !== undefined && user === undefined) return failure(401, 'Bad credentials');
  const path = url.pathname.slice('/artifactory/'.length);
  const repositories = options.repositories ?? [local];
  if (path === 'api/repositories') {
    // https://docs.jfrog.com/artifactory/reference/getrepositories
    return json(
      200,
      repositories.map(({ key, type, url: upstream }) => ({
        key,
        description: `Images of ${key}`,
        type,
        url: upstream ?? `${url.origin}/artifactory/${key}`,
        packageType: 'Docker',
      })),
    );
  }
  const [, catalogKey] = /^api\/docker\/([^/]+)\/v2\/_catalog$/.exec(path) ?? [];
  if (catalogKey !== undefined) return catalog(url, catalogKey, registry, options);
  if (path === 'api/search/aql') {
    // https://docs.jfrog.com/artifactory/docs/artifactory-query-language: not for anonymous users
    if (user === undefined || options.allowsQueries === false) return failure(403, 'Forbidden');
    return query((await readBody(request)).toString(), registry, options);
  }
  const [, folder = ''] = /^(?:api\/storage\/)?(.+)$/.exec(path) ?? [];
  if (method === 'DELETE' && !path.startsWith('api/')) return remove(folder, registry, options);
  const below = filesOf(registry, options).filter((file) => `${file.repo}/${file.path}/`.startsWith(`${folder}/`));
  if (below.length === 0) return failure(404, 'Unable to find item');
  if (!url.searchParams.has('list')) return describeFolder(folder, below);
  // https://docs.jfrog.com/artifactory/reference/getfilelist
  if (options.isContainerRegistry) return failure(400, 'This REST API is available only in Artifactory Pro');
  return json(200, {
    uri: `${url.origin}/artifactory/api/storage/${folder}`,
    created: '2025-06-02T00:00:00.000Z',
    files: below.map(({ repo, path: place, name, size, modified, sha256 }) => ({
      uri: `/${`${repo}/${place}/${name}`.slice(folder.length + 1)}`,
      size,
      lastModified: modified,
      folder: false,
      sha1: 'x',
      sha2: sha256,
    })),
  });
}

interface StoredItem {
  readonly repo: string;
  readonly path: string;
  readonly name: string;
  readonly type: 'file';
  readonly size: number;
  readonly modified: string;
  readonly sha256: string;
}

/** https://docs.jfrog.com/artifactory/docs/docker-repositories: a folder for each tag, and for manifests without one. */
function filesOf({ storage }: SampleRegistry, { layout = 'path' }: ArtifactoryOptions): readonly StoredItem[] {
  return [...storage.repositories].flatMap(([name, held]) => {
    const [key = '', ...rest] = layout === 'path' ? name.split('/') : [layout.key, ...name.split('/')];
    const image = rest.join('/');
    const tagged = new Set(held.tags.values());
    const untagged = [...held.manifests.keys()].filter((digest) => !tagged.has(digest));
    const folders = [...held.tags, ...untagged.map((digest) => [digest, digest] as const)];
    return folders.flatMap(([folder, digest]) => {
      const manifest = held.manifests.get(digest);
      return manifest === undefined ? [] : folderOf(key, `${image}/${folder}`, digest, manifest);
    });
  });
}

function folderOf(repo: string, path: string, digest: string, { bytes, mediaType }: StoredManifest): StoredItem[] {
  const { config, layers = [] } = JSON.parse(bytes.toString()) as {
    readonly config?: { readonly digest: string; readonly size: number };
    readonly layers?: readonly { readonly digest: string; readonly size: number }[];
  };
  const common = { repo, path, type: 'file', modified: '2025-06-01T00:00:00.000Z' } as const;
  const name = /index|list/.test(mediaType) ? 'list.manifest.json' : 'manifest.json';
  return [
    { ...common, name, size: bytes.length, sha256: digest.slice('sha256:'.length) },
    ...[...(config === undefined ? [] : [config]), ...layers].map((blob) => ({
      ...common,
      name: blob.digest.replace(':', '__'),
      size: blob.size,
      sha256: blob.digest.slice('sha256:'.length),
    })),
  ];
}

/** Of the language only the form that Gantry writes. */
function query(text: string, registry: SampleRegistry, options: ArtifactoryOptions): Reply {
  const [, criteria = '{}', fields = ''] =
    /^items\.find\((\{.*\})\)\.include\(([^)]*)\)\.limit\(\d+\)$/.exec(text) ?? [];
  // https://docs.jfrog.com/artifactory/docs/aql-search-criteria: whoever is no administrator has to ask for these.
  if (!['"repo"', '"path"', '"name"'].every((field) => fields.includes(field))) return failure(400, 'Failed to parse');
  const { repo, path } = JSON.parse(criteria) as { repo: string; path: { readonly $match: string } };
  const prefix = path.$match.replace(/\*$/, '');
  const results = filesOf(registry, options)
    .filter((file) => (file.repo === repo || isJoined(repo, options)) && file.path.startsWith(prefix))
    .map((file) => ({ ...file, repo }));
  return json(200, { results, range: { start_pos: 0, end_pos: results.length, total: results.length } });
}

/** A virtual repository has what the others have; copies of a remote one are in a repository beside it. */
function isJoined(key: string, { repositories = [local] }: ArtifactoryOptions): boolean {
  return repositories.some((one) => one.key === key && one.type === 'VIRTUAL');
}

/** https://docs.jfrog.com/artifactory/reference/listdockerrepositories: the path in `Link` lacks the key. */
function catalog(url: URL, key: string, { storage }: SampleRegistry, { layout = 'path' }: ArtifactoryOptions): Reply {
  const root = layout === 'path' ? `${key}/` : '';
  const all = [...storage.repositories.keys()].filter((name) => name.startsWith(root)).sort();
  const names = all.map((name) => name.slice(root.length));
  const last = url.searchParams.get('last');
  const start = last === null ? 0 : names.indexOf(last) + 1;
  const n = Number(url.searchParams.get('n') ?? 100);
  const items = names.slice(start, start + n);
  const next = `</v2/_catalog?n=${n}&last=${encodeURIComponent(items.at(-1) ?? '')}>; rel="next"`;
  return json(200, { repositories: items }, start + n < names.length ? { Link: next } : {});
}

/** https://docs.jfrog.com/artifactory/reference/folderinfo */
function describeFolder(folder: string, below: readonly StoredItem[]): Reply {
  const children = new Map<string, boolean>();
  for (const file of below) {
    const [first = '', ...rest] = `${file.repo}/${file.path}/${file.name}`.slice(folder.length + 1).split('/');
    children.set(first, rest.length > 0);
  }
  return json(200, {
    path: folder,
    children: [...children].map(([name, isFolder]) => ({ uri: `/${name}`, folder: isFolder })),
  });
}

/** https://docs.jfrog.com/artifactory/reference/deleteartifact: with everything that is in it. */
function remove(folder: string, registry: SampleRegistry, options: ArtifactoryOptions): Reply {
  const { layout = 'path' } = options;
  const gone = filesOf(registry, options).filter(({ repo, path }) => `${repo}/${path}/`.startsWith(`${folder}/`));
  if (gone.length === 0) return failure(404, 'Unable to find item');
  for (const { repo, path } of gone) {
    const end = path.lastIndexOf('/');
    const [image, tag] = [path.slice(0, end), path.slice(end + 1)];
    const name = layout === 'path' ? `${repo}/${image}` : image;
    const held = registry.storage.repositories.get(name);
    if (held !== undefined) removeFolder(held, tag);
    if (held?.manifests.size === 0) registry.storage.repositories.delete(name);
  }
  return { status: 204 };
}

function removeFolder({ tags, manifests }: Repository, folder: string): void {
  const digest = tags.get(folder) ?? folder;
  tags.delete(folder);
  if (![...tags.values()].includes(digest)) manifests.delete(digest);
}

function failure(status: number, message: string): Reply {
  return json(status, { errors: [{ status, message }] });
}

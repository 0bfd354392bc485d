import { type RegistryWithApi, startRegistryWithApi } from '../registryWithApi.ts';
import { userOf } from '../sampleRegistry/auth.ts';
import { json, type RegistryRequest, type Reply, tokenPath } from '../sampleRegistry/http.ts';
import { bearerChallenge } from '../sampleRegistry/tokenQuirks.ts';
import type { SampleRegistry } from '../sampleRegistry.ts';

export const nexusUsers = { ada: 'canary-nexus-ada' } as const;

export interface NexusOptions {
  /** `docker-hosted` unless told. */
  readonly repositories?: readonly NexusRepository[];
  /** A connector: a port that is one repository, without the API. */
  readonly isConnector?: boolean;
  /** Whether this login may search. */
  readonly allowsSearch?: boolean;
  /** Components of a page; 50 unless told. */
  readonly pageSize?: number;
}

interface NexusRepository {
  readonly name: string;
  readonly type: 'hosted' | 'proxy' | 'group';
  readonly remoteUrl?: string;
  /** Of a group. */
  readonly members?: readonly string[];
}

export const nexusOrigin = 'https://nexus.example.com';
export const connectorOrigin = 'https://nexus.example.com:5001';
const hosted: NexusRepository = { name: 'docker-hosted', type: 'hosted' };

/** Nexus Repository 3 as its documentation describes it, under the name of a server. */
export async function startFakeNexus(options: NexusOptions = {}): Promise<RegistryWithApi> {
  const origin = options.isConnector ? connectorOrigin : nexusOrigin;
  return startRegistryWithApi({
    origin,
    apiPaths: /^\/(?:service|repository)\//,
    pathOf: (pathname) => (pathname === '/v2/token' ? tokenPath : pathname),
    registry: {
      catalog: options.isConnector ?? false,
      auth: {
        scheme: 'bearer',
        users: nexusUsers,
        quirks: {
          // https://help.sonatype.com/en/docker-authentication.html: with the Docker Bearer Token Realm, and without
          challenge: ({ scope, error }) => [
            bearerChallenge({ realm: `${origin}/v2/token`, service: `${origin}/v2/token`, scope, error }),
            'BASIC realm="Sonatype Nexus Repository Manager"',
          ],
        },
      },
    },
    answerApi: (request, registry) => (options.isConnector ? notThere : answerApi(request, registry, options)),
  });
}

function answerApi({ method, url, headers }: RegistryRequest, registry: SampleRegistry, options: NexusOptions): Reply {
  if (headers.authorization !== undefined && userOf(headers.authorization, nexusUsers) === undefined) {
    return { status: 401, headers: { 'WWW-Authenticate': 'BASIC realm="Sonatype Nexus Repository Manager"' } };
  }
  const { repositories = [hosted] } = options;
  if (url.pathname === '/service/rest/v1/repositories') {
    // https://help.sonatype.com/en/repositories-api.html: of all formats
    const images = repositories.map(({ name, type, remoteUrl }) => ({
      name,
      format: 'docker',
      type,
      url: `${nexusOrigin}/repository/${name}`,
      attributes: remoteUrl === undefined ? {} : { proxy: { remoteUrl } },
    }));
    return json(200, [{ name: 'maven-releases', format: 'maven2', type: 'hosted', attributes: {} }, ...images]);
  }
  const [, key] = /^\/repository\/([^/]+)\/v2\/_catalog$/.exec(url.pathname) ?? [];
  if (key !== undefined) return catalog(url, key, registry);
  if (url.pathname === '/service/rest/v1/search') {
    return options.allowsSearch === false ? { status: 403 } : search(url, registry, options);
  }
  const [, id] = /^\/service\/rest\/v1\/components\/([^/]+)$/.exec(url.pathname) ?? [];
  // https://help.sonatype.com/en/components-api.html
  return id !== undefined && method === 'DELETE' ? remove(decodeURIComponent(id), registry) : notThere;
}

/** https://github.com/sonatype/nexus-public/issues/1011: the path in `Link` is another one. */
function catalog(url: URL, key: string, { storage }: SampleRegistry): Reply {
  const all = [...storage.repositories.keys()].filter((name) => name.startsWith(`${key}/`)).sort();
  const names = all.map((name) => name.slice(key.length + 1));
  const last = url.searchParams.get('last');
  const n = Number(url.searchParams.get('n') ?? 100);
  const start = last === null ? 0 : names.indexOf(last) + 1;
  const items = names.slice(start, start + n);
  const next = `</repository/other/v2/_catalog?n=${n}&last=${encodeURIComponent(items.at(-1) ?? '')}>; rel="next"`;
  return json(200, { repositories: items }, start + n < names.length ? { Link: next } : {});
}

/** https://help.sonatype.com/en/search-api.html; those of a group are those of its members. */
function search(url: URL, { storage }: SampleRegistry, options: NexusOptions): Reply {
  const { repositories = [hosted], pageSize = 50 } = options;
  const [repository = '', name = '', version, token] = ['repository', 'name', 'version', 'continuationToken'].map(
    (parameter) => url.searchParams.get(parameter) ?? undefined,
  );
  const members = repositories.find((one) => one.name === repository)?.members ?? [repository];
  const found = members.flatMap((member) => {
    const held = storage.repositories.get(`${member}/${name}`);
    return [...(held?.tags ?? [])]
      .filter(([tag]) => version === undefined || tag === version)
      .map(([tag, digest]) => component(member, name, tag, digest));
  });
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString());
  if (Number.isNaN(start)) return { status: 406 };
  const end = start + pageSize;
  const continuationToken = end < found.length ? Buffer.from(String(end)).toString('base64url') : null;
  return json(200, { items: found.slice(start, end), continuationToken });
}

function component(repository: string, name: string, version: string, digest: string): unknown {
  const id = Buffer.from(JSON.stringify([repository, name, version])).toString('base64url');
  const path = `v2/${name}/manifests/${version}`;
  const asset = {
    downloadUrl: `${nexusOrigin}/repository/${repository}/${path}`,
    path,
    id,
    repository,
    format: 'docker',
    checksum: { sha256: digest.slice('sha256:'.length) },
    contentType: 'application/vnd.oci.image.manifest.v1+json',
    lastModified: '2025-06-01T00:00:00.000+00:00',
    fileSize: 1234,
  };
  return { id, repository, format: 'docker', group: null, name, version, assets: [asset], tags: [] };
}

function remove(id: string, { storage }: SampleRegistry): Reply {
  const [repository, name, version = ''] = JSON.parse(Buffer.from(id, 'base64url').toString()) as readonly string[];
  const held = storage.repositories.get(`${repository}/${name}`);
  return held?.tags.delete(version) ? { status: 204 } : notThere;
}

const notThere: Reply = { status: 404, headers: { 'Content-Type': 'text/html' }, body: Buffer.from('<h1>404</h1>') };

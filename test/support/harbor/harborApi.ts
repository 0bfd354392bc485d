import { userOf } from '../sampleRegistry/auth.ts';
import { json, type RegistryRequest, type Reply } from '../sampleRegistry/http.ts';
import type { Repository } from '../sampleRegistry/storage.ts';
import type { SampleRegistry } from '../sampleRegistry.ts';
import type { HarborProjectRecord, HarborStore } from './harborStore.ts';

export interface HarborApiOptions {
  readonly store: HarborStore;
  readonly registry: SampleRegistry;
  readonly users: Readonly<Record<string, string>>;
}

interface Asked extends HarborApiOptions {
  readonly url: URL;
  readonly user: string | undefined;
}

/**
 * The parts of Harbor's API that Gantry asks. Paths, parameters and shapes:
 * https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml. A login that is refused counts as none:
 * https://github.com/goharbor/harbor/blob/main/src/server/middleware/security/security.go
 */
export function answerHarborApi({ method, url, headers }: RegistryRequest, options: HarborApiOptions): Reply {
  const asked: Asked = { ...options, url, user: userOf(headers.authorization, options.users) };
  const path = url.pathname.replace(/^\/api\/v2\.0/, '');
  if (path === '/systeminfo')
    return json(200, { auth_mode: 'db_auth', registry_url: url.host, self_registration: false });
  if (path === '/users/current') return currentUser(asked.user);
  if (path === '/search') return search(asked);
  if (path === '/projects') return page(url, visibleProjects(asked).map(describeProject));
  if (path === '/repositories') return page(url, repositoriesOf(asked, undefined));
  const [, name = '', rest = ''] = /^\/projects\/([^/]+)(\/.*)$/.exec(path) ?? [];
  const project = asked.store.projects.find((known) => known.name === decodeURIComponent(name));
  if (project === undefined || !mayRead(asked, project)) return asked.user === undefined ? unauthorized : forbidden;
  if (rest === '/summary') return json(200, summaryOf(project));
  if (rest === '/repositories') return page(url, repositoriesOf(asked, project));
  const [, encoded = '', below = ''] = /^\/repositories\/([^/]+)(\/.*)?$/.exec(rest) ?? [];
  // A slash that is encoded once has become two segments in the proxy before Harbor.
  const repository = /%2f/i.test(encoded) ? '' : decodeURIComponent(decodeURIComponent(encoded));
  const full = `${project.name}/${repository}`;
  const held = asked.registry.storage.repositories.get(full);
  if (held === undefined) return notFound(`repository ${full} not found`);
  if (method === 'DELETE' && (asked.user === undefined || asked.user === 'guest')) {
    return asked.user === undefined ? unauthorized : forbidden;
  }
  if (below === '') return method === 'DELETE' ? deleteRepository(asked, full, held) : describe(asked, full);
  return answerArtifacts(asked, {
    name: full,
    held,
    method,
    path: below,
    accepted: headers['x-accept-vulnerabilities'],
  });
}

interface ArtifactRequest {
  readonly name: string;
  readonly held: Repository;
  readonly method: string;
  readonly path: string;
  readonly accepted: string | readonly string[] | undefined;
}

function answerArtifacts(asked: Asked, { name, held, method, path, accepted }: ArtifactRequest): Reply {
  const { url, store } = asked;
  if (path === '/artifacts') return listArtifacts(asked, name, held);
  const [, reference = '', below = ''] = /^\/artifacts\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  const digest = held.tags.get(reference) ?? reference;
  if (!held.manifests.has(digest)) return notFound(`artifact ${name}:${reference} not found`);
  const scan = store.scans.get(digest);
  if (below === '' && method === 'GET') {
    const overview = scan?.status !== undefined && url.searchParams.get('with_scan_overview') === 'true';
    const status = { report_id: '5f62c830-f996-11e9-957f-0242c0a89008', scan_status: scan?.status };
    return json(200, {
      ...artifact(asked, name, held, digest),
      ...(overview && { scan_overview: { [genericReport]: status } }),
    });
  }
  if (below === '/additions/vulnerabilities') {
    if (scan?.isUnscannable) return notFound(`report not found for ${name}@${digest}`);
    return json(200, String(accepted).includes(genericReport) ? (scan?.report ?? {}) : {});
  }
  const tags = [...held.tags].filter(([, other]) => other === digest).map(([tag]) => tag);
  const kept = tags.find((tag) => store.immutable.has(`${name}:${tag}`));
  if (below === '' && method === 'DELETE') {
    if (kept !== undefined) return preconditionFailed(`the tag ${kept} configured as immutable, cannot be deleted`);
    if (store.hiddenDigests(name, asked.registry).has(digest)) {
      return preconditionFailed('the deleting artifact is referenced by others', 'VIOLATE_FOREIGN_KEY_CONSTRAINT');
    }
    held.manifests.delete(digest);
    for (const tag of tags) held.tags.delete(tag);
    return { status: 200 };
  }
  const [, tag = ''] = /^\/tags\/([^/]+)$/.exec(below) ?? [];
  if (!tags.includes(tag)) return notFound(`tag ${tag} attached to artifact 7 not found`);
  if (store.immutable.has(`${name}:${tag}`)) {
    return preconditionFailed(`the tag ${tag} configured as immutable, cannot be deleted`);
  }
  held.tags.delete(tag);
  return { status: 200 };
}

export const genericReport = 'application/vnd.security.vulnerability.report; version=1.1';

/** Children of an index and what refers to others are not there, unless they have tags. */
function listArtifacts(asked: Asked, name: string, held: Repository): Reply {
  const hidden = asked.store.hiddenDigests(name, asked.registry);
  const tagged = new Set(held.tags.values());
  const wanted = asked.url.searchParams.get('q');
  const digests = [...held.manifests.keys()].filter(
    (digest) =>
      (tagged.has(digest) || !hidden.has(digest)) && (wanted === null || (wanted === 'tags=*') === tagged.has(digest)),
  );
  const items = digests.map((digest) => artifact(asked, name, held, digest));
  if (asked.url.searchParams.get('sort') === '-push_time') items.sort((a, b) => (a.push_time < b.push_time ? 1 : -1));
  return page(asked.url, items);
}

function artifact({ store, url }: Asked, name: string, held: Repository, digest: string) {
  const record = store.records.find(name, digest);
  const { mediaType, bytes } = held.manifests.get(digest) ?? { mediaType: '', bytes: Buffer.from('{}') };
  const push_time = (record?.pushedAt ?? new Date(Date.UTC(2025, 0, 1))).toISOString();
  const tells = (option: string): boolean => url.searchParams.get(option) === 'true';
  const { manifests = [] } = JSON.parse(bytes.toString()) as {
    readonly manifests?: readonly {
      readonly digest: string;
      readonly platform?: object;
      readonly annotations?: object;
    }[];
  };
  return {
    id: 7,
    project_id: store.projectOf(name)?.id,
    repository_name: name,
    digest,
    type: 'IMAGE',
    media_type: 'application/vnd.oci.image.config.v1+json',
    manifest_media_type: mediaType,
    size: record?.size ?? 1,
    push_time,
    pull_time: neverPulled,
    extra_attrs:
      record?.platform === undefined ? {} : { ...record.platform, created: '2025-05-31T12:00:00Z', config: {} },
    references: manifests.map(({ digest: child_digest, platform, annotations }) => ({
      child_digest,
      platform,
      annotations,
    })),
    ...(tells('with_tag') && {
      tags: [...held.tags]
        .filter(([, other]) => other === digest)
        .map(([tag]) => ({
          id: 9,
          name: tag,
          push_time,
          pull_time: neverPulled,
          immutable: tells('with_immutable_status') && store.immutable.has(`${name}:${tag}`),
        })),
    }),
  };
}

/** The zero of Go's time. */
const neverPulled = '0001-01-01T00:00:00.000Z';

function visibleProjects(asked: Asked): readonly HarborProjectRecord[] {
  return asked.store.projects.filter((project) => mayRead(asked, project));
}

function mayRead({ user }: Asked, project: HarborProjectRecord): boolean {
  return user !== undefined || project.isPublic;
}

function describeProject({ id, name, isPublic, upstream }: HarborProjectRecord): unknown {
  const metadata = { public: String(isPublic) };
  return { project_id: id, name, owner_name: 'admin', metadata, repo_count: 1, ...(upstream && { registry_id: 3 }) };
}

function summaryOf({ upstream }: HarborProjectRecord): unknown {
  return { repo_count: 1, ...(upstream && { registry: { id: 3, name: 'hub', type: 'docker-hub', url: upstream } }) };
}

function repositoriesOf(asked: Asked, project: HarborProjectRecord | undefined): readonly unknown[] {
  return [...asked.registry.storage.repositories]
    .filter(([name, { manifests }]) => {
      const own = asked.store.projectOf(name);
      return manifests.size > 0 && own && mayRead(asked, own) && (project === undefined || own === project);
    })
    .map(([name]) => repository(asked, name));
}

function repository({ store }: Asked, name: string): unknown {
  return {
    id: 2,
    project_id: store.projectOf(name)?.id,
    name,
    description: store.descriptions.get(name) ?? '',
    artifact_count: 1,
    pull_count: 41,
    creation_time: '2025-06-01T00:00:00.000Z',
    update_time: '2025-06-02T00:00:00.000Z',
  };
}

function describe(asked: Asked, name: string): Reply {
  return json(200, repository(asked, name));
}

function deleteRepository({ store, registry }: Asked, name: string, { tags }: Repository): Reply {
  const kept = [...tags.keys()].find((tag) => store.immutable.has(`${name}:${tag}`));
  if (kept !== undefined) return preconditionFailed(`the tag ${kept} configured as immutable, cannot be deleted`);
  registry.storage.repositories.delete(name);
  return { status: 200 };
}

function search(asked: Asked): Reply {
  const words = asked.url.searchParams.get('q') ?? '';
  const found = [...asked.registry.storage.repositories.keys()].flatMap((repository_name) => {
    const project = asked.store.projectOf(repository_name);
    if (project === undefined || !mayRead(asked, project) || !repository_name.includes(words)) return [];
    return [{ project_id: project.id, project_name: project.name, repository_name, pull_count: 41, artifact_count: 1 }];
  });
  return json(200, { project: visibleProjects(asked).map(describeProject), repository: found });
}

/** https://github.com/goharbor/harbor/blob/main/src/server/v2.0/handler/user.go, GetCurrentUserInfo */
function currentUser(user: string | undefined): Reply {
  if (user === undefined) return unauthorized;
  if (user.startsWith('robot$'))
    return preconditionFailed('get current user not available for security context: robot');
  return json(200, { user_id: 3, username: user });
}

/** `page`, `page_size` (10 unless told, 100 at most), `X-Total-Count` and `Link`. */
function page(url: URL, all: readonly unknown[]): Reply {
  const size = Number(url.searchParams.get('page_size') ?? 10);
  const number = Number(url.searchParams.get('page') ?? 1);
  if (!(size >= 1 && size <= 100))
    return json(422, failure('UNPROCESSABLE_ENTITY', 'page_size in query should be less than or equal to 100'));
  const hasNext = number * size < all.length;
  const query = new URLSearchParams(url.searchParams);
  query.set('page', String(number + 1));
  return json(200, all.slice((number - 1) * size, number * size), {
    'X-Total-Count': String(all.length),
    ...(hasNext && { Link: `<${url.pathname}?${query}>; rel="next"` }),
  });
}

/** Codes and statuses: https://github.com/goharbor/harbor/blob/main/src/lib/http/error.go */
function failure(code: string, message: string): unknown {
  return { errors: [{ code, message }] };
}

export function preconditionFailed(message: string, code = 'PRECONDITION'): Reply {
  return json(412, failure(code, message));
}

function notFound(message: string): Reply {
  return json(404, failure('NOT_FOUND', message));
}

const unauthorized = json(401, failure('UNAUTHORIZED', 'unauthorized'));
const forbidden = json(403, failure('FORBIDDEN', 'forbidden'));

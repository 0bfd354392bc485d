import { json, type RegistryRequest, type Reply, readBody } from '../sampleRegistry/http.ts';
import type { SampleRegistry } from '../sampleRegistry.ts';
import { type CleanUpPolicy, gitLabTokens, gitLabUser } from './fakeGitLab.ts';
import { answerGraphql } from './gitLabGraphql.ts';

export interface GitLabApiOptions {
  readonly registry: SampleRegistry;
  /** Names of repositories in the order of their ids, from 1. */
  readonly ids: readonly string[];
  readonly policies: ReadonlyMap<string, CleanUpPolicy>;
  readonly protectedTags: ReadonlySet<string>;
  readonly deleting: Set<string>;
  readonly unknownFields: readonly string[];
  readonly groups: readonly string[];
  /** Origin of GitLab's pages. */
  readonly web: string;
}

/** GitLab's APIs. https://docs.gitlab.com/api/rest/, https://docs.gitlab.com/api/graphql/ */
export async function answerGitLabApi(request: RegistryRequest, options: GitLabApiOptions): Promise<Reply> {
  const { method, url, headers } = request;
  const isGraphql = method === 'POST' && url.pathname === '/api/graphql';
  const token = headers.authorization?.replace(/^Bearer /, '');
  // https://docs.gitlab.com/api/rest/authentication/#scopes-for-a-personal-access-token
  if (token === gitLabTokens.registry) {
    const error_description = 'The request requires higher privileges than provided by the access token.';
    return json(403, { error: 'insufficient_scope', error_description, scope: 'api read_api' });
  }
  // Everybody may ask about what is public, by GraphQL too. https://docs.gitlab.com/api/graphql/#authentication
  if (token !== gitLabTokens.api && (token !== undefined || !isGraphql)) {
    return isGraphql
      ? json(401, { errors: [{ message: 'Invalid token' }] })
      : json(401, { message: '401 Unauthorized' });
  }
  if (isGraphql) return json(200, answerGraphql(JSON.parse((await readBody(request)).toString()), options));
  if (url.pathname === '/api/v4/namespaces' && method === 'GET') return listNamespaces(url, options);
  return method === 'DELETE' ? remove(url.pathname, options) : json(404, { error: '404 Not Found' });
}

/** https://docs.gitlab.com/api/namespaces/#list-all-namespaces */
function listNamespaces(url: URL, { groups }: GitLabApiOptions): Reply {
  const all = [
    { id: 1, path: gitLabUser, kind: 'user', full_path: 'Alice', parent_id: null },
    ...groups.map((full_path, number) => ({ id: 10 + number, kind: 'group', full_path })),
  ];
  const size = Math.min(Number(url.searchParams.get('per_page') ?? 20), 100);
  const page = Number(url.searchParams.get('page') ?? 1);
  const hasNext = page * size < all.length;
  // https://docs.gitlab.com/api/rest/#pagination: the header is there and empty on the last page.
  return json(200, all.slice((page - 1) * size, page * size), {
    'X-Next-Page': hasNext ? String(page + 1) : '',
    'X-Total': String(all.length),
  });
}

/** https://docs.gitlab.com/api/container_registry/#delete-a-registry-repository, and of a tag */
function remove(pathname: string, { registry, ids, protectedTags, deleting }: GitLabApiOptions): Reply {
  const [, id = '', tag] =
    /^\/api\/v4\/projects\/\d+\/registry\/repositories\/(\d+)(?:\/tags\/([^/]+))?$/.exec(pathname) ?? [];
  const name = ids[Number(id) - 1] ?? '';
  const held = registry.storage.repositories.get(name);
  if (held === undefined) return json(404, { message: '404 Container Repository Not Found' });
  if (tag === undefined) {
    // https://docs.gitlab.com/user/packages/container_registry/delete_container_registry_images/: in its own time.
    deleting.add(name);
    registry.storage.repositories.delete(name);
    return json(202, '202');
  }
  // https://docs.gitlab.com/user/packages/container_registry/protected_container_tags/
  if (protectedTags.has(`${name}:${tag}`)) return json(403, { message: '403 Forbidden - Tag is protected' });
  return held.tags.delete(tag) ? json(200, '200') : json(404, { message: '404 Tag Not Found' });
}

import { gitLabUser } from './fakeGitLab.ts';
import type { GitLabApiOptions } from './gitLabApi.ts';

interface Question {
  readonly query: string;
  readonly variables: Readonly<Record<string, string | number | boolean | null | undefined>>;
}

/**
 * The few questions that Gantry has, told apart by their words. A GraphQL server answers only the fields that are asked
 * for; these answer more, and refuse those that this GitLab does not know.
 *
 * Types: https://docs.gitlab.com/api/graphql/reference/#containerrepository and around it.
 */
export function answerGraphql(question: Question, options: GitLabApiOptions): unknown {
  const { query, variables } = question;
  const unknown = options.unknownFields.filter((field) => new RegExp(`\\b${field}\\b`).test(query));
  // https://graphql-ruby.org/errors/validation_errors: all at once, and no data.
  if (unknown.length > 0) {
    return {
      errors: unknown.map((fieldName) => ({
        message: `Field '${fieldName}' doesn't exist on type 'ContainerRepository'`,
        locations: [{ line: 1, column: 1 }],
        extensions: { code: 'undefinedField', typeName: 'ContainerRepository', fieldName },
      })),
    };
  }
  if (query.includes('containerRepository(id:')) return { data: { containerRepository: tagsOf(variables, options) } };
  if (query.includes('projects(search:')) {
    const words = String(variables['search']).toLowerCase();
    const found = projects(options).filter((path) => path.includes(words));
    return { data: { projects: projectPage(found, variables, options) } };
  }
  if (query.includes('namespace(fullPath:')) {
    const path = String(variables['path']).toLowerCase();
    const own = projects(options).filter((project) => project.startsWith(`${path}/`));
    const isThere = path === gitLabUser || own.length > 0;
    return { data: { namespace: isThere ? { projects: projectPage(own, variables, options) } : null } };
  }
  const looked = [...query.matchAll(/(p\d+): project\(fullPath: \$(path\d+)\) .*?name: \$(name\d+)/g)];
  if (looked.length > 0) {
    return {
      data: Object.fromEntries(
        looked.map(([, alias = '', path = '', name = '']) => [
          alias,
          project(String(variables[path]), String(variables[name] ?? ''), { first: 100 }, options),
        ]),
      ),
    };
  }
  const path = String(variables['path']).toLowerCase();
  // Of a group with its subgroups; users are none.
  const isGroup = path !== gitLabUser && projects(options).some((each) => each.startsWith(`${path}/`));
  const inGroup = names(options).filter((name) => name.startsWith(`${path}/`));
  return {
    data: {
      group: isGroup ? { containerRepositories: repositoryPage(inGroup, variables, options) } : null,
      project: project(path, '', variables, options),
    },
  };
}

/** The first two parts of a name. */
function projectOf(name: string): string {
  return name.split('/').slice(0, 2).join('/');
}

function names({ registry, ids, deleting }: GitLabApiOptions): readonly string[] {
  return ids.filter((name) => registry.storage.repositories.has(name) || deleting.has(name));
}

function projects(options: GitLabApiOptions): readonly string[] {
  return [...new Set(names(options).map(projectOf))];
}

function project(path: string, name: string, variables: Question['variables'], options: GitLabApiOptions): unknown {
  if (!projects(options).includes(path)) return null;
  // The name of a repository is what comes behind its project, and may be empty.
  const found = names(options).filter(
    (each) => projectOf(each) === path && each.slice(path.length + 1).includes(name.toLowerCase()),
  );
  return { containerRepositories: repositoryPage(found, variables, options) };
}

function projectPage(paths: readonly string[], variables: Question['variables'], options: GitLabApiOptions): unknown {
  return page(paths, variables, (path) => ({
    fullPath: path,
    ...(project(path, '', { first: 100 }, options) as object),
  }));
}

function repositoryPage(all: readonly string[], variables: Question['variables'], options: GitLabApiOptions): unknown {
  const { ids, policies, deleting, web } = options;
  return page(all, variables, (name) => ({
    id: `gid://gitlab/ContainerRepository/${ids.indexOf(name) + 1}`,
    name: name.slice(projectOf(name).length + 1),
    path: name,
    updatedAt: '2025-06-02T09:30:00Z',
    status: deleting.has(name) ? 'DELETE_SCHEDULED' : null,
    project: {
      id: `gid://gitlab/Project/${projects(options).indexOf(projectOf(name)) + 1}`,
      webUrl: `${web}/${projectOf(name)}`,
      containerTagsExpirationPolicy: policies.get(projectOf(name)) ?? { enabled: false, keepN: null },
    },
  }));
}

/** A tag's size is a `BigInt`, which is text. */
function tagsOf(variables: Question['variables'], { registry, ids, unknownFields }: GitLabApiOptions): unknown {
  const id = /^gid:\/\/gitlab\/ContainerRepository\/(\d+)$/.exec(String(variables['id']))?.[1];
  const held = registry.storage.repositories.get(ids[Number(id) - 1] ?? '');
  if (held === undefined) return null;
  const tags = page([...held.tags].sort(), variables, ([name, digest]) => ({
    name,
    digest,
    totalSize: '2803255',
    createdAt: '2025-06-01T09:30:00Z',
    ...(!unknownFields.includes('publishedAt') && { publishedAt: '2025-06-02T09:30:00Z' }),
  }));
  return { tags };
}

/** https://docs.gitlab.com/api/graphql/#pagination */
function page<T>(all: readonly T[], variables: Question['variables'], describe: (item: T) => unknown): unknown {
  const first = Math.min(Number(variables['first'] ?? 100), 100);
  const after = /^after-(\d+)$/.exec(String(variables['after'] ?? ''))?.[1];
  const end = Number(after ?? 0) + first;
  return {
    nodes: all.slice(end - first, end).map(describe),
    pageInfo: { hasNextPage: end < all.length, endCursor: end < all.length ? `after-${end}` : null },
  };
}

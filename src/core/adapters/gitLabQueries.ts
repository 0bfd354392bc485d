/*
 * Questions to GitLab's GraphQL API. https://docs.gitlab.com/api/graphql/reference/
 *
 * `has` tells whether a field may be asked for: some came with a later GitLab.
 */

export type HasField = (field: string) => boolean;

/** Fields without which an answer is good too, where GitLab does not know them. */
export const optionalFields: readonly string[] = ['publishedAt', 'containerTagsExpirationPolicy', 'webUrl', 'status'];

export function tagsQuery(has: HasField): string {
  return `query($id: ContainerRepositoryID!, $first: Int!, $after: String) {
  containerRepository(id: $id) {
    tags(first: $first, after: $after) {
      nodes { name digest totalSize createdAt ${has('publishedAt') ? 'publishedAt' : ''} }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;
}

/** The repositories of a group with its subgroups, or of a project: what has the path. */
export function repositoriesQuery(has: HasField): string {
  return `query($path: ID!, $first: Int!, $after: String) {
  group(fullPath: $path) { containerRepositories(first: $first, after: $after) { ...page } }
  project(fullPath: $path) { containerRepositories(first: $first, after: $after) { ...page } }
}
${pageFragment(has)}`;
}

/** The projects of a user, with their repositories. */
export function namespaceQuery(has: HasField): string {
  return `query($path: ID!, $first: Int!, $after: String) {
  namespace(fullPath: $path) { projects(first: $first, after: $after) { ${projects} } }
}
${pageFragment(has)}`;
}

/** Projects by a part of their path, with their repositories. */
export function searchQuery(has: HasField): string {
  return `query($search: String!, $membership: Boolean!, $first: Int!, $after: String) {
  projects(search: $search, searchNamespaces: true, membership: $membership, first: $first, after: $after) { ${projects} }
}
${pageFragment(has)}`;
}

/** What each of some paths is as a project, and its repositories of a name. */
export function lookUpQuery(count: number): (has: HasField) => string {
  const numbers = [...Array(count).keys()];
  const variables = numbers.map((number) => `$path${number}: ID!, $name${number}: String`);
  const asked = numbers.map(
    (number) =>
      `p${number}: project(fullPath: $path${number}) { containerRepositories(first: 100, name: $name${number}) { ...page } }`,
  );
  return (has) => `query(${variables.join(', ')}) {
  ${asked.join('\n  ')}
}
${pageFragment(has)}`;
}

const projects = `
    nodes { fullPath containerRepositories(first: 100) { ...page } }
    pageInfo { hasNextPage endCursor }`;

function pageFragment(has: HasField): string {
  const policy = 'containerTagsExpirationPolicy';
  return `fragment page on ContainerRepositoryConnection {
  nodes {
    id path updatedAt ${has('status') ? 'status' : ''}
    project {
      id ${has('webUrl') ? 'webUrl' : ''}
      ${has(policy) ? `${policy} { enabled keepN olderThan nextRunAt }` : ''}
    }
  }
  pageInfo { hasNextPage endCursor }
}`;
}

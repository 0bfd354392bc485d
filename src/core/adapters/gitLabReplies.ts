import * as v from 'valibot';
import type { RepositoryListing, TagSummary } from '../../api.ts';
import { isDigest } from '../oci/digest.ts';
import { isRepositoryName, isTag } from '../oci/reference.ts';
import { countSchema, dateSchema, lenient, parsed, textSchema } from './replyFields.ts';

/* What GitLab's APIs answer. https://docs.gitlab.com/api/graphql/reference/, https://docs.gitlab.com/api/namespaces/ */

/** Where a repository is for GitLab's APIs. */
export interface GitLabPlace {
  /** `gid://gitlab/ContainerRepository/7` */
  readonly globalId: string;
  readonly id: string;
  readonly projectId: string;
  /** Of the project's page, where GitLab tells. */
  readonly projectPage?: string;
}

export interface GitLabRepository {
  readonly listing: RepositoryListing;
  readonly place: GitLabPlace;
}

/** A page of a GraphQL list: https://docs.gitlab.com/api/graphql/#pagination */
export interface GitLabPage<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

const globalIdSchema = (type: string) => v.pipe(v.string(), v.regex(new RegExp(`^gid://gitlab/${type}/\\d{1,19}$`)));

const policySchema = v.object({
  enabled: v.boolean(),
  keepN: lenient(textSchema),
  olderThan: lenient(textSchema),
  nextRunAt: lenient(dateSchema),
});

const repositorySchema = v.object({
  id: globalIdSchema('ContainerRepository'),
  path: v.pipe(v.string(), v.check(isRepositoryName)),
  updatedAt: lenient(dateSchema),
  status: lenient(textSchema),
  project: v.object({
    id: globalIdSchema('Project'),
    webUrl: lenient(textSchema),
    containerTagsExpirationPolicy: lenient(policySchema),
  }),
});

const tagSchema = v.object({
  name: v.pipe(v.string(), v.check(isTag)),
  digest: lenient(v.pipe(v.string(), v.check(isDigest))),
  // A BigInt, which is text; older ones answered a number.
  totalSize: lenient(
    v.union([countSchema, v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number), countSchema)]),
  ),
  createdAt: lenient(dateSchema),
  publishedAt: lenient(dateSchema),
});

const namespaceSchema = v.object({ full_path: v.pipe(v.string(), v.check(isRepositoryPath)) });

const pageSchema = v.object({
  nodes: v.array(v.unknown()),
  pageInfo: lenient(v.object({ hasNextPage: lenient(v.boolean()), endCursor: lenient(textSchema) })),
});

/** The paths of groups and users, in lower case as in names of images. `undefined` for what is no such list. */
export function readNamespaces(document: unknown): readonly string[] | undefined {
  if (!Array.isArray(document)) return undefined;
  return document.flatMap((item: unknown) => parsed(namespaceSchema, item)?.full_path.toLowerCase() ?? []);
}

export function readRepositories(connection: unknown): GitLabPage<GitLabRepository> | undefined {
  return readPage(connection, (item) => {
    const repository = parsed(repositorySchema, item);
    if (repository === undefined) return [];
    const { id, path, updatedAt, project } = repository;
    const description = descriptionOf(repository);
    return [
      {
        listing: {
          name: path,
          ...(updatedAt !== undefined && { updatedAt }),
          ...(description !== undefined && { description }),
        },
        place: {
          globalId: id,
          id: numberOf(id),
          projectId: numberOf(project.id),
          ...(project.webUrl !== undefined && isWebPage(project.webUrl) && { projectPage: project.webUrl }),
        },
      },
    ];
  });
}

/** Each project with the first of its repositories. */
export function readProjects(connection: unknown): GitLabPage<GitLabProject> | undefined {
  return readPage(connection, (item) => {
    const project = parsed(projectSchema, item);
    // Null where the account may not see its registry.
    const repositories = readRepositories(project?.containerRepositories);
    return project === undefined || repositories === undefined ? [] : [{ path: project.fullPath, repositories }];
  });
}

export interface GitLabProject {
  readonly path: string;
  readonly repositories: GitLabPage<GitLabRepository>;
}

const projectSchema = v.object({ fullPath: textSchema, containerRepositories: v.unknown() });

export function readTags(connection: unknown): GitLabPage<TagSummary> | undefined {
  return readPage(connection, (item) => {
    const tag = parsed(tagSchema, item);
    if (tag === undefined) return [];
    const { name, digest, totalSize, createdAt, publishedAt } = tag;
    return [
      {
        name,
        ...(digest !== undefined && { digest }),
        ...(totalSize !== undefined && { size: totalSize }),
        ...(createdAt !== undefined && { createdAt }),
        ...(publishedAt !== undefined && { pushedAt: publishedAt }),
      },
    ];
  });
}

function readPage<T>(connection: unknown, readItem: (item: unknown) => readonly T[]): GitLabPage<T> | undefined {
  const page = parsed(pageSchema, connection);
  if (page === undefined) return undefined;
  const { hasNextPage = false, endCursor } = page.pageInfo ?? {};
  return { items: page.nodes.flatMap(readItem), ...(hasNextPage && endCursor !== undefined && { next: endCursor }) };
}

/** That it is being deleted, and what is removed from it by itself: `keepN` is `TEN_TAGS`, `olderThan` is `NINETY_DAYS`. */
function descriptionOf({ status, project }: v.InferOutput<typeof repositorySchema>): string | undefined {
  if (status === 'DELETE_SCHEDULED' || status === 'DELETE_ONGOING') return 'Being deleted';
  if (status === 'DELETE_FAILED') return 'Could not be deleted';
  const policy = project.containerTagsExpirationPolicy;
  if (policy?.enabled !== true) return undefined;
  const { keepN, olderThan, nextRunAt } = policy;
  const rules = [
    ...(keepN === undefined ? [] : [`keeps ${inWords(keepN)}`]),
    ...(olderThan === undefined ? [] : [`removes what is older than ${inWords(olderThan)}`]),
    ...(nextRunAt === undefined ? [] : [`next on ${nextRunAt.slice(0, 10)}`]),
  ];
  return rules.length === 0 ? 'Cleaned up by a policy' : `Cleaned up by a policy: ${rules.join(', ')}`;
}

function inWords(name: string): string {
  return name.slice(0, 40).toLowerCase().replaceAll('_', ' ');
}

function numberOf(globalId: string): string {
  return globalId.slice(globalId.lastIndexOf('/') + 1);
}

function isRepositoryPath(path: string): boolean {
  return isRepositoryName(path.toLowerCase());
}

function isWebPage(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}

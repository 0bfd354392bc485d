import type { CallOptions, Page, PageCallOptions, RepositoryListing } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { RecentValues } from '../recentValues.ts';
import { notARegistry } from '../registry/body.ts';
import type { GitLabApi } from './gitLabApi.ts';
import { lookUpQuery, namespaceQuery, repositoriesQuery, searchQuery } from './gitLabQueries.ts';
import {
  type GitLabPage,
  type GitLabPlace,
  type GitLabRepository,
  readProjects,
  readRepositories,
} from './gitLabReplies.ts';

/** Repositories whose place is kept. */
const capacity = 10_000;
/** https://docs.gitlab.com/api/graphql/#limits */
const largestPage = 100;
/** Projects of a user asked for at once, each with its repositories. */
const projectsAtOnce = 20;
/** Pages of one project's repositories that are looked through. */
const mostPages = 20;
/** Names of images are at most so many levels below their project. */
const deepestName = 3;

/** Marks the cursors of lists of projects. */
const projectsCursor = 'projects:';

/** The repositories of a GitLab, with the places that its APIs have for them. */
export class GitLabRepositories {
  readonly #api: GitLabApi;
  /** Of the registry, for errors. */
  readonly #host: string;
  readonly #places = new RecentValues<GitLabPlace>(capacity);

  constructor(api: GitLabApi, host: string) {
    this.#api = api;
    this.#host = host;
  }

  /** Those of a group with its subgroups, of a project, or of a user. */
  async list(path: string, call: PageCallOptions): Promise<Page<RepositoryListing>> {
    if (call.cursor?.startsWith(projectsCursor)) return this.#listOfUser(path, call);
    const what = `the repositories of ${path}`;
    const data = await this.#api.ask({ query: repositoriesQuery, variables: { path, ...pageOf(call) }, what }, call);
    const found = data['group'] ?? data['project'];
    if (found === null || found === undefined) {
      if (!('group' in data || 'project' in data)) throw notARegistry(this.#host, 'JSON of another form');
      return this.#listOfUser(path, call);
    }
    const { items, next } = this.#learn(readRepositories(repositoriesOf(found)), what);
    return { items, ...(next !== undefined && { cursor: next }) };
  }

  /** Those of the projects whose path has these words in it: of the account's, or for nobody of all. */
  async search(
    words: string,
    call: PageCallOptions & { readonly isMember: boolean },
  ): Promise<Page<RepositoryListing>> {
    const what = `a search for "${words}"`;
    const variables = { search: words, membership: call.isMember, ...pageOf(call, projectsAtOnce) };
    const data = await this.#api.ask({ query: searchQuery, variables, what }, call);
    const { items, next } = await this.#ofProjects(data['projects'], what, call);
    return { items, ...(next !== undefined && { cursor: next }) };
  }

  /** What is known of a repository without a request. */
  known(name: string): GitLabPlace | undefined {
    return this.#places.get(name);
  }

  forget(name: string): void {
    this.#places.delete(name);
  }

  /**
   * The place of a repository. Its project is one of the paths that its name begins with, which are asked for at once.
   *
   * Errors: `not-found` when this login is shown no such repository.
   */
  async find(name: string, call: CallOptions): Promise<GitLabPlace> {
    const known = this.known(name);
    if (known !== undefined) return known;
    const parts = name.split('/');
    const deepest = Math.min(deepestName, parts.length - 2);
    const candidates = [...Array(deepest + 1).keys()].map((below) => ({
      path: parts.slice(0, parts.length - below).join('/'),
      rest: parts.slice(parts.length - below).join('/'),
    }));
    const entries = candidates.flatMap(({ path, rest }, number) => [
      [`path${number}`, path],
      [`name${number}`, rest === '' ? null : rest],
    ]);
    const what = `the repository ${name}`;
    const query = lookUpQuery(candidates.length);
    const data = await this.#api.ask({ query, variables: Object.fromEntries(entries), what }, call);
    for (const [number, { path }] of candidates.entries()) {
      const project = data[`p${number}`];
      if (project === null || project === undefined) continue;
      const { next } = this.#learn(readRepositories(repositoriesOf(project)), what);
      await this.#readOn(path, next, name, call);
      const place = this.known(name);
      if (place !== undefined) return place;
    }
    throw new RegistryError(
      'not-found',
      `The GitLab of ${this.#host} shows this login no repository ${name}. Check the name, or ask its owner for access.`,
      { host: this.#host },
    );
  }

  async #listOfUser(path: string, { cursor, ...call }: PageCallOptions): Promise<Page<RepositoryListing>> {
    const what = `the repositories of ${path}`;
    const own = cursor?.startsWith(projectsCursor) ? { cursor: cursor.slice(projectsCursor.length) } : {};
    const variables = { path, ...pageOf({ ...call, ...own }, projectsAtOnce) };
    const data = await this.#api.ask({ query: namespaceQuery, variables, what }, call);
    const namespace = data['namespace'];
    if (namespace === null) {
      throw new RegistryError(
        'not-found',
        `The GitLab of ${this.#host} shows this login no group, project or user ${path}. Check the path, or ask its owner for access.`,
        { host: this.#host },
      );
    }
    const listed = (namespace as { readonly projects?: unknown } | undefined)?.projects;
    const { items, next } = await this.#ofProjects(listed, what, call);
    return { items, ...(next !== undefined && { cursor: `${projectsCursor}${next}` }) };
  }

  async #ofProjects(list: unknown, what: string, call: CallOptions): Promise<GitLabPage<RepositoryListing>> {
    const page = readProjects(list);
    if (page === undefined) throw notARegistry(this.#host, 'JSON of another form');
    const items: RepositoryListing[] = [];
    for (const { path, repositories } of page.items) {
      items.push(...this.#learn(repositories, what).items);
      items.push(...(await this.#readOn(path, repositories.next, undefined, call)));
    }
    return { ...page, items };
  }

  /** The further repositories of a project, up to the one that is looked for. */
  async #readOn(
    path: string,
    after: string | undefined,
    name: string | undefined,
    { signal }: CallOptions,
  ): Promise<readonly RepositoryListing[]> {
    const items: RepositoryListing[] = [];
    let cursor = after;
    for (let pages = 0; pages < mostPages && cursor !== undefined; pages++) {
      if (name !== undefined && this.known(name) !== undefined) break;
      const page: Page<RepositoryListing> = await this.list(path, { signal, cursor });
      items.push(...page.items);
      cursor = page.cursor;
    }
    return items;
  }

  #learn(page: GitLabPage<GitLabRepository> | undefined, what: string): GitLabPage<RepositoryListing> {
    if (page === undefined) {
      throw new RegistryError(
        'denied',
        `The GitLab of ${this.#host} does not show this login ${what}. Ask its owner for access.`,
        { host: this.#host },
      );
    }
    for (const { listing, place } of page.items) this.#places.set(listing.name, place);
    return { ...page, items: page.items.map(({ listing }) => listing) };
  }
}

function pageOf({ limit, cursor }: PageCallOptions, largest = largestPage): Readonly<Record<string, unknown>> {
  return { first: Math.max(1, Math.min(limit ?? largest, largest)), after: cursor ?? null };
}

function repositoriesOf(container: unknown): unknown {
  return (container as { readonly containerRepositories?: unknown } | null)?.containerRepositories;
}

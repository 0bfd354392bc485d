import type { NamespaceSummary, Page, PageOptions, RateLimit, RepositorySummary, SignalOption } from '../../api.ts';
import { type RegistryAbility, registryAbilities } from '../abilities.ts';
import { able } from '../able.ts';
import { assertWritable } from '../connections.ts';
import { repositoryReference } from '../connectionUrl.ts';
import { RegistryError, throwIfAborted } from '../errors.ts';
import { NameSearch, type SearchCall } from '../finding/nameSearch.ts';
import { neverAborted } from '../neverAborted.ts';
import { isRepositoryName } from '../oci/reference.ts';
import type { Shared } from './shared.ts';

/** What a registry has and can do, and finding repositories in it. */
export function createRegistryUseCases({ ports, connections, sessions, lists, names }: Shared) {
  const search = new NameSearch({
    index: names,
    now: ports.now,
    searchNatively: (id, query, options) =>
      sessions.observe(connections.existing(id), async (session) => {
        const page = await session.searchRepositories?.(query, options);
        return page?.items.map(({ name }) => name);
      }),
  });
  return {
    /** The registry's own namespaces; `undefined` where it has none, and its repositories are listed at once. */
    async listNamespaces(id: string, options: PageOptions = {}): Promise<Page<NamespaceSummary> | undefined> {
      return lists.listNamespaces(id, options);
    },

    async listRepositories(
      id: string,
      options: PageOptions & { readonly namespace?: string } = {},
    ): Promise<Page<RepositorySummary>> {
      const page = await lists.listRepositories(id, options);
      await names.add(
        id,
        page.items.map(({ name }) => name),
      );
      return page;
    },

    /**
     * Names of repositories that contain a text, of all connections or of some: those that are kept at once, then what the
     * registries say. Told as they come; resolves when the last registry has answered, and rejects with `cancelled` only.
     */
    async searchNames(query: string, call: SearchCall & { readonly connectionIds?: readonly string[] }): Promise<void> {
      const ids = call.connectionIds ?? connections.all().map(({ id }) => id);
      await search.search(ids, query, call);
      throwIfAborted(call.signal);
    },

    /** The names of a connection's repositories that were seen, without asking. See {@link searchNames}. */
    async knownNames(id: string): Promise<readonly string[]> {
      return (await names.of(id)).names;
    },

    /** What can be done with a registry besides listing it. Asks it nothing. */
    async registryAbilities(id: string): Promise<ReadonlySet<RegistryAbility>> {
      return registryAbilities(await sessions.for(connections.existing(id)));
    },

    /** How much may still be pulled; `undefined` where there is no limit, or none is told. */
    async rateLimit(id: string, options: SignalOption = {}): Promise<RateLimit | undefined> {
      const { signal = neverAborted } = options;
      return sessions.observe(connections.existing(id), async (session) => session.rateLimit?.({ signal }));
    },

    /**
     * Makes an empty repository, and answers its reference.
     *
     * Errors: `invalid` for what is no name, `unsupported` where a push makes it, `conflict` when it is there.
     */
    async createRepository(id: string, name: string, options: SignalOption = {}): Promise<string> {
      const { signal = neverAborted } = options;
      const connection = connections.existing(id);
      assertWritable(connection);
      if (!isRepositoryName(name)) throw new RegistryError('invalid', `"${name}" is not a name of a repository.`);
      await sessions.observe(connection, (session) =>
        able(session.createRepository?.bind(session), connection, 'make repositories')(name, { signal }),
      );
      return repositoryReference(connection.url, name);
    },
  };
}

import type { Connections } from './connections.ts';
import { repositoryReference } from './connectionUrl.ts';
import { RegistryError } from './errors.ts';
import type { NameLists } from './nameList.ts';
import { pageWithin } from './pageWithin.ts';
import type { Sessions } from './sessions.ts';

/** The lists of namespaces and repositories, as the registries give them. */
export function createRepositoryLists(connections: Connections, sessions: Sessions): NameLists {
  return {
    listNamespaces: async (id, options) =>
      sessions.observe(connections.existing(id), async (session) => {
        const listNamespaces = session.listNamespaces?.bind(session);
        return listNamespaces && pageWithin(options, listNamespaces);
      }),
    listRepositories: async (id, options) => {
      const { url } = connections.existing(id);
      const page = await sessions.observe(connections.existing(id), async (session) => {
        if (session.listRepositories === undefined) {
          const { host } = new URL(url);
          throw new RegistryError(
            'unsupported',
            `${host} does not list its repositories. Its images can be opened by name.`,
            { host },
          );
        }
        return pageWithin(options, session.listRepositories.bind(session, options.namespace));
      });
      return {
        ...page,
        items: page.items.map((item) => ({ ...item, reference: repositoryReference(url, item.name) })),
      };
    },
  };
}

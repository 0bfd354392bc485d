import type { Page, RegistryAdapter, RepositoryListing } from '../../api.ts';
import { zotKind } from './kinds.ts';
import { createZotApi } from './zotApi.ts';
import { askPage, askPageOrRegistry } from './zotPage.ts';
import { readRepositories, readSearch } from './zotReplies.ts';
import { createZotRepository } from './zotRepository.ts';

const repositoriesQuery = `query($page: PageInput) {
  RepoListWithNewestImage(requestedPage: $page) { Page { TotalCount } Results { Name LastUpdated DownloadCount } }
}`;
const searchQuery = `query($words: String!, $page: PageInput) {
  GlobalSearch(query: $words, requestedPage: $page) { Page { TotalCount } Repos { Name LastUpdated DownloadCount } }
}`;
/** What a token server is asked for: all of the registry. */
const scopes = ['registry:catalog:*'];
/** Characters; zot takes no longer searches. */
const longestSearch = 256;

/**
 * zot, whose extension `search` tells of a whole list what plain OCI is asked for one by one. Where it is off or refuses, the
 * registry answers as any other. https://zotregistry.dev/
 */
export const zotAdapter: RegistryAdapter = {
  ...zotKind,
  open: (target, { http, oci, log }) => {
    const url = new URL(target.url);
    const registry = oci();
    const api = createZotApi(http, url.host, (reason) =>
      log.info(`${url.host} is read without the extension "search": ${reason.message}`),
    );
    const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
    const belowPrefix = (page: Page<RepositoryListing>): Page<RepositoryListing> => {
      if (prefix === '') return page;
      const { total: _total, items, ...rest } = page;
      return { ...rest, items: items.filter(({ name }) => name === prefix || name.startsWith(`${prefix}/`)) };
    };
    return {
      ...registry,
      listRepositories: async (namespace, call) =>
        belowPrefix(
          await askPageOrRegistry(api, call, {
            queries: [repositoriesQuery],
            variables: {},
            what: 'its repositories',
            scopes,
            sortBy: 'ALPHABETIC_ASC',
            read: readRepositories,
            inRegistry: async (own) => (await registry.listRepositories?.(namespace, own)) ?? { items: [] },
          }),
        ),
      searchRepositories: async (query, call) => {
        // With a colon it would look for tags.
        const words = query
          .replace(/[:@].*$/s, '')
          .trim()
          .slice(0, longestSearch);
        if (words === '') return { items: [] };
        const what = `a search for "${words}"`;
        const question = { queries: [searchQuery], variables: { words }, what, scopes } as const;
        return belowPrefix(await askPage(api, call, { ...question, sortBy: 'RELEVANCE', read: readSearch }));
      },
      repository: (name, access) => createZotRepository(name, registry.repository(name, access), api),
    };
  },
};

import type { NamespaceSummary, Page, PageOptions, RepositorySummary } from '../api.ts';
import type { FetchPage } from './registry/pageReading.ts';

export interface NameLists {
  listNamespaces(connectionId: string, options: PageOptions): Promise<Page<NamespaceSummary> | undefined>;
  listRepositories(
    connectionId: string,
    options: PageOptions & { readonly namespace?: string },
  ): Promise<Page<RepositorySummary>>;
}

/** The repositories of a connection in one list: of a registry with namespaces of its own, those of one after the other. */
export function openNameList(lists: NameLists, connectionId: string): FetchPage<RepositorySummary> {
  let namespaces: readonly string[] | undefined;
  return async (cursor, signal) => {
    if (cursor === undefined)
      namespaces = (await lists.listNamespaces(connectionId, { signal }))?.items.map(({ name }) => name);
    if (namespaces === undefined)
      return lists.listRepositories(connectionId, { signal, ...(cursor !== undefined && { cursor }) });
    const { index, own } = parseCursor(cursor ?? '0:');
    const namespace = namespaces[index];
    if (namespace === undefined) return { items: [] };
    const page = await lists.listRepositories(connectionId, {
      signal,
      namespace,
      ...(own !== undefined && { cursor: own }),
    });
    const isLast = index + 1 >= namespaces.length;
    const next = page.cursor !== undefined ? `${index}:${page.cursor}` : isLast ? undefined : `${index + 1}:`;
    return { items: page.items, ...(next !== undefined && { cursor: next }) };
  };
}

function parseCursor(cursor: string): { readonly index: number; readonly own: string | undefined } {
  const colon = cursor.indexOf(':');
  return { index: Number(cursor.slice(0, colon)), own: cursor.slice(colon + 1) || undefined };
}

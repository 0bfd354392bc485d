import type { NamespaceSummary, Page, PageCallOptions, RepositoryListing } from '../../api.ts';
import { RegistryError } from '../errors.ts';

/**
 * A page of the repositories of all namespaces, one namespace after the other, for who asks for no namespace. Its cursor
 * names the namespace and the place in it.
 */
export async function namespacesInTurn(
  namespaces: readonly NamespaceSummary[],
  { cursor, ...call }: PageCallOptions,
  list: (namespace: string, call: PageCallOptions) => Promise<Page<RepositoryListing>>,
): Promise<Page<RepositoryListing>> {
  const [, name, own] = /^([a-z0-9._/-]+):(.*)$/s.exec(cursor ?? '') ?? [];
  const at = cursor === undefined ? 0 : namespaces.findIndex((namespace) => namespace.name === name);
  const namespace = namespaces[at]?.name;
  if (namespace === undefined) {
    if (cursor === undefined) return { items: [] };
    throw new RegistryError('invalid', `"${cursor}" is not a place to continue a list from. List it from the start.`);
  }
  const page = await list(namespace, { ...call, ...(own && { cursor: own }) });
  const next = page.cursor === undefined ? namespaces[at + 1]?.name : namespace;
  return { items: page.items, ...(next !== undefined && { cursor: `${next}:${page.cursor ?? ''}` }) };
}

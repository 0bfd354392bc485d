import * as v from 'valibot';
import type { AdapterHttp, Page, PageCallOptions } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { isRepositoryName } from '../oci/reference.ts';
import { notARegistry } from '../registry/body.ts';
import { limits } from '../registry/limits.ts';
import { ignoresLast, nextPageQuery } from '../registry/nextPage.ts';
import { parsed } from './replyFields.ts';

/**
 * A page of the catalogue of one repository of a server, at its own address there. Only the query of a `Link` counts:
 * Artifactory leaves the key out of the path in it, and groups of Nexus have another path.
 */
export async function fetchKeyedCatalog(
  http: AdapterHttp,
  place: { readonly host: string; readonly api: string; readonly path: string; readonly what: string },
  { limit = limits.pageSize, cursor, signal }: PageCallOptions,
): Promise<Page<string>> {
  const query = cursor ?? `n=${Math.max(1, Math.min(limit, limits.pageSize))}`;
  // A cursor is the query of a page of this list, and never the way to another place.
  if (!/^[\w.~%:=&+/-]+$/.test(query)) {
    throw new RegistryError('invalid', `"${query}" is not a place to continue a list from. List it from the start.`);
  }
  const response = await http.send({ api: place.api, method: 'GET', path: `${place.path}?${query}`, signal });
  if (response.status !== 200) throw await response.error(place.what);
  const page = parsed(v.object({ repositories: v.nullable(v.array(v.unknown())) }), await response.json());
  if (page === undefined) throw notARegistry(place.host, 'JSON without "repositories"');
  const received = page.repositories ?? [];
  const names = received.filter((name): name is string => typeof name === 'string' && isRepositoryName(name));
  if (ignoresLast(query, names)) return { items: [] };
  const headers = {
    get: (header: string) => response.header(header),
    all: (header: string) => [response.header(header) ?? ''],
  };
  const next = names.length === 0 ? undefined : nextPageQuery({ headers, query, items: received });
  return { items: names, ...(next !== undefined && { cursor: next }) };
}

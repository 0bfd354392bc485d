import { json, ociError, type RegistryRequest, type Reply } from './http.ts';

export interface Paging {
  /** What a request without `n` gets, and the most that any request gets. */
  readonly maximum: number;
}

/**
 * Answers `?n=&last=` on a list of names in lexical order. `wrap` makes the body around one page.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#content-discovery
 */
export function page(
  { url }: RegistryRequest,
  names: Iterable<string>,
  { maximum }: Paging,
  wrap: (names: readonly string[]) => unknown,
): Reply {
  const asked = url.searchParams.get('n');
  if (asked !== null && !/^\d+$/.test(asked)) return ociError('PAGINATION_NUMBER_INVALID', { n: asked });
  const limit = Math.min(asked === null ? maximum : Number(asked), maximum);
  const last = url.searchParams.get('last');
  const rest = [...names].filter((name) => last === null || name > last).sort();
  const items = rest.slice(0, limit);
  const next = rest.length > items.length ? items.at(-1) : undefined;
  return json(200, wrap(items), next === undefined ? {} : { Link: nextLink(url, limit, next) });
}

/** Path-absolute, as Distribution writes it. */
function nextLink(url: URL, limit: number, last: string): string {
  const query = new URLSearchParams(url.searchParams);
  query.set('n', String(limit));
  query.set('last', last);
  return `<${url.pathname}?${query}>; rel="next"`;
}

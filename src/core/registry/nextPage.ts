import type { HttpHeaders } from '../ports.ts';

/**
 * The query of the next page, for the same path; `undefined` on the last one.
 *
 * Only the query of a `Link` (RFC 8288, `rel="next"`) is used: behind proxies and in virtual repositories the address in
 * it is often wrong, and following it could carry a credential to another host.
 * OCI distribution-spec, "Listing Tags"; registries that send no `Link` are asked for what comes after the last item.
 */
export function nextPageQuery(page: {
  readonly headers: HttpHeaders;
  /** Of the request that the page answers. */
  readonly query: string;
  /** As they came: with those that come twice, and those that are no names. */
  readonly items: readonly unknown[];
}): string | undefined {
  const { headers, query, items } = page;
  const linked = linkedQuery(headers.all('link'));
  if (linked !== undefined) return linked === query ? undefined : linked;

  const asked = new URLSearchParams(query).get('n') ?? '';
  const last = items.findLast((item) => typeof item === 'string');
  const isFull = String(items.length) === asked;
  return isFull && last !== undefined ? new URLSearchParams({ n: asked, last }).toString() : undefined;
}

/** Whether the server answered a request for the items after `last` with `last` itself: it does not page. */
export function ignoresLast(query: string, items: readonly string[]): boolean {
  const last = new URLSearchParams(query).get('last');
  return last !== null && items.includes(last);
}

function linkedQuery(links: readonly string[]): string | undefined {
  for (const link of links.flatMap(splitLinks)) {
    const match = /^\s*<([^>]*)>(.*)$/s.exec(link);
    const [, target, parameters] = match ?? [];
    if (target === undefined || !/;\s*rel\s*=\s*"?(?:[^";]*\s)?next(?=[\s";]|$)/i.test(parameters ?? '')) continue;
    const query = /^[^?]*\?([^#]*)/.exec(target)?.[1];
    if (query !== undefined && query !== '') return query;
  }
  return undefined;
}

/** Splits a header of several links at the commas between them: targets may hold commas too. */
function splitLinks(header: string): readonly string[] {
  return header.split(/,(?=\s*<)/);
}

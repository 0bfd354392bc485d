import type { PageCallOptions } from '../../api.ts';
import { notARegistry, readJson } from './body.ts';
import { limits } from './limits.ts';
import { ignoresLast, nextPageQuery } from './nextPage.ts';
import type { OciSessionOptions } from './ociSession.ts';
import { responseError } from './responseError.ts';

export interface NamesPage {
  readonly items: readonly string[];
  readonly cursor: { readonly cursor?: string };
}

/** One page of a list of names: of tags or of the catalogue. */
export async function listNames(
  { url, send }: OciSessionOptions,
  list: {
    readonly path: string;
    readonly key: string;
    readonly scope: string;
    readonly what: string;
    readonly page: PageCallOptions;
  },
): Promise<NamesPage> {
  const { page, what } = list;
  const { host } = url;
  const limit = Math.min(page.limit ?? limits.pageSize, limits.pageSize);
  const query = page.cursor ?? new URLSearchParams({ n: String(limit) }).toString();
  const target = new URL(list.path, url);
  target.search = query;
  const response = await send(
    {
      method: 'GET',
      url: target,
      headers: { accept: 'application/json' },
      bodyLimit: limits.listPage,
      scopes: [list.scope],
      ...(page.priority !== undefined && { priority: page.priority }),
    },
    page.signal,
  );
  if (response.status !== 200) throw await responseError(response, { host, what });
  const reply = await readJson(response, limits.listPage, host);
  const listed: unknown = reply[list.key];
  // Repositories without tags are listed with null.
  if (listed !== null && !Array.isArray(listed)) throw notARegistry(host, `JSON without "${list.key}"`);
  const received: readonly unknown[] = listed ?? [];
  const items = [...new Set(received.filter((item) => typeof item === 'string'))];
  if (ignoresLast(query, items)) return { items: [], cursor: {} };
  const next = nextPageQuery({ headers: response.headers, query, items: received });
  return { items, cursor: next === undefined ? {} : { cursor: next } };
}

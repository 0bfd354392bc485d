import type { Page, PageCallOptions } from '../../api.ts';
import { notARegistry } from '../registry/body.ts';
import { limits } from '../registry/limits.ts';
import { nextPage, numberedPage, pageQuery } from './numberedPages.ts';
import { registryCursor, registryPage } from './registryTags.ts';
import { mayFallBack, type ZotApi, type ZotQuestion } from './zotApi.ts';
import type { ZotPage } from './zotReplies.ts';

/** Each query takes a variable `page`. */
export interface ZotList<T> extends ZotQuestion {
  readonly sortBy: 'ALPHABETIC_ASC' | 'RELEVANCE' | 'SEVERITY';
  readonly read: (data: unknown) => ZotPage<T> | undefined;
}

/** A page of a list, by its number. */
export async function askPage<T>(api: ZotApi, call: PageCallOptions, list: ZotList<T>): Promise<Page<T>> {
  const { sortBy, read, variables, ...question } = list;
  const page = numberedPage(call, limits.pageSize);
  const offset = (page.page - 1) * page.size;
  const requestedPage = { limit: page.size, offset, sortBy };
  const data = await api.ask({ ...question, variables: { ...variables, page: requestedPage } }, call);
  const found = read(data);
  if (found === undefined) throw notARegistry(api.host, 'JSON of another form');
  const { items, length, total } = found;
  const hasNext = length > 0 && (total === undefined ? length === page.size : offset + length < total);
  return {
    items,
    ...(hasNext && { cursor: pageQuery(nextPage(page)) }),
    ...(total !== undefined && { total }),
  };
}

/**
 * A page of what the registry lists too, from there where the extension cannot tell. It also tells nothing of what somebody
 * may not see, or what is not there: why, the registry says.
 */
export async function askPageOrRegistry<T>(
  api: ZotApi,
  call: PageCallOptions,
  list: ZotList<T> & { readonly inRegistry: (call: PageCallOptions) => Promise<Page<T>> },
): Promise<Page<T>> {
  const { inRegistry, ...asked } = list;
  const isStart = call.cursor === undefined;
  if (call.cursor?.startsWith(registryCursor)) return registryPage(inRegistry, call);
  try {
    const page = await askPage(api, call, asked);
    if (page.items.length > 0 || !isStart) return page;
  } catch (error) {
    if (!isStart || !mayFallBack(error)) throw error;
    api.onFallBack(error);
  }
  return registryPage(inRegistry, call);
}

import type { AdapterHttp, Page, PageCallOptions } from '../../api.ts';
import { notARegistry } from '../registry/body.ts';
import { hubOrigin } from '../registry/hubTokens.ts';
import type { HubPage } from './dockerHubReplies.ts';
import { nextPage, numberedPage, pageQuery } from './numberedPages.ts';

/** Items asked for at once: Docker Hub gives no more. */
const largestPage = 100;

/** One page of a list of Docker Hub's API. */
export async function fetchHubPage<T>(
  http: AdapterHttp,
  options: PageCallOptions,
  list: {
    readonly path: string;
    readonly query?: string;
    /** For the error. */
    readonly what: string;
    readonly read: (document: unknown) => HubPage<T> | undefined;
  },
): Promise<Page<T>> {
  const page = numberedPage(options, largestPage);
  const query = [list.query, pageQuery(page)].filter((part) => part !== undefined).join('&');
  const { signal } = options;
  const response = await http.send({ api: 'hub', method: 'GET', path: `${list.path}?${query}`, signal });
  if (response.status !== 200) throw await response.error(list.what);
  const read = list.read(await response.json());
  if (read === undefined) throw notARegistry(new URL(hubOrigin).host, 'JSON of another form');
  return {
    items: read.items,
    ...(read.hasNext && { cursor: pageQuery(nextPage(page)) }),
    ...(read.total !== undefined && { total: read.total }),
  };
}

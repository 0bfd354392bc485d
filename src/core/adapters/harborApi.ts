import type { AdapterHttp, AdapterRequest, ApiOrigin, CallOptions, Page, PageCallOptions } from '../../api.ts';
import { isRepositoryName } from '../oci/reference.ts';
import { notARegistry } from '../registry/body.ts';
import { nextPage, numberedPage, pageQuery } from './numberedPages.ts';

/** On the registry's own origin, and with its login: robots and the CLI secrets of OIDC users too. */
export const harborApiOrigin: ApiOrigin = { id: 'harbor', origin: '{origin}', auth: 'basic' };

const root = '/api/v2.0';
/** Items asked for at once: Harbor gives no more. */
const largestPage = 100;

/** Harbor's API, which is described by https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml */
export interface HarborApi {
  /** For errors. */
  readonly host: string;
  get(path: string, what: string, options: GetOptions): Promise<unknown>;
  delete(path: string, what: string, options: CallOptions): Promise<void>;
  /** A page of a list; `read` gives `undefined` for what is no such list. */
  list<T>(path: string, list: HarborList<T>, options: PageCallOptions): Promise<Page<T>>;
}

interface GetOptions extends CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HarborList<T> {
  readonly query?: Readonly<Record<string, string>>;
  /** For the error. */
  readonly what: string;
  readonly read: (document: unknown) => readonly T[] | undefined;
}

export function createHarborApi(http: AdapterHttp, host: string): HarborApi {
  const send = (request: Pick<AdapterRequest, 'method' | 'path' | 'headers' | 'signal'>) =>
    http.send({ api: harborApiOrigin.id, ...request, path: `${root}${request.path}` });

  return {
    host,
    get: async (path, what, { headers = {}, signal }) => {
      const response = await send({ method: 'GET', path, headers, signal });
      if (response.status !== 200) throw await response.error(what);
      return response.json();
    },
    delete: async (path, what, { signal }) => {
      const response = await send({ method: 'DELETE', path, signal });
      if (response.status < 200 || response.status > 299) throw await response.error(what);
    },
    list: async (path, { query = {}, what, read }, options) => {
      const page = numberedPage(options, largestPage);
      const asked = new URLSearchParams(query);
      const response = await send({
        method: 'GET',
        path: `${path}?${[asked.toString(), pageQuery(page)].filter((part) => part !== '').join('&')}`,
        signal: options.signal,
      });
      if (response.status !== 200) throw await response.error(what);
      const document = await response.json();
      const items = read(document);
      if (items === undefined) throw notARegistry(host, 'JSON of another form');
      const received = (document as readonly unknown[]).length;
      const total = /^\d{1,12}$/.exec(response.header('x-total-count') ?? '')?.[0];
      const hasNext =
        received > 0 && (total === undefined ? received >= page.size : page.page * page.size < Number(total));
      return {
        items,
        ...(hasNext && { cursor: pageQuery(nextPage(page)) }),
        ...(total !== undefined && { total: Number(total) }),
      };
    },
  };
}

/** The project of a repository, and its name in it; `undefined` for what cannot be in Harbor. */
export function parseHarborName(name: string): { readonly project: string; readonly repository: string } | undefined {
  const slash = name.indexOf('/');
  if (slash < 0 || !isRepositoryName(name)) return undefined;
  return { project: name.slice(0, slash), repository: name.slice(slash + 1) };
}

export function projectPath(project: string): string {
  return `/projects/${encodeURIComponent(project)}`;
}

/** Slashes are encoded twice, since the proxy in front of Harbor decodes them once. */
export function repositoryPath(project: string, repository: string): string {
  return `${projectPath(project)}/repositories/${encodeURIComponent(encodeURIComponent(repository))}`;
}

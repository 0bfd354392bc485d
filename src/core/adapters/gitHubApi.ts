import type { AdapterHttp, AdapterResponse, GantryErrorShape, Page, PageCallOptions } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { notARegistry } from '../registry/body.ts';
import { formatSeconds, retryAfterSeconds } from '../registry/rateLimit.ts';
import { nextPage, numberedPage, pageQuery } from './numberedPages.ts';

/** Where a registry of GitHub has its API and its pages. */
export interface GitHubPlace {
  /** Of {@link gitHubApis}. */
  readonly api: string;
  readonly apiHost: string;
  /** Before each path. */
  readonly root: string;
  /** Origin of the registry. */
  readonly registry: string;
  /** Origin of the pages for people. */
  readonly web: string;
}

/** GitHub.com, GitHub Enterprise Cloud with data residency, GitHub Enterprise Server. */
export const gitHubApis = [
  { id: 'github', origin: 'https://api.github.com', auth: 'github' },
  { id: 'tenant', origin: 'https://api.{tenant}.ghe.com', auth: 'github' },
  { id: 'server', origin: 'https://{domain}', auth: 'github' },
] as const;

/**
 * `undefined` for a host whose name does not tell.
 * https://docs.github.com/en/enterprise-server/rest/using-the-rest-api/getting-started-with-the-rest-api,
 * https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/network-details-for-ghecom
 */
export function gitHubPlace(registry: URL): GitHubPlace | undefined {
  const { origin } = registry;
  if (registry.host === 'ghcr.io') {
    return { api: 'github', apiHost: 'api.github.com', root: '', registry: origin, web: 'https://github.com' };
  }
  const domain = /^containers\.(.+\..+)$/.exec(registry.hostname)?.[1];
  if (domain === undefined) return undefined;
  const web = `https://${domain}`;
  return /^[^.]+\.ghe\.com$/.test(domain)
    ? { api: 'tenant', apiHost: `api.${domain}`, root: '', registry: origin, web }
    : { api: 'server', apiHost: domain, root: '/api/v3', registry: origin, web };
}

/** https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api */
export const largestPage = 100;

export interface GitHubApi {
  readonly place: GitHubPlace;
  /** The last answer, where that was that it wants a login. */
  readonly refusal: AdapterResponse | undefined;
  send(method: 'GET' | 'DELETE', path: string, signal: AbortSignal): Promise<AdapterResponse>;
  error(response: AdapterResponse, what: string): Promise<GantryErrorShape>;
  /** The page of a list that an answer holds. */
  page<T>(
    response: AdapterResponse,
    options: PageCallOptions,
    list: { readonly what: string; readonly read: (document: unknown) => readonly T[] | undefined },
  ): Promise<Page<T>>;
}

/** The query of a page of a list. */
export function listQuery(options: PageCallOptions): string {
  const { page, size } = numberedPage(options, largestPage);
  return new URLSearchParams({ per_page: String(size), page: String(page) }).toString();
}

export function createGitHubApi(http: AdapterHttp, place: GitHubPlace): GitHubApi {
  const { api, root, apiHost } = place;
  let refusal: AdapterResponse | undefined;
  return {
    place,
    get refusal() {
      return refusal;
    },
    send: async (method, path, signal) => {
      const response = await http.send({
        api,
        method,
        path: `${root}${path}`,
        accept: 'application/vnd.github+json',
        // https://docs.github.com/en/rest/about-the-rest-api/api-versions
        headers: { 'x-github-api-version': '2022-11-28' },
        signal,
      });
      refusal = response.status === 401 ? response : undefined;
      return response;
    },
    error: (response, what) => explained(response, apiHost, what),
    page: async (response, options, { what, read }) => {
      if (response.status !== 200) throw await explained(response, apiHost, what);
      const items = read(await response.json());
      if (items === undefined) throw notARegistry(apiHost, 'JSON of another form');
      const hasNext = /\brel="?next\b/.test(response.header('link') ?? '');
      return { items, ...(hasNext && { cursor: pageQuery(nextPage(numberedPage(options, largestPage))) }) };
    },
  };
}

/**
 * What is used up is refused as if it were forbidden; what a token may not do is told by a header.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api,
 * https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
 */
async function explained(response: AdapterResponse, host: string, what: string): Promise<GantryErrorShape> {
  const error = await response.error(what);
  if (error.code !== 'denied' && error.code !== 'rate-limited') return error;
  const details = { host, status: response.status, cause: error };
  const again = tryAgain(response);
  if (again !== undefined) {
    const limit = /^\d{1,9}$/.exec(response.header('x-ratelimit-limit') ?? '')?.[0];
    const allowed = limit === undefined ? '' : `, which are ${limit} an hour`;
    return new RegistryError(
      'rate-limited',
      `${host} takes no more requests for now${allowed} (status ${response.status}). ${again}.`,
      details,
    );
  }
  const wanted = /^[a-z:_, ]{1,200}$/.exec(response.header('x-accepted-oauth-scopes') ?? '')?.[0];
  if (error.code === 'rate-limited' || wanted === undefined || wanted.trim() === '') return error;
  return new RegistryError('denied', `${error.message} Its token needs one of the scopes: ${wanted}.`, details);
}

function tryAgain(response: AdapterResponse): string | undefined {
  const wait = retryAfterSeconds((name) => response.header(name));
  if (wait !== undefined) return `Try again in ${formatSeconds(wait)}`;
  if (response.header('x-ratelimit-remaining') !== '0') return undefined;
  const [reset] = /^\d{1,11}$/.exec(response.header('x-ratelimit-reset') ?? '') ?? [];
  if (reset === undefined) return 'Try again in an hour';
  const time = new Date(Number(reset) * 1000);
  const [hours, minutes] = [time.getHours(), time.getMinutes()].map((part) => String(part).padStart(2, '0'));
  return `Try again at ${hours}:${minutes}`;
}

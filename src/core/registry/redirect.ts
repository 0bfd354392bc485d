import { RegistryError } from '../errors.ts';
import type { HttpRequest, HttpResponse, Middleware } from '../ports.ts';
import { isForbidden } from './addressClass.ts';
import { limits } from './limits.ts';
import { encrypted, isOwnOrigin } from './ownOrigin.ts';

const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308];
/** Those after which a request stays what it is, also one that changes something. */
const preservingStatuses: readonly number[] = [307, 308];

/** Headers that may go to another origin: they say what is wanted, never who asks. */
const harmlessHeaders: readonly string[] = ['accept', 'range', 'if-range'];

/**
 * Follows redirects by hand: each hop is a request of its own, with headers built anew and authorized for its own origin.
 * Registries send their blobs from object storage of other hosts, which must not see the credential. What changes a
 * registry stays on its own origin. Where a server sends from http to https, later requests go there at once.
 */
export function redirect(): Middleware {
  const upgraded = new Set<string>();
  return (next) => async (request, signal) => {
    let current = upgraded.has(request.url.origin)
      ? { ...request, url: encrypted(request.url) ?? request.url }
      : request;
    for (let hops = 0; ; hops++) {
      const response = await next(current, signal);
      const location = response.headers.get('location');
      if (!redirectStatuses.includes(response.status) || location === undefined) {
        if (response.status === 401 && !isOwnOrigin(current.url, request.url))
          throw foreignLogin(request, current, response);
        return response;
      }
      response.discard();
      if (hops === limits.redirects) throw refused(current, `more than ${limits.redirects} times`);
      const hop = nextHop(current, location, response.status);
      if (hop.url.origin === encrypted(current.url)?.origin) upgraded.add(current.url.origin);
      current = hop;
    }
  };
}

function nextHop(request: HttpRequest, location: string, status: number): HttpRequest {
  if (!URL.canParse(location, request.url.href)) throw refused(request, 'to what is no address');
  const url = new URL(location, request.url);
  if (url.username !== '' || url.password !== '') throw refused(request, 'to an address with a user name in it');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refused(request, `to an address of the kind ${url.protocol}`);
  if (request.url.protocol === 'https:' && url.protocol === 'http:') {
    throw refused(request, `to ${url.host} without encryption`);
  }
  if (isForbidden(url, request.url)) throw refused(request, `to ${url.host}, which is not for it to name`);
  const isOwn = isOwnOrigin(url, request.url);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (!isRead && !(isOwn && preservingStatuses.includes(status))) throw refused(request, `a change to ${url.host}`);
  if (isOwn) return { ...request, url };
  const headers = Object.entries(request.headers).filter(([name]) => harmlessHeaders.includes(name));
  return {
    method: request.method,
    url,
    headers: Object.fromEntries(headers),
    namedBy: new URL(request.url.origin),
    ...(request.priority !== undefined && { priority: request.priority }),
    ...(request.isTransfer === true && { isTransfer: true }),
    ...(request.forgetsChunks === true && { forgetsChunks: true }),
    ...(request.onSent !== undefined && { onSent: request.onSent }),
  };
}

function refused(request: HttpRequest, how: string): RegistryError {
  const { host } = request.url;
  return new RegistryError(
    'protocol',
    `${host} redirected ${how}, which Gantry does not follow. Tell the registry's operator.`,
    {
      host,
    },
  );
}

/** Said here, since the one who asked does not know that another host has answered. */
function foreignLogin(request: HttpRequest, { url }: HttpRequest, response: HttpResponse): RegistryError {
  response.discard();
  const { host } = request.url;
  return new RegistryError(
    'unauthorized',
    `${host} redirected to ${url.host}, which wants a login. The login for ${host} goes nowhere else; add ${url.origin} as a registry of its own.`,
    { host, status: response.status },
  );
}

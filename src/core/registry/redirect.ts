import { RegistryError } from '../errors.ts';
import type { HttpRequest, Middleware } from '../ports.ts';
import { limits } from './limits.ts';

const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308];

/** Headers that may go to another origin: they say what is wanted, never who asks. */
const harmlessHeaders: readonly string[] = ['accept', 'range', 'if-range'];

/**
 * Follows redirects of reads by hand: each hop is a request of its own, with headers built anew and authorized for its
 * own origin. Registries send their blobs from object storage of other hosts, which must not see the credential.
 */
export function redirect(): Middleware {
  return (next) => async (request, signal) => {
    let current = request;
    for (let hops = 0; ; hops++) {
      const response = await next(current, signal);
      const location = response.headers.get('location');
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      if (!isRead || !redirectStatuses.includes(response.status) || location === undefined) return response;
      response.discard();
      if (hops === limits.redirects) throw refused(request, `more than ${limits.redirects} times`);
      current = nextHop(current, location);
    }
  };
}

function nextHop(request: HttpRequest, location: string): HttpRequest {
  if (!URL.canParse(location, request.url.href)) throw refused(request, 'to what is no address');
  const url = new URL(location, request.url);
  if (url.username !== '' || url.password !== '') throw refused(request, 'to an address with a user name in it');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refused(request, `to an address of the kind ${url.protocol}`);
  if (request.url.protocol === 'https:' && url.protocol === 'http:') {
    throw refused(request, `to ${url.host} without encryption`);
  }
  if (url.origin === request.url.origin) return { ...request, url };
  const headers = Object.entries(request.headers).filter(([name]) => harmlessHeaders.includes(name));
  return { method: request.method, url, headers: Object.fromEntries(headers) };
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

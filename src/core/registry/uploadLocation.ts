import { RegistryError } from '../errors.ts';
import type { HttpResponse } from '../ports.ts';
import { isForbidden } from './addressClass.ts';

/**
 * Where an upload goes on: the `Location` of an answer, which may be relative or on another host. Servers behind a proxy
 * that ends TLS often name themselves by http; then they are asked by https all the same.
 *
 * Errors: `protocol` for an address that no registry should name.
 */
export function uploadLocation(response: HttpResponse, asked: URL, registry: URL): URL {
  const location = response.headers.get('location');
  if (location === undefined || !URL.canParse(location, asked.href)) throw refused(registry, 'no usable address');
  const url = new URL(location, asked);
  if (url.username !== '' || url.password !== '') throw refused(registry, 'an address with a user name in it');
  if (url.protocol === 'http:' && asked.protocol === 'https:' && url.hostname === asked.hostname) {
    url.protocol = 'https:';
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && registry.protocol === 'http:')) {
    throw refused(registry, `an address that is not encrypted (${url.protocol}//${url.host})`);
  }
  if (url.origin !== registry.origin && isForbidden(url, registry)) {
    throw refused(registry, `${url.host}, which is not for it to name`);
  }
  return url;
}

/** The address with the digest added. The rest of its query may be signed, and stays as it is. */
export function withDigest(location: URL, digest: string): URL {
  const url = new URL(location);
  url.search = `${url.search}${url.search === '' ? '?' : '&'}digest=${encodeURIComponent(digest)}`;
  return url;
}

function refused({ host }: URL, what: string): RegistryError {
  const message = `${host} names as the place to upload to ${what}. Nothing was sent there. Tell the registry's operator.`;
  return new RegistryError('protocol', message, { host });
}

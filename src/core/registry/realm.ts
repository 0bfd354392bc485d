import { RegistryError } from '../errors.ts';
import { addressClass, isForbidden } from './addressClass.ts';

/** Token servers on another origin that are known to belong to a registry: the pair is trusted, not the server. */
const knownPairs: readonly (readonly [registry: string, realm: string])[] = [
  ['https://registry-1.docker.io', 'https://auth.docker.io'],
  ['https://registry.gitlab.com', 'https://gitlab.com'],
];

/** Where a registry's tokens come from. */
export interface Realm {
  readonly url: URL;
  /** Whether the user's credential may be sent there. */
  readonly isTrusted: boolean;
  /** The registry, unless it is trusted: then what it names has to be no nearer to this machine than it is itself. */
  readonly namedBy?: URL;
}

/**
 * The token server that a registry names. Whoever can answer in a registry's place would get the user's password by
 * naming a server of theirs (CVE-2026-24845 and its kin), so a credential only goes to an origin that is trusted: the
 * registry's own, that of a known pair, or one of `trustedRealms`, the origins that the user said belong to it.
 *
 * Errors: `protocol` for an address that no registry should name, `untrusted-realm` for one near this machine.
 */
export function parseRealm(realm: string | undefined, registry: URL, trustedRealms: readonly string[] = []): Realm {
  const base = registry.origin;
  if (realm === undefined || realm.trim() === '' || !URL.canParse(realm, base)) {
    throw unusable(registry, 'no usable address');
  }
  const url = new URL(realm, base);
  if (url.username !== '' || url.password !== '') throw unusable(registry, 'one with a user name in it');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && registry.protocol === 'http:')) {
    throw unusable(registry, `one that is not encrypted (${url.protocol}//${url.host})`);
  }
  url.hash = '';
  if (url.origin === registry.origin) return { url, isTrusted: true };
  if (addressClass(url.hostname) === 'metadata') throw unusable(registry, `${url.host}, which hands out secrets`);
  if (trustedRealms.includes(url.origin)) return { url, isTrusted: true };
  if (isForbidden(url, registry)) throw nearRealm(registry, url);
  const isTrusted = knownPairs.some(
    ([registryOrigin, realmOrigin]) => registryOrigin === registry.origin && realmOrigin === url.origin,
  );
  return { url, isTrusted, namedBy: registry };
}

/**
 * The origin of what a user trusts as the token server of a registry: `https://auth.example.com`, with or without a path.
 * Throws `invalid`.
 */
export function realmOrigin(realm: string, registry: URL): string {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  const isEncrypted = url?.protocol === 'https:' || (url?.protocol === 'http:' && registry.protocol === 'http:');
  const hasUser = url !== undefined && (url.username !== '' || url.password !== '');
  if (url === undefined || !isEncrypted || hasUser || addressClass(url.hostname) === 'metadata') {
    throw new RegistryError(
      'invalid',
      `A token server that ${registry.host} trusts is written as https://host[:port], and is no metadata service.`,
      { host: registry.host },
    );
  }
  return url.origin;
}

/** Carries the origin of the realm, so that the user can be asked whether the two belong together. */
export function untrustedRealm(registry: URL, realm: URL): RegistryError {
  return new RegistryError(
    'untrusted-realm',
    `${registry.host} asks to send your password to ${realm.origin}. It was not sent, since Gantry does not know that the two belong together. Trust it only if whoever runs the registry names it too.`,
    { host: registry.host, realm: realm.origin },
  );
}

function nearRealm(registry: URL, realm: URL): RegistryError {
  return new RegistryError(
    'untrusted-realm',
    `${registry.host} names ${realm.origin} as its token server, an address of your own network or machine. It was not asked, since Gantry does not know that the two belong together. Trust it only if whoever runs the registry names it too.`,
    { host: registry.host, realm: realm.origin },
  );
}

function unusable(registry: URL, what: string): RegistryError {
  return new RegistryError(
    'protocol',
    `${registry.host} asks for a login and names as its token server ${what}. Tell the registry's operator.`,
    { host: registry.host },
  );
}

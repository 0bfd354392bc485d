import { RegistryError } from '../errors.ts';

/** Token servers on another origin that are known to belong to a registry: the pair is trusted, not the server. */
const knownPairs: readonly (readonly [registry: string, realm: string])[] = [
  ['https://registry-1.docker.io', 'https://auth.docker.io'],
  ['https://registry.gitlab.com', 'https://gitlab.com'],
];

/**
 * The token server that a registry names. Whoever can answer in a registry's place would get the user's password by
 * naming a server of theirs (CVE-2026-24845 and its kin), so a credential only goes to an origin that is trusted.
 *
 * Errors: `protocol` for an address that no registry should name.
 */
export function parseRealm(
  realm: string | undefined,
  registry: URL,
): { readonly url: URL; readonly isTrusted: boolean } {
  const base = registry.origin;
  if (realm === undefined || !URL.canParse(realm, base)) throw unusable(registry, 'no usable address');
  const url = new URL(realm, base);
  if (url.username !== '' || url.password !== '') throw unusable(registry, 'one with a user name in it');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && registry.protocol === 'http:')) {
    throw unusable(registry, `one that is not encrypted (${url.protocol}//${url.host})`);
  }
  const isTrusted =
    url.origin === registry.origin ||
    knownPairs.some(
      ([registryOrigin, realmOrigin]) => registryOrigin === registry.origin && realmOrigin === url.origin,
    );
  return { url, isTrusted };
}

function unusable(registry: URL, what: string): RegistryError {
  return new RegistryError(
    'protocol',
    `${registry.host} asks for a login and names as its token server ${what}. Tell the registry's operator.`,
    { host: registry.host },
  );
}

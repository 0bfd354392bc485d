import { isRegistryError, RegistryError } from './errors.ts';
import { dockerHub, parseReference } from './oci/reference.ts';
import { printable } from './printable.ts';

/** Where Docker Hub's registry answers; references say `docker.io`. */
const dockerHubApi = 'registry-1.docker.io';
export const dockerHubUrl = `https://${dockerHubApi}`;

/** Names that people use for Docker Hub. */
const dockerHubAliases: readonly string[] = [
  'docker.io',
  'index.docker.io',
  'hub.docker.com',
  'registry.hub.docker.com',
];

/**
 * The address of a registry from what people type or paste: with or without a scheme, with a trailing slash or `/v2/`.
 * Without a scheme it is https, or http on loopback. Throws `invalid`.
 */
export function parseConnectionUrl(text: string): string {
  const trimmed = text.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
  if (trimmed === '' || /\s/.test(trimmed) || !URL.canParse(withScheme)) {
    throw invalid(trimmed, 'Write the host of the registry, such as registry.example.com or localhost:5000');
  }
  const isBare = withScheme !== trimmed;
  // Read anew, since the port of the other scheme would be lost.
  const url = new URL(isBare && isLoopback(new URL(withScheme).hostname) ? `http://${trimmed}` : withScheme);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw invalid(trimmed, 'It begins with https:// or http://');
  if (url.username !== '' || url.password !== '') {
    // Not repeated in the message: it holds a password.
    throw new RegistryError(
      'invalid',
      `Leave the user name and password out of the address of ${url.host}; Gantry asks for them.`,
    );
  }
  if (dockerHubAliases.includes(url.host)) return dockerHubUrl;
  if (!isNameable(registryOf(url.origin))) throw invalid(trimmed, 'No image reference could name its host');
  const path = url.pathname.replace(/\/v2\/?$/, '').replace(/\/+$/, '');
  return `${url.origin}${path}`;
}

/** The address that serves the references of a registry, when no connection does. */
export function defaultUrl(registry: string): string {
  return parseConnectionUrl(registry === dockerHub ? dockerHubApi : registry);
}

/**
 * How references name the registry of a connection: its host, with the port where it is not the scheme's own or where
 * the host alone would be taken for a part of a path (`registry/app` is an image of Docker Hub).
 */
export function registryOf(connectionUrl: string): string {
  const { host, protocol } = new URL(connectionUrl);
  if (host === dockerHubApi) return dockerHub;
  return host === 'localhost' || /[.:]/.test(host) ? host : `${host}:${defaultPort(protocol)}`;
}

/** Whether references of `registry` are served at a connection's address, path aside. */
export function servesRegistry(connectionUrl: string, registry: string): boolean {
  const { host, protocol, port } = new URL(connectionUrl);
  const named = registry.toLowerCase();
  const names = [registryOf(connectionUrl), host, ...(port === '' ? [`${host}:${defaultPort(protocol)}`] : [])];
  return names.includes(named);
}

/** The reference of a repository of a connection, in its shortest form. */
export function repositoryReference(connectionUrl: string, name: string): string {
  return parseReference(`${registryOf(connectionUrl)}/${name}`).familiar;
}

/** Addresses may have hosts that references cannot, such as one with an underscore. */
function isNameable(registry: string): boolean {
  try {
    parseReference(`${registry}/name`);
    return true;
  } catch (error) {
    if (isRegistryError(error, 'invalid')) return false;
    throw error;
  }
}

function defaultPort(protocol: string): string {
  return protocol === 'http:' ? '80' : '443';
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(?:\.\d+){3}$/.test(hostname)
  );
}

function invalid(text: string, hint: string): RegistryError {
  // What stands before an @ may be a password.
  const shown = printable(text.replace(/^.*@/s, '…@'));
  return new RegistryError('invalid', `"${shown}" is not the address of a registry. ${hint}.`);
}

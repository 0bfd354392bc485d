import type { ImageReference } from '../api.ts';
import { isRegistryError, RegistryError } from './errors.ts';
import { archiveRegistry, engineRegistry, isLocalRegistry, layoutRegistry, pathProblem } from './oci/localReference.ts';
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

/** Images of this machine; a colon before a port is followed by a digit. */
const localPattern = /^(oci:|docker-archive:)(\/(?!\/).*|[A-Za-z]:[\\/].*)$/s;

/**
 * The address of a registry from what people type or paste: with or without a scheme, with a trailing slash or `/v2/`.
 * Without a scheme it is https, or http on loopback. Images of this machine are `oci:/folder`, `docker-archive:/file` or,
 * in its container engine, `engine:/`.
 * Throws `invalid`.
 */
export function parseConnectionUrl(text: string): string {
  const trimmed = text.trim();
  const [, localRegistry, localPath = ''] = localPattern.exec(trimmed) ?? [];
  if (localRegistry !== undefined) return localUrl(trimmed, localRegistry, localPath);
  if (trimmed === engineRegistry) return engineRegistry;
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
  // Again and again, so that an address stays what it is when it is read once more.
  const path = url.pathname.replace(/(?:\/v2\/?|\/)+$/, '');
  return `${url.origin}${path}`;
}

/** Registry and path of a connection to images of this machine; `undefined` for a registry on the network. */
export function localSource(connectionUrl: string): { readonly registry: string; readonly path: string } | undefined {
  if (connectionUrl === engineRegistry) return { registry: engineRegistry, path: '' };
  const registry = [layoutRegistry, archiveRegistry].find((prefix) => connectionUrl.startsWith(`${prefix}/`));
  return registry === undefined ? undefined : { registry, path: connectionUrl.slice(registry.length) };
}

/** What a connection is called unless it is told: its registry, or the name of its folder or file. */
export function defaultLabel(connectionUrl: string): string {
  if (connectionUrl === engineRegistry) return 'Container engine';
  return localSource(connectionUrl)?.path.split('/').at(-1) ?? registryOf(connectionUrl);
}

/** The address that serves the references of a registry, when no connection does. */
export function defaultUrl(registry: string): string {
  return parseConnectionUrl(registry === dockerHub ? dockerHubApi : registry);
}

/** The address that serves a reference, when no connection does. */
export function urlOfReference({ registry, repository }: Pick<ImageReference, 'registry' | 'repository'>): string {
  if (registry === engineRegistry) return engineRegistry;
  return isLocalRegistry(registry) ? `${registry}${repository}` : defaultUrl(registry);
}

/**
 * How references name the registry of a connection: its host, with the port where it is not the scheme's own or where
 * the host alone would be taken for a part of a path (`registry/app` is an image of Docker Hub).
 */
export function registryOf(connectionUrl: string): string {
  const local = localSource(connectionUrl);
  if (local !== undefined) return local.registry;
  return hostName(new URL(connectionUrl));
}

function hostName({ host, protocol }: URL): string {
  if (host === dockerHubApi) return dockerHub;
  return host === 'localhost' || /[.:]/.test(host) ? host : `${host}:${defaultPort(protocol)}`;
}

/** Whether references of `registry` are served at a connection's address, path aside. */
export function servesRegistry(connectionUrl: string, registry: string): boolean {
  const local = localSource(connectionUrl);
  return local === undefined ? isNameOf(new URL(connectionUrl), registry) : registry === local.registry;
}

/**
 * The path that a connection's address adds to its host, when it serves the repository of a reference: names begin with
 * it. `undefined` when the connection does not serve it.
 */
export function servedPath(
  connectionUrl: string,
  { registry, repository }: Pick<ImageReference, 'registry' | 'repository'>,
): string | undefined {
  const local = localSource(connectionUrl);
  if (local !== undefined) {
    if (registry !== local.registry) return undefined;
    return local.registry === engineRegistry ? '' : repository === local.path ? local.path : undefined;
  }
  // Asked for each image of a list: reading an address takes longer than all the rest.
  const url = new URL(connectionUrl);
  if (!isNameOf(url, registry)) return undefined;
  const path = url.pathname.slice(1);
  return path === '' || repository === path || repository.startsWith(`${path}/`) ? path : undefined;
}

/** Whether references may name the registry at an address of the network so. */
function isNameOf(url: URL, registry: string): boolean {
  const { host, protocol, port } = url;
  const named = registry.toLowerCase();
  return named === host || named === hostName(url) || (port === '' && named === `${host}:${defaultPort(protocol)}`);
}

/** The reference of a repository of a connection, in its shortest form. */
export function repositoryReference(connectionUrl: string, name: string): string {
  if (localSource(connectionUrl) !== undefined) return `${registryOf(connectionUrl)}${name}`;
  return parseReference(`${registryOf(connectionUrl)}/${name}`).familiar;
}

/** Each folder or file has one address only, in the form that references have. */
function localUrl(text: string, registry: string, path: string): string {
  const absolute = path.startsWith('/') ? path : `/${path.replaceAll('\\', '/')}`;
  const plain: string[] = [];
  for (const part of absolute.split('/')) {
    if (part === '..') plain.pop();
    else if (part !== '' && part !== '.') plain.push(part);
  }
  const normal = `/${plain.join('/')}`;
  // Addresses are trimmed wherever they are read.
  if (pathProblem(normal) !== undefined || normal.trim() !== normal) {
    throw invalid(text, 'Write oci: or docker-archive: and the absolute path of a folder or file, without a tag');
  }
  return `${registry}${normal}`;
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

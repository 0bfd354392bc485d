import type { ImageReference } from '../api.ts';
import { defaultLabel, parseConnectionUrl, registryOf, servedPath, urlOfReference } from './connectionUrl.ts';
import { isRegistryError, RegistryError } from './errors.ts';
import { engineRegistry, isLocalRegistry } from './oci/localReference.ts';
import { dockerHub, formatReference, parseReference, type ReferenceParts } from './oci/reference.ts';
import { type PastedCommand, readPastedCommand } from './pastedCommand.ts';
import { type RegistryPlace, readWebPage } from './webPages.ts';
import { wellKnownRegistries } from './wellKnownRegistries.ts';

/** A registry that a pasted text means, and what of it the text named. */
export interface PastedAddress {
  /** As connections have it. */
  readonly url: string;
  readonly label: string;
  /** Repository or image, in its shortest form; the registry at `url` serves it. */
  readonly reference?: string;
  /** The account of a `docker login -u` line. Passwords are not taken from such lines. */
  readonly username?: string;
}

/** What people paste is shorter; whatever is longer is read by nobody. */
const maxLength = 4096;

/**
 * What a text means that somebody pastes to add a registry: an address, an image reference, a command such as
 * `docker pull …` or `docker login …`, a line of a Dockerfile, the page of a registry in a browser, a file. The likeliest
 * reading first. Throws `invalid`, with a message that repeats no password.
 */
export function readPastedAddress(text: string): readonly [PastedAddress, ...PastedAddress[]] {
  if (text.length > maxLength) throw invalid(`That is longer than ${maxLength} characters.`);
  const line = firstLine(text);
  const command = readPastedCommand(line);
  if (command !== undefined) return [commandAddress(command)];
  if (/^(?:oci:|docker-archive:|engine:\/)/.test(line) || isPath(line)) return [localAddress(line)];
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(line)) return urlAddresses(line.replace(/^(?:docker|oci):\/\//i, 'https://'));
  return bareAddresses(line);
}

/** A line that goes on in the next one is one line. */
function firstLine(text: string): string {
  const lines = text.replace(/\\\r?\n/g, ' ').split(/[\r\n]+/);
  const line = lines.map((each) => each.trim()).find((each) => each !== '') ?? '';
  return line.replace(/^[`"'<(]+|[`"'>),;]+$/g, '').trim();
}

function commandAddress({ kind, subject, username }: PastedCommand): PastedAddress {
  const account = username === undefined ? {} : { username };
  if (kind === 'login') return { ...address(parseConnectionUrl(subject ?? dockerHub)), ...account };
  if (subject === undefined) throw invalid('That line names no image.');
  if (/[$%]|\{\{/.test(subject)) throw invalid('That line names its image by a variable. Paste the image itself.');
  return imageAddress(parseReference(subject));
}

/** `https://host/path` can be a page for people, a repository, or a path that names begin with. */
function urlAddresses(text: string): readonly [PastedAddress, ...PastedAddress[]] {
  // Refuses what holds a password, and what is no URL.
  const plain = parseConnectionUrl(text);
  const url = new URL(text);
  const page = pageAddresses(url);
  if (page !== undefined) return page;
  const image = tryParse(`${url.host}${repositoryPath(url.pathname).replace('%3A', ':').replace('%40', '@')}`);
  if (image?.registry !== url.host) return [address(plain)];
  const root = { ...address(new URL(plain).origin), reference: image.familiar };
  return isPinned(image) ? [root] : [root, address(plain)];
}

/** `host`, `host:port`, `host/path` or an image of Docker Hub. */
function bareAddresses(text: string): readonly [PastedAddress, ...PastedAddress[]] {
  const image = tryParse(repositoryPath(text));
  if (hasHost(text)) {
    const withScheme = `https://${text}`;
    const page = URL.canParse(withScheme) ? pageAddresses(new URL(withScheme)) : undefined;
    // A tag or digest makes it an image of that host, whatever pages of it begin with.
    const isImage =
      image !== undefined && isPinned(image) && page?.every(({ url }) => registryOf(url) === image.registry);
    if (page !== undefined && isImage !== true) return page;
    if (image === undefined || !repositoryPath(text).includes('/')) return [address(parseConnectionUrl(text))];
    return isPinned(image) ? [imageAddress(image)] : [imageAddress(image), address(parseConnectionUrl(text))];
  }
  if (image === undefined) return [address(parseConnectionUrl(text))];
  // One word is an image of Docker Hub or a host that is known without a domain; a number behind it, a tag or a port.
  const [, port = ''] = text.split(':');
  const host = text.includes('/') || (port !== '' && !/^\d+$/.test(port)) ? undefined : tryAddress(text);
  if (host === undefined) return [imageAddress(image)];
  return Number(port) >= smallestPort ? [host, imageAddress(image)] : [imageAddress(image), host];
}

/** A smaller number behind a word is more likely a version: `node:22`. */
const smallestPort = 80;

/** The registry of a page for people; `undefined` when it is none. Throws for one that does not tell. */
function pageAddresses(url: URL): readonly [PastedAddress, ...PastedAddress[]] | undefined {
  const places = readWebPage(url);
  if (places === undefined) return undefined;
  const [first, ...others] = places.flatMap(placeAddresses);
  if (first !== undefined) return [first, ...others];
  throw invalid(`That page of ${url.host} does not say which registry it is about. Paste the name of an image of it.`);
}

function placeAddresses({ address: where, repository, tag, digest }: RegistryPlace): readonly PastedAddress[] {
  const found = tryAddress(where);
  if (found === undefined) return [];
  if (repository === undefined) return [found];
  const registry = registryOf(found.url);
  const parts = { registry, repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
  const image = tryParse(formatReference(parts));
  return [image === undefined ? found : { ...found, reference: image.familiar }];
}

/** An image of its own registry, whichever path the registry is connected with. */
function imageAddress(image: ImageReference): PastedAddress {
  const { registry } = image;
  const url = isLocalRegistry(registry) ? urlOfReference(image) : parseConnectionUrl(registry);
  if (servedPath(url, image) === undefined) throw invalid(`No registry serves "${registry}".`);
  return { ...address(url), reference: image.familiar };
}

function localAddress(text: string): PastedAddress {
  const path = text.replace(/^file:\/\//, '');
  if (isPath(text)) {
    const isArchive = /\.(?:tar|tgz|tar\.gz)$/i.test(path);
    return address(parseConnectionUrl(`${isArchive ? 'docker-archive' : 'oci'}:${path}`));
  }
  const image = tryParse(text);
  return image !== undefined && (isPinned(image) || image.registry === engineRegistry)
    ? imageAddress(image)
    : address(parseConnectionUrl(text));
}

function address(url: string): PastedAddress {
  return { url, label: labelOf(url) };
}

function labelOf(url: string): string {
  const registry = registryOf(url);
  if (isLocalRegistry(registry)) return defaultLabel(url);
  const path = new URL(url).pathname.replace(/\/$/, '');
  const known = wellKnownRegistries.find(({ host }) => host === registry);
  return path === '' && known !== undefined ? known.label : `${registry}${path}`;
}

function isPinned({ tag, digest }: ReferenceParts): boolean {
  return tag !== undefined || digest !== undefined;
}

function isPath(text: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/]|file:\/\/\/)/.test(text);
}

/** Docker's rule for what is a host, also where nothing stands behind it. */
function hasHost(text: string): boolean {
  const [head = ''] = text.split('/');
  if (/^(?:localhost(?::\d+)?|\[.*)$/.test(head)) return true;
  const [name = ''] = head.split(':');
  return name.includes('.') || (text.includes('/') && head.includes(':'));
}

/** Without slashes at its end, or those of the registry's own API. */
function repositoryPath(text: string): string {
  return text.replace(/\/(?:v2\/?)?$/, '');
}

function tryParse(text: string): ImageReference | undefined {
  return attempt(() => parseReference(text));
}

function tryAddress(text: string): PastedAddress | undefined {
  return attempt(() => address(parseConnectionUrl(text)));
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isRegistryError(error, 'invalid')) return undefined;
    throw error;
  }
}

function invalid(message: string): RegistryError {
  return new RegistryError('invalid', message);
}

import type { ImageReference } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { printable } from '../printable.ts';
import { isDigest } from './digest.ts';
import { engineRegistry, isLocalRegistry, parseLocalReference } from './localReference.ts';

/*
 * The grammar of github.com/distribution/reference:
 *
 *   reference := name [":" tag] ["@" digest]      name   := [domain "/"] path
 *   domain    := host [":" port]                  path   := component ("/" component)*
 *   tag       := [A-Za-z0-9_][A-Za-z0-9_.-]{0,127}
 *
 * Digests are held to the exact forms of sha256 and sha512. Images of this machine have a form of their own, see
 * localReference.ts.
 */
const hostPattern =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?$/;
const componentPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const imageIdPattern = /^[0-9a-f]{64}$/;

/** Longest path that distribution/reference takes, in characters. */
const maxPathLength = 255;
/** Host, path, tag and the longest digest, with room to spare: whatever is longer is no reference. */
const maxLength = 1024;

export const dockerHub = 'docker.io';

/** The parts of a reference, after Docker's normalisation. */
export type ReferenceParts = Pick<ImageReference, 'registry' | 'repository' | 'tag' | 'digest'>;

/** Parses by Docker's rules. Throws `invalid`, with what is wrong and, where it can be known, what was meant. */
export function parseReference(text: string): ImageReference {
  const parts = parseParts(text);
  return { ...parts, familiar: familiarForm(parts), canonical: canonicalForm(parts) };
}

/** `registry/repository[:tag][@digest]`, every part as it is; {@link parseReference} gives the same parts back. */
export function formatReference(parts: ReferenceParts): string {
  return `${nameOf(parts)}${suffix(parts)}`;
}

export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

/** Whether `text` is the path of a repository on any registry but Docker Hub, whose short names are completed. */
export function isRepositoryName(text: string): boolean {
  return text.length <= maxPathLength && text.split('/').every((component) => componentPattern.test(component));
}

function parseParts(text: string): ReferenceParts {
  if (text === '') throw invalid(text, 'it is empty');
  if (text.length > maxLength) throw invalid(text, `it is longer than ${maxLength} characters`);
  const local = parseLocalReference(text);
  if (local !== undefined && 'problem' in local) throw invalid(text, local.problem);
  if (local !== undefined) return local;
  if (text.startsWith(engineRegistry)) return parseEngineParts(text);
  if (imageIdPattern.test(text))
    throw invalid(text, 'it is the ID of a local image; a digest is written name@sha256:…');

  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) {
    throw invalid(text, 'a digest is sha256: and 64, or sha512: and 128, lower-case hexadecimal digits');
  }

  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  // A colon before a slash belongs to a port.
  const tag = colon < 0 || named.includes('/', colon) ? undefined : named.slice(colon + 1);
  if (tag !== undefined && !isTag(tag)) {
    throw invalid(
      text,
      'a tag has at most 128 letters, digits, "_", "." and "-", and begins with none of the last two',
    );
  }

  const name = tag === undefined ? named : named.slice(0, colon);
  const { registry, repository } = splitName(text, name);
  return { registry, repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/** An image in the engine, by the name that it has there. One without a tag is listed by its digest. */
function parseEngineParts(text: string): ReferenceParts {
  const name = text.slice(engineRegistry.length).replace(/:(sha256:[0-9a-f]{64})$/, '@$1');
  const { registry, repository, ...parts } = parseParts(name);
  if (isLocalRegistry(registry)) throw invalid(text, 'it names no image of the engine');
  return { ...parts, registry: engineRegistry, repository: `${registry}/${repository}` };
}

function splitName(text: string, name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasHost = first === 'localhost' || /[.:A-Z[]/.test(first);
  const registry = !hasHost || first === 'index.docker.io' ? dockerHub : first;
  let repository = hasHost ? name.slice(slash + 1) : name;

  if (hasHost && (!hostPattern.test(first) || !URL.canParse(`https://${first}`))) {
    throw invalid(text, `"${printable(first)}" is not the name of a host`);
  }
  if (repository === '') throw invalid(text, 'it names no repository');
  if (repository.length > maxPathLength) throw invalid(text, `its path is longer than ${maxPathLength} characters`);
  for (const component of repository.split('/')) {
    if (componentPattern.test(component)) continue;
    if (componentPattern.test(component.toLowerCase())) {
      throw invalid(text, `a repository is written in lower case: "${printable(repository.toLowerCase())}"`);
    }
    throw invalid(
      text,
      component === ''
        ? 'a part of its path is empty'
        : `"${printable(component)}" may only hold lower-case letters and digits, separated by ".", "_", "__" or "-"`,
    );
  }
  if (registry === dockerHub && !repository.includes('/')) repository = `library/${repository}`;
  return { registry, repository };
}

function nameOf({ registry, repository }: ReferenceParts): string {
  return isLocalRegistry(registry) ? `${registry}${repository}` : `${registry}/${repository}`;
}

function suffix({ tag, digest }: ReferenceParts): string {
  return `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

function canonicalForm(parts: ReferenceParts): string {
  if (isLocalRegistry(parts.registry)) return formatReference(parts);
  const name = nameOf(parts);
  return parts.digest === undefined ? `${name}:${parts.tag ?? 'latest'}` : `${name}@${parts.digest}`;
}

function familiarForm(parts: ReferenceParts): string {
  const full = formatReference(parts);
  if (parts.registry !== dockerHub) return full;
  const short = `${parts.repository}${suffix(parts)}`;
  // Dropping a prefix can change the meaning: docker.io/localhost/app is not localhost/app.
  const candidates = short.startsWith('library/') ? [short.slice('library/'.length), short] : [short];
  return candidates.find((candidate) => means(candidate, parts)) ?? full;
}

function means(text: string, parts: ReferenceParts): boolean {
  try {
    return formatReference(parseParts(text)) === formatReference(parts);
  } catch {
    return false;
  }
}

function invalid(text: string, reason: string): RegistryError {
  return new RegistryError('invalid', `"${printable(text)}" is not an image reference: ${reason}.`);
}

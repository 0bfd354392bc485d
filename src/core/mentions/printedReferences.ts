import type { ImageReference } from '../../api.ts';
import { dockerHub } from '../oci/reference.ts';
import { referenceOf, type Span } from './mention.ts';

export interface PrintedReference extends Span {
  readonly reference: ImageReference;
}

/** What lets a text without a digest be taken for an image. */
export interface KnownNames {
  /** Whether a host is known to be a registry. */
  readonly isRegistry: (host: string) => boolean;
  /** Whether a repository has been seen before, so that `nginx:1.27` is no file with a line number. */
  readonly isRepository: (reference: ImageReference) => boolean;
}

/** Lines of programs can be of any length; what is wider than a screen is not read. */
const longestLine = 2000;

/**
 * The images that a line of a terminal certainly names: by a digest, by the host of a registry, or by a repository that is known and a
 * tag. Addresses of pages and paths of files are none.
 */
export function findPrintedReferences(line: string, known: KnownNames): readonly PrintedReference[] {
  if (line.length > longestLine) return [];
  const found: PrintedReference[] = [];
  for (const { 0: word, index } of line.matchAll(/[A-Za-z0-9[][A-Za-z0-9[\]._:/@+-]*/g)) {
    // The rest of `https://host/path`, `./path`, `~/path`, `a=b` is no word of its own, save behind `--image=`, quotes and brackets.
    const before = line.charAt(index - 1);
    if (before !== '' && !/[\s"'`(<=,|\u2502]/.test(before)) continue;
    const text = word.replace(/[.:,/+-]+$/, '');
    if (text.includes('://') || !/[:@]/.test(text)) continue;
    const { reference } = referenceOf(text);
    if (reference !== undefined && isCertain(text, reference, known))
      found.push({ start: index, end: index + text.length, reference });
  }
  return found;
}

function isCertain(text: string, reference: ImageReference, known: KnownNames): boolean {
  const { registry, tag, digest } = reference;
  // `sha256:…` alone is a digest of no repository.
  if (digest !== undefined) return !/^sha(?:256|512)[:@]/.test(text);
  if (tag === undefined) return false;
  const isWithHost = registry !== dockerHub || text.startsWith(`${dockerHub}/`);
  return isWithHost ? known.isRegistry(registry) : known.isRepository(reference);
}

/** The part of an image's name that is being typed, by the text that stands before the cursor. */
export interface TypedImage {
  readonly part: 'name' | 'tag' | 'digest';
  /** What stands before the part, with its separator: `nginx:1.27@`. */
  readonly before: string;
  /** What is typed of the part. */
  readonly typed: string;
}

/** `nginx:1.2` is `nginx:` and `1.2`; the colon of a port, and that of a digest, is none. */
export function typedImage(written: string): TypedImage {
  const at = written.indexOf('@');
  if (at > 0) return { part: 'digest', before: written.slice(0, at + 1), typed: written.slice(at + 1) };
  const colon = written.lastIndexOf(':');
  const isTag = colon > 0 && !written.includes('/', colon);
  if (isTag) return { part: 'tag', before: written.slice(0, colon + 1), typed: written.slice(colon + 1) };
  return { part: 'name', before: '', typed: written };
}

/**
 * Where the part ends: what follows the cursor is replaced by a proposal, but not the digest after a tag.
 * `raw` is the whole name, `offset` the cursor in it.
 */
export function endOfPart(raw: string, offset: number, part: TypedImage['part']): number {
  if (part !== 'tag') return raw.length;
  const at = raw.indexOf('@', offset);
  return at < 0 ? raw.length : at;
}

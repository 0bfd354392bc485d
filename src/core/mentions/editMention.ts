import type { ImageMention } from '../../api.ts';
import { referenceOf, type Span } from './mention.ts';

/** A replacement in the text that a mention was found in. */
export interface TextEdit extends Span {
  readonly newText: string;
}

/** Adds the digest, or replaces the one that is there. The tag is kept, since people read it. */
export function pinEdit(mention: ImageMention, digest: string): TextEdit | undefined {
  const { raw } = mention;
  if (!isWrittenOut(mention)) return undefined;
  return { start: mention.start, end: mention.end, newText: `${withoutDigest(raw)}@${digest}` };
}

/** Takes the digest away, where a tag remains that names the image. */
export function unpinEdit(mention: ImageMention): TextEdit | undefined {
  const { reference, start, end, raw } = mention;
  if (!isWrittenOut(mention) || reference?.digest === undefined || reference.tag === undefined) return undefined;
  return { start, end, newText: withoutDigest(raw) };
}

/**
 * Gives a mention another tag, in the place where the tag stands: its own, or what it was defined by. A digest belongs to the old tag and is
 * replaced by the new one's, or left out. `undefined` where the tag is put together in a way that does not tell.
 */
export function tagEdit(text: string, mention: ImageMention, tag: string, digest?: string): TextEdit | undefined {
  const { reference, start, end, raw, definition } = mention;
  if (reference === undefined) return undefined;
  const suffix = digest === undefined ? '' : `@${digest}`;
  if (definition === undefined) {
    if (!isWrittenOut(mention)) return undefined;
    const name = withoutTag(withoutDigest(raw), reference.tag);
    return { start, end, newText: `${name}:${tag}${suffix}` };
  }
  const old = reference.tag;
  // The digest would have to be changed elsewhere.
  if (old === undefined || reference.digest !== undefined) return undefined;
  const written = text.slice(definition.start, definition.end);
  if (written.endsWith(`:${old}`)) return { ...definition, newText: `${withoutTag(written, old)}:${tag}` };
  const place = old.indexOf(written);
  if (written === '' || place < 0 || place !== old.lastIndexOf(written)) return undefined;
  const [before, after] = [old.slice(0, place), old.slice(place + written.length)];
  const isSame = tag.length > before.length + after.length && tag.startsWith(before) && tag.endsWith(after);
  if (!isSame) return undefined;
  const newText = tag.slice(before.length, tag.length - after.length);
  return { ...definition, newText: quoted(newText, mention, text.charAt(definition.start - 1)) };
}

/** Writes the repository in lower case, where nothing else is wrong. */
export function nameEdit({ reference, unresolved, raw, start, end }: ImageMention): TextEdit | undefined {
  if (reference !== undefined || unresolved !== undefined) return undefined;
  const [name = ''] = /^[^@]*?(?=(?::[^/:@]*)?(?:@|$))/.exec(raw) ?? [];
  const newText = `${name.toLowerCase()}${raw.slice(name.length)}`;
  return newText !== raw && referenceOf(newText).reference !== undefined ? { start, end, newText } : undefined;
}

/** Whether the reference stands there as it is, without variables, quotes and parts elsewhere. */
function isWrittenOut({ raw, reference, definition }: ImageMention): boolean {
  return (
    reference !== undefined && definition === undefined && referenceOf(raw).reference?.canonical === reference.canonical
  );
}

function withoutDigest(raw: string): string {
  const at = raw.indexOf('@');
  return at < 0 ? raw : raw.slice(0, at);
}

function withoutTag(name: string, tag: string | undefined): string {
  return tag !== undefined && name.endsWith(`:${tag}`) ? name.slice(0, -tag.length - 1) : name;
}

/** In YAML `1.10` is the number 1.1 unless it is quoted. */
function quoted(text: string, { kind }: ImageMention, before: string): string {
  return kind === 'kubernetes' && /^\d+(?:\.\d+)?$/.test(text) && !/["']/.test(before) ? `"${text}"` : text;
}

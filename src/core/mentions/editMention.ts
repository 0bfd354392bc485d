import type { ImageMention } from '../../api.ts';
import { referenceOf, type Span } from './mention.ts';

/** A replacement in the text that a mention was found in. */
export interface TextEdit extends Span {
  readonly newText: string;
}

/** Adds the digest, or replaces the one that is there. The tag is kept, since people read it. */
export function pinEdit(mention: ImageMention, digest: string): TextEdit | undefined {
  const { raw } = mention;
  const inline = inlineDefault(mention);
  // Beside a tag that a variable can change, a digest would stay when it does.
  if (inline?.isWhole === true) return { ...spanOf(inline), newText: `${withoutDigest(inline.written)}@${digest}` };
  if (!isWrittenOut(mention)) return undefined;
  return { start: mention.start, end: mention.end, newText: `${withoutDigest(raw)}@${digest}` };
}

/** Takes the digest away, where a tag remains that names the image. */
export function unpinEdit(mention: ImageMention): TextEdit | undefined {
  const { reference, start, end, raw } = mention;
  if (reference?.digest === undefined || reference.tag === undefined) return undefined;
  const inline = inlineDefault(mention);
  if (inline?.isWhole === true) return { ...spanOf(inline), newText: withoutDigest(inline.written) };
  if (!isWrittenOut(mention)) return undefined;
  return { start, end, newText: withoutDigest(raw) };
}

/**
 * Gives a mention another tag, in the place where the tag stands: its own, or what it was defined by. A digest belongs to the old tag and is
 * replaced by the new one's, or left out. `undefined` where the tag is put together in a way that does not tell.
 */
export function tagEdit(text: string, mention: ImageMention, tag: string, digest?: string): TextEdit | undefined {
  const { reference, start, end, raw } = mention;
  if (reference === undefined) return undefined;
  const suffix = digest === undefined ? '' : `@${digest}`;
  const inline = inlineDefault(mention);
  if (inline?.isWhole === true) {
    const name = withoutTag(withoutDigest(inline.written), reference.tag);
    return { ...spanOf(inline), newText: `${name}:${tag}${suffix}` };
  }
  const definition = inline === undefined ? mention.definition : spanOf(inline);
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

/** Puts another reference into the place of a mention, variables and all; `undefined` where its parts stand apart. */
export function replaceEdit({ start, end, raw, definition }: ImageMention, reference: string): TextEdit | undefined {
  // Of an image whose parts have keys of their own, the place is that of its repository.
  const isApart = definition !== undefined && !raw.includes('$');
  return isApart ? undefined : { start, end, newText: reference };
}

/** Writes the repository in lower case, where nothing else is wrong. */
export function nameEdit({ reference, unresolved, raw, start, end }: ImageMention): TextEdit | undefined {
  if (reference !== undefined || unresolved !== undefined) return undefined;
  const [name = ''] = /^[^@]*?(?=(?::[^/:@]*)?(?:@|$))/.exec(raw) ?? [];
  const newText = `${name.toLowerCase()}${raw.slice(name.length)}`;
  return newText !== raw && referenceOf(newText).reference !== undefined ? { start, end, newText } : undefined;
}

interface InlineDefault extends Span {
  readonly written: string;
  /** Whether it is all that there is: `${IMAGE:-nginx:1.27}`. */
  readonly isWhole: boolean;
}

/** The only default that stands in a mention itself, where it is what decides: that of `nginx:${TAG:-1.27}`. */
function inlineDefault({ raw, start, reference, definition }: ImageMention): InlineDefault | undefined {
  if (reference === undefined || definition !== undefined) return undefined;
  const innermost = /\$\{[A-Za-z_]\w*:?-([^${}]*)\}/;
  const found = innermost.exec(raw);
  if (found === null) return undefined;
  const [whole, written = ''] = found;
  // Those around it come to the same: `${A:-${B:-1.27}}`.
  let text = raw;
  for (let next = innermost.exec(text); next !== null; next = innermost.exec(text)) {
    if (next[1] !== written && !next[1]?.includes(written)) return undefined;
    text = `${text.slice(0, next.index)}${next[1]}${text.slice(next.index + next[0].length)}`;
  }
  if (referenceOf(text).reference?.canonical !== reference.canonical) return undefined;
  const end = start + found.index + whole.length - 1;
  return { start: end - written.length, end, written, isWhole: text === written };
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
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

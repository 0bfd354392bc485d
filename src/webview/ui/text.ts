/** Text that came from a registry, made fit to be shown; and the filling of localised sentences. */

/**
 * Control and format characters: they can reorder, hide or break a line. New line and tab stay, and so do the two
 * joiners, which scripts and emoji need.
 */
const unsafeCharacters = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text with every character that one could not see, or that changes the order of others, written as an escape. */
export function visibleText(text: string): string {
  return text.replace(unsafeCharacters, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
  });
}

/** A localised sentence with `{0}`, `{1}` … replaced. A value that looks like a placeholder is not replaced again. */
export function fill(template: string, ...values: readonly string[]): string {
  return template.replace(/\{(\d+)\}/g, (placeholder, index: string) => values[Number(index)] ?? placeholder);
}

export interface CutText {
  readonly text: string;
  /** How many UTF-16 units are left out. */
  readonly left: number;
}

/** At most `limit` UTF-16 units of a text, never half of a surrogate pair. */
export function cut(text: string, limit: number): CutText {
  if (text.length <= limit) return { text, left: 0 };
  const splitsPair = /[\ud800-\udbff]/.test(text.charAt(limit - 1));
  const end = splitsPair ? limit - 1 : limit;
  return { text: text.slice(0, end), left: text.length - end };
}

/**
 * Where a value may lead as a link: only a whole http(s) URL that says nothing but where it leads. A user name in
 * front of the host is the oldest way to make it look like another one.
 */
export function linkTarget(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text) || /\s/.test(text) || visibleText(text) !== text || !URL.canParse(text))
    return undefined;
  const url = new URL(text);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return isWeb && url.username === '' && url.password === '' ? url.href : undefined;
}

/** A digest with twelve digits, as people know it from elsewhere; anything else unchanged. */
export function shortDigest(digest: string): string {
  return digest.replace(/^(?:[a-z0-9+._-]+:)?([0-9a-f]{12})[0-9a-f]{20,}$/i, '$1');
}

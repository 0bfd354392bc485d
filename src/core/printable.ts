/** Longest part of a text that a message repeats, in characters. */
const maxLength = 80;

/** What somebody wrote, for a message: cut, and with control and formatting characters as escapes, which show what is there. */
export function printable(text: string): string {
  const shown = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return shown.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}

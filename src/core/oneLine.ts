/** Longest part of a foreign text in a message of ours, in characters. */
const maxLength = 200;
/** What is looked at: all of a long text would take long, and none of its end is shown. */
const lookedAt = 20 * maxLength;

/** A server's words for a sentence of ours: bounded, and without anything that could reshape a message or a terminal. */
export function oneLine(text: string): string {
  const clean = text
    .slice(0, lookedAt)
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .replace(/[."]+$/, '');
  // A pair of surrogates is not cut in two.
  return clean.length > maxLength ? `${clean.slice(0, maxLength).replace(/\p{Cs}$/u, '')}…` : clean;
}

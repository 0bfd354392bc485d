import type { ImageMention } from '../../src/api.ts';

/**
 * A file of test/fixtures/mentions: its path and language, its text with «marks» around each mention, and a line for each that says what
 * was understood:
 *
 *     compose.yaml dockercompose
 *     ---
 *     services: { web: { image: «nginx» } }
 *     ---
 *     compose docker.io/library/nginx:latest
 *
 * A `␍` is a carriage return.
 */
export interface MentionFixture {
  readonly path: string;
  readonly languageId: string;
  readonly text: string;
  readonly places: readonly { readonly start: number; readonly end: number }[];
  readonly meanings: readonly string[];
}

const separator = '\n---\n';

export function readMentionFixture(file: string): MentionFixture {
  const first = file.indexOf(separator);
  const last = file.lastIndexOf(separator);
  const [path = '', languageId = ''] = file.slice(0, first).split(' ');
  const marked = file.slice(first + separator.length, last).replaceAll('␍', '\r');
  const places: { start: number; end: number }[] = [];
  let text = '';
  for (const part of marked.split(/(?=[«»])/)) {
    if (part.startsWith('«')) places.push({ start: text.length, end: text.length });
    else if (part.startsWith('»')) places[places.length - 1] = { start: places.at(-1)?.start ?? 0, end: text.length };
    text += part.replace(/^[«»]/, '');
  }
  // A half-typed file can end in a mention.
  const open = places.at(-1);
  if (open !== undefined && open.start === open.end)
    places[places.length - 1] = { start: open.start, end: text.length };
  const meanings = file.slice(last + separator.length).split('\n');
  return { path, languageId, text, places, meanings: meanings.filter((line) => line !== '') };
}

/** `from docker.io/library/nginx:1.27 by 1.27 on linux/arm64` */
export function describeMeaning(text: string, mention: ImageMention): string {
  const { kind, reference, unresolved, definition, platform } = mention;
  const meaning = unresolved === undefined ? (reference?.canonical ?? 'unreadable') : `wants ${unresolved.join(', ')}`;
  const by = definition === undefined ? '' : ` by ${text.slice(definition.start, definition.end)}`;
  return `${kind} ${meaning}${by}${platform === undefined ? '' : ` on ${platform}`}`;
}

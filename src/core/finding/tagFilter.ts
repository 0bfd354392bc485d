import type { TagSummary } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { dateOf } from '../oci/tagOrder.ts';

export type Verdict = 'shown' | 'hidden' | 'unknown';

/** Which tags are shown. */
export interface TagFilter {
  /** As the user wrote it. */
  readonly text: string;
  /** Whether it asks for something that lists of names do not tell. */
  readonly needsFacts: boolean;
  readonly needsSignatures: boolean;
  /** `unknown` when it turns on something that is not known of the tag. `signed` holds the digests with a signature. */
  test(tag: TagSummary, signed: ReadonlySet<string>): Verdict;
}

type Condition = (tag: TagSummary, signed: ReadonlySet<string>) => boolean | undefined;

/** Longer ones are no filter that a person wrote. */
const maxLength = 500;

const day = 24 * 60 * 60 * 1000;
const units: Readonly<Record<string, number>> = { h: day / 24, d: day, w: 7 * day, m: 30 * day, y: 365 * day };

/**
 * Reads a filter: words separated by blanks, of which all must hold.
 *
 * - `alpine`: the name contains it, in small letters or capitals; `1.27*`, `*-slim`, `1.2?`: the whole name is like it
 * - `/^v\d+$/`: a regular expression, `/…/i` whatever the case
 * - `platform:arm64`: one of its platforms contains it
 * - `newer:30d`, `older:1y`: its age; h, d, w, m, y
 * - `signed`: it has a signature
 * - `-` before any of them: it does not
 *
 * Errors: `invalid` with what is wrong. `now` is in milliseconds since 1970.
 */
export function parseTagFilter(text: string, now: number): TagFilter | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (trimmed.length > maxLength) throw new RegistryError('invalid', 'A filter has at most 500 characters.');
  // A regular expression may hold blanks.
  const words = trimmed.match(/-?\/(?:\\.|[^/\\])+\/i?(?=\s|$)|\S+/g) ?? [];
  const conditions = words.map((word) => parseWord(word, now));
  const needsSignatures = words.some((word) => /^-?signed$/i.test(word));
  return {
    text: trimmed,
    needsFacts: needsSignatures || words.some((word) => /^-?(?:platform|newer|older):/i.test(word)),
    needsSignatures,
    test: (tag, signed) => {
      let isUnknown = false;
      for (const condition of conditions) {
        const holds = condition(tag, signed);
        if (holds === false) return 'hidden';
        if (holds === undefined) isUnknown = true;
      }
      return isUnknown ? 'unknown' : 'shown';
    },
  };
}

function parseWord(word: string, now: number): Condition {
  if (word.length > 1 && word.startsWith('-')) {
    const condition = parseWord(word.slice(1), now);
    return (tag, signed) => {
      const holds = condition(tag, signed);
      return holds === undefined ? undefined : !holds;
    };
  }
  if (/^signed$/i.test(word)) return ({ digest }, signed) => (digest === undefined ? undefined : signed.has(digest));
  const [, key = '', value = ''] = /^(platform|newer|older):(.+)$/i.exec(word) ?? [];
  switch (key.toLowerCase()) {
    case 'platform': {
      const wanted = value.toLowerCase();
      return ({ platforms }) => platforms?.some((platform) => platform.toLowerCase().includes(wanted));
    }
    case 'newer':
    case 'older':
      return ageCondition(key.toLowerCase() === 'newer', value, now);
    default:
      return nameCondition(word);
  }
}

function ageCondition(isNewer: boolean, value: string, now: number): Condition {
  const [, count, unit = ''] = /^(\d{1,5})([hdwmy])$/i.exec(value) ?? [];
  const length = units[unit.toLowerCase()];
  if (count === undefined || length === undefined)
    throw new RegistryError('invalid', `"${value}" is no age. Write a number with h, d, w, m or y, such as 30d.`);
  const bound = now - Number(count) * length;
  return (tag) => {
    const time = Date.parse(dateOf(tag) ?? '');
    return Number.isNaN(time) ? undefined : isNewer === time >= bound;
  };
}

function nameCondition(word: string): Condition {
  const [, source, flags = ''] = /^\/(.+)\/(i?)$/.exec(word) ?? [];
  if (source !== undefined) {
    const pattern = regularExpression(source, flags);
    return ({ name }) => pattern.test(name);
  }
  if (/[*?]/.test(word)) {
    const glob = word.toLowerCase();
    return ({ name }) => isLike(name.toLowerCase(), glob);
  }
  const wanted = word.toLowerCase();
  return ({ name }) => name.toLowerCase().includes(wanted);
}

export function regularExpression(source: string, flags: string): RegExp {
  // Names come from a registry, and one group repeated within another can take for ever on 128 characters.
  if (/\([^)]*[*+{][^)]*\)[*+{]/.test(source))
    throw new RegistryError(
      'invalid',
      `/${source}/ repeats what repeats already, which can take very long. Write it otherwise.`,
    );
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw new RegistryError('invalid', `/${source}/ is no regular expression: ${String((error as Error).message)}.`, {
      cause: error,
    });
  }
}

/** `*` stands for any characters, `?` for one. Only the last star is tried anew, so that the time is bounded. */
export function isLike(name: string, glob: string): boolean {
  let [at, inGlob, star, resume] = [0, 0, -1, 0];
  while (at < name.length) {
    if (glob[inGlob] === '*') {
      star = inGlob++;
      resume = at;
    } else if (glob[inGlob] === '?' || glob[inGlob] === name[at]) {
      at++;
      inGlob++;
    } else if (star >= 0) {
      inGlob = star + 1;
      at = ++resume;
    } else return false;
  }
  return /^\**$/.test(glob.slice(inGlob));
}

/**
 * Orders tags as people read them, newest version first: `1.10` before `1.9`, a release before its candidates, a plain
 * tag before its flavours (`1.27` before `1.27-alpine`). Words come before versions, `latest` before all; words with a
 * number (`nightly-20250601`) stand together, the newest first. Dates and then hashes of commits come last: they are many,
 * and nobody looks for one by its place. Depends on nothing but the two names, so lists of the same tags are always in the same order.
 */
export function compareTags(a: string, b: string): number {
  return compareParsed(parseTag(a), parseTag(b));
}

/** A name that was read once, and can be compared often. */
export interface ParsedTag {
  /** Of its kind: latest, words, versions, dates, commits. */
  readonly rank: number;
  /** The word before a number, or without one. */
  readonly family: string;
  /** Whether it has a number that tells the older from the newer. */
  readonly isNumbered: boolean;
  /** Not for releases. */
  readonly isCandidate: boolean;
  /** A text whose place among those of other names is the tag's: engines sort texts of one byte a character best. */
  readonly key: string;
}

type TagKind = 'latest' | 'word' | 'version' | 'date' | 'commit';

const ranks: Readonly<Record<TagKind, number>> = { latest: 0, word: 1, version: 2, date: 3, commit: 4 };

/** Of a commit, or of what refers to a digest. A number alone is a date or a build. */
const hashPattern = /^(?:sha(?:256)?[-_.])?(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{7,64}$/;

const versionPattern = /^v?(\d+(?:\.\d+)*)(.*)$/s;

/** `20250601`, `20250601120000`. */
const dateNumberPattern = /^((?:19|20)\d{2})(\d{2})(\d{2})(\d*)$/;

/** `release-1.10`, `alpine3.20`, `RELEASE.2025-06-01T00-00-00Z`. */
const wordPattern = /^(\D+)(\d+(?:\.\d+)*)(.*)$/s;

/** `2025-06-01`, also with a time; the numbers of a date are of one length. */
const datePattern = /^(\D*)(\d{4})-(\d{2})-(\d{2})(?:[T_-]?(\d{2})[-:.]?(\d{2})(?:[-:.]?(\d{2}))?)?(?!\d)(.*)$/s;

/** `a1` and `b1` only as Python writes them, right after the number; elsewhere they are builds, as `-dev` alone is a flavour. */
const candidatePattern =
  /^(?:[-._+~]?(?:(alpha|beta|rc|cr|pre|preview|snapshot|nightly|canary|next|ea|m)(?=$|[-._+\d])|(dev)(?=[-._]?\d))|(a|b)(?=\d))[-._]?(\d+(?:\.\d+)*)?/i;

export function parseTag(name: string): ParsedTag {
  const plain = plainKey(name);
  if (plain !== undefined) return { rank: ranks.version, family: '', isNumbered: true, isCandidate: false, key: plain };
  if (name === 'latest') return numbered(name, 'latest', '', [], '');
  if (hashPattern.test(name)) return numbered(name, 'commit', '', [], '');
  const dated = datePattern.exec(name);
  if (dated !== null) {
    const [, word = '', ...rest] = dated;
    const numbers = rest.slice(0, -1).flatMap((part: string | undefined) => part ?? []);
    return numbered(name, word === '' ? 'date' : 'word', word, numbers, rest.at(-1) ?? '');
  }
  const version = versionPattern.exec(name);
  if (version !== null) {
    const [, number = '', rest = ''] = version;
    const date = dateNumberPattern.exec(number)?.slice(1);
    if (date !== undefined)
      return numbered(
        name,
        'date',
        '',
        date.filter((part) => part !== ''),
        rest,
      );
    return numbered(name, 'version', '', number.split('.'), rest);
  }
  const [, word = name, number = '', rest = ''] = wordPattern.exec(name) ?? [];
  return numbered(name, 'word', word, number === '' ? [] : number.split('.'), rest);
}

/**
 * The key of `1.27.3` or `v1.27`, which most tags are, as {@link numbered} makes it; `undefined` for any other name.
 * Expressions take ten times as long, and a page has a thousand names.
 */
function plainKey(name: string): string | undefined {
  const codes: number[] = [0x30 + ranks.version, 0];
  const end = name.length;
  let at = name.charCodeAt(0) === 0x76 ? 1 : 0;
  for (;;) {
    let start = at;
    while (at < end && isDigit(name.charCodeAt(at))) at++;
    // Eight digits and more can be a date.
    if (at === start || at - start > 7) return undefined;
    while (start < at - 1 && name.charCodeAt(start) === 0x30) start++;
    codes.push(lengthCode(at - start));
    for (; start < at; start++) codes.push(turned(name.charCodeAt(start)));
    if (at === end) break;
    if (name.charCodeAt(at++) !== 0x2e) return undefined;
  }
  codes.push(0, 0);
  // In one go with the name: what is put together from two texts is slow to compare.
  for (let index = 0; index < end; index++) codes.push(name.charCodeAt(index));
  return String.fromCharCode(...codes);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function compareParsed(a: Pick<ParsedTag, 'key'>, b: Pick<ParsedTag, 'key'>): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/**
 * The key: kind and word, the numbers with the greatest first, what is a candidate after what is none, the flavour, and the
 * name, which tells those apart that are alike in all of this. Each part ends with a character that is less than any in it,
 * or greater than any where what goes on comes first.
 */
function numbered(name: string, kind: TagKind, word: string, numbers: readonly string[], rest: string): ParsedTag {
  const match = rest === '' ? null : candidatePattern.exec(rest);
  const flavour = withoutLatest(match === null ? rest : rest.slice(match[0].length));
  const rank = ranks[kind];
  const family = word === '' ? '' : familyOf(word);
  const digits = numbersKey(match === null ? numbers : withoutLastZeros(numbers));
  const parts = [
    rank,
    family,
    '\0',
    digits,
    match === null ? '\0' : candidateKey(match),
    flavourKey(flavour),
    '\0',
    name,
  ];
  return { rank, family, isNumbered: digits !== '', isCandidate: match !== null, key: parts.join('') };
}

/** `nightly` before `nightly-20250601`, which is one of them; `RELEASE` among the other words. */
function familyOf(word: string): string {
  return word.replace(/[-._]$/, '').toLowerCase();
}

/** `2022-latest` stands where `2022` would. */
function withoutLatest(flavour: string): string {
  return flavour === '-latest' ? '' : flavour;
}

/** `17rc1` is a candidate of `17.0`: what is left out counts as zero. */
function withoutLastZeros(numbers: readonly string[]): readonly string[] {
  return numbers.slice(0, numbers.findLastIndex((digits) => !/^0+$/.test(digits)) + 1);
}

/** `1.27` moves along with the newest `1.27.x`, so what is left out counts as the greatest number: what ends is less. */
function numbersKey(numbers: readonly string[]): string {
  return numbers.map(digitsKey).join('');
}

/** The greater first; more digits make a greater number, and a tag has at most 128 of them. */
function digitsKey(number: string): string {
  const digits = number.startsWith('0') ? number.replace(/^0+(?=\d)/, '') : number;
  let key = String.fromCharCode(lengthCode(digits.length));
  for (let index = 0; index < digits.length; index++) key += String.fromCharCode(turned(digits.charCodeAt(index)));
  return key;
}

/** Greater than the end of a release, less than the beginning of a candidate. */
function lengthCode(length: number): number {
  return 0xfe - Math.min(length, 0x80);
}

/** Of a digit: 9 for 0, 0 for 9. */
function turned(code: number): number {
  return 0x69 - code;
}

/** The later word first, and of one word the greater number. */
function candidateKey(match: RegExpExecArray): string {
  const word = (match[1] ?? match[2] ?? match[3] ?? '').toLowerCase();
  const codes = Array.from(word, (character) => 0xff - character.charCodeAt(0));
  return `\xff${String.fromCharCode(...codes)}\xff${numbersKey(match[4]?.split('.') ?? [])}\0`;
}

/** In alphabetical order, and with runs of digits as numbers, the greater first: `-alpine3.20` before `-alpine3.9`. */
function flavourKey(flavour: string): string {
  return flavour === ''
    ? ''
    : flavour.replace(/\d+|\D+/g, (part) => (isDigit(part.charCodeAt(0)) ? `0${digitsKey(part)}` : `${part}\0`));
}

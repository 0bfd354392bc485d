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
  readonly name: string;
  /** Of its kind: latest, words, versions, dates, commits. */
  readonly rank: number;
  /** The word before a number, or without one. */
  readonly family: string;
  /** The numbers as a text whose order is theirs. */
  readonly numbers: string;
  /** Absent for releases. */
  readonly candidate: Candidate | undefined;
  readonly flavour: string;
}

type TagKind = 'latest' | 'word' | 'version' | 'date' | 'commit';

interface Candidate {
  readonly word: string;
  readonly numbers: string;
}

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
  const plain = plainNumbers(name);
  if (plain !== undefined)
    return { name, rank: ranks.version, family: '', numbers: plain, candidate: undefined, flavour: '' };
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
 * The numbers of `1.27.3` or `v1.27`, which most tags are, as {@link numberText} has them; `undefined` for any other name.
 * Expressions take ten times as long, and a page has a thousand names.
 */
function plainNumbers(name: string): string | undefined {
  const codes: number[] = [];
  const end = name.length;
  let at = name.charCodeAt(0) === 0x76 ? 1 : 0;
  for (;;) {
    let start = at;
    while (at < end && isDigit(name.charCodeAt(at))) at++;
    // Eight digits and more can be a date.
    if (at === start || at - start > 7) return undefined;
    while (start < at - 1 && name.charCodeAt(start) === 0x30) start++;
    codes.push(256 + at - start);
    for (; start < at; start++) codes.push(name.charCodeAt(start));
    if (at === end) break;
    if (name.charCodeAt(at++) !== 0x2e) return undefined;
  }
  codes.push(0xffff);
  return String.fromCharCode(...codes);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function compareParsed(a: ParsedTag, b: ParsedTag): number {
  return (
    a.rank - b.rank ||
    compareText(a.family, b.family) ||
    compareText(b.numbers, a.numbers) ||
    compareCandidates(a.candidate, b.candidate) ||
    compareNatural(a.flavour, b.flavour) ||
    compareText(a.name, b.name)
  );
}

function numbered(name: string, kind: TagKind, word: string, numbers: readonly string[], rest: string): ParsedTag {
  const match = rest === '' ? null : candidatePattern.exec(rest);
  const flavour = withoutLatest(match === null ? rest : rest.slice(match[0].length));
  const parsed = { name, rank: ranks[kind], family: word === '' ? '' : familyOf(word), flavour };
  if (match === null) return { ...parsed, numbers: numberText(numbers), candidate: undefined };
  const candidate = {
    word: (match[1] ?? match[2] ?? match[3] ?? '').toLowerCase(),
    numbers: numberText(match[4]?.split('.') ?? []),
  };
  return { ...parsed, numbers: candidateText(numbers), candidate };
}

/** `nightly` before `nightly-20250601`, which is one of them; `RELEASE` among the other words. */
function familyOf(word: string): string {
  return word.replace(/[-._]$/, '').toLowerCase();
}

/** `2022-latest` stands where `2022` would. */
function withoutLatest(flavour: string): string {
  return flavour === '-latest' ? '' : flavour;
}

/** `1.27` moves along with the newest `1.27.x`, so what is left out counts as the greatest number. */
function numberText(numbers: readonly string[]): string {
  return `${digitsText(numbers)}\uffff`;
}

/** `17rc1` is a candidate of `17.0`: what is left out counts as zero. */
function candidateText(numbers: readonly string[]): string {
  const end = numbers.findLastIndex((digits) => !/^0+$/.test(digits)) + 1;
  return digitsText(numbers.slice(0, end));
}

/** More digits make a greater number; a tag has at most 128 of them. */
function digitsText(numbers: readonly string[]): string {
  let text = '';
  for (const number of numbers) {
    const digits = withoutZeros(number);
    text += String.fromCharCode(256 + digits.length) + digits;
  }
  return text;
}

/** Releases first; of candidates the later first. */
function compareCandidates(a: Candidate | undefined, b: Candidate | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  return compareText(b.word, a.word) || compareText(b.numbers, a.numbers);
}

/** Of digits without leading zeros. */
function compareDigits(a: string, b: string): number {
  return a.length - b.length || compareText(a, b);
}

function withoutZeros(digits: string): string {
  return digits.startsWith('0') ? digits.replace(/^0+(?=\d)/, '') : digits;
}

/** In alphabetical order, and with runs of digits as numbers, the greater first: `-alpine3.20` before `-alpine3.9`. */
function compareNatural(a: string, b: string): number {
  if (a === b) return 0;
  const partsA = a.match(/\d+|\D+/g) ?? [];
  const partsB = b.match(/\d+|\D+/g) ?? [];
  for (let index = 0; index < Math.max(partsA.length, partsB.length); index++) {
    const partA = partsA[index] ?? '';
    const partB = partsB[index] ?? '';
    const bothDigits = /^\d/.test(partA) && /^\d/.test(partB);
    const difference = bothDigits ? compareDigits(withoutZeros(partB), withoutZeros(partA)) : compareText(partA, partB);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

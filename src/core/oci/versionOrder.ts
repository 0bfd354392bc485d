/**
 * Orders tags as people read them, newest version first: `1.10` before `1.9`, a release before its candidates, a plain
 * tag before its flavours (`1.27` before `1.27-alpine`). Tags that are no versions come first, `latest` before all, in
 * alphabetical order. Depends on nothing but the two names, so lists of the same tags are always in the same order.
 */
export function compareTags(a: string, b: string): number {
  return compareParsed(parseTag(a), parseTag(b));
}

/** What has tags for names, in the order of {@link compareTags}: each name is read once, not at each comparison. */
export function sortByTag<T extends { readonly name: string }>(items: Iterable<T>): T[] {
  return Array.from(items, (item) => ({ item, tag: parseTag(item.name) }))
    .sort((a, b) => compareParsed(a.tag, b.tag))
    .map(({ item }) => item);
}

interface ParsedTag {
  readonly name: string;
  /** Absent when it is no version. */
  readonly version: Version | undefined;
}

interface Version {
  /** Digits without leading zeros: dates with times do not fit into a number without loss. */
  readonly numbers: readonly string[];
  readonly suffix: string;
  /** Releases before flavours before candidates. */
  readonly rank: 0 | 1 | 2;
}

function compareParsed(a: ParsedTag, b: ParsedTag): number {
  if (a.version === undefined || b.version === undefined) {
    if (a.version !== undefined) return 1;
    if (b.version !== undefined) return -1;
    if (a.name === 'latest' || b.name === 'latest') return a.name === b.name ? 0 : a.name === 'latest' ? -1 : 1;
    return compareText(a.name, b.name);
  }
  return (
    compareNumbers(b.version.numbers, a.version.numbers) ||
    compareSuffixes(a.version, b.version) ||
    compareText(a.name, b.name)
  );
}

const prereleasePattern = /^[-._+]?(?:alpha|beta|rc|pre|preview|dev|snapshot|nightly|canary|m)(?=$|[-._+\d])/i;

function parseTag(name: string): ParsedTag {
  return { name, version: parseVersion(name) };
}

function parseVersion(tag: string): Version | undefined {
  const match = /^v?(\d+(?:\.\d+)*)(.*)$/.exec(tag);
  if (match === null) return undefined;
  const [, numbers = '', suffix = ''] = match;
  // A commit hash that begins with digits is no version.
  if (suffix !== '' && /^[0-9a-f]{7,}$/.test(tag)) return undefined;
  const rank = suffix === '' ? 0 : prereleasePattern.test(suffix) ? 2 : 1;
  return { numbers: numbers.split('.').map(withoutZeros), suffix, rank };
}

function compareNumbers(a: readonly string[], b: readonly string[]): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const difference = compareDigits(a[index] ?? '', b[index] ?? '');
    if (difference !== 0) return difference;
  }
  // `1.27` moves along with the newest `1.27.x`, so the shorter one counts as newer.
  return b.length - a.length;
}

/** Of digits without leading zeros. */
function compareDigits(a: string, b: string): number {
  return a.length - b.length || compareText(a, b);
}

function withoutZeros(digits: string): string {
  return digits.startsWith('0') ? digits.replace(/^0+(?=\d)/, '') : digits;
}

function compareSuffixes(a: Version, b: Version): number {
  const difference = a.rank - b.rank;
  if (difference !== 0) return difference;
  // Of two candidates the later comes first; flavours are in alphabetical order.
  return a.rank === 2 ? compareNatural(b.suffix, a.suffix) : compareNatural(a.suffix, b.suffix);
}

/** Runs of digits compared as numbers: `rc10` after `rc9`. */
function compareNatural(a: string, b: string): number {
  const partsA = a.match(/\d+|\D+/g) ?? [];
  const partsB = b.match(/\d+|\D+/g) ?? [];
  for (let index = 0; index < Math.max(partsA.length, partsB.length); index++) {
    const partA = partsA[index] ?? '';
    const partB = partsB[index] ?? '';
    const bothDigits = /^\d/.test(partA) && /^\d/.test(partB);
    const difference = bothDigits ? compareDigits(withoutZeros(partA), withoutZeros(partB)) : compareText(partA, partB);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

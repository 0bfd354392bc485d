/**
 * Orders tags as people read them, newest version first: `1.10` before `1.9`, a release before its candidates, a plain
 * tag before its flavours (`1.27` before `1.27-alpine`). Tags that are no versions come first, `latest` before all, in
 * alphabetical order. Depends on nothing but the two names, so lists of the same tags are always in the same order.
 */
export function compareTags(a: string, b: string): number {
  const versionA = parseVersion(a);
  const versionB = parseVersion(b);
  if (versionA === undefined || versionB === undefined) {
    if (versionA !== undefined) return 1;
    if (versionB !== undefined) return -1;
    if (a === 'latest' || b === 'latest') return a === b ? 0 : a === 'latest' ? -1 : 1;
    return compareText(a, b);
  }
  return (
    compareNumbers(versionB.numbers, versionA.numbers) ||
    compareSuffixes(versionA.suffix, versionB.suffix) ||
    compareText(a, b)
  );
}

interface Version {
  readonly numbers: readonly string[];
  readonly suffix: string;
}

const prereleasePattern = /^[-._+]?(?:alpha|beta|rc|pre|preview|dev|snapshot|nightly|canary|m)(?=$|[-._+\d])/i;

function parseVersion(tag: string): Version | undefined {
  const match = /^v?(\d+(?:\.\d+)*)(.*)$/.exec(tag);
  if (match === null) return undefined;
  const [, numbers = '', suffix = ''] = match;
  // A commit hash that begins with digits is no version.
  if (/^[0-9a-f]{7,}$/.test(tag) && /[a-f]/.test(tag)) return undefined;
  return { numbers: numbers.split('.'), suffix };
}

function compareNumbers(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    // `1.27` moves along with the newest `1.27.x`, so the shorter one counts as newer.
    const partA = a[index];
    const partB = b[index];
    if (partA === undefined) return 1;
    if (partB === undefined) return -1;
    const difference = compareDigits(partA, partB);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Numbers of any length: dates with times do not fit into a number without loss. */
function compareDigits(a: string, b: string): number {
  const [trimmedA, trimmedB] = [a.replace(/^0+(?=\d)/, ''), b.replace(/^0+(?=\d)/, '')];
  return trimmedA.length - trimmedB.length || compareText(trimmedA, trimmedB);
}

function compareSuffixes(a: string, b: string): number {
  const rank = (suffix: string): number => (suffix === '' ? 0 : prereleasePattern.test(suffix) ? 2 : 1);
  const difference = rank(a) - rank(b);
  if (difference !== 0) return difference;
  // Of two candidates the later comes first; flavours are in alphabetical order.
  return rank(a) === 2 ? compareNatural(b, a) : compareNatural(a, b);
}

/** Runs of digits compared as numbers: `rc10` after `rc9`. */
function compareNatural(a: string, b: string): number {
  const partsA = a.match(/\d+|\D+/g) ?? [];
  const partsB = b.match(/\d+|\D+/g) ?? [];
  for (let index = 0; index < Math.max(partsA.length, partsB.length); index++) {
    const partA = partsA[index] ?? '';
    const partB = partsB[index] ?? '';
    const bothDigits = /^\d/.test(partA) && /^\d/.test(partB);
    const difference = bothDigits ? compareDigits(partA, partB) : compareText(partA, partB);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

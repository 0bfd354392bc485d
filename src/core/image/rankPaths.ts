/** A path to choose from, with what the search compares. */
export interface RankedPath {
  readonly path: string;
  readonly lowerCase: string;
  /** Where the name begins in it. */
  readonly name: number;
}

export function rankedPath(path: string): RankedPath {
  return { path, lowerCase: path.toLowerCase(), name: path.lastIndexOf('/') + 1 };
}

export interface RankOptions {
  readonly limit: number;
  /** Lets others run; `false` ends the search, since its answer is not wanted any more. */
  readonly pause: () => Promise<boolean>;
}

export interface RankedPaths {
  /** The best first. */
  readonly paths: readonly string[];
  /** How many match in all. */
  readonly total: number;
}

/** Paths after which others may run: some milliseconds. */
const pathsAtOnce = 10_000;
/** What matches worst: its letters are all there, in their order. */
const fuzzyRank = 5;

/**
 * The paths that match a query best: those whose names are it, begin with it and hold it, then those that hold all its words
 * somewhere, then those that have its letters in their order. Of equals the shorter ones, then by name. `undefined` when
 * it was ended.
 */
export async function rankPaths(
  paths: readonly RankedPath[],
  query: string,
  { limit, pause }: RankOptions,
): Promise<RankedPaths | undefined> {
  const words = query.trim().toLowerCase().split(/\s+/);
  const groups: readonly RankedPath[][] = Array.from({ length: fuzzyRank + 1 }, () => []);
  let total = 0;
  for (const [index, path] of paths.entries()) {
    if (index % pathsAtOnce === pathsAtOnce - 1 && !(await pause())) return undefined;
    const rank = rankOf(path, words);
    if (rank === undefined) continue;
    total++;
    groups[rank]?.push(path);
  }
  const best: string[] = [];
  // Sorted only as far as is shown.
  for (const group of groups) {
    if (best.length < limit) best.push(...shortest(group, limit - best.length));
  }
  return { paths: best, total };
}

/** `undefined` when it does not match. */
function rankOf({ lowerCase, name }: RankedPath, words: readonly string[]): number | undefined {
  const [first = ''] = words;
  if (first === '') return 0;
  if (!words.every((word) => lowerCase.includes(word))) {
    return words.every((word) => hasLetters(lowerCase, word)) ? fuzzyRank : undefined;
  }
  if (words.length > 1) return words.every((word) => lowerCase.includes(word, name)) ? 2 : 3;
  const place = lowerCase.indexOf(first, name);
  if (place < 0) return 3;
  if (place > name) return 2;
  return lowerCase.length === name + first.length ? 0 : 1;
}

function hasLetters(text: string, letters: string): boolean {
  let place = -1;
  for (const letter of letters) {
    place = text.indexOf(letter, place + 1);
    if (place < 0) return false;
  }
  return true;
}

function shortest(group: readonly RankedPath[], count: number): readonly string[] {
  const sorted = [...group].sort((a, b) => a.path.length - b.path.length || (a.path < b.path ? -1 : 1));
  return sorted.slice(0, count).map(({ path }) => path);
}

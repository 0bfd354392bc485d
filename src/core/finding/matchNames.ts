/**
 * Names that contain a text, the best first: the name itself, a name whose last part it is, one with a part that begins so,
 * any other; shorter ones before longer ones. Blanks separate texts that a name has to contain all of.
 */
export function matchNames(names: readonly string[], query: string, limit: number): readonly string[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const [first] = words;
  if (first === undefined) return [];
  const ranked: (readonly [rank: number, name: string])[] = [];
  for (const name of names) {
    const rank = rankOf(name, first);
    if (rank !== undefined && words.every((word) => name.includes(word))) ranked.push([rank, name]);
  }
  return ranked
    .sort(([rankA, a], [rankB, b]) => rankA - rankB || a.length - b.length || (a < b ? -1 : a > b ? 1 : 0))
    .slice(0, limit)
    .map(([, name]) => name);
}

function rankOf(name: string, word: string): number | undefined {
  const at = name.indexOf(word);
  if (at < 0) return undefined;
  if (name === word) return 0;
  if (name.endsWith(word) && name.charAt(name.length - word.length - 1) === '/') return 1;
  // The first place need not be the best: `web` in `webshop/web-api`.
  return at === 0 || name.includes(`/${word}`) ? 2 : 3;
}

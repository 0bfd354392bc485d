/** UTF-16 units of a value and of a pattern that are tried: all places times all lengths. */
const maxValue = 256;
const maxPattern = 64;

/**
 * `${name#pattern}` and its kind: takes the shortest beginning (`#`) or end (`%`) that a pattern of `*` and `?` matches, and
 * with the doubled operator the longest. `undefined` where it is too long to be tried.
 */
export function trimPattern(value: string, pattern: string, operator: string): string | undefined {
  if (value.length > maxValue || pattern.length > maxPattern) return undefined;
  const isBeginning = operator.startsWith('#');
  const lengths = Array.from({ length: value.length + 1 }, (_, length) => length);
  if (operator.length > 1) lengths.reverse();
  for (const length of lengths) {
    const cut = isBeginning ? length : value.length - length;
    const part = isBeginning ? value.slice(0, cut) : value.slice(cut);
    if (matches(part, pattern)) return isBeginning ? value.slice(cut) : value.slice(0, cut);
  }
  return value;
}

/** `${name/pattern/replacement}`: the first match, the longest at its place; with `isEach`, every one. */
export function replacePattern(value: string, word: string, isEach: boolean): string | undefined {
  const slash = word.search(/(?<!\\)\//);
  const pattern = slash < 0 ? word : word.slice(0, slash);
  const replacement = slash < 0 ? '' : word.slice(slash + 1);
  if (value.length > maxValue || pattern.length > maxPattern) return undefined;
  if (pattern === '') return value;
  let result = '';
  let index = 0;
  while (index < value.length) {
    const end = longestMatch(value, index, pattern);
    if (end === undefined) {
      result += value.charAt(index++);
      continue;
    }
    result += replacement;
    index = end;
    if (!isEach) break;
  }
  return result + value.slice(index);
}

function longestMatch(value: string, start: number, pattern: string): number | undefined {
  for (let end = value.length; end > start; end--) if (matches(value.slice(start, end), pattern)) return end;
  return undefined;
}

/** Without backtracking beyond the last star, so in time with the product of the two lengths. */
function matches(text: string, pattern: string): boolean {
  let [inText, inPattern] = [0, 0];
  let star: { readonly inPattern: number; inText: number } | undefined;
  while (inText < text.length) {
    const wanted = pattern.charAt(inPattern);
    if (wanted === '*') {
      star = { inPattern: ++inPattern, inText };
    } else if (wanted !== '' && (wanted === '?' || wanted === text.charAt(inText))) {
      inText++;
      inPattern++;
    } else if (star !== undefined) {
      inText = ++star.inText;
      inPattern = star.inPattern;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(inPattern));
}

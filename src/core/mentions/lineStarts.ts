/** Where an offset is: lines and characters count from 0. */
export interface LinePlace {
  readonly line: number;
  readonly character: number;
}

/** The lines of a text, to find places in that offsets are given of. */
export function linePlaces(text: string): (offset: number) => LinePlace {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(/\r\n|\r|\n/g)) starts.push(index + end.length);
  return (offset) => {
    // The last line that does not start after it.
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: offset - (starts[low] ?? 0) };
  };
}

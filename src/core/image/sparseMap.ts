import { numberAt } from '../tarHeader.ts';

/** Offsets and lengths by turns, of the old GNU format. https://www.gnu.org/software/tar/manual/html_node/Standard.html */
export function oldSparsePieces(block: Uint8Array, start: number, count: number): number[] {
  const numbers: number[] = [];
  for (let index = 0; index < count; index++) {
    const at = start + index * 24;
    // An empty field ends the list.
    if (block[at] === 0) break;
    numbers.push(numberAt(block, at, 12) ?? Number.NaN, numberAt(block, at + 12, 12) ?? Number.NaN);
  }
  return numbers;
}

/** The map of GNU's sparse format 1.0: decimal numbers in lines, the first of which says how many pieces follow. */
export class SparseMapReader {
  readonly #maxPieces: number;
  readonly #numbers: number[] = [];
  #expected: number | undefined;
  #value: number | undefined;

  constructor(maxPieces: number) {
    this.#maxPieces = maxPieces;
  }

  /** Offsets and lengths by turns, once the last of them has come. What fills up its block is passed over. */
  push(block: Uint8Array): readonly number[] | 'more' | 'broken' {
    for (const byte of block) {
      if (byte === 0x0a) {
        if (this.#value === undefined) return 'broken';
        if (this.#expected === undefined) this.#expected = this.#value;
        else this.#numbers.push(this.#value);
        this.#value = undefined;
        if (this.#expected > this.#maxPieces) return 'broken';
        if (this.#numbers.length === 2 * this.#expected) return this.#numbers;
      } else {
        const digit = byte - 0x30;
        if (digit < 0 || digit > 9) return 'broken';
        this.#value = (this.#value ?? 0) * 10 + digit;
        if (!Number.isSafeInteger(this.#value)) return 'broken';
      }
    }
    return 'more';
  }
}

import { freeMemory } from '../freeMemory.ts';

type Column = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** Of ECMAScript 2024, which the types do not know yet. */
interface GrowingBuffer extends ArrayBuffer {
  readonly maxByteLength: number;
  resize(length: number): void;
}

type NewBuffer = new (length: number, options: { readonly maxByteLength: number }) => GrowingBuffer;

/** Bytes that a column gets at once. */
const step = 256 * 1024;
/** Bytes of address space, which cost nothing, that a column can grow into without being copied. */
const leastReserve = 16 * 1024 * 1024;

/**
 * The same column, or one in its place, with room for `length` numbers. It grows where it is: copies in memory of twice the
 * size, with what those before them leave behind, take as much again as what is in them.
 */
export function grow<C extends Column>(column: C, length: number): C {
  if (length <= column.length) return column;
  const size = Math.ceil((length * column.BYTES_PER_ELEMENT) / step) * step;
  const buffer = column.buffer as ArrayBuffer as GrowingBuffer;
  if (size <= buffer.maxByteLength) {
    // The column is as long as its buffer.
    buffer.resize(size);
    return column;
  }
  const maxByteLength = Math.max(leastReserve, 4 * size);
  const grown = new (column.constructor as new (buffer: ArrayBuffer) => C)(
    new (ArrayBuffer as unknown as NewBuffer)(size, { maxByteLength }),
  );
  grown.set(column);
  freeMemory(column.buffer);
  return grown;
}

/** The first `length` numbers of a column that grows no more, which is empty afterwards. */
export function taken<C extends Column>(column: C, length: number): C {
  const exact = column.slice(0, length) as C;
  freeMemory(column.buffer);
  return exact;
}

type Column = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/**
 * The same column, or one with room for `length` numbers and as many again in its place. What is not used yet takes no
 * memory, and what the old one took is free at once, not only when the garbage collector comes by.
 */
export function grow<C extends Column>(column: C, length: number): C {
  if (length <= column.length) return column;
  const room = Math.max(length, column.length * 2) * column.BYTES_PER_ELEMENT;
  // Of ECMAScript 2024, which the types do not know yet.
  const buffer = column.buffer as ArrayBuffer & { transfer(room: number): ArrayBuffer };
  return new (column.constructor as new (buffer: ArrayBuffer) => C)(buffer.transfer(room));
}

import assert from 'node:assert/strict';
import { giveBack } from '../../../src/node/readBuffers.ts';
import { wideReads } from '../../../src/node/wideReads.ts';

describe('wideReads', () => {
  it('widens while reads fill, and narrows when they do not', () => {
    const { read } = reader();
    const sizes = [1, 1, 1, 0.5, 0.5, 0.5].map((share) => read((size) => size * share).room / 1024);
    assert.deepEqual(sizes, [64, 128, 256, 256, 128, 64]);
  });

  it('never gives out memory that a piece is in', () => {
    const { read, pieces } = reader();
    for (let number = 1; number < 40; number++) read((size) => (number % 3 === 0 ? 10 : size), number);
    for (const [index, piece] of pieces.entries())
      assert.ok(
        piece.every((byte) => byte === index + 1),
        `${index}`,
      );
  });

  it('reads again into memory that comes back', () => {
    const { read, pieces } = reader();
    const { memory } = read((size) => size, 1);
    giveBack(pieces[0] ?? memory);
    for (let number = 2; number < 5; number++) read((size) => size / 2, number);
    assert.ok(pieces.slice(1).some(({ buffer }) => buffer === memory.buffer));
  });

  it('takes memory back only with the last piece of what was read into it', () => {
    const { read, pieces } = reader();
    const { memory } = read((size) => size, 1);
    giveBack((pieces[0] ?? memory).subarray(0, 1000));
    for (let number = 2; number < 5; number++) read((size) => size / 2, number);
    assert.ok(pieces.slice(1).every(({ buffer }) => buffer !== memory.buffer));
  });

  it('does not let little hold much', () => {
    const { read, pieces } = reader();
    const { memory } = read(() => 100, 1);
    assert.notEqual(pieces[0]?.buffer, memory.buffer);
  });

  it('says what the reader says about taking more', () => {
    for (const answer of [true, false]) {
      const { buffer, callback } = wideReads(() => answer);
      const memory = typeof buffer === 'function' ? buffer() : buffer;
      assert.deepEqual([callback(10, memory), callback(memory.length, memory)], [answer, answer]);
    }
  });
});

/** Reads as a socket does: it asks for the next memory after each read. */
function reader() {
  const pieces: Uint8Array[] = [];
  const { buffer, callback } = wideReads((piece) => {
    pieces.push(piece);
    return true;
  });
  let memory = typeof buffer === 'function' ? buffer() : buffer;
  const read = (
    lengthOf: (size: number) => number,
    fill = 0,
  ): { readonly room: number; readonly memory: Uint8Array } => {
    const used = memory;
    const length = lengthOf(used.length);
    memory.fill(fill, 0, length);
    callback(length, memory);
    if (typeof buffer === 'function') memory = buffer();
    return { room: used.length, memory: used };
  };
  return { pieces, read };
}

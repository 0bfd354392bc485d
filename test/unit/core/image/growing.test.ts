import assert from 'node:assert/strict';
import { grow, taken } from '../../../../src/core/image/growing.ts';

describe('a column that grows', () => {
  it('keeps its numbers, where it grows in its place and where it has to move', () => {
    let column = new Uint32Array(4);
    const lengths = [1, 5, 100_000, 4_000_000, 4_200_000, 18_000_000];
    for (const length of lengths) {
      column = grow(column, length);
      assert.ok(column.length >= length);
      column[length - 1] = length;
    }
    const exact = taken(column, 4_200_001);
    assert.equal(exact.length, 4_200_001);
    assert.deepEqual(
      lengths.slice(0, -1).map((length) => exact[length - 1]),
      lengths.slice(0, -1),
    );
    assert.equal(exact[200_000], 0);
    assert.equal(exact.byteLength, exact.buffer.byteLength);
    assert.equal(column.length, 0);
  });
});

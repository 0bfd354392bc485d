import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Box, nextBox, squarify } from '../../../src/webview/image/treemap.ts';

const room: Box = { x: 10, y: 20, width: 600, height: 280 };

function areaOf({ width, height }: Box): number {
  return width * height;
}

function overlap(a: Box, b: Box): number {
  const along = (start: number, length: number, other: number, otherLength: number): number =>
    Math.max(0, Math.min(start + length, other + otherLength) - Math.max(start, other));
  return along(a.x, a.width, b.x, b.width) * along(a.y, a.height, b.y, b.height);
}

describe('the picture of what takes the space', () => {
  it('gives each thing the room that it takes, without gaps and without overlaps', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(sizes, (unsorted) => {
        const sorted = [...unsorted].sort((a, b) => b - a);
        const total = sorted.reduce((sum, size) => sum + size, 0);
        const boxes = squarify(sorted, room);
        for (const [place, box] of boxes.entries()) {
          const expected = ((sorted[place] ?? 0) / total) * areaOf(room);
          assert.ok(Math.abs(areaOf(box) - expected) < 0.5);
          assert.ok(box.x >= room.x - 0.01 && box.x + box.width <= room.x + room.width + 0.01);
          assert.ok(box.y >= room.y - 0.01 && box.y + box.height <= room.y + room.height + 0.01);
          for (const other of boxes.slice(0, place)) assert.ok(overlap(box, other) < 0.5);
        }
      }),
    );
  });

  it('is as square as can be', () => {
    const boxes = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 });
    assert.deepEqual(boxes[0], { x: 0, y: 0, width: 3, height: 2 });
    assert.deepEqual(boxes[1], { x: 0, y: 2, width: 3, height: 2 });
  });

  it('has no room for what takes none', () => {
    assert.deepEqual(squarify([0, 0], room).map(areaOf), [0, 0]);
    assert.deepEqual(squarify([5, 0], room).map(areaOf), [areaOf(room), 0]);
    assert.deepEqual(squarify([], room), []);
    assert.deepEqual(squarify([3], { ...room, width: 0 }).map(areaOf), [0]);
  });

  it('is walked with the arrow keys to what lies there', () => {
    const boxes = [
      { x: 0, y: 0, width: 3, height: 2 },
      { x: 0, y: 2, width: 3, height: 2 },
      { x: 3, y: 0, width: 3, height: 4 },
    ];
    assert.equal(nextBox(boxes, 0, 'ArrowDown'), 1);
    assert.equal(nextBox(boxes, 1, 'ArrowUp'), 0);
    assert.equal(nextBox(boxes, 0, 'ArrowRight'), 2);
    assert.equal(nextBox(boxes, 1, 'End'), 2);
    assert.equal(nextBox(boxes, 2, 'Home'), 0);
    assert.equal(nextBox(boxes, 0, 'ArrowLeft'), undefined);
    assert.equal(nextBox(boxes, 0, 'x'), undefined);
    assert.equal(nextBox([], 0, 'ArrowLeft'), undefined);
  });
});

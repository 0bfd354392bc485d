/** The arithmetic of the picture of what takes the space. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Boxes in proportion to sizes that fill a room, as near to squares as can be: rows along the shorter side, of which each
 * takes as many as make it better (Bruls, Huizing, van Wijk: Squarified Treemaps). `sizes` fall; those of 0 get empty boxes.
 */
export function squarify(sizes: readonly number[], room: Box): readonly Box[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= 0) return sizes.map(() => ({ ...room, width: 0, height: 0 }));
  const scale = (room.width * room.height) / total;
  const areas = sizes.map((size) => size * scale);
  const boxes: Box[] = [];
  let rest = room;
  for (let start = 0; start < areas.length; ) {
    const side = Math.min(rest.width, rest.height);
    let end = start + 1;
    while (end < areas.length && worst(areas.slice(start, end + 1), side) <= worst(areas.slice(start, end), side))
      end++;
    const row = areas.slice(start, end);
    boxes.push(...rowOf(row, rest));
    rest = without(row, rest);
    start = end;
  }
  return boxes;
}

/** How far the least square box of a row is from a square. */
function worst(row: readonly number[], side: number): number {
  const sum = row.reduce((total, area) => total + area, 0);
  const largest = Math.max(...row);
  const smallest = Math.min(...row);
  if (smallest === 0 || side === 0) return Number.POSITIVE_INFINITY;
  return Math.max((side * side * largest) / (sum * sum), (sum * sum) / (side * side * smallest));
}

function thicknessOf(row: readonly number[], { width, height }: Box): number {
  const side = Math.min(width, height);
  return side === 0 ? 0 : row.reduce((total, area) => total + area, 0) / side;
}

function rowOf(row: readonly number[], room: Box): readonly Box[] {
  const thickness = thicknessOf(row, room);
  const isUpright = room.width >= room.height;
  let offset = 0;
  return row.map((area) => {
    const length = thickness === 0 ? 0 : area / thickness;
    const box = isUpright
      ? { x: room.x, y: room.y + offset, width: thickness, height: length }
      : { x: room.x + offset, y: room.y, width: length, height: thickness };
    offset += length;
    return box;
  });
}

function without(row: readonly number[], room: Box): Box {
  const thickness = thicknessOf(row, room);
  return room.width >= room.height
    ? { ...room, x: room.x + thickness, width: Math.max(0, room.width - thickness) }
    : { ...room, y: room.y + thickness, height: Math.max(0, room.height - thickness) };
}

/** Where a key leads from a box: to the nearest one on that side. `undefined`: the key is not for moving, or there is none. */
export function nextBox(boxes: readonly Box[], from: number, key: string): number | undefined {
  if (key === 'Home') return 0;
  if (key === 'End') return boxes.length - 1;
  const own = boxes[from];
  const isBeyond = own && beyond(own)[key as ArrowKey];
  if (own === undefined || isBeyond === undefined) return undefined;
  let nearest: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [place, box] of boxes.entries()) {
    if (place === from || !isBeyond(box)) continue;
    const distance = distanceBetween(own, box);
    if (distance < least) [nearest, least] = [place, distance];
  }
  return nearest;
}

type ArrowKey = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

/** Boxes touch; where they are computed from others they may be a trace apart. */
const trace = 0.01;

function beyond(own: Box): Partial<Record<ArrowKey, (box: Box) => boolean>> {
  return {
    ArrowLeft: ({ x, width }) => x + width <= own.x + trace,
    ArrowRight: ({ x }) => x >= own.x + own.width - trace,
    ArrowUp: ({ y, height }) => y + height <= own.y + trace,
    ArrowDown: ({ y }) => y >= own.y + own.height - trace,
  };
}

function distanceBetween(a: Box, b: Box): number {
  const apart = (start: number, length: number, otherStart: number, otherLength: number): number =>
    Math.max(0, otherStart - start - length, start - otherStart - otherLength);
  const gap = Math.hypot(apart(a.x, a.width, b.x, b.width), apart(a.y, a.height, b.y, b.height));
  // Of those that touch, the one beside its middle.
  const middles = Math.hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2);
  return gap * 1000 + middles;
}

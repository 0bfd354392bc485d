/** The arithmetic of the layer bar. */

export interface BarRoom {
  /** Of the whole bar, in pixels. */
  readonly width: number;
  /** Between two segments. */
  readonly gap: number;
  /** What even an empty layer keeps, so that one can see and hit it. */
  readonly minimum: number;
}

export interface BarLayout {
  readonly widths: readonly number[];
  /** As asked for, or 0 where so many segments leave no room for gaps. */
  readonly gap: number;
}

/** The share of each size in their sum, 0 to 1. Sizes that are none count as 0; where all are 0, all shares are. */
export function shares(sizes: readonly number[]): number[] {
  const sane = sizes.map((size) => (Number.isFinite(size) && size > 0 ? size : 0));
  const total = sum(sane);
  return sane.map((size) => (total === 0 ? 0 : size / total));
}

/**
 * Widths in proportion to the sizes which together with the gaps fill the room exactly. What would be narrower than
 * the minimum gets the minimum, and the others share the rest, still in proportion to each other.
 */
export function layoutBar(sizes: readonly number[], room: BarRoom): BarLayout {
  const count = sizes.length;
  const needed = count * room.minimum + (count - 1) * room.gap;
  const gap = needed > room.width ? 0 : room.gap;
  const available = Math.max(0, room.width - (count - 1) * gap);
  const minimum = Math.min(room.minimum, available / count);

  const known = shares(sizes);
  const parts = known.some((share) => share > 0) ? known : sizes.map(() => 1 / count);
  let isRaised = parts.map(() => false);
  // A raised segment takes from the others and may push the next one below the minimum: at most `count` rounds.
  for (;;) {
    const raised = isRaised.filter(Boolean).length;
    const wide = sum(parts.filter((_, index) => !isRaised[index]));
    const scale = wide === 0 ? 0 : (available - raised * minimum) / wide;
    const next = parts.map((part, index) => isRaised[index] === true || part * scale < minimum);
    if (next.filter(Boolean).length === raised) {
      return { gap, widths: parts.map((part, index) => (isRaised[index] ? minimum : part * scale)) };
    }
    isRaised = next;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

import { packColumns, unpackColumns } from './columnFile.ts';

/**
 * Where reading a layer can begin, so that one file costs the bytes around it and not all that come before. Of each point:
 * the place in the layer as stored, the place in its archive, and for deflate the 32 KiB before it. The
 * bytes between two points have a digest, learned when the whole layer was verified: what comes later is compared with it.
 */
export interface AccessPoints {
  readonly kind: 'none' | 'gzip';
  /** Of the layer as stored. */
  readonly storedSize: number;
  readonly unpackedSize: number;
  readonly stored: Float64Array;
  readonly unpacked: Float64Array;
  /** Bits of the byte before that belong to what follows, and that byte. */
  readonly bits: Uint8Array;
  readonly previousBytes: Uint8Array;
  /** SHA-256 of what is stored from each point to the next. */
  readonly digests: Uint8Array;
  readonly windowEnds: Float64Array;
  readonly windows: Uint8Array;
}

export const digestLength = 32;
const version = 1;

export function packAccessPoints({ kind, storedSize, unpackedSize, ...columns }: AccessPoints): readonly Uint8Array[] {
  return packColumns(version, { kind, storedSize, unpackedSize }, columns);
}

/** `undefined` for what is damaged, or of another version. */
export function unpackAccessPoints(bytes: Uint8Array): AccessPoints | undefined {
  const unpacked = unpackColumns(bytes, version);
  if (unpacked === undefined) return undefined;
  const points = { ...unpacked.facts, ...Object.fromEntries(unpacked.columns) } as unknown as AccessPoints;
  const count = points.stored?.length;
  const isRight =
    count !== undefined &&
    count > 0 &&
    points.unpacked?.length === count &&
    points.bits?.length === count &&
    points.previousBytes?.length === count &&
    points.windowEnds?.length === count &&
    points.digests?.length === count * digestLength &&
    points.windows !== undefined;
  return isRight ? points : undefined;
}

/** A part of a layer that can be read by itself. */
export interface Span {
  /** Numbers of its points: it ends where the one after the last begins. */
  readonly first: number;
  readonly last: number;
  readonly stored: { readonly start: number; readonly end: number };
  /** Bytes that come out before those that are wanted. */
  readonly skipped: number;
}

/** The smallest part of a layer that has `length` bytes of its archive from `offset` on. */
export function findSpan(points: AccessPoints, offset: number, length: number): Span {
  const first = lastAtMost(points.unpacked, offset);
  const last = lastAtMost(points.unpacked, Math.max(offset, offset + length - 1));
  return {
    first,
    last,
    stored: { start: points.stored[first] ?? 0, end: points.stored[last + 1] ?? points.storedSize },
    skipped: offset - (points.unpacked[first] ?? 0),
  };
}

/** The 32 KiB before a point. */
export function windowOf({ windows, windowEnds }: AccessPoints, point: number): Uint8Array {
  return windows.subarray(point === 0 ? 0 : windowEnds[point - 1], windowEnds[point]);
}

function lastAtMost(sorted: Float64Array, value: number): number {
  let start = 0;
  let end = sorted.length;
  while (start < end) {
    const middle = (start + end) >>> 1;
    if ((sorted[middle] ?? 0) <= value) start = middle + 1;
    else end = middle;
  }
  return Math.max(0, start - 1);
}

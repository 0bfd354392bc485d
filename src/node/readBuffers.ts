/** Of each size, those that are kept for the next read. */
const mostKept = 12;

/** What is in a buffer that somebody reads: so many bytes of it. */
const filled = new WeakMap<ArrayBufferLike, number>();
const free = new Map<number, ArrayBuffer[]>();

/** Memory to read into. Whoever gets what was read may give it back, else it is left to the garbage collector. */
export function takeBuffer(size: number): Buffer<ArrayBuffer> {
  const known = free.get(size)?.pop();
  return known === undefined ? Buffer.allocUnsafeSlow(size) : Buffer.from(known);
}

/** Notes what was read into a buffer: its first bytes, in pieces of which the last ends there. */
export function lend({ buffer, byteLength }: Uint8Array): void {
  filled.set(buffer, byteLength);
}

/** A piece that nobody will look at again, after all those before it. `false` when it was not lent. */
export function giveBack({ buffer, byteOffset, byteLength }: Uint8Array): boolean {
  const end = filled.get(buffer);
  if (end === undefined || !(buffer instanceof ArrayBuffer)) return false;
  if (byteOffset + byteLength !== end) return true;
  filled.delete(buffer);
  const kept = free.get(buffer.byteLength) ?? [];
  free.set(buffer.byteLength, kept);
  if (kept.length < mostKept) kept.push(buffer);
  return true;
}

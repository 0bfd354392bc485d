import type { OnReadOpts } from 'node:net';
import { lend, takeBuffer } from './readBuffers.ts';

/** Bytes that one read takes at most: at first, as Node does, and once the sender is faster than that. */
const least = 64 * 1024;
const most = 256 * 1024;

/**
 * How a socket reads, so that what comes fast comes in few pieces: each costs as much, whatever is in it. Little is copied
 * out, so that it does not hold a buffer of that size.
 */
export function wideReads(push: (chunk: Uint8Array) => boolean): OnReadOpts {
  let size = least;
  let buffer = takeBuffer(size);
  let isGone = false;
  return {
    buffer: () => {
      if (isGone) buffer = takeBuffer(size);
      isGone = false;
      return buffer;
    },
    callback: (length) => {
      const chunk = buffer.subarray(0, length);
      if (length < buffer.length / 4) return push(Buffer.from(chunk));
      isGone = true;
      lend(chunk);
      size = length === buffer.length ? Math.min(2 * size, most) : Math.max(size / 2, least);
      return push(chunk);
    },
  };
}

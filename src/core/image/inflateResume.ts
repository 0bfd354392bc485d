/*
 * Deflate (RFC 1951) read from the middle: decoding can begin at any block, given the 32 KiB before it. Blocks begin at
 * bits, and Node's zlib can be fed bytes only. So what is fed first are empty blocks that end just where the wanted one
 * begins.
 */

/** How far back deflate may refer. */
export const windowSize = 32 * 1024;

/** A block of the fixed codes with nothing in it: not the last, type 1, end of block. Ten bits. */
const emptyFixed = '0' + '10' + '0000000';

/**
 * A block with codes of its own and nothing in it, 97 bits: an odd number, which the fixed one cannot bring. Its code
 * lengths say that only the end of block has a code, one bit long.
 */
const emptyDynamic = [
  '0', // not the last
  '01', // type 2
  '00000', // 257 codes of lengths and literals
  '11010', // 12 codes of distances
  '0111', // 18 codes of code lengths: for 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1
  '000'.repeat(2),
  '100', // that of 18, a run of zeros, has one bit
  '000'.repeat(14),
  '100', // that of 1 too
  '1', // a run of 138 zeros
  '1111111',
  '1', // a run of 118
  '1101011',
  '0', // the end of block has one bit
  '1', // a run of 12, for the distances
  '1000000',
  '0', // the end of block
].join('');

/**
 * What raw inflate has to be fed before the bytes from `start` on, where a block begins in the last `unusedBits` of the byte
 * before: empty when it begins with a byte.
 */
export function resumePrefix(unusedBits: number, previousByte: number): Uint8Array {
  if (unusedBits === 0) return new Uint8Array();
  const used = 8 - unusedBits;
  let bits = used % 2 === 1 ? emptyDynamic : '';
  // Each is two bits more than a byte.
  bits += emptyFixed.repeat(Math.floor(used / 2));
  for (let bit = used; bit < 8; bit++) bits += (previousByte >> bit) & 1;
  return Uint8Array.from({ length: bits.length / 8 }, (_, index) => {
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) byte |= Number(bits[index * 8 + bit]) << bit;
    return byte;
  });
}

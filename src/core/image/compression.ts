export type LayerCompression = 'none' | 'gzip' | 'zstd';

/** How a layer is packed, by its first four bytes: media types are wrong now and then, and engines look at these too. */
export function compressionOf(bytes: Uint8Array): LayerCompression {
  const [a, b, c, d] = bytes;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  // RFC 8878, section 3.1.2: a frame of other things may come first.
  if ((a ?? 0) >> 4 === 5 && b === 0x2a && c === 0x4d && d === 0x18) return 'zstd';
  return 'none';
}

/*
 * Headers of tar archives: POSIX ustar and pax, with GNU's long names and large numbers.
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html, https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */

/** Headers take one block, contents are filled up to whole ones. */
export const tarBlockSize = 512;

export interface TarHeader {
  readonly path: string;
  /** Bytes of the content that follows. */
  readonly size: number;
  /** As it stands in the header: `0` is a file, `1` a hard link, `2` a symbolic link, `x` the pax attributes of the next. */
  readonly type: string;
  /** Of a link. */
  readonly target: string;
}

/** Reads the block of a header. `end` for the block of zeros at the end, `undefined` for what is no header. */
export function parseTarHeader(block: Uint8Array): TarHeader | 'end' | undefined {
  if (block.every((byte) => byte === 0)) return 'end';
  const size = numberAt(block, 124, 12);
  if (!hasTarChecksum(block) || size === undefined || size < 0) return undefined;
  const name = textAt(block, 0, 100);
  const isUstar = textAt(block, 257, 6) === 'ustar';
  const prefix = isUstar ? textAt(block, 345, 155) : '';
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    size,
    // Before POSIX a file had none.
    type: block[156] === 0 ? '0' : String.fromCharCode(block[156] ?? 0),
    target: textAt(block, 157, 100),
  };
}

/** The attributes of a pax header: records of `LENGTH KEY=VALUE\n`. Reading stops at what is no record. */
export function parsePaxRecords(content: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  const decoder = new TextDecoder();
  let start = 0;
  while (start < content.length) {
    const space = content.indexOf(0x20, start);
    const length = space < 0 ? Number.NaN : Number(decoder.decode(content.subarray(start, space)));
    const end = start + length;
    if (!Number.isSafeInteger(length) || end <= space || end > content.length) break;
    const record = decoder.decode(content.subarray(space + 1, end - 1));
    const equals = record.indexOf('=');
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1));
    start = end;
  }
  return records;
}

/** Text up to the first NUL: also the content of GNU's long names. */
export function textAt(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/**
 * Octal digits between blanks and NULs, or GNU's big-endian bytes for what does not fit into them: with the highest bit of
 * the first one set, negative with the next one too. `undefined` for what is neither, or past what can be counted.
 */
export function numberAt(block: Uint8Array, start: number, length: number): number | undefined {
  const first = block[start] ?? 0;
  const end = start + length;
  if ((first & 0x80) !== 0) return binaryNumber(block, start, end);
  let index = start;
  while (index < end && isBlank(block[index])) index++;
  let value = 0;
  for (; index < end && !isBlank(block[index]); index++) {
    const digit = (block[index] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) return undefined;
    value = value * 8 + digit;
  }
  while (index < end && isBlank(block[index])) index++;
  return index === end && Number.isSafeInteger(value) ? value : undefined;
}

/** Two's complement in the bits below the mark. */
function binaryNumber(block: Uint8Array, start: number, end: number): number | undefined {
  const first = block[start] ?? 0;
  let value = (first & 0x40) === 0 ? first & 0x3f : (first & 0x3f) - 0x40;
  for (let index = start + 1; index < end; index++) value = value * 256 + (block[index] ?? 0);
  return Number.isSafeInteger(value) ? value : undefined;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0;
}

/** Whether a block has the checksum that it tells: the sum of all bytes, where those of the checksum count as spaces. */
export function hasTarChecksum(block: Uint8Array): boolean {
  const told = numberAt(block, 148, 8);
  let sum = 8 * 0x20;
  for (let index = 0; index < 148; index++) sum += block[index] ?? 0;
  for (let index = 156; index < tarBlockSize; index++) sum += block[index] ?? 0;
  // Old programs added the bytes up as signed ones.
  return told === sum || told === sum - 0x100 * countHigh(block);
}

function countHigh(block: Uint8Array): number {
  return block.reduce((count, byte, index) => count + (byte >= 0x80 && (index < 148 || index >= 156) ? 1 : 0), 0);
}

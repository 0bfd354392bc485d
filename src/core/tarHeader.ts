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
  if (numberAt(block, 148, 8) !== checksum(block) || size === undefined) return undefined;
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

/** Octal digits, or GNU's big-endian bytes for what does not fit into them. */
function numberAt(block: Uint8Array, start: number, length: number): number | undefined {
  const first = block[start] ?? 0;
  if (first === 0x80) {
    let value = 0;
    for (const byte of block.subarray(start + 1, start + length)) value = value * 256 + byte;
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = textAt(block, start, length).trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : undefined;
}

/** The sum of all bytes, where those of the checksum itself count as spaces. */
function checksum(block: Uint8Array): number {
  return block.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 0x20 : byte), 0);
}

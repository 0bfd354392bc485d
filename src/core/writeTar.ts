import { tarBlockSize } from './tarHeader.ts';

/** A file of an archive that is written. */
export interface TarFile {
  /** From the root, without a slash at its beginning. */
  readonly path: string;
  readonly size: number;
  /** Exactly {@link size} bytes. */
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

/** Octal digits of the field that a size fits into; larger ones are written in GNU's way. */
const maxOctalSize = 8 ** 11 - 1;
const nameLength = 100;
const encoder = new TextEncoder();

/**
 * A tar archive of files, as POSIX writes it: the same files give the same bytes, since it tells no time and no owner.
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html
 */
export async function* writeTar(files: Iterable<TarFile>): AsyncGenerator<Uint8Array, void, undefined> {
  for (const { path, size, chunks } of files) {
    const name = encoder.encode(path);
    if (name.length > nameLength) {
      const record = paxRecord('path', path);
      yield header(encoder.encode('pax'), record.length, 'x');
      yield record;
      yield padding(record.length);
    }
    yield header(name.subarray(0, nameLength), size, '0');
    let left = size;
    for await (const chunk of chunks()) {
      left -= chunk.length;
      yield chunk;
    }
    if (left !== 0) throw new RangeError(`${path} has another size than was told: ${left} bytes less.`);
    yield padding(size);
  }
  yield new Uint8Array(2 * tarBlockSize);
}

/** Bytes that an archive of files takes. */
export function tarSize(files: Iterable<Pick<TarFile, 'path' | 'size'>>): number {
  let sum = 2 * tarBlockSize;
  for (const { path, size } of files) {
    sum += tarBlockSize + blocks(size);
    const isLong = encoder.encode(path).length > nameLength;
    if (isLong) sum += tarBlockSize + blocks(paxRecord('path', path).length);
  }
  return sum;
}

function header(name: Uint8Array, size: number, type: string): Uint8Array {
  const block = new Uint8Array(tarBlockSize);
  const put = (text: string, at: number): void => block.set(encoder.encode(text), at);
  block.set(name);
  put('0000644\0', 100);
  put('0000000\0', 108);
  put('0000000\0', 116);
  if (size <= maxOctalSize) put(`${size.toString(8).padStart(11, '0')}\0`, 124);
  else putBinary(block, size);
  put('00000000000\0', 136);
  put(type, 156);
  put('ustar\x0000', 257);
  // The checksum counts as blanks while it is added up.
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** GNU's way: the highest bit is set, the number stands in the last bytes. */
function putBinary(block: Uint8Array, size: number): void {
  block[124] = 0x80;
  let rest = size;
  for (let at = 135; at > 124 && rest > 0; at--) {
    block[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

/** `LENGTH KEY=VALUE\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): Uint8Array {
  const rest = encoder.encode(` ${key}=${value}\n`);
  let length = rest.length;
  while (length !== rest.length + String(length).length) length = rest.length + String(length).length;
  const record = new Uint8Array(length);
  record.set(encoder.encode(String(length)));
  record.set(rest, length - rest.length);
  return record;
}

function blocks(size: number): number {
  return Math.ceil(size / tarBlockSize) * tarBlockSize;
}

function padding(size: number): Uint8Array {
  return new Uint8Array(blocks(size) - size);
}

import { equalBytes, startsWith, toBytes, toText } from './byteOrder.ts';
import type { SparsePiece } from './tarEntry.ts';

/** What stands before an entry and says more of it than its header can: pax records, and GNU's long names. */
export interface TarAttributes {
  path?: Uint8Array;
  link?: Uint8Array;
  /** Bytes in the archive. */
  size?: number;
  uid?: number;
  gid?: number;
  mtime?: number;
  sparse?: SparseAttributes;
}

/** GNU tar's sparse files in pax: https://www.gnu.org/software/tar/manual/html_node/PAX-Extensions.html */
export interface SparseAttributes {
  /** The true name, in format 0.1 and 1.0. */
  name?: Uint8Array;
  /** Bytes of the file. */
  size?: number;
  /** 1 when the map stands before the content. */
  major?: number;
  /** Formats 0.0 and 0.1: offset and length by turns. */
  map?: number[];
}

const keyNames = ['path', 'linkpath', 'size', 'uid', 'gid', 'mtime'] as const;
const keys = keyNames.map((name) => ({ name, bytes: toBytes(name) }));
const sparsePrefix = toBytes('GNU.sparse.');

/**
 * Adds the records of a pax header, `LENGTH KEY=VALUE\n` each, to what is known. `false` when some of it cannot be read;
 * what stands before that counts. Values stay bytes, since names need not be UTF-8.
 */
export function addPaxRecords(attributes: TarAttributes, content: Uint8Array): boolean {
  let isWhole = true;
  let start = 0;
  while (start < content.length) {
    const record = recordAt(content, start);
    if (record === undefined) return false;
    isWhole = addRecord(attributes, record.key, record.value) && isWhole;
    start = record.end;
  }
  return isWhole;
}

function recordAt(content: Uint8Array, start: number) {
  const space = content.indexOf(0x20, start);
  if (space < 0 || space - start > 10) return undefined;
  const length = decimal(content.subarray(start, space));
  const end = start + (length ?? 0);
  if (length === undefined || end <= space + 1 || end > content.length || content[end - 1] !== 0x0a) return undefined;
  const record = content.subarray(space + 1, end - 1);
  const equals = record.indexOf(0x3d);
  if (equals <= 0) return undefined;
  return { key: record.subarray(0, equals), value: record.subarray(equals + 1), end };
}

function addRecord(attributes: TarAttributes, key: Uint8Array, value: Uint8Array): boolean {
  if (startsWith(key, sparsePrefix)) return addSparse(attributes, toText(key.subarray(sparsePrefix.length)), value);
  const name = keys.find(({ bytes }) => equalBytes(bytes, key))?.name;
  if (name === undefined) return true;
  if (name === 'path' || name === 'linkpath') {
    attributes[name === 'path' ? 'path' : 'link'] = value.slice();
    return true;
  }
  const number = name === 'mtime' ? wholeSeconds(value) : decimal(value);
  if (number === undefined) return false;
  attributes[name] = number;
  return true;
}

function addSparse(attributes: TarAttributes, key: string, value: Uint8Array): boolean {
  attributes.sparse ??= {};
  const { sparse } = attributes;
  if (key === 'name') {
    sparse.name = value.slice();
    return true;
  }
  if (key === 'map') {
    const numbers = value.length === 0 ? [] : toText(value).split(',').map(Number);
    sparse.map = numbers;
    return numbers.every((number) => Number.isSafeInteger(number) && number >= 0);
  }
  const number = decimal(value);
  if (number === undefined) return false;
  if (key === 'size' || key === 'realsize') sparse.size = number;
  if (key === 'major') sparse.major = number;
  // Format 0.0 repeats these two, which pax does not allow: their order counts.
  if (key === 'offset' || key === 'numbytes') {
    sparse.map ??= [];
    sparse.map.push(number);
  }
  return true;
}

/** Offsets and lengths by turns, as pieces in order and without overlap; `undefined` for what is none. */
export function sparsePieces(numbers: readonly number[]): readonly SparsePiece[] | undefined {
  if (numbers.length % 2 !== 0) return undefined;
  const pieces: SparsePiece[] = [];
  let end = 0;
  for (let index = 0; index < numbers.length; index += 2) {
    const [offset = 0, length = 0] = numbers.slice(index, index + 2);
    if (!(offset >= end) || !(length >= 0) || !Number.isSafeInteger(offset + length)) return undefined;
    end = offset + length;
    // An empty piece only says where the file ends.
    if (length > 0) pieces.push({ offset, length });
  }
  return pieces;
}

function decimal(bytes: Uint8Array): number | undefined {
  const text = toText(bytes);
  if (!/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Times may be negative and have a fraction. */
function wholeSeconds(bytes: Uint8Array): number | undefined {
  const text = toText(bytes);
  if (!/^-?\d{1,16}(?:\.\d*)?$/.test(text)) return undefined;
  const value = Math.floor(Number(text));
  return Number.isSafeInteger(value) ? value : undefined;
}

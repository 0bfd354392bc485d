import { brokenDatabase, RecordBuilder, viewOf } from './databasePages.ts';

/*
 * Reads a table of an SQLite database from its bytes: https://www.sqlite.org/fileformat2.html. Only what a table of blobs
 * needs: no indexes, no changes that are still in a write-ahead log.
 */

interface Pages {
  readonly bytes: Uint8Array;
  readonly pageSize: number;
  /** Without the bytes that are reserved at the end of each. */
  readonly usable: number;
}

const magic = 'SQLite format 3\0';
const pageTypes = { interior: 5, leaf: 13 } as const;
/** Trees of tables are flat: this many levels would hold more than any file. */
const deepest = 20;

/** One column of all rows of a table, in the order of the rows. Throws `protocol` and `too-large`, also in the middle. */
export function* sqliteBlobs(
  bytes: Uint8Array,
  { table, column }: { readonly table: string; readonly column: number },
): Generator<Uint8Array, void, undefined> {
  const pages = readHeader(bytes);
  const root = rootOf(pages, table);
  if (root === undefined) throw brokenDatabase();
  for (const record of records(pages, root)) {
    const value = columnsOf(record, column + 1)[column];
    if (value instanceof Uint8Array) yield value;
  }
}

function readHeader(bytes: Uint8Array): Pages {
  const isSqlite = bytes.length >= 100 && String.fromCharCode(...bytes.subarray(0, 16)) === magic;
  if (!isSqlite) throw brokenDatabase();
  const written = viewOf(bytes).getUint16(16);
  const pageSize = written === 1 ? 65_536 : written;
  const usable = pageSize - (bytes[20] ?? 0);
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0 || usable < 480) throw brokenDatabase();
  return { bytes, pageSize, usable };
}

/** `sqlite_schema`, which begins at the first page, has type, name, table, root page and statement of everything. */
function rootOf(pages: Pages, table: string): number | undefined {
  for (const record of records(pages, 1)) {
    const [type, name, , root] = columnsOf(record, 4);
    if (text(type) === 'table' && text(name) === table) return typeof root === 'number' ? root : undefined;
  }
  return undefined;
}

function text(value: Uint8Array | number | undefined): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : '';
}

/** The records of a tree of pages. No page is read twice: a ring ends, and no more comes out than is in the file. */
function records(pages: Pages, root: number): Generator<Uint8Array, void, undefined> {
  return recordsBelow(pages, root, new Set(), 0);
}

function* recordsBelow(
  pages: Pages,
  number: number,
  seen: Set<number>,
  depth: number,
): Generator<Uint8Array, void, undefined> {
  if (seen.has(number) || depth > deepest) throw brokenDatabase();
  seen.add(number);
  const page = pageOf(pages, number);
  const view = viewOf(page);
  const start = number === 1 ? 100 : 0;
  const type = view.getUint8(start);
  if (type !== pageTypes.interior && type !== pageTypes.leaf) throw brokenDatabase();
  const isLeaf = type === pageTypes.leaf;
  const cells = view.getUint16(start + 3);
  const pointers = start + (isLeaf ? 8 : 12);
  if (pointers + cells * 2 > page.length) throw brokenDatabase();
  for (let cell = 0; cell < cells; cell++) {
    const at = view.getUint16(pointers + cell * 2);
    if (at + 4 > page.length) throw brokenDatabase();
    if (isLeaf) yield leafRecord(pages, page, at, seen);
    else yield* recordsBelow(pages, view.getUint32(at), seen, depth + 1);
  }
  if (!isLeaf) yield* recordsBelow(pages, view.getUint32(start + 8), seen, depth + 1);
}

/** "B-tree Cell Format": what does not fit lies in a chain of pages. */
function leafRecord(pages: Pages, page: Uint8Array, at: number, seen: Set<number>): Uint8Array {
  const length = varint(page, at);
  const rowId = varint(page, length.end);
  const { usable } = pages;
  const most = usable - 35;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const wanted = least + ((length.value - least) % (usable - 4));
  const local = length.value <= most ? length.value : wanted <= most ? wanted : least;
  const start = rowId.end;
  if (start + local > page.length) throw brokenDatabase();
  if (local === length.value) return page.subarray(start, start + local);
  const record = new RecordBuilder(length.value, pages.bytes.length);
  record.add(page.subarray(start, start + local));
  if (start + local + 4 > page.length) throw brokenDatabase();
  let next = viewOf(page).getUint32(start + local);
  while (record.left > 0) {
    if (seen.has(next)) throw brokenDatabase();
    seen.add(next);
    const overflow = pageOf(pages, next);
    next = viewOf(overflow).getUint32(0);
    record.add(overflow.subarray(4, usable));
  }
  return record.finish();
}

/** "Record Format": a header with the types of all columns, and their values. The first `count`; numbers as far as they are needed. */
function columnsOf(record: Uint8Array, count: number): readonly (Uint8Array | number | undefined)[] {
  const header = varint(record, 0);
  const columns: (Uint8Array | number | undefined)[] = [];
  let at = header.end;
  let value = header.value;
  while (at < header.value && columns.length < count) {
    const type = varint(record, at);
    at = type.end;
    const length = lengthOf(type.value);
    if (value + length > record.length) throw brokenDatabase();
    const bytes = record.subarray(value, value + length);
    columns.push(type.value >= 12 ? bytes : integer(type.value, bytes));
    value += length;
  }
  return columns;
}

function lengthOf(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2);
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][type] ?? 0;
}

function integer(type: number, bytes: Uint8Array): number | undefined {
  if (type === 0 || type === 7) return undefined;
  if (type >= 8) return type - 8;
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

function pageOf({ bytes, pageSize, usable }: Pages, number: number): Uint8Array {
  const start = (number - 1) * pageSize;
  if (number < 1 || start + pageSize > bytes.length) throw brokenDatabase();
  return bytes.subarray(start, start + usable);
}

/** Seven bits a byte, the highest first; the ninth byte has eight. */
function varint(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start; at < start + 9; at++) {
    const byte = bytes[at];
    if (byte === undefined) throw brokenDatabase();
    const isNinth = at === start + 8;
    value = isNinth ? value * 256 + byte : value * 128 + (byte & 0x7f);
    if (isNinth || byte < 0x80) return { value, end: at + 1 };
  }
  throw brokenDatabase();
}

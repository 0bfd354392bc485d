import { brokenDatabase, RecordBuilder, viewOf } from './databasePages.ts';

/*
 * A hash table of Berkeley DB, as rpm kept its packages until 4.16: src/dbinc/db_page.h of Berkeley DB. Numbers have the order
 * of the machine that wrote them. Only records that exist are wanted, so all pages are read one behind the other.
 */
const hashMagic = 0x00061561;
const pageTypes = { unsortedHash: 2, overflow: 7, hash: 13 } as const;
const itemTypes = { data: 1, offPage: 3 } as const;
const pageHeaderSize = 26;

interface Pages {
  readonly bytes: Uint8Array;
  readonly pageSize: number;
  readonly isLittle: boolean;
}

/** The value of every record. Throws `protocol` and `too-large`. */
export function* berkeleyRecords(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  const pages = readMeta(bytes);
  const used = new Set<number>();
  for (let number = 1; (number + 1) * pages.pageSize <= bytes.length; number++) {
    const page = pageOf(pages, number);
    const type = page[25];
    if (type === pageTypes.hash || type === pageTypes.unsortedHash) yield* valuesOf(pages, page, used);
  }
}

function readMeta(bytes: Uint8Array): Pages {
  if (bytes.length < 512) throw brokenDatabase();
  const view = viewOf(bytes);
  const isLittle = view.getUint32(12, true) === hashMagic;
  if (!isLittle && view.getUint32(12) !== hashMagic) throw brokenDatabase();
  const pageSize = view.getUint32(20, isLittle);
  // The byte behind it says that it is encrypted.
  if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0 || bytes[24] !== 0) {
    throw brokenDatabase();
  }
  return { bytes, pageSize, isLittle };
}

/** Keys and values take turns. Each item reaches to the one before it, the first to the end of the page. */
function* valuesOf(pages: Pages, page: Uint8Array, used: Set<number>): Generator<Uint8Array, void, undefined> {
  const view = viewOf(page);
  const items = view.getUint16(20, pages.isLittle);
  if (pageHeaderSize + items * 2 > page.length) throw brokenDatabase();
  const offset = (item: number): number => view.getUint16(pageHeaderSize + item * 2, pages.isLittle);
  for (let item = 1; item < items; item += 2) {
    const [start, end] = [offset(item), offset(item - 1)];
    if (start >= end || end > page.length) throw brokenDatabase();
    if (page[start] === itemTypes.data) yield page.subarray(start + 1, end);
    else if (page[start] === itemTypes.offPage) yield offPage(pages, page.subarray(start, end), used);
  }
}

/** In a chain of pages that belongs to this record alone. */
function offPage(pages: Pages, item: Uint8Array, used: Set<number>): Uint8Array {
  if (item.length < 12) throw brokenDatabase();
  const view = viewOf(item);
  const record = new RecordBuilder(view.getUint32(8, pages.isLittle), pages.bytes.length);
  let next = view.getUint32(4, pages.isLittle);
  while (record.left > 0) {
    if (used.has(next)) throw brokenDatabase();
    used.add(next);
    const page = pageOf(pages, next);
    if (page[25] !== pageTypes.overflow) throw brokenDatabase();
    const header = viewOf(page);
    record.add(page.subarray(pageHeaderSize, pageHeaderSize + header.getUint16(22, pages.isLittle)));
    next = header.getUint32(16, pages.isLittle);
  }
  return record.finish();
}

function pageOf({ bytes, pageSize }: Pages, number: number): Uint8Array {
  const start = number * pageSize;
  if (number < 1 || start + pageSize > bytes.length) throw brokenDatabase();
  return bytes.subarray(start, start + pageSize);
}

import { brokenDatabase, largestRecord, viewOf } from './databasePages.ts';

/*
 * rpm's own database, `Packages.db`, as SUSE has it: lib/backend/ndb/rpmpkg.c of rpm. A header and slots in pages of 4,096
 * bytes, and behind them the records in blocks of 16 bytes; all numbers with the lowest byte first.
 */
const magics = { header: 'RpmP', slot: 'Slot', blob: 'BlbS' } as const;
const pageSize = 4096;
const blockSize = 16;
const slotSize = 16;
const headerSize = 32;
const blobHeaderSize = 16;

/** The headers of all packages. Throws `protocol`. */
export function* ndbRecords(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  const view = viewOf(bytes);
  if (bytes.length < pageSize || !isMagic(bytes, 0, magics.header) || view.getUint32(4, true) !== 0) {
    throw brokenDatabase();
  }
  const slotsEnd = view.getUint32(12, true) * pageSize;
  if (slotsEnd > bytes.length) throw brokenDatabase();
  // Slots that point to each other's records could make more of a file than is in it.
  let left = bytes.length;
  for (let at = headerSize; at < slotsEnd; at += slotSize) {
    if (!isMagic(bytes, at, magics.slot)) throw brokenDatabase();
    const index = view.getUint32(at + 4, true);
    if (index === 0) continue;
    const start = view.getUint32(at + 8, true) * blockSize;
    if (start + blobHeaderSize > bytes.length || !isMagic(bytes, start, magics.blob)) throw brokenDatabase();
    if (view.getUint32(start + 4, true) !== index) throw brokenDatabase();
    const length = view.getUint32(start + 12, true);
    left -= length;
    const from = start + blobHeaderSize;
    if (left < 0 || length > largestRecord || from + length > bytes.length) throw brokenDatabase();
    yield bytes.subarray(from, from + length);
  }
}

function isMagic(bytes: Uint8Array, at: number, magic: string): boolean {
  return String.fromCharCode(...bytes.subarray(at, at + 4)) === magic;
}

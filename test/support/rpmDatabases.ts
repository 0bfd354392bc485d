import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What rpm keeps of a package, in the form of its databases: https://rpm.org/docs/latest/manual/format_header.html */
export interface RpmPackageFacts {
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly epoch?: number;
  readonly arch?: string;
  /** Bytes of what else is in the header. */
  readonly padding?: number;
}

const types = { int32: 4, string: 6, binary: 7 } as const;

export function writeRpmHeader({ name, version, release, epoch, arch, padding = 0 }: RpmPackageFacts): Buffer {
  const text = (value: string): Buffer => Buffer.from(`${value}\0`);
  const entries: readonly (readonly [tag: number, type: number, count: number, data: Buffer])[] = [
    [1000, types.string, 1, text(name)],
    [1001, types.string, 1, text(version)],
    [1002, types.string, 1, text(release)],
    ...(epoch === undefined ? [] : [[1003, types.int32, 1, bigEndian(epoch)] as const]),
    ...(arch === undefined ? [] : [[1022, types.string, 1, text(arch)] as const]),
    [5093, types.binary, padding, Buffer.alloc(padding, 'x')],
  ];
  const data: Buffer[] = [];
  let length = 0;
  const index = entries.map(([tag, type, count, content]) => {
    // Numbers lie at places that their size divides.
    const gap = type === types.int32 ? (4 - (length % 4)) % 4 : 0;
    data.push(Buffer.alloc(gap), content);
    const offset = length + gap;
    length = offset + content.length;
    return bigEndian(tag, type, offset, count);
  });
  return Buffer.concat([bigEndian(entries.length, length), ...index, ...data]);
}

/** By SQLite itself, with the tables that rpm makes. Others beside it and rows that were removed make it a real one. */
export function writeRpmSqlite(headers: readonly Uint8Array[], { pageSize = 4096 } = {}): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-rpm-'));
  const path = join(folder, 'rpmdb.sqlite');
  try {
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA page_size = ${pageSize}; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF`);
    database.exec('CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)');
    database.exec("CREATE TABLE 'Name' (key 'TEXT' NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)");
    database.exec('CREATE INDEX Name_key_idx ON Name (key ASC)');
    const insert = database.prepare('INSERT INTO Packages (blob) VALUES (?)');
    insert.run(Buffer.from('gone'));
    for (const header of headers) insert.run(header);
    database.exec('DELETE FROM Packages WHERE hnum = 1');
    database.close();
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** lib/backend/ndb/rpmpkg.c of rpm: a page of slots, and records in blocks of 16 bytes. */
export function writeRpmNdb(headers: readonly Uint8Array[]): Buffer {
  const pages = Math.ceil((2 + headers.length + 1) / 256);
  const slots: Buffer[] = [];
  const blobs: Buffer[] = [];
  let block = (pages * 4096) / 16;
  for (const [place, header] of headers.entries()) {
    const content = Buffer.concat([
      Buffer.from('BlbS'),
      littleEndian(place + 1, 1, header.length),
      header,
      Buffer.alloc((16 - (header.length % 16)) % 16),
      Buffer.alloc(4),
      littleEndian(header.length),
      Buffer.alloc(4),
      Buffer.from('BlbE'),
    ]);
    slots.push(Buffer.from('Slot'), littleEndian(place + 1, block, content.length / 16));
    blobs.push(content);
    block += content.length / 16;
  }
  const free = pages * 256 - 2 - headers.length;
  for (let slot = 0; slot < free; slot++) slots.push(Buffer.from('Slot'), littleEndian(0, 0, 0));
  const header = Buffer.concat([Buffer.from('RpmP'), littleEndian(0, 1, pages, headers.length + 1), Buffer.alloc(12)]);
  return Buffer.concat([header, ...slots, ...blobs]);
}

function bigEndian(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [place, number] of numbers.entries()) bytes.writeUInt32BE(number, place * 4);
  return bytes;
}

function littleEndian(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [place, number] of numbers.entries()) bytes.writeUInt32LE(number, place * 4);
  return bytes;
}

import { RegistryError } from '../errors.ts';
import { isRecord } from '../isRecord.ts';
import { toBytes } from './byteOrder.ts';
import { packColumns, unpackColumns } from './columnFile.ts';
import type { LayerColumns, LayerWarning } from './layerIndex.ts';
import { LayerIndexBuilder } from './layerIndexBuilder.ts';
import { sumOfSizes } from './layerIndexer.ts';
import type { TarEntry, TarEntryType } from './tarEntry.ts';

/*
 * Tables of contents inside layers, as JSON: of eStargz (containerd/stargz-snapshotter, docs/estargz.md) and of zstd:chunked
 * (containers/storage, pkg/chunked). Both name the entries of the archive, and for files the bytes of the layer that hold
 * them packed by themselves, and their digest.
 */

export type TocFormat = 'estargz' | 'zstd:chunked';

/** Where the contents of files are in the layer as stored, by the numbers that the index has in `contents`. */
export interface TocTable {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Bytes of other files that come out before. */
  readonly skipped: Float64Array;
  /** SHA-256 of each content. */
  readonly digests: Uint8Array;
}

export interface ParsedToc {
  readonly columns: LayerColumns;
  readonly table: TocTable;
  readonly entries: number;
  readonly contents: number;
  readonly warnings: readonly LayerWarning[];
}

const entryTypes: Readonly<Record<string, TarEntryType>> = {
  reg: 'file',
  dir: 'directory',
  symlink: 'symlink',
  hardlink: 'hardlink',
  char: 'device',
  block: 'device',
  fifo: 'fifo',
};
const digestLength = 32;
const version = 1;

interface Place {
  readonly start: number;
  readonly end: number | undefined;
  readonly skipped: number;
  readonly digest: Uint8Array;
}

/** `size` is that of the layer as stored. Throws `protocol` for what is no such table, or points outside the layer. */
export function parseToc(document: unknown, size: number): ParsedToc {
  if (!isRecord(document) || document['version'] !== 1 || !Array.isArray(document['entries'])) throw broken();
  const builder = new LayerIndexBuilder();
  const places: Place[] = [];
  const offsets: number[] = [];
  for (const entry of document['entries']) {
    if (!isRecord(entry)) throw broken();
    const { type, offset } = entry;
    if (typeof offset === 'number') offsets.push(offset);
    // Further parts of a file lie behind the first one.
    if (type === 'chunk') continue;
    const read = readEntry(entry);
    const hasContent = read.type === 'file' && read.size > 0;
    if (hasContent) places.push(placeOf(entry));
    builder.add(read, hasContent ? places.length - 1 : 0);
  }
  const { entries } = builder;
  const columns = builder.finish();
  const warnings = builder.warnings();
  return { columns, table: tableOf(places, offsets, size), entries, contents: sumOfSizes(columns), warnings };
}

function readEntry(entry: Record<string, unknown>): TarEntry {
  const { type, name, linkName, modtime } = entry;
  const known = entryTypes[String(type)];
  if (known === undefined || typeof name !== 'string') throw broken();
  const isLink = known === 'symlink' || known === 'hardlink';
  const time = typeof modtime === 'string' ? Date.parse(modtime) : Number.NaN;
  return {
    path: toBytes(name),
    type: known,
    size: known === 'file' ? count(entry['size']) : 0,
    mode: count(entry['mode']) & 0o7777,
    uid: count(entry['uid']),
    gid: count(entry['gid']),
    mtime: Number.isNaN(time) ? 0 : Math.floor(time / 1000),
    link: isLink && typeof linkName === 'string' ? toBytes(linkName) : undefined,
    offset: 0,
    stored: 0,
    sparse: undefined,
  };
}

/** Zero is left out. */
function count(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw broken();
  return value;
}

function placeOf(entry: Record<string, unknown>): Place {
  const { digest, endOffset } = entry;
  const [, hex] = typeof digest === 'string' ? (/^sha256:([0-9a-f]{64})$/.exec(digest) ?? []) : [];
  if (hex === undefined) throw broken();
  return {
    start: count(entry['offset']),
    end: endOffset === undefined ? undefined : count(endOffset),
    skipped: count(entry['innerOffset']),
    digest: Uint8Array.from({ length: digestLength }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16)),
  };
}

/** eStargz does not say where a file ends: at the latest where the next one begins that is not a part of it. */
function tableOf(places: readonly Place[], offsets: readonly number[], size: number): TocTable {
  const starts = [...new Set(places.map(({ start }) => start))].sort((a, b) => a - b);
  const next = new Map(starts.map((start, place) => [start, starts[place + 1] ?? size]));
  const ends = places.map(({ start, end }) => end ?? next.get(start) ?? size);
  const isInside = places.every(({ start }, place) => start < (ends[place] ?? 0) && (ends[place] ?? 0) <= size);
  if (!isInside || offsets.some((offset) => offset > size)) throw broken();
  const digests = new Uint8Array(places.length * digestLength);
  for (const [place, { digest }] of places.entries()) digests.set(digest, place * digestLength);
  return {
    starts: Float64Array.from(places, ({ start }) => start),
    ends: Float64Array.from(ends),
    skipped: Float64Array.from(places, ({ skipped }) => skipped),
    digests,
  };
}

export function packTocTable(table: TocTable): readonly Uint8Array[] {
  return packColumns(version, {}, { ...table });
}

/** `undefined` for what is damaged, or of another version. */
export function unpackTocTable(bytes: Uint8Array): TocTable | undefined {
  const unpacked = unpackColumns(bytes, version);
  if (unpacked === undefined) return undefined;
  const table = Object.fromEntries(unpacked.columns) as unknown as TocTable;
  const length = table.starts?.length;
  const isRight =
    length !== undefined &&
    table.ends?.length === length &&
    table.skipped?.length === length &&
    table.digests?.length === length * digestLength;
  return isRight ? table : undefined;
}

/** The digest of a content, in hex. */
export function tocDigest({ digests }: TocTable, place: number): string {
  const bytes = digests.subarray(place * digestLength, (place + 1) * digestLength);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function broken(): RegistryError {
  return new RegistryError('protocol', 'The table of contents of the layer cannot be read.');
}

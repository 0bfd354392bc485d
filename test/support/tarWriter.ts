/**
 * Writes tar archives as image builders do: ustar headers, and a pax header before an entry that ustar cannot express
 * (long or non-ASCII names, large ids, extended attributes, fractions of a second).
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html
 */

/** What every entry may carry. */
export interface TarAttributes {
  /** The low 12 bits; 0o755 for a directory, 0o777 for a link, 0o644 otherwise. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly userName?: string;
  readonly groupName?: string;
  /** Seconds since 1970; a fraction needs pax. {@link defaultModifiedTime} unless told. */
  readonly modifiedTime?: number;
  /** Extended attributes such as `security.capability`. */
  readonly extendedAttributes?: Readonly<Record<string, string>>;
}

export type TarEntry = TarAttributes & { readonly path: string } & (
    | { readonly type: 'file'; readonly content: Uint8Array }
    | { readonly type: 'directory' | 'fifo' }
    | { readonly type: 'symlink' | 'hardlink'; readonly target: string }
    | { readonly type: 'character-device' | 'block-device'; readonly major: number; readonly minor: number }
  );

/** 2025-06-01T12:00:00Z: fixed, so that the same entries always give the same bytes. */
const defaultModifiedTime = 1_748_779_200;

export function file(path: string, content: string | Uint8Array, attributes: TarAttributes = {}): TarEntry {
  return { ...attributes, type: 'file', path, content: typeof content === 'string' ? Buffer.from(content) : content };
}

export function directory(path: string, attributes: TarAttributes = {}): TarEntry {
  return { ...attributes, type: 'directory', path };
}

export function symlink(path: string, target: string, attributes: TarAttributes = {}): TarEntry {
  return { ...attributes, type: 'symlink', path, target };
}

export function hardlink(path: string, target: string, attributes: TarAttributes = {}): TarEntry {
  return { ...attributes, type: 'hardlink', path, target };
}

/** Says that `path` of a lower layer is gone. https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts */
export function whiteout(path: string): TarEntry {
  const slash = path.lastIndexOf('/') + 1;
  return file(`${path.slice(0, slash)}.wh.${path.slice(slash)}`, '', { mode: 0 });
}

/** Says that nothing which lower layers have in `folder` is left. */
export function opaqueWhiteout(folder: string): TarEntry {
  return file(`${folder.replace(/\/?$/, '/')}.wh..wh..opq`, '', { mode: 0 });
}

export function writeTar(entries: readonly TarEntry[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    parts.push(...writeEntry(entry));
  }
  parts.push(Buffer.alloc(2 * blockSize));
  return Buffer.concat(parts);
}

const blockSize = 512;

const typeFlags: Readonly<Record<TarEntry['type'], string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
};

function writeEntry(entry: TarEntry): Uint8Array[] {
  const content = entry.type === 'file' ? entry.content : new Uint8Array();
  const pax = new Map<string, string>();
  const header = ustarHeader(entry, content.length, pax);
  const main = [header, content, padding(content.length)];
  if (pax.size === 0) return main;
  const records = Buffer.concat([...pax].map(([key, value]) => paxRecord(key, value)));
  return [paxHeader(records.length), records, padding(records.length), ...main];
}

/** Fills `pax` with whatever the header has no room for. */
function ustarHeader(entry: TarEntry, size: number, pax: Map<string, string>): Buffer {
  const header = Buffer.alloc(blockSize);
  writeName(header, entry.type === 'directory' ? entry.path.replace(/\/?$/, '/') : entry.path, pax);
  writeNumber(header, 100, 8, entry.mode ?? defaultMode(entry));
  writeNumberOrPax(header, 108, 8, entry.uid ?? 0, 'uid', pax);
  writeNumberOrPax(header, 116, 8, entry.gid ?? 0, 'gid', pax);
  writeNumber(header, 124, 12, size);
  writeNumberOrPax(header, 136, 12, entry.modifiedTime ?? defaultModifiedTime, 'mtime', pax);
  header.write(typeFlags[entry.type], 156);
  if (entry.type === 'symlink' || entry.type === 'hardlink') writeText(header, 157, 100, entry.target, 'linkpath', pax);
  header.write('ustar\x0000', 257);
  writeText(header, 265, 32, entry.userName ?? '', 'uname', pax);
  writeText(header, 297, 32, entry.groupName ?? '', 'gname', pax);
  const isDevice = entry.type === 'character-device' || entry.type === 'block-device';
  writeNumber(header, 329, 8, isDevice ? entry.major : 0);
  writeNumber(header, 337, 8, isDevice ? entry.minor : 0);
  for (const [name, value] of Object.entries(entry.extendedAttributes ?? {})) pax.set(`SCHILY.xattr.${name}`, value);
  writeChecksum(header);
  return header;
}

function defaultMode(entry: TarEntry): number {
  if (entry.type === 'directory') return 0o755;
  return entry.type === 'symlink' ? 0o777 : 0o644;
}

/** Uses the prefix field for names of 101 to 256 bytes, as ustar means it; what does not split at a `/` goes to pax. */
function writeName(header: Buffer, path: string, pax: Map<string, string>): void {
  if (isAscii(path) && path.length > 100) {
    const slash = path.indexOf('/', path.length - 101);
    if (slash > 0 && slash <= 155 && slash < path.length - 1) {
      header.write(path.slice(slash + 1), 0, 'latin1');
      header.write(path.slice(0, slash), 345, 'latin1');
      return;
    }
  }
  writeText(header, 0, 100, path, 'path', pax);
}

function writeText(
  header: Buffer,
  offset: number,
  length: number,
  text: string,
  paxKey: string,
  pax: Map<string, string>,
): void {
  if (!isAscii(text) || text.length > length) pax.set(paxKey, text);
  // Readers without pax still get something to show.
  header.write(text.replace(/[^ -~]/g, '_').slice(0, length), offset, 'latin1');
}

function writeNumberOrPax(
  header: Buffer,
  offset: number,
  length: number,
  value: number,
  paxKey: string,
  pax: Map<string, string>,
): void {
  const fits = Number.isInteger(value) && value >= 0 && value < 8 ** (length - 1);
  if (!fits) pax.set(paxKey, String(value));
  writeNumber(header, offset, length, fits ? value : 0);
}

function writeNumber(header: Buffer, offset: number, length: number, value: number): void {
  const digits = value.toString(8);
  if (digits.length >= length) throw new RangeError(`${value} does not fit into ${length} bytes of a tar header`);
  header.write(digits.padStart(length - 1, '0'), offset, 'latin1');
}

/** The sum of all bytes, with the checksum's own field read as spaces. */
function writeChecksum(header: Buffer): void {
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

function paxHeader(size: number): Buffer {
  const header = Buffer.alloc(blockSize);
  header.write('PaxHeaders/entry', 0);
  writeNumber(header, 100, 8, 0o644);
  writeNumber(header, 108, 8, 0);
  writeNumber(header, 116, 8, 0);
  writeNumber(header, 124, 12, size);
  writeNumber(header, 136, 12, 0);
  header.write('x', 156);
  header.write('ustar\x0000', 257);
  writeChecksum(header);
  return header;
}

/** `LENGTH KEY=VALUE\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length + rest !== length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

function padding(size: number): Buffer {
  return Buffer.alloc((blockSize - (size % blockSize)) % blockSize);
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

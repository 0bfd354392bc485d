import { RegistryError } from '../errors.ts';
import type { Files } from '../ports.ts';
import { parsePaxRecords, parseTarHeader, type TarHeader, tarBlockSize, textAt } from '../tarHeader.ts';

/** Archives of images have a few entries a layer; more than this is another archive. */
const maxEntries = 20_000;
/** Bytes of a pax header or a long name. Those of images are some hundred. */
const maxAttributes = 1024 * 1024;
const maxLinks = 8;

/** Where the content of an entry lies in the file. */
export interface TarContent {
  readonly start: number;
  readonly size: number;
}

/** The files in a tar archive, by path. Paths are only looked up, they never reach the disk. */
export interface TarIndex {
  /** What a path leads to, links followed. */
  find(path: string): TarContent | undefined;
}

/** Magic numbers of compressed files, and what takes their compression away. */
const compressions: readonly (readonly [magic: readonly number[], program: string])[] = [
  [[0x1f, 0x8b], 'gunzip'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'unzstd'],
  [[0x42, 0x5a, 0x68], 'bunzip2'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'unxz'],
];

/**
 * Reads all headers of a tar archive, and nothing else of it.
 *
 * Errors: `invalid` for what is no tar archive or a compressed one, `protocol` for a broken one, `too-large`.
 */
export async function readTarIndex(
  files: Files,
  archive: { readonly path: string; readonly size: number },
  signal: AbortSignal,
): Promise<TarIndex> {
  const { path, size } = archive;
  if (size < tarBlockSize) throw noArchive(path, await readPart(files, path, { start: 0, size }, signal));
  const contents = new Map<string, TarContent>();
  const links = new Map<string, string>();
  let entries = 0;
  let attributes: Partial<TarHeader> = {};
  for (let offset = 0; offset + tarBlockSize <= size; ) {
    const block = await readPart(files, path, { start: offset, size: tarBlockSize }, signal);
    const header = parseTarHeader(block);
    if (header === 'end') break;
    if (header === undefined) throw offset === 0 ? noArchive(path, block) : broken(path, `at byte ${offset}`);
    if (++entries > maxEntries) throw tooManyEntries(path);
    const content = { start: offset + tarBlockSize, size: header.size };
    if (isAttributes(header.type)) {
      if (header.size > maxAttributes) throw broken(path, `at byte ${offset}`);
      attributes = { ...attributes, ...parseAttributes(header.type, await readPart(files, path, content, signal)) };
    } else {
      const entry = { ...header, ...attributes };
      attributes = {};
      const name = plainPath('', entry.path);
      content.size = entry.size;
      if (content.start + content.size > size) throw broken(path, 'its end is missing');
      if (name !== undefined) addEntry(name, entry, content);
    }
    offset = content.start + Math.ceil(content.size / tarBlockSize) * tarBlockSize;
  }
  return { find };

  /** A later entry stands for an earlier one of the same path. */
  function addEntry(name: string, { type, target }: TarHeader, content: TarContent): void {
    const isLink = type === '1' || type === '2';
    // A hard link names its target from the root, a symbolic one from its own folder.
    const linked = isLink ? plainPath(type === '1' ? '' : folderOf(name), target) : undefined;
    contents.delete(name);
    links.delete(name);
    if (linked !== undefined) links.set(name, linked);
    else if (type === '0' || type === '7') contents.set(name, content);
  }

  function find(name: string): TarContent | undefined {
    let current = plainPath('', name);
    for (let hops = 0; current !== undefined && hops <= maxLinks; hops++) {
      const content = contents.get(current);
      if (content !== undefined) return content;
      current = links.get(current);
    }
    return undefined;
  }
}

async function readPart(files: Files, path: string, part: TarContent, signal: AbortSignal): Promise<Uint8Array> {
  const bytes = new Uint8Array(part.size);
  let length = 0;
  for await (const chunk of files.read(path, { signal, range: { start: part.start, end: part.start + part.size } })) {
    bytes.set(chunk, length);
    length += chunk.length;
  }
  if (length < part.size) throw broken(path, 'its end is missing');
  return bytes;
}

/** Pax attributes of the next entry, and GNU's long names. Global attributes say nothing that matters here. */
function isAttributes(type: string): boolean {
  return ['x', 'g', 'L', 'K'].includes(type);
}

function parseAttributes(type: string, content: Uint8Array): Partial<TarHeader> {
  if (type === 'L') return { path: textAt(content, 0, content.length) };
  if (type === 'K') return { target: textAt(content, 0, content.length) };
  if (type === 'g') return {};
  const records = parsePaxRecords(content);
  const [path, target, size] = [
    records.get('path'),
    records.get('linkpath'),
    Number(records.get('size') ?? Number.NaN),
  ];
  return {
    ...(path !== undefined && { path }),
    ...(target !== undefined && { target }),
    ...(Number.isSafeInteger(size) && size >= 0 && { size }),
  };
}

/** A path without `.` and `..`; `undefined` for one that leads out of the archive. */
function plainPath(folder: string, path: string): string | undefined {
  const plain: string[] = folder === '' ? [] : folder.split('/');
  for (const part of path.split('/')) {
    if (part === '..') {
      if (plain.pop() === undefined) return undefined;
    } else if (part !== '' && part !== '.') plain.push(part);
  }
  return plain.join('/');
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function noArchive(path: string, block: Uint8Array): RegistryError {
  const compression = compressions.find(([magic]) => magic.every((byte, index) => block[index] === byte));
  if (compression === undefined) {
    return new RegistryError(
      'invalid',
      `${path} is no tar archive. Choose a file that docker save or podman save wrote.`,
    );
  }
  return new RegistryError(
    'invalid',
    `${path} is compressed, and images can be read out of plain tar archives only. Decompress it first: ${compression[1]} ${path}`,
  );
}

export function broken(path: string, where: string): RegistryError {
  return new RegistryError('protocol', `${path} is a broken tar archive: ${where}. Save the image again.`);
}

function tooManyEntries(path: string): RegistryError {
  return new RegistryError('too-large', `${path} has more than ${maxEntries} entries, as no archive of images does.`);
}

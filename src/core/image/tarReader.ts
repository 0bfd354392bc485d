import { hasTarChecksum, numberAt, tarBlockSize } from '../tarHeader.ts';
import { imageLimits } from './imageLimits.ts';
import { oldSparsePieces, SparseMapReader } from './sparseMap.ts';
import { addPaxRecords, sparsePieces, type TarAttributes } from './tarAttributes.ts';
import type { SparsePiece, TarEntry, TarEntryType, TarWarning } from './tarEntry.ts';

export interface TarSink {
  entry(entry: TarEntry): void;
  warn(warning: TarWarning, path?: Uint8Array): void;
}

/** What the bytes that come next are. */
type State =
  | { readonly kind: 'header' }
  /** Blocks that are wanted whole: attributes, a map of a sparse file. */
  | { readonly kind: 'collect'; readonly bytes: Uint8Array; filled: number; readonly done: (bytes: Uint8Array) => void }
  | { readonly kind: 'content'; left: number }
  | { readonly kind: 'padding'; left: number }
  | { readonly kind: 'ended' }
  | { readonly kind: 'stopped' };

interface Header {
  readonly path: Uint8Array;
  readonly link: Uint8Array;
  readonly type: number;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
}

const entryTypes: Readonly<Record<string, TarEntryType>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'device',
  '4': 'device',
  '5': 'directory',
  '6': 'fifo',
  '7': 'file',
  D: 'directory',
  S: 'file',
};
/** Labels and parts of other archives, which GNU tar writes. */
const skippedTypes = 'MNV';
const maxId = 0xffff_ffff;

/**
 * Reads a tar archive from chunks of any size: ustar, pax with global headers, GNU's long names, large numbers and sparse
 * files. It keeps nothing but the attributes of the next entry. What is broken is told to the sink; nothing is thrown.
 */
export class TarReader {
  readonly #sink: TarSink;
  readonly #block = new Uint8Array(tarBlockSize);
  #blockFilled = 0;
  #state: State = { kind: 'header' };
  #position = 0;
  #hasAttributes = false;
  #global: TarAttributes = {};
  #next: TarAttributes = {};
  /** Attributes of the next entry were too long to be read: its name is not known. */
  #isNextUnknown = false;
  #hasHeader = false;
  #isNoArchive = false;

  constructor(sink: TarSink) {
    this.#sink = sink;
  }

  /** Whether the first block is no header: this is something else than an archive. */
  get isNoArchive(): boolean {
    return this.#isNoArchive;
  }

  /** Whether the end mark has come. */
  get isAtEnd(): boolean {
    return this.#state.kind === 'ended' || this.#state.kind === 'stopped';
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) at += this.#take(chunk, at);
  }

  /** There are no more bytes. Archives without an end mark are taken, as GNU tar takes them. */
  end(): void {
    const { kind } = this.#state;
    if (kind === 'ended' || kind === 'stopped') return;
    if (kind !== 'header' || this.#blockFilled > 0) this.#sink.warn('truncated');
    this.#isNoArchive ||= !this.#hasHeader && this.#position > 0;
  }

  /** How many bytes it has taken of a chunk: at least one. */
  #take(chunk: Uint8Array, at: number): number {
    const state = this.#state;
    const available = chunk.length - at;
    let taken = available;
    if (state.kind === 'header') {
      taken = Math.min(available, tarBlockSize - this.#blockFilled);
      if (taken === tarBlockSize) {
        this.#position += taken;
        this.#readHeader(chunk.subarray(at, at + taken));
        return taken;
      }
      this.#block.set(chunk.subarray(at, at + taken), this.#blockFilled);
      this.#blockFilled += taken;
      this.#position += taken;
      if (this.#blockFilled === tarBlockSize) {
        this.#blockFilled = 0;
        this.#readHeader(this.#block);
      }
      return taken;
    }
    if (state.kind === 'collect') {
      taken = Math.min(available, state.bytes.length - state.filled);
      state.bytes.set(chunk.subarray(at, at + taken), state.filled);
      state.filled += taken;
      this.#position += taken;
      if (state.filled === state.bytes.length) state.done(state.bytes);
      return taken;
    }
    if (state.kind === 'content' || state.kind === 'padding') {
      taken = Math.min(available, state.left);
      state.left -= taken;
      this.#position += taken;
      if (state.left === 0) this.#state = state.kind === 'content' ? this.#padding() : { kind: 'header' };
      return taken;
    }
    if (state.kind === 'ended' && chunk.subarray(at).some((byte) => byte !== 0)) {
      this.#sink.warn('after-end');
      this.#state = { kind: 'stopped' };
    }
    this.#position += taken;
    return taken;
  }

  #readHeader(block: Uint8Array): void {
    if (block[0] === 0 && block.every((byte) => byte === 0)) {
      this.#hasHeader = true;
      this.#state = { kind: 'ended' };
      return;
    }
    const size = numberAt(block, 124, 12);
    if (!hasTarChecksum(block) || size === undefined || size < 0) {
      this.#isNoArchive = !this.#hasHeader;
      this.#stop();
      return;
    }
    this.#hasHeader = true;
    const type = block[156] ?? 0;
    switch (String.fromCharCode(type)) {
      case 'x':
      case 'X':
        this.#collectAttributes(size, (content) => addPaxRecords(this.#next, content));
        return;
      case 'g':
        this.#collectAttributes(size, (content) => addPaxRecords(this.#global, content));
        return;
      case 'L':
        this.#collectAttributes(size, (content) => {
          this.#next.path = untilNul(content);
          return true;
        });
        return;
      case 'K':
        this.#collectAttributes(size, (content) => {
          this.#next.link = untilNul(content);
          return true;
        });
        return;
      default:
        this.#readEntry(block, type, size);
        return;
    }
  }

  /** `add` says whether all of it could be read. */
  #collectAttributes(size: number, add: (content: Uint8Array) => boolean): void {
    if (size > imageLimits.attributes) {
      this.#sink.warn('broken-attributes');
      this.#isNextUnknown = true;
      this.#state = this.#content(size);
      return;
    }
    this.#hasAttributes = true;
    this.#collect(size, (content) => {
      if (!add(content)) this.#sink.warn('broken-attributes');
      this.#state = this.#padding();
    });
  }

  #readEntry(block: Uint8Array, type: number, headerSize: number): void {
    const attributes = this.#takeAttributes();
    const size = attributes.size ?? headerSize;
    const character = String.fromCharCode(type);
    if (skippedTypes.includes(character) || this.#isNextUnknown) {
      this.#sink.warn(this.#isNextUnknown ? 'unusable-name' : 'unknown-type');
      this.#isNextUnknown = false;
      this.#state = this.#content(size);
      return;
    }
    const header: Header = {
      path: attributes.sparse?.name ?? attributes.path ?? nameOf(block),
      link: attributes.link ?? fieldOf(block, 157, 100),
      type,
      size,
      mode: (this.#number(numberAt(block, 100, 8), 0) & 0o7777) >>> 0,
      uid: this.#id(attributes.uid ?? numberAt(block, 108, 8)),
      gid: this.#id(attributes.gid ?? numberAt(block, 116, 8)),
      mtime: this.#number(attributes.mtime ?? numberAt(block, 136, 12), 0),
    };
    if (entryTypes[character] === undefined) this.#sink.warn('unknown-type', header.path);
    if (character === 'S') {
      this.#readOldSparse(kept(header), block.slice());
      return;
    }
    const { sparse } = attributes;
    if (sparse?.major === 1) {
      this.#readSparseMap(kept(header), sparse.size ?? size);
      return;
    }
    if (sparse?.map !== undefined) {
      const pieces = sparse.map.length > 2 * imageLimits.sparsePieces ? undefined : sparsePieces(sparse.map);
      this.#showSparse(header, { size: sparse.size ?? size, pieces, stored: size });
      return;
    }
    this.#show(header, { size, stored: size, sparse: undefined });
  }

  /** Most entries have none, and what they cost counts. */
  #takeAttributes(): TarAttributes {
    if (!this.#hasAttributes) return noAttributes;
    const attributes = { ...this.#global, ...this.#next };
    this.#next = {};
    this.#hasAttributes = Object.keys(this.#global).length > 0;
    return attributes;
  }

  #show(
    header: Header,
    content: { readonly size: number; readonly stored: number; readonly sparse: readonly SparsePiece[] | undefined },
  ): void {
    const { path, type: flag, mode, uid, gid, mtime } = header;
    const named = entryTypes[String.fromCharCode(flag)] ?? 'file';
    // Before POSIX a folder was a file whose name ends with a slash.
    const type = named === 'file' && path.at(-1) === 0x2f ? 'directory' : named;
    const isLink = type === 'hardlink' || type === 'symlink';
    // Links, devices and folders have no content, whatever their size says; only GNU's lists of folders do.
    const stored = named === 'file' || flag === 0x44 ? content.stored : 0;
    this.#sink.entry({
      path,
      type,
      size: type === 'file' ? content.size : 0,
      mode,
      uid,
      gid,
      mtime,
      link: isLink ? header.link : undefined,
      offset: this.#position,
      stored: type === 'file' ? stored : 0,
      sparse: type === 'file' ? content.sparse : undefined,
    });
    this.#state = this.#content(stored);
  }

  #showSparse(
    header: Header,
    map: { readonly size: number; readonly pieces: readonly SparsePiece[] | undefined; readonly stored: number },
  ): void {
    const { size, pieces, stored } = map;
    const last = pieces?.at(-1);
    const sum = pieces?.reduce((total, { length }) => total + length, 0);
    const isRight = sum === stored && (last === undefined || last.offset + last.length <= size);
    if (!isRight) this.#sink.warn('broken-attributes', header.path);
    this.#show(header, isRight ? { size, stored, sparse: pieces } : { size: stored, stored, sparse: undefined });
  }

  /** The old GNU format: four pieces in the header, and 21 in each block that may follow. */
  #readOldSparse(header: Header, block: Uint8Array): void {
    const numbers = oldSparsePieces(block, 386, 4);
    const size = numberAt(block, 483, 12) ?? header.size;
    const more = (isExtended: boolean): void => {
      if (!isExtended) {
        this.#showSparse(header, { size, pieces: sparsePieces(numbers), stored: header.size });
        return;
      }
      if (numbers.length > 2 * imageLimits.sparsePieces) {
        this.#stop(header.path);
        return;
      }
      this.#collect(tarBlockSize, (extension) => {
        for (const number of oldSparsePieces(extension, 0, 21)) numbers.push(number);
        more(extension[504] !== 0);
      });
    };
    more(block[482] !== 0);
  }

  /** Format 1.0: the map is the beginning of the content, filled up to whole blocks. */
  #readSparseMap(header: Header, size: number): void {
    const map = new SparseMapReader(imageLimits.sparsePieces);
    let length = 0;
    const more = (): void => {
      if (length + tarBlockSize > Math.ceil(header.size / tarBlockSize) * tarBlockSize) {
        this.#stop(header.path);
        return;
      }
      this.#collect(tarBlockSize, (block) => {
        length += tarBlockSize;
        const numbers = map.push(block);
        if (numbers === 'broken') {
          this.#stop(header.path);
          return;
        }
        if (numbers === 'more') {
          more();
          return;
        }
        this.#showSparse(header, { size, pieces: sparsePieces(numbers), stored: header.size - length });
      });
    };
    more();
  }

  #collect(size: number, done: (bytes: Uint8Array) => void): void {
    if (size === 0) {
      done(new Uint8Array());
      return;
    }
    this.#state = { kind: 'collect', bytes: new Uint8Array(size), filled: 0, done };
  }

  #content(left: number): State {
    return left === 0 ? { kind: 'header' } : { kind: 'content', left };
  }

  #padding(): State {
    const left = (tarBlockSize - (this.#position % tarBlockSize)) % tarBlockSize;
    return left === 0 ? { kind: 'header' } : { kind: 'padding', left };
  }

  /** What follows cannot be told from content any more. */
  #stop(path?: Uint8Array): void {
    this.#sink.warn('broken-header', path);
    this.#state = { kind: 'stopped' };
  }

  #number(value: number | undefined, otherwise: number): number {
    if (value === undefined) this.#sink.warn('broken-attributes');
    return value ?? otherwise;
  }

  #id(value: number | undefined): number {
    if (value !== undefined && value >= 0 && value <= maxId) return value;
    this.#sink.warn('broken-attributes');
    return maxId;
  }
}

function nameOf(block: Uint8Array): Uint8Array {
  const name = fieldOf(block, 0, 100);
  // GNU's own format has other things in place of the prefix, and a blank after its name.
  const isUstar = block[261] === 0x72 && block[262] === 0 && block[257] === 0x75;
  const prefix = isUstar ? fieldOf(block, 345, 155) : empty;
  if (prefix.length === 0) return name;
  const path = new Uint8Array(prefix.length + 1 + name.length);
  path.set(prefix);
  path[prefix.length] = 0x2f;
  path.set(name, prefix.length + 1);
  return path;
}

const empty = new Uint8Array();
const noAttributes: TarAttributes = {};

/** A header that is needed when its block is there no longer. */
function kept(header: Header): Header {
  return { ...header, path: header.path.slice(), link: header.link.slice() };
}

/** A view of it, good as long as the block is. */
function fieldOf(block: Uint8Array, start: number, length: number): Uint8Array {
  if (block[start] === 0) return empty;
  let end = start + 1;
  while (end < start + length && block[end] !== 0) end++;
  return block.subarray(start, end);
}

function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

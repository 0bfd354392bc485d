import { RegistryError } from '../errors.ts';
import { printable } from '../printable.ts';
import { tarBlockSize } from '../tarHeader.ts';
import { equalBytes, startsWith, toBytes, toText } from './byteOrder.ts';
import { grow, taken } from './growing.ts';
import { imageLimits } from './imageLimits.ts';
import { joinPath } from './joinPath.ts';
import {
  type LayerColumns,
  type LayerWarning,
  large,
  largeTimeId,
  nodeTypes,
  opaqueMarker,
  rootId,
  synthesised,
} from './layerIndex.ts';
import { NameTable } from './nameTable.ts';
import { orderChildren, replaced } from './orderChildren.ts';
import { isUnusableName, pathParts } from './pathParts.ts';
import type { TarEntry, TarWarning } from './tarEntry.ts';

const whiteoutPrefix = toBytes('.wh.');
/** Besides the mark of an opaque folder, aufs kept its own notes under such names. */
const aufsPrefix = toBytes('.wh..wh.');
const directoryType = nodeTypes.indexOf('directory');
const whiteoutType = nodeTypes.indexOf('whiteout');
const defaultFolder = { mode: 0o755, uid: 0, gid: 0 };

/**
 * Makes the index of a layer from its entries, as a container engine would unpack them: a later entry stands for an earlier
 * one of the same path, a folder keeps what is in it when it comes again, names never lead out of the root, and folders
 * that have no entry are made up.
 *
 * Throws `too-large` past the bounds of {@link imageLimits}.
 */
export class LayerIndexBuilder {
  readonly #table = new NameTable();
  #types = new Uint8Array(1024);
  #attributes = new Uint32Array(1024);
  #sizes = new Uint32Array(1024);
  #mtimes = new Uint32Array(1024);
  #contents = new Uint32Array(1024);
  readonly #rows = new Map<string, number>();
  #attributeRows = new Uint32Array(192);
  readonly #large = new Map<number, number>();
  /** Only new nodes are links, so their numbers come in order. */
  #linkIds = new Uint32Array(64);
  #linkEnds = new Uint32Array(64);
  #links = new Uint8Array(1024);
  #linkCount = 0;
  readonly #sparse = new Map<number, readonly number[]>();
  readonly #warnings = new Map<TarWarning, { count: number; readonly examples: string[] }>();
  /** The folder of the last entry, since the next is mostly in the same. */
  #lastFolder: { readonly path: Uint8Array; readonly id: number } | undefined;
  #entries = 0;

  constructor() {
    this.#addNode(rootId, new Uint8Array(), directoryType | synthesised);
    this.#setAttributes(rootId, defaultFolder);
  }

  get entries(): number {
    return this.#entries;
  }

  warn(kind: TarWarning, path?: Uint8Array): void {
    const known = this.#warnings.get(kind) ?? { count: 0, examples: [] };
    known.count++;
    if (path !== undefined && known.examples.length < imageLimits.warningExamples) {
      known.examples.push(printable(toText(path.slice(0, 200))));
    }
    this.#warnings.set(kind, known);
  }

  warnings(): readonly LayerWarning[] {
    return [...this.#warnings].map(([kind, { count, examples }]) => ({ kind, count, examples }));
  }

  /** `content` stands for the place in the archive. */
  add(entry: TarEntry, content = Math.floor(entry.offset / tarBlockSize)): void {
    if (++this.#entries > imageLimits.entries) throw tooMany();
    const place = this.#place(entry.path);
    if (place === undefined) {
      this.warn('unusable-name', entry.path);
      return;
    }
    const { folder, name } = place;
    if (name === undefined) {
      // The root itself.
      if (entry.type === 'directory') this.#describe(rootId, entry, directoryType, 0);
      return;
    }
    if (startsWith(name, whiteoutPrefix)) {
      this.#addWhiteout(folder, name, entry);
      return;
    }
    const type = nodeTypes.indexOf(entry.type);
    const known = this.#findFolder(folder, name);
    const isFolder = type === directoryType;
    if (known !== undefined && !isFolder) {
      this.#types[known] = (this.#types[known] ?? 0) | replaced;
      this.#lastFolder = undefined;
    }
    this.#describe((isFolder ? known : undefined) ?? this.#addNode(folder, name, type), entry, type, content);
  }

  /** The builder must not be used any more, its warnings aside. */
  finish(): LayerColumns {
    const count = this.#table.count;
    const { names, nameEnds, parents } = this.#table.take();
    const types = taken(this.#types, count);
    const ordered = orderChildren({ names, nameEnds, parents, types }, (file) => {
      this.warn('file-as-folder', pathOf({ names, nameEnds, parents }, file));
    });
    const large = sortedById(this.#large);
    const linksLength = this.#linksLength;
    const sparse = sortedById(this.#sparse);
    return {
      names,
      nameEnds,
      parents,
      types,
      attributes: taken(this.#attributes, count),
      attributeRows: taken(this.#attributeRows, this.#rows.size * 3),
      sizes: taken(this.#sizes, count),
      mtimes: taken(this.#mtimes, count),
      largeIds: Uint32Array.from(large, ([id]) => id),
      largeNumbers: Float64Array.from(large, ([, number]) => number),
      contents: taken(this.#contents, count),
      ...ordered,
      linkIds: taken(this.#linkIds, this.#linkCount),
      linkEnds: taken(this.#linkEnds, this.#linkCount),
      links: taken(this.#links, linksLength),
      sparseIds: Uint32Array.from(sparse, ([id]) => id),
      sparseEnds: endsOf(sparse.map(([, numbers]) => numbers.length)),
      sparse: Float64Array.from(sparse.flatMap(([, numbers]) => numbers)),
    };
  }

  /** The folder that a path lies in, made up where there is none yet. `undefined` for a path that cannot be one. */
  #place(path: Uint8Array): { readonly folder: number; readonly name: Uint8Array | undefined } | undefined {
    const slash = path.lastIndexOf(0x2f);
    const last = this.#lastFolder;
    if (last !== undefined && slash === last.path.length && startsWith(path, last.path)) {
      const name = path.subarray(slash + 1);
      if (name.length > 0 && !isUnusableName(name) && !isDots(name)) return { folder: last.id, name };
    }
    const parts = pathParts(path, (kind) => this.warn(kind, path));
    if (parts === undefined) return undefined;
    const name = parts.at(-1);
    let folder = rootId;
    for (const part of parts.slice(0, -1)) folder = this.#folder(folder, part);
    const isPlain = slash > 0 && name !== undefined && equalBytes(path.subarray(slash + 1), name);
    this.#lastFolder = isPlain ? { path: path.slice(0, slash), id: folder } : undefined;
    return { folder, name };
  }

  #folder(parent: number, name: Uint8Array): number {
    const known = this.#findFolder(parent, name);
    if (known !== undefined) return known;
    const id = this.#addNode(parent, name, directoryType | synthesised);
    this.#setAttributes(id, defaultFolder);
    return id;
  }

  #findFolder(parent: number, name: Uint8Array): number | undefined {
    const known = this.#table.findFolder(parent, name);
    return known === undefined || ((this.#types[known] ?? 0) & replaced) !== 0 ? undefined : known;
  }

  #addWhiteout(folder: number, name: Uint8Array, entry: TarEntry): void {
    const isOpaque = equalBytes(name, opaqueMarker);
    if (!isOpaque && startsWith(name, aufsPrefix)) return;
    const target = isOpaque ? name : name.subarray(whiteoutPrefix.length);
    if (target.length === 0 || isDots(target)) {
      this.warn('unusable-name', entry.path);
      return;
    }
    this.#describe(this.#addNode(folder, target, whiteoutType), entry, whiteoutType, 0);
  }

  #addNode(parent: number, name: Uint8Array, type: number): number {
    const isFolder = (type & ~synthesised) === directoryType;
    const id = isFolder ? this.#table.addFolder(parent, name) : this.#table.add(parent, name);
    const { count } = this.#table;
    this.#types = grow(this.#types, count);
    this.#attributes = grow(this.#attributes, count);
    this.#sizes = grow(this.#sizes, count);
    this.#mtimes = grow(this.#mtimes, count);
    this.#contents = grow(this.#contents, count);
    this.#types[id] = type;
    return id;
  }

  #describe(id: number, entry: TarEntry, type: number, content: number): void {
    this.#types[id] = type;
    this.#setAttributes(id, entry);
    const size = type === whiteoutType ? 0 : entry.size;
    this.#sizes[id] = this.#column(id, size);
    this.#mtimes[id] = this.#column(largeTimeId(id), entry.mtime);
    this.#contents[id] = content;
    if (this.#sparse.size > 0) this.#sparse.delete(id);
    if (entry.link !== undefined) this.#addLink(id, entry.link);
    if (entry.sparse !== undefined) {
      this.#sparse.set(
        id,
        entry.sparse.flatMap(({ offset, length }) => [offset, length]),
      );
    }
  }

  get #linksLength(): number {
    return this.#linkEnds[this.#linkCount - 1] ?? 0;
  }

  #addLink(id: number, link: Uint8Array): void {
    const start = this.#linksLength;
    this.#linkIds = grow(this.#linkIds, this.#linkCount + 1);
    this.#linkEnds = grow(this.#linkEnds, this.#linkCount + 1);
    this.#links = grow(this.#links, start + link.length);
    this.#links.set(link, start);
    this.#linkIds[this.#linkCount] = id;
    this.#linkEnds[this.#linkCount] = start + link.length;
    this.#linkCount++;
  }

  /** What stands in a column of 32 bits for a number. */
  #column(key: number, number: number): number {
    if (number >= 0 && number < large) {
      if (this.#large.size > 0) this.#large.delete(key);
      return number;
    }
    this.#large.set(key, number);
    return large;
  }

  /** Most entries share theirs with many others. */
  #setAttributes(id: number, { mode, uid, gid }: Pick<TarEntry, 'mode' | 'uid' | 'gid'>): void {
    const last = this.#attributes[id - 1] ?? 0;
    if (this.#isRow(last, mode, uid, gid)) {
      this.#attributes[id] = last;
      return;
    }
    const key = `${mode} ${uid} ${gid}`;
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = this.#rows.size;
      this.#rows.set(key, row);
      this.#attributeRows = grow(this.#attributeRows, (row + 1) * 3);
      this.#attributeRows.set([mode, uid, gid], row * 3);
    }
    this.#attributes[id] = row;
  }

  #isRow(row: number, mode: number, uid: number, gid: number): boolean {
    const rows = this.#attributeRows;
    const isKnown = row < this.#rows.size;
    return isKnown && rows[row * 3] === mode && rows[row * 3 + 1] === uid && rows[row * 3 + 2] === gid;
  }
}

/** From the root, of a node. */
function pathOf(
  { names, nameEnds, parents }: Pick<LayerColumns, 'names' | 'nameEnds' | 'parents'>,
  node: number,
): Uint8Array {
  let path: Uint8Array = new Uint8Array();
  for (let id = node; id !== rootId; id = parents[id] ?? rootId) {
    const name = names.subarray(nameEnds[id - 1], nameEnds[id]);
    path = path.length === 0 ? name : joinPath(name, path);
  }
  return path;
}

function isDots(name: Uint8Array): boolean {
  return name[0] === 0x2e && (name.length === 1 || (name.length === 2 && name[1] === 0x2e));
}

function sortedById<T>(map: ReadonlyMap<number, T>): [number, T][] {
  return [...map].sort(([a], [b]) => a - b);
}

function endsOf(lengths: readonly number[]): Uint32Array {
  let end = 0;
  return Uint32Array.from(lengths, (length) => {
    end += length;
    return end;
  });
}

function tooMany(): RegistryError {
  const most = imageLimits.entries.toLocaleString('en');
  return new RegistryError(
    'too-large',
    `The layer has more than ${most} entries. Gantry lists no more; pull the image.`,
  );
}

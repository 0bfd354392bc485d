import { compareBytes, toBytes } from './byteOrder.ts';
import type { SparsePiece, TarEntryType, TarWarning } from './tarEntry.ts';

/** Number of the root in every index. */
export const rootId = 0;

export type NodeType = TarEntryType | 'whiteout';

export const nodeTypes: readonly NodeType[] = [
  'file',
  'directory',
  'symlink',
  'hardlink',
  'device',
  'fifo',
  'whiteout',
];

/** Set in the column of types where no entry of the archive says anything of a folder. */
export const synthesised = 0x80;

/** OCI image-spec, layer.md#whiteouts: nothing of what lower layers have in its folder is left. */
export const opaqueMarker = toBytes('.wh..wh..opq');

export interface LayerFacts {
  /** Where the list comes from: the whole layer, or a table of contents that somebody has put into it. */
  readonly source: 'archive' | 'estargz' | 'zstd:chunked';
  /** Of the whole layer: the digest of its archive, unpacked. */
  readonly diffId?: string;
  /** Whether it is the one that the image's config tells; absent where that tells none. */
  readonly isDiffIdRight?: boolean;
  readonly compression: 'none' | 'gzip' | 'zstd';
  /** Bytes of the archive, unpacked. */
  readonly unpacked: number;
  /** Bytes of the contents of its files. */
  readonly contents: number;
  readonly entries: number;
  readonly warnings: readonly LayerWarning[];
}

export interface LayerWarning {
  readonly kind: TarWarning;
  readonly count: number;
  /** Paths of the first. */
  readonly examples: readonly string[];
}

/**
 * Everything known of the entries of a layer, a column a property: some 40 bytes an entry and its name. A node's number is
 * its place in the columns; parents come before their children, and those of one folder are together in `order`.
 */
export interface LayerColumns {
  readonly names: Uint8Array;
  readonly nameEnds: Uint32Array;
  readonly parents: Uint32Array;
  /** Index into {@link nodeTypes}, and {@link synthesised}. */
  readonly types: Uint8Array;
  /** Index into {@link attributeRows}. */
  readonly attributes: Uint32Array;
  /** Mode, user, group. */
  readonly attributeRows: Uint32Array;
  readonly sizes: Uint32Array;
  readonly mtimes: Uint32Array;
  /** Numbers that do not fit into the columns of 32 bits. */
  readonly largeIds: Uint32Array;
  readonly largeNumbers: Float64Array;
  /** Block of the archive at which the content begins; of a table of contents, number of its first chunk. */
  readonly contents: Uint32Array;
  /** Nodes of all folders, sorted by name within each. */
  readonly order: Uint32Array;
  /** Where the children of each node begin in `order`; one more than nodes. */
  readonly first: Uint32Array;
  readonly linkIds: Uint32Array;
  readonly linkEnds: Uint32Array;
  readonly links: Uint8Array;
  readonly sparseIds: Uint32Array;
  readonly sparseEnds: Uint32Array;
  /** Offset and length by turns. */
  readonly sparse: Float64Array;
}

/** Stands in the columns of 32 bits for a number in `largeNumbers`. */
export const large = 0xffff_ffff;

/** `largeIds` of sizes are the nodes, those of times come after them. */
export function largeTimeId(id: number): number {
  return (id | 0x8000_0000) >>> 0;
}

/** The files of one layer, to be looked up and listed. Paths and names are bytes. */
export class LayerIndex {
  readonly columns: LayerColumns;
  readonly facts: LayerFacts;

  constructor(columns: LayerColumns, facts: LayerFacts) {
    this.columns = columns;
    this.facts = facts;
  }

  get count(): number {
    return this.columns.parents.length;
  }

  /** Places in {@link childAt} of what is in a folder, in the order of bytes. */
  childRange(id: number): { readonly start: number; readonly end: number } {
    const { first } = this.columns;
    return { start: first[id] ?? 0, end: first[id + 1] ?? 0 };
  }

  childAt(place: number): number {
    return this.columns.order[place] ?? rootId;
  }

  name(id: number): Uint8Array {
    const { names, nameEnds } = this.columns;
    return names.subarray(id === 0 ? 0 : nameEnds[id - 1], nameEnds[id]);
  }

  parent(id: number): number {
    return this.columns.parents[id] ?? rootId;
  }

  type(id: number): NodeType {
    return nodeTypes[(this.columns.types[id] ?? 0) & ~synthesised] ?? 'file';
  }

  isSynthesised(id: number): boolean {
    return ((this.columns.types[id] ?? 0) & synthesised) !== 0;
  }

  size(id: number): number {
    const size = this.columns.sizes[id] ?? 0;
    return size === large ? this.#large(id) : size;
  }

  mtime(id: number): number {
    const mtime = this.columns.mtimes[id] ?? 0;
    return mtime === large ? this.#large(largeTimeId(id)) : mtime;
  }

  mode(id: number): number {
    return this.#attribute(id, 0);
  }

  uid(id: number): number {
    return this.#attribute(id, 1);
  }

  gid(id: number): number {
    return this.#attribute(id, 2);
  }

  /** Of a link, as it is in the archive. */
  link(id: number): Uint8Array | undefined {
    const { linkIds, linkEnds, links } = this.columns;
    const place = placeOf(linkIds, id);
    return place < 0 ? undefined : links.subarray(place === 0 ? 0 : linkEnds[place - 1], linkEnds[place]);
  }

  /** The pieces of a sparse file. */
  sparse(id: number): readonly SparsePiece[] | undefined {
    const { sparseIds, sparseEnds, sparse } = this.columns;
    const place = placeOf(sparseIds, id);
    if (place < 0) return undefined;
    const pieces: SparsePiece[] = [];
    const end = sparseEnds[place] ?? 0;
    for (let index = place === 0 ? 0 : (sparseEnds[place - 1] ?? 0); index < end; index += 2) {
      pieces.push({ offset: sparse[index] ?? 0, length: sparse[index + 1] ?? 0 });
    }
    return pieces;
  }

  /** What is called so in a folder; whiteouts are looked for apart. */
  find(folder: number, name: Uint8Array): number | undefined {
    return this.#find(folder, name, false);
  }

  /** Whether the layer says that something of lower layers is gone. */
  hasWhiteout(folder: number, name: Uint8Array): boolean {
    return this.#find(folder, name, true) !== undefined;
  }

  isOpaque(folder: number): boolean {
    return this.hasWhiteout(folder, opaqueMarker);
  }

  /** The first place at or after which the children of a folder have no smaller name. */
  lowerBound(folder: number, name: Uint8Array): number {
    let { start, end } = this.childRange(folder);
    while (start < end) {
      const middle = (start + end) >>> 1;
      if (compareBytes(this.name(this.childAt(middle)), name) < 0) start = middle + 1;
      else end = middle;
    }
    return start;
  }

  #find(folder: number, name: Uint8Array, isWhiteout: boolean): number | undefined {
    const { end } = this.childRange(folder);
    for (let place = this.lowerBound(folder, name); place < end; place++) {
      const id = this.childAt(place);
      if (compareBytes(this.name(id), name) !== 0) return undefined;
      if ((this.type(id) === 'whiteout') === isWhiteout) return id;
    }
    return undefined;
  }

  #attribute(id: number, column: number): number {
    const { attributes, attributeRows } = this.columns;
    return attributeRows[(attributes[id] ?? 0) * 3 + column] ?? 0;
  }

  #large(id: number): number {
    const { largeIds, largeNumbers } = this.columns;
    return largeNumbers[placeOf(largeIds, id)] ?? 0;
  }
}

/** Place of a number in a sorted column, -1 where it is not in it. */
function placeOf(sorted: Uint32Array, value: number): number {
  let start = 0;
  let end = sorted.length;
  while (start < end) {
    const middle = (start + end) >>> 1;
    if ((sorted[middle] ?? 0) < value) start = middle + 1;
    else end = middle;
  }
  return sorted[start] === value ? start : -1;
}

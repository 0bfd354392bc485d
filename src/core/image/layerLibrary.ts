import { isRegistryError, RegistryError } from '../errors.ts';
import { shortDigest } from '../oci/digest.ts';
import { SharedWork } from '../sharedWork.ts';
import { type AccessPoints, packAccessPoints, unpackAccessPoints } from './accessPoints.ts';
import type { LayerIndex } from './layerIndex.ts';
import { packLayerIndex, unpackLayerIndex } from './layerIndexFile.ts';
import { checkReadable, layerKey } from './layerKinds.ts';
import { type LayerToRead, readWhole } from './layerSource.ts';
import type { ImagePorts, LayerProgress, ReadLayer, ReadToc } from './ports.ts';
import { readToc } from './readToc.ts';
import { RecentValues } from './recentValues.ts';
import { packTocTable, type TocTable, unpackTocTable } from './toc.ts';
import { tocLocation } from './tocLocation.ts';

export interface LayerCall {
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: LayerProgress) => void) | undefined;
}

/** Bytes of indexes held in memory: those of some hundred usual layers. */
const indexCapacity = 96 * 1024 * 1024;
/** Access points are needed for a moment. */
const pointsCapacity = 16 * 1024 * 1024;

/** What is known of layers by their digest: in memory, on disk, and otherwise by reading them. */
export class LayerLibrary {
  readonly #ports: ImagePorts;
  readonly #indexes = new RecentValues<LayerIndex>(indexCapacity);
  readonly #points = new RecentValues<AccessPoints>(pointsCapacity);
  readonly #tables = new RecentValues<TocTable>(pointsCapacity);
  readonly #work = new SharedWork<LayerIndex>();

  constructor(ports: ImagePorts) {
    this.#ports = ports;
  }

  /**
   * The list of a layer's files. Reads the layer where nothing is known of it, once however many wait for it.
   *
   * Errors: `unsupported` for what is no archive or not in the registry, `digest-mismatch`, `protocol`, `too-large`, and those
   * of fetching.
   */
  async index(layer: LayerToRead, { signal, onProgress }: LayerCall): Promise<LayerIndex> {
    const { digest } = layer.descriptor;
    const known = this.#indexes.get(digest);
    if (known !== undefined) return known;
    checkReadable(layer.descriptor);
    return this.#work.run(digest, signal, async (stop) => {
      const index =
        (await this.#stored(digest, stop)) ??
        (await this.#readTable(layer, stop)) ??
        (await this.#read(layer, { signal: stop, onProgress }));
      this.#indexes.set(digest, index, sizeOf(index.columns));
      return index;
    });
  }

  /** Where a layer can be read from; `undefined` where it can only be read from its beginning. */
  async points(digest: string, signal: AbortSignal): Promise<AccessPoints | undefined> {
    const known = this.#points.get(digest);
    if (known !== undefined) return known;
    const bytes = await this.#readStore(pointsKey(digest), signal);
    const points = bytes && unpackAccessPoints(bytes);
    if (points !== undefined) this.#points.set(digest, points, sizeOf(points));
    return points;
  }

  /** Where the files of a layer are whose index comes from a table of contents. */
  async table(digest: string, signal: AbortSignal): Promise<TocTable | undefined> {
    const known = this.#tables.get(digest);
    if (known !== undefined) return known;
    const bytes = await this.#readStore(tableKey(digest), signal);
    const table = bytes && unpackTocTable(bytes);
    if (table !== undefined) this.#tables.set(digest, table, sizeOf(table));
    return table;
  }

  /** `undefined` where the layer has no table of contents that can be trusted: it has to be read itself. */
  async #readTable(layer: LayerToRead, signal: AbortSignal): Promise<LayerIndex | undefined> {
    const { digest } = layer.descriptor;
    const location = tocLocation(layer.descriptor);
    if (location === undefined) return undefined;
    let read: ReadToc;
    try {
      read = await readToc(this.#ports, layer, location, signal);
    } catch (error) {
      if (!isRegistryError(error, 'digest-mismatch', 'protocol', 'unsupported', 'too-large')) throw error;
      this.#ports.log.warn(`${shortDigest(digest)} is read as a whole: ${error.message}`);
      return undefined;
    }
    this.#tables.set(digest, read.table, sizeOf(read.table));
    await this.writeStore(tableKey(digest), packTocTable(read.table), signal);
    await this.writeStore(indexKey(digest), packLayerIndex(read.index), signal);
    return read.index;
  }

  async #stored(digest: string, signal: AbortSignal): Promise<LayerIndex | undefined> {
    const bytes = await this.#readStore(indexKey(digest), signal);
    return bytes && unpackLayerIndex(bytes, () => this.#ports.sleep(0, signal));
  }

  async #read({ descriptor, diffId, openBlob }: LayerToRead, call: LayerCall): Promise<LayerIndex> {
    const { digest, size } = descriptor;
    try {
      const { chunks } = await openBlob(descriptor, { signal: call.signal, forgetsChunks: true, isReadInThread: true });
      const read = await this.#ports.layers.readLayer({ chunks, size, diffId }, call);
      await this.#keep(digest, read, call.signal);
      return read.index;
    } catch (error) {
      throw naming(error, digest);
    }
  }

  async #keep(digest: string, { index, points }: ReadLayer, signal: AbortSignal): Promise<void> {
    if (points !== undefined) this.#points.set(digest, points, sizeOf(points));
    // The points first: an index without them would have every file read from the beginning.
    if (points !== undefined) await this.writeStore(pointsKey(digest), packAccessPoints(points), signal);
    await this.writeStore(indexKey(digest), packLayerIndex(index), signal);
  }

  /** Bytes of the store; `undefined` where it has none. */
  async #readStore(key: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    try {
      const stored = await this.#ports.store.read(key, signal);
      return stored && (await readWhole(stored.chunks));
    } catch (error) {
      if (isRegistryError(error, 'cancelled')) throw error;
      this.#ports.log.warn(`What is known of a layer cannot be read: ${reasonOf(error)}`);
      return undefined;
    }
  }

  /** A disk that is full is told in the log: everything works without what would be kept, but slower. */
  async writeStore(key: string, parts: Iterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    try {
      await this.#ports.store.write(key, inOrder(parts), signal);
    } catch (error) {
      if (!isRegistryError(error, 'storage')) throw error;
      this.#ports.log.warn(`What was read of a layer is not kept: ${error.message}`);
    }
  }
}

function indexKey(digest: string): string {
  return `index-${layerKey(digest)}`;
}

function tableKey(digest: string): string {
  return `table-${layerKey(digest)}`;
}

function pointsKey(digest: string): string {
  return `points-${layerKey(digest)}`;
}

function sizeOf(columns: object): number {
  return Object.values(columns).reduce<number>(
    (sum, column) => sum + (ArrayBuffer.isView(column) ? column.byteLength : 0),
    0,
  );
}

/** Says which layer of an image it is. */
function naming(error: unknown, digest: string): unknown {
  if (!isRegistryError(error, 'protocol', 'too-large', 'unsupported') || error.host !== undefined) return error;
  return new RegistryError(error.code, error.message.replace(/^The layer\b/, `The layer ${shortDigest(digest)}`), {
    cause: error,
  });
}

async function* inOrder(parts: Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  yield* parts;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

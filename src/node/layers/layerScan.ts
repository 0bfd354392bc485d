import { RegistryError } from '../../core/errors.ts';
import type { AccessPoints } from '../../core/image/accessPoints.ts';
import { compressionOf, type LayerCompression } from '../../core/image/compression.ts';
import { imageLimits } from '../../core/image/imageLimits.ts';
import type { LayerColumns, LayerFacts } from '../../core/image/layerIndex.ts';
import { LayerIndexer } from '../../core/image/layerIndexer.ts';
import { gunzipHandle, hasInflateHandles, type InflateHandle, zstdHandle } from './inflateHandle.ts';
import { hashBeside, type LayerHash } from './layerHash.ts';
import { PointCollector } from './pointCollector.ts';
import { streamUnpacker, type Unpacker } from './streamUnpacker.ts';
import { ThreadedHash } from './threadedHash.ts';
import { UnpackRing } from './unpackRing.ts';

export interface ScanOptions {
  /** Bytes of the layer as stored. */
  readonly size: number;
  /** Digest of the archive that the image's config tells, `sha256:…`. */
  readonly diffId: string | undefined;
  readonly limits: ScanLimits;
  /** Does not use what is inside Node. */
  readonly usesStreams?: boolean;
}

export interface ScanLimits {
  readonly unpacked: number;
  readonly expansion: number;
}

export interface ScannedLayer {
  readonly columns: LayerColumns;
  readonly facts: LayerFacts;
  readonly points: AccessPoints | undefined;
}

/** Bytes of a layer from which a second thread is worth its beginning. */
const threadedFrom = 32 * 1024 * 1024;

/**
 * One pass over a layer: unpacks, lists, and learns where it can be read from later. It keeps no content.
 *
 * Rejects with `protocol` for what cannot be unpacked or is no archive, `too-large` past the bounds, `unsupported` where
 * this Node cannot unpack it.
 */
export class LayerScan {
  readonly #options: ScanOptions;
  readonly #indexer = new LayerIndexer();
  readonly #hash: LayerHash;
  readonly #ring: UnpackRing;
  #compression: LayerCompression | undefined;
  #unpacker: Unpacker | undefined;
  #points: PointCollector | undefined;
  #handle: InflateHandle | undefined;
  #stored = 0;
  #unpacked = 0;
  #received = 0;
  #isTruncated = false;
  #isAtEnd = false;
  #hasRest = false;
  #previousByte = 0;

  constructor(options: ScanOptions) {
    this.#options = options;
    this.#hash = options.size < threadedFrom ? hashBeside() : new ThreadedHash();
    this.#ring = new UnpackRing(this.#hash, { isHashed: options.diffId?.startsWith('sha256:') ?? false });
  }

  get entries(): number {
    return this.#indexer.entries;
  }

  get unpacked(): number {
    return this.#unpacked;
  }

  /** The first chunk has at least four bytes, unless the layer has fewer. */
  async push(chunk: Uint8Array): Promise<void> {
    this.#received += chunk.length;
    if (this.#compression === undefined) this.#begin(chunk);
    if (this.#handle !== undefined) this.#inflate(this.#handle, chunk);
    else if (this.#unpacker !== undefined) await this.#unpacker.push(chunk);
    else this.#take(chunk);
  }

  async finish(): Promise<ScannedLayer> {
    if (this.#handle !== undefined) this.#endHandle(this.#handle);
    else if (this.#unpacker !== undefined) this.#isTruncated = !(await this.#unpacker.end());
    const { columns, contents, entries, warnings } = this.#indexer.finish();
    const digests = await this.#hash.finish();
    const expected = this.#options.diffId;
    const diffId = digests && expected?.startsWith('sha256:') ? `sha256:${digests.archive}` : undefined;
    const facts: LayerFacts = {
      source: 'archive',
      compression: this.#compression ?? 'none',
      unpacked: this.#unpacked,
      contents,
      entries,
      warnings: [
        ...warnings,
        ...(this.#isTruncated && !warnings.some(({ kind }) => kind === 'truncated')
          ? [{ kind: 'truncated' as const, count: 1, examples: [] }]
          : []),
        ...(this.#hasRest ? [{ kind: 'after-end' as const, count: 1, examples: [] }] : []),
      ],
      ...(diffId !== undefined && { diffId, isDiffIdRight: diffId === expected }),
    };
    const points = digests && this.#points?.finish(this.#received, this.#unpacked, digests.spans);
    return { columns, facts, points };
  }

  #begin(chunk: Uint8Array): void {
    const { size, usesStreams = false } = this.#options;
    this.#compression = compressionOf(chunk);
    if (this.#compression === 'none') {
      this.#points = new PointCollector('none', size, this.#hash);
      return;
    }
    const hasHandles = !usesStreams && hasInflateHandles();
    if (this.#compression === 'gzip') {
      this.#handle = hasHandles ? gunzipHandle() : undefined;
      if (this.#handle !== undefined) this.#points = new PointCollector('gzip', size, this.#hash);
    } else if (hasHandles) this.#handle = zstdHandle();
    if (this.#handle !== undefined) return;
    this.#unpacker = streamUnpacker(this.#compression, (bytes) => this.#copyUnpacked(bytes));
  }

  #inflate(handle: InflateHandle, chunk: Uint8Array): void {
    let start = 0;
    let isFull = false;
    let isAgain = false;
    while (!this.#isAtEnd && (start < chunk.length || isFull)) {
      const left = chunk.length - start;
      const wantsPoint = !isAgain && (this.#points?.wants(this.#stored, this.#unpacked, left) ?? false);
      const room = this.#ring.room();
      const step = this.#step(handle, chunk, start, { room, stopsAtBlock: wantsPoint });
      if (step === undefined) break;
      const { consumed, produced } = step;
      isFull = produced === room.length;
      this.#stored += consumed;
      this.#points?.storedBytes(chunk.subarray(start, start + consumed));
      start += consumed;
      if (consumed > 0) this.#previousByte = chunk[start - 1] ?? 0;
      if (produced > 0) this.#takeUnpacked(room.subarray(0, produced));
      if (wantsPoint && !isFull) this.#propose(chunk.subarray(start));
      const isStuck = consumed === 0 && produced === 0 && start < chunk.length;
      // Zlib may stop where a block ends before it has read anything of the next.
      if (isStuck && wantsPoint) {
        isAgain = true;
        continue;
      }
      isAgain = false;
      // Behind the last part there may be zeros, which nobody unpacks.
      if (isStuck) {
        this.#isAtEnd = true;
        this.#hasRest = chunk.subarray(start).some((byte) => byte !== 0);
      }
    }
    // What is left unread belongs to the layer, and to the digest of its last part.
    if (start < chunk.length) this.#points?.storedBytes(chunk.subarray(start));
    this.#points?.endOfChunk();
  }

  #step(
    handle: InflateHandle,
    chunk: Uint8Array,
    start: number,
    { room, stopsAtBlock }: { readonly room: Uint8Array; readonly stopsAtBlock: boolean },
  ) {
    try {
      return handle.step(chunk, start, room, 0, stopsAtBlock ? 'block' : 'none');
    } catch (error) {
      // Something else may follow the archive, which no engine looks at.
      if (!this.#indexer.isAtEnd) throw cannotUnpack(error);
      this.#isAtEnd = true;
      this.#hasRest = true;
      return undefined;
    }
  }

  #propose(next: Uint8Array): void {
    const window = this.#ring.window(this.#unpacked);
    const place = { stored: this.#stored, unpacked: this.#unpacked, window, previousByte: this.#previousByte };
    this.#points?.propose(place, next);
  }

  /** What the archive has, of a layer that is not packed. */
  #take(chunk: Uint8Array): void {
    if (this.#points?.wants(this.#stored, this.#unpacked, chunk.length)) this.#points.addPlain(this.#stored);
    this.#points?.storedBytes(chunk);
    this.#stored += chunk.length;
    this.#copyUnpacked(chunk);
  }

  /** What was not unpacked into the ring. */
  #copyUnpacked(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; ) {
      const room = this.#ring.room();
      const piece = bytes.subarray(start, start + room.length);
      room.set(piece);
      this.#takeUnpacked(room.subarray(0, piece.length));
      start += piece.length;
    }
  }

  /** What is in the ring where it had room. */
  #takeUnpacked(bytes: Uint8Array): void {
    this.#unpacked += bytes.length;
    this.#checkBounds();
    this.#ring.filled(bytes.length);
    this.#points?.unpackedBytes(bytes);
    this.#indexer.push(bytes);
  }

  #checkBounds(): void {
    const { unpacked, expansion } = this.#options.limits;
    if (this.#unpacked > unpacked) throw tooLarge('unpacks to more than', unpacked);
    // Streams do not tell how much they have taken of what they got.
    const taken = this.#handle === undefined ? this.#received : this.#stored;
    if (this.#unpacked > imageLimits.expansionFrom && this.#unpacked > expansion * taken) {
      const times = expansion.toLocaleString('en');
      throw new RegistryError(
        'too-large',
        `The layer unpacks to more than ${times} times its size, as only what is made to fill disks does. It was not read on.`,
      );
    }
  }

  /** Whether all that was begun has ended. */
  #endHandle(handle: InflateHandle): void {
    try {
      if (!this.#isAtEnd) handle.step(new Uint8Array(), 0, this.#ring.room(), 0, 'finish');
    } catch {
      this.#isTruncated = true;
    } finally {
      handle.close();
    }
  }
}

function tooLarge(what: string, bytes: number): RegistryError {
  const size = `${Math.round(bytes / 1024 ** 3)} GiB`;
  return new RegistryError(
    'too-large',
    `The layer ${what} ${size}. It was not read on; pull the image to look inside.`,
  );
}

export function cannotUnpack(cause: unknown): RegistryError {
  const reason = cause instanceof Error ? cause.message : 'it is broken';
  return new RegistryError(
    'protocol',
    `The layer cannot be unpacked: ${reason}. Push the image again, or tell whoever did.`,
    { cause },
  );
}

import { RegistryError } from '../../core/errors.ts';
import type { AccessPoints } from '../../core/image/accessPoints.ts';
import { compressionOf, type LayerCompression } from '../../core/image/compression.ts';
import { imageLimits } from '../../core/image/imageLimits.ts';
import { windowSize } from '../../core/image/inflateResume.ts';
import type { LayerColumns, LayerFacts } from '../../core/image/layerIndex.ts';
import { LayerIndexer } from '../../core/image/layerIndexer.ts';
import { gunzipHandle, hasInflateHandles, type InflateHandle, zstdHandle } from './inflateHandle.ts';
import { PointCollector } from './pointCollector.ts';
import { streamUnpacker, type Unpacker } from './streamUnpacker.ts';
import { ThreadedHash } from './threadedHash.ts';

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

/** Bytes unpacked at once. Small pieces cost more than unpacking them. */
const outputSize = 256 * 1024;

/**
 * One pass over a layer: unpacks, lists, and learns where it can be read from later. It keeps no content.
 *
 * Rejects with `protocol` for what cannot be unpacked or is no archive, `too-large` past the bounds, `unsupported` where
 * this Node cannot unpack it.
 */
export class LayerScan {
  readonly #options: ScanOptions;
  readonly #indexer = new LayerIndexer();
  readonly #diffHash: ThreadedHash | undefined;
  #compression: LayerCompression | undefined;
  #unpacker: Unpacker | undefined;
  #points: PointCollector | undefined;
  #handle: InflateHandle | undefined;
  /** What was unpacked last, as far as deflate may refer to it, and what is unpacked next. */
  readonly #output = new Uint8Array(windowSize + outputSize);
  #stored = 0;
  #unpacked = 0;
  #received = 0;
  #isTruncated = false;
  #isAtEnd = false;
  #hasRest = false;
  #previousByte = 0;

  constructor(options: ScanOptions) {
    this.#options = options;
    this.#diffHash = options.diffId?.startsWith('sha256:') ? new ThreadedHash() : undefined;
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
    const diffId = await this.#diffId();
    const facts: LayerFacts = {
      source: 'archive',
      compression: this.#compression ?? 'none',
      unpacked: this.#unpacked,
      contents,
      entries,
      warnings: [
        ...warnings,
        ...(this.#isTruncated ? [{ kind: 'truncated' as const, count: 1, examples: [] }] : []),
        ...(this.#hasRest ? [{ kind: 'after-end' as const, count: 1, examples: [] }] : []),
      ],
      ...(diffId !== undefined && { diffId, isDiffIdRight: diffId === this.#options.diffId }),
    };
    return { columns, facts, points: this.#points?.finish(this.#received, this.#unpacked) };
  }

  async #diffId(): Promise<string | undefined> {
    const hex = await this.#diffHash?.digest();
    return hex && `sha256:${hex}`;
  }

  #begin(chunk: Uint8Array): void {
    const { size, usesStreams = false } = this.#options;
    this.#compression = compressionOf(chunk);
    if (this.#compression === 'none') {
      this.#points = new PointCollector('none', size);
      return;
    }
    const hasHandles = !usesStreams && hasInflateHandles();
    if (this.#compression === 'gzip') {
      this.#handle = hasHandles ? gunzipHandle() : undefined;
      if (this.#handle !== undefined) this.#points = new PointCollector('gzip', size);
    } else if (hasHandles) this.#handle = zstdHandle();
    if (this.#handle !== undefined) return;
    this.#unpacker = streamUnpacker(this.#compression, (bytes) => this.#takeUnpacked(bytes));
  }

  #inflate(handle: InflateHandle, chunk: Uint8Array): void {
    let start = 0;
    let isFull = false;
    let isAgain = false;
    while (!this.#isAtEnd && (start < chunk.length || isFull)) {
      const wantsPoint = !isAgain && (this.#points?.wants(this.#stored, this.#unpacked) ?? false);
      const step = this.#step(handle, chunk, start, wantsPoint);
      if (step === undefined) break;
      const { consumed, produced } = step;
      const room = windowSize + produced;
      isFull = room === this.#output.length;
      this.#stored += consumed;
      if (this.#points !== undefined) this.#points.storedBytes(chunk.subarray(start, start + consumed));
      start += consumed;
      if (consumed > 0) this.#previousByte = chunk[start - 1] ?? 0;
      if (produced > 0) this.#takeUnpacked(this.#output.subarray(windowSize, room));
      if (wantsPoint && !isFull && start < chunk.length) this.#propose(chunk.subarray(start), produced);
      this.#output.copyWithin(0, produced, room);
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
  }

  #step(handle: InflateHandle, chunk: Uint8Array, start: number, stopsAtBlock: boolean) {
    try {
      return handle.step(chunk, start, this.#output, windowSize, stopsAtBlock ? 'block' : 'none');
    } catch (error) {
      // Something else may follow the archive, which no engine looks at.
      if (!this.#indexer.isAtEnd) throw cannotUnpack(error);
      this.#isAtEnd = true;
      this.#hasRest = true;
      return undefined;
    }
  }

  #propose(next: Uint8Array, produced: number): void {
    const window = this.#output.subarray(produced, produced + windowSize);
    const { length } = window;
    this.#points?.propose({
      stored: this.#stored,
      unpacked: this.#unpacked,
      window: this.#unpacked < length ? window.subarray(length - this.#unpacked) : window,
      previousByte: this.#previousByte,
      next,
    });
  }

  /** What the archive has, of a layer that is not packed. */
  #take(chunk: Uint8Array): void {
    if (this.#points?.wants(this.#stored, this.#unpacked)) this.#points.addPlain(this.#stored);
    this.#points?.storedBytes(chunk);
    this.#stored += chunk.length;
    this.#takeUnpacked(chunk);
  }

  #takeUnpacked(bytes: Uint8Array): void {
    this.#unpacked += bytes.length;
    this.#checkBounds();
    this.#diffHash?.update(bytes);
    this.#points?.unpackedBytes(bytes);
    this.#indexer.push(bytes);
  }

  #checkBounds(): void {
    const { unpacked, expansion } = this.#options.limits;
    if (this.#unpacked > unpacked) throw tooLarge('unpacks to more than', unpacked);
    if (this.#unpacked > imageLimits.expansionFrom && this.#unpacked > expansion * this.#received) {
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
      if (!this.#isAtEnd) handle.step(new Uint8Array(), 0, this.#output, windowSize, 'finish');
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

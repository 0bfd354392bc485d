import { Worker } from 'node:worker_threads';
import { bundlePath } from './bundlePath.ts';
import { type LayerDigests, type LayerHash, PieceHashes, pieceSize } from './layerHash.ts';

/** Where the two threads tell each other how far they are: numbers of records. */
const written = 0;
const read = 1;

/**
 * Milliseconds after which the thread that hashes looks again, at least and at most. Being woken for each piece, it would take
 * the processor away from the one that unpacks, as schedulers put a thread where it is woken from.
 */
const shortestNap = 1;
const longestNap = 16;

/** Of each record: what it is, and where its bytes begin and how many they are. */
const recordLength = 3;
const recordCount = 64;
const unpackedPiece = 0;
const storedPiece = 1;
const markRecord = 2;
const endRecord = 3;

/** What both threads see. */
export interface SharedPieces {
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly records: Int32Array<SharedArrayBuffer>;
  readonly unpacked: Uint8Array<SharedArrayBuffer>;
  readonly stored: Uint8Array<SharedArrayBuffer>;
}

/** Milliseconds after which the other thread is given up: it has pieces to hash that take less than one. */
const patience = 10_000;

/** In a thread beside the caller's: hashing takes a third of the time of unpacking. */
export class ThreadedHash implements LayerHash {
  readonly #shared: SharedPieces = {
    control: new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)),
    records: new Int32Array(new SharedArrayBuffer(recordCount * recordLength * Int32Array.BYTES_PER_ELEMENT)),
    unpacked: new Uint8Array(new SharedArrayBuffer(8 * pieceSize)),
    stored: new Uint8Array(new SharedArrayBuffer(4 * pieceSize)),
  };
  readonly #worker: Worker;
  readonly #digests: Promise<LayerDigests | undefined>;
  /** Records that the other thread has not read, the oldest first. */
  readonly #underWay: { readonly kind: number; readonly length: number }[] = [];
  /** Bytes of the rings that it has not read. */
  readonly #waiting = [0, 0];
  #count = 0;
  #storedEnd = 0;
  #isLost = false;

  constructor() {
    const resourceLimits = { maxYoungGenerationSizeMb: 1 };
    this.#worker = new Worker(bundlePath('hashWorker'), { workerData: this.#shared, resourceLimits });
    this.#digests = new Promise((resolve) => {
      this.#worker.once('message', (digests: LayerDigests) => resolve(digests));
      this.#worker.once('error', () => resolve(undefined));
      this.#worker.once('exit', () => resolve(undefined));
    });
  }

  get ring(): Uint8Array {
    return this.#shared.unpacked;
  }

  reserve(length: number): void {
    this.#await(() => this.#waitingOf(unpackedPiece) + length <= this.ring.length);
  }

  unpacked(start: number, length: number): void {
    this.#tell(unpackedPiece, start, length);
  }

  stored(bytes: Uint8Array): void {
    const { stored } = this.#shared;
    for (let start = 0; start < bytes.length && !this.#isLost; ) {
      const room = Math.min(pieceSize, stored.length - this.#storedEnd);
      const piece = bytes.subarray(start, start + room);
      this.#await(() => this.#waitingOf(storedPiece) + piece.length <= stored.length);
      stored.set(piece, this.#storedEnd);
      this.#tell(storedPiece, this.#storedEnd, piece.length);
      this.#storedEnd = (this.#storedEnd + piece.length) % stored.length;
      start += piece.length;
    }
  }

  mark(): void {
    this.#tell(markRecord, 0, 0);
  }

  async finish(): Promise<LayerDigests | undefined> {
    this.#tell(endRecord, 0, 0);
    const digests = this.#isLost ? undefined : await this.#digests;
    await this.#worker.terminate();
    return digests;
  }

  #tell(kind: number, start: number, length: number): void {
    const { control, records } = this.#shared;
    this.#await(() => this.#underWay.length < recordCount);
    records.set([kind, start, length], (this.#count % recordCount) * recordLength);
    this.#count++;
    this.#underWay.push({ kind, length });
    if (kind < this.#waiting.length) this.#waiting[kind] = this.#waitingOf(kind) + length;
    Atomics.add(control, written, 1);
    if (kind === endRecord) Atomics.notify(control, written);
  }

  /** Waits for the other thread while it is behind. */
  #await(isReady: () => boolean): void {
    const { control } = this.#shared;
    while (!this.#isLost) {
      const done = Atomics.load(control, read);
      while (this.#count - this.#underWay.length < done) {
        const { kind, length } = this.#underWay.shift() ?? { kind: endRecord, length: 0 };
        if (kind < this.#waiting.length) this.#waiting[kind] = this.#waitingOf(kind) - length;
      }
      if (isReady()) return;
      Atomics.notify(control, written);
      this.#isLost = Atomics.wait(control, read, done, patience) === 'timed-out';
    }
  }

  #waitingOf(kind: number): number {
    return this.#waiting[kind] ?? 0;
  }
}

/** The other thread's part: hashes pieces as they come, until the end. */
export function hashPieces({ control, records, unpacked, stored }: SharedPieces): LayerDigests {
  const hashes = new PieceHashes();
  for (let done = 0; ; done++) {
    for (let nap = shortestNap; Atomics.load(control, written) === done; nap = Math.min(2 * nap, longestNap)) {
      Atomics.wait(control, written, done, nap);
    }
    const at = (done % recordCount) * recordLength;
    const [kind, start = 0, length = 0] = records.subarray(at, at + recordLength);
    if (kind === endRecord) return hashes.finish();
    if (kind === unpackedPiece) hashes.unpacked(unpacked.subarray(start, start + length));
    else if (kind === storedPiece) hashes.stored(stored.subarray(start, start + length));
    else if (kind === markRecord) hashes.mark();
    Atomics.add(control, read, 1);
    // Costs nothing where nobody waits.
    Atomics.notify(control, read);
  }
}

import { type AccessPoints, digestLength } from '../../core/image/accessPoints.ts';
import { resumePrefix } from '../../core/image/inflateResume.ts';
import { inflateRawHandle } from './inflateHandle.ts';
import type { LayerHash } from './layerHash.ts';

/** Points are so far apart at least: a window takes 32 KiB. */
const minUnpacked = 1024 * 1024;
/** A layer has about so many at most: one file then costs two parts of 128 at worst, and its own bytes. */
const maxPoints = 128;
/** Bytes of output by which a place is recognised, and of input that they may take. */
const proofLength = 64;
const proofInput = 4096;

interface Place {
  readonly stored: number;
  readonly unpacked: number;
  /** What was unpacked before, as far as deflate may refer to it. */
  readonly window: Uint8Array;
  readonly previousByte: number;
}

interface Candidate extends Place {
  /** What is stored behind it. */
  readonly input: Uint8Array;
  readonly proof: Uint8Array;
  proofFilled: number;
  /** What is stored behind it and not hashed: it belongs to the span before or behind. */
  readonly waiting: Uint8Array[];
}

/**
 * Collects the points of one layer while it is unpacked, and proves each: what cannot be decoded from is none. The bytes
 * between two of them are hashed by themselves.
 */
export class PointCollector {
  readonly #kind: AccessPoints['kind'];
  readonly #hash: LayerHash;
  readonly #minStored: number;
  readonly #stored: number[] = [];
  readonly #unpacked: number[] = [];
  readonly #bits: number[] = [];
  readonly #previousBytes: number[] = [];
  readonly #windows: Uint8Array[] = [];
  #candidate: Candidate | undefined;

  constructor(kind: AccessPoints['kind'], storedSize: number, hash: LayerHash) {
    this.#kind = kind;
    this.#hash = hash;
    this.#minStored = storedSize / maxPoints;
    this.#add({ stored: 0, unpacked: 0, previousByte: 0, window: new Uint8Array() }, 0);
  }

  /** Whether the last point is far enough away, and none is being proved. `left` bytes are here of what comes next. */
  wants(stored: number, unpacked: number, left: number): boolean {
    const isFar =
      unpacked - (this.#unpacked.at(-1) ?? 0) >= minUnpacked && stored - (this.#stored.at(-1) ?? 0) >= this.#minStored;
    return isFar && left > proofInput && this.#candidate === undefined;
  }

  /** More of the layer as it is stored. */
  storedBytes(bytes: Uint8Array): void {
    if (this.#candidate === undefined) this.#hash.stored(bytes);
    else this.#candidate.waiting.push(bytes);
  }

  /** What was given to {@link storedBytes} is there no longer. */
  endOfChunk(): void {
    this.#decide(undefined);
  }

  /** A point that needs no proof: of what is not packed. */
  addPlain(offset: number): void {
    this.#hash.mark();
    this.#add({ stored: offset, unpacked: offset, previousByte: 0, window: new Uint8Array() }, 0);
  }

  /** Unpacking has stopped, perhaps at the beginning of a block. `next` is what is stored behind it, as far as it is here. */
  propose(place: Place, next: Uint8Array): void {
    if (next.length < proofInput) return;
    const input = next.subarray(0, proofInput);
    this.#candidate = { ...place, input, proof: new Uint8Array(proofLength), proofFilled: 0, waiting: [] };
  }

  /** What was unpacked next: it proves, or disproves, the candidate. */
  unpackedBytes(bytes: Uint8Array): void {
    const candidate = this.#candidate;
    if (candidate === undefined) return;
    const taken = bytes.subarray(0, proofLength - candidate.proofFilled);
    candidate.proof.set(taken, candidate.proofFilled);
    candidate.proofFilled += taken.length;
    if (candidate.proofFilled === proofLength) this.#decide(findBits(candidate));
  }

  finish(storedSize: number, unpackedSize: number, digests: readonly Uint8Array[]): AccessPoints {
    let end = 0;
    return {
      kind: this.#kind,
      storedSize,
      unpackedSize,
      stored: Float64Array.from(this.#stored),
      unpacked: Float64Array.from(this.#unpacked),
      bits: Uint8Array.from(this.#bits),
      previousBytes: Uint8Array.from(this.#previousBytes),
      digests: joined(digests, digests.length * digestLength),
      windowEnds: Float64Array.from(this.#windows, (window) => {
        end += window.length;
        return end;
      }),
      windows: joined(this.#windows, end),
    };
  }

  /** Without bits, the candidate is no point. */
  #decide(bits: number | undefined): void {
    const candidate = this.#candidate;
    if (candidate === undefined) return;
    this.#candidate = undefined;
    if (bits !== undefined) {
      this.#hash.mark();
      this.#add(candidate, bits);
    }
    for (const bytes of candidate.waiting) this.#hash.stored(bytes);
  }

  #add({ stored, unpacked, previousByte, window }: Place, bits: number): void {
    this.#stored.push(stored);
    this.#unpacked.push(unpacked);
    this.#bits.push(bits);
    this.#previousBytes.push(previousByte);
    this.#windows.push(window);
  }
}

/** In how many bits of the byte before the block begins: zlib knows, and Node does not tell. */
function findBits({ window, previousByte, input, proof }: Candidate): number | undefined {
  const output = new Uint8Array(proofLength);
  for (let bits = 0; bits < 8; bits++) {
    const handle = inflateRawHandle(window);
    if (handle === undefined) return undefined;
    try {
      const bytes = Buffer.concat([resumePrefix(bits, previousByte), input]);
      const { produced } = handle.step(bytes, 0, output, 0, 'none');
      if (produced === proofLength && Buffer.compare(output, proof) === 0) return bits;
    } catch {
      // Not this one.
    } finally {
      handle.close();
    }
  }
  return undefined;
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

import { createHash, type Hash } from 'node:crypto';
import { type AccessPoints, digestLength } from '../../core/image/accessPoints.ts';
import { resumePrefix } from '../../core/image/inflateResume.ts';
import { inflateRawHandle } from './inflateHandle.ts';

/** Points are so far apart at least: a window takes 32 KiB. */
const minUnpacked = 1024 * 1024;
/** A layer has about so many at most: one file then costs two parts of 128 at worst, and its own bytes. */
const maxPoints = 128;
/** Bytes of output by which a place is recognised, and of input that they may take. */
const proofLength = 64;
const proofInput = 4096;

interface Candidate {
  readonly stored: number;
  readonly unpacked: number;
  readonly window: Uint8Array;
  readonly previousByte: number;
  readonly input: Uint8Array;
  /** Of what is stored before it, since the last point. */
  readonly digest: Uint8Array;
  /** Of what is stored behind it. */
  readonly hash: Hash;
  readonly proof: Uint8Array;
  proofFilled: number;
}

/** Collects the points of one layer while it is unpacked, and proves each: what cannot be decoded from is none. */
export class PointCollector {
  readonly #kind: AccessPoints['kind'];
  readonly #minStored: number;
  readonly #stored: number[] = [];
  readonly #unpacked: number[] = [];
  readonly #bits: number[] = [];
  readonly #previousBytes: number[] = [];
  readonly #digests: Uint8Array[] = [];
  readonly #windows: Uint8Array[] = [];
  #hash: Hash = createHash('sha256');
  #candidate: Candidate | undefined;

  constructor(kind: AccessPoints['kind'], storedSize: number) {
    this.#kind = kind;
    this.#minStored = storedSize / maxPoints;
    this.#add({ stored: 0, unpacked: 0, bits: 0, previousByte: 0, window: new Uint8Array() });
  }

  /** Whether the last point is far enough away, and none is being proved. */
  wants(stored: number, unpacked: number): boolean {
    const isFar =
      unpacked - (this.#unpacked.at(-1) ?? 0) >= minUnpacked && stored - (this.#stored.at(-1) ?? 0) >= this.#minStored;
    return isFar && this.#candidate === undefined;
  }

  /** More of the layer as it is stored. */
  storedBytes(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#candidate?.hash.update(bytes);
  }

  /** A point that needs no proof: of what is not packed. */
  addPlain(offset: number): void {
    this.#digests.push(this.#hash.digest());
    this.#hash = createHash('sha256');
    this.#add({ stored: offset, unpacked: offset, bits: 0, previousByte: 0, window: new Uint8Array() });
  }

  /** Unpacking has stopped, perhaps at the beginning of a block. `next` is what is stored behind it, as far as it is here. */
  propose(place: {
    readonly stored: number;
    readonly unpacked: number;
    readonly window: Uint8Array;
    readonly previousByte: number;
    readonly next: Uint8Array;
  }): void {
    const { stored, unpacked, previousByte, next } = place;
    this.#candidate = {
      stored,
      unpacked,
      previousByte,
      window: place.window.slice(),
      input: next.slice(0, proofInput),
      digest: this.#hash.copy().digest(),
      hash: createHash('sha256'),
      proof: new Uint8Array(proofLength),
      proofFilled: 0,
    };
  }

  /** What was unpacked next: it proves, or disproves, the candidate. */
  unpackedBytes(bytes: Uint8Array): void {
    const candidate = this.#candidate;
    if (candidate === undefined) return;
    const taken = bytes.subarray(0, proofLength - candidate.proofFilled);
    candidate.proof.set(taken, candidate.proofFilled);
    candidate.proofFilled += taken.length;
    if (candidate.proofFilled < proofLength) return;
    this.#candidate = undefined;
    const bits = findBits(candidate);
    if (bits === undefined) return;
    this.#digests.push(candidate.digest);
    this.#hash = candidate.hash;
    this.#add({ ...candidate, bits });
  }

  finish(storedSize: number, unpackedSize: number): AccessPoints {
    this.#digests.push(this.#hash.digest());
    let end = 0;
    return {
      kind: this.#kind,
      storedSize,
      unpackedSize,
      stored: Float64Array.from(this.#stored),
      unpacked: Float64Array.from(this.#unpacked),
      bits: Uint8Array.from(this.#bits),
      previousBytes: Uint8Array.from(this.#previousBytes),
      digests: joined(this.#digests, this.#digests.length * digestLength),
      windowEnds: Float64Array.from(this.#windows, (window) => {
        end += window.length;
        return end;
      }),
      windows: joined(this.#windows, end),
    };
  }

  #add(point: {
    readonly stored: number;
    readonly unpacked: number;
    readonly bits: number;
    readonly previousByte: number;
    readonly window: Uint8Array;
  }): void {
    this.#stored.push(point.stored);
    this.#unpacked.push(point.unpacked);
    this.#bits.push(point.bits);
    this.#previousBytes.push(point.previousByte);
    this.#windows.push(point.window);
  }
}

/** In how many bits of the byte before the block begins: zlib knows, and Node does not tell. */
function findBits({ window, previousByte, input, proof }: Candidate): number | undefined {
  for (let bits = 0; bits < 8; bits++) {
    const handle = inflateRawHandle(window);
    if (handle === undefined) return undefined;
    try {
      const output = new Uint8Array(proofLength);
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

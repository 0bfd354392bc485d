import { createHash } from 'node:crypto';

/** Digests of a layer, learned while it is unpacked. */
export interface LayerDigests {
  /** SHA-256 of its archive, lower-case hex. */
  readonly archive: string;
  /** SHA-256 of what is stored from each mark to the next. */
  readonly spans: readonly Uint8Array[];
}

/**
 * Hashes a layer as it is stored and as it is unpacked. What is unpacked is written into its ring, so that nothing has to be
 * copied for whoever hashes it.
 */
export interface LayerHash {
  readonly ring: Uint8Array;
  /** Waits until so many bytes of the ring, behind those that were unpacked last, are free. */
  reserve(length: number): void;
  /** What has been unpacked into the ring, which goes around: each piece begins where the one before ends. */
  unpacked(start: number, length: number): void;
  stored(bytes: Uint8Array): void;
  /** A span of what is stored ends here, and the next begins. */
  mark(): void;
  /** `undefined` where it could not be done. The hash must not be used any more. */
  finish(): Promise<LayerDigests | undefined>;
}

/** Bytes unpacked at once at most. Smaller pieces cost more than unpacking them. */
export const pieceSize = 256 * 1024;

/** The hashes themselves, in whichever thread. */
export class PieceHashes {
  readonly #archive = createHash('sha256');
  readonly #spans: Uint8Array[] = [];
  #span = createHash('sha256');

  unpacked(bytes: Uint8Array): void {
    this.#archive.update(bytes);
  }

  stored(bytes: Uint8Array): void {
    this.#span.update(bytes);
  }

  mark(): void {
    this.#spans.push(this.#span.digest());
    this.#span = createHash('sha256');
  }

  finish(): LayerDigests {
    this.mark();
    return { archive: this.#archive.digest('hex'), spans: this.#spans };
  }
}

/** In the thread that unpacks: for small layers, for which another is not worth its beginning. */
export function hashBeside(): LayerHash {
  const ring = new Uint8Array(2 * pieceSize);
  const hashes = new PieceHashes();
  return {
    ring,
    reserve: () => {},
    unpacked: (start, length) => hashes.unpacked(ring.subarray(start, start + length)),
    stored: (bytes) => hashes.stored(bytes),
    mark: () => hashes.mark(),
    finish: async () => hashes.finish(),
  };
}

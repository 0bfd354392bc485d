import { windowSize } from '../../core/image/inflateResume.ts';
import { type LayerHash, pieceSize } from './layerHash.ts';

/** Where a layer is unpacked into: a ring of memory, which the thread that hashes reads too. */
export class UnpackRing {
  readonly #hash: LayerHash;
  /** Whether what is unpacked is to be hashed. */
  readonly #isHashed: boolean;
  #at = 0;

  constructor(hash: LayerHash, { isHashed }: { readonly isHashed: boolean }) {
    this.#hash = hash;
    this.#isHashed = isHashed;
  }

  /** Where the next bytes go. */
  room(): Uint8Array {
    const { ring } = this.#hash;
    const length = Math.min(pieceSize, ring.length - this.#at);
    if (this.#isHashed) this.#hash.reserve(length);
    return ring.subarray(this.#at, this.#at + length);
  }

  /** So many bytes of the room are there. */
  filled(length: number): void {
    if (this.#isHashed) this.#hash.unpacked(this.#at, length);
    this.#at = (this.#at + length) % this.#hash.ring.length;
  }

  /** A copy of the last bytes, as far as deflate may refer to them, of so many that there were. */
  window(unpacked: number): Uint8Array {
    const { ring } = this.#hash;
    const window = new Uint8Array(Math.min(windowSize, unpacked));
    const atEnd = Math.max(0, window.length - this.#at);
    window.set(ring.subarray(ring.length - atEnd));
    window.set(ring.subarray(this.#at - window.length + atEnd, this.#at), atEnd);
    return window;
  }
}

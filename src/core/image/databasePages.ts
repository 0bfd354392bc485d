import { RegistryError } from '../errors.ts';

/** Bytes of one record that is put together: headers of packages with 100,000 files have some 20 MiB. */
export const largestRecord = 64 * 1024 * 1024;

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Puts a record together that lies in several pages. */
export class RecordBuilder {
  readonly #bytes: Uint8Array;
  #filled = 0;

  /** Throws `too-large`, and `protocol` for more than the whole file could hold. */
  constructor(length: number, fileLength: number) {
    if (length > fileLength) throw brokenDatabase();
    if (length > largestRecord) {
      throw new RegistryError('too-large', `A record of the database has ${length} bytes, more than any package.`);
    }
    this.#bytes = new Uint8Array(length);
  }

  get left(): number {
    return this.#bytes.length - this.#filled;
  }

  /** What does not fit is left out. */
  add(part: Uint8Array): void {
    const taken = part.subarray(0, this.left);
    this.#bytes.set(taken, this.#filled);
    this.#filled += taken.length;
  }

  /** Throws `protocol` where something is missing. */
  finish(): Uint8Array {
    if (this.left > 0) throw brokenDatabase();
    return this.#bytes;
  }
}

export function brokenDatabase(): RegistryError {
  return new RegistryError('protocol', 'The database is broken, or of a form that is not known.');
}

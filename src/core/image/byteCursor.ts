import { RegistryError } from '../errors.ts';

/** Reads parts of a stream, one behind the other; what lies between them is passed over. */
export class ByteCursor {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();
  /** Of {@link #rest} in the stream. */
  #position = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** `length` bytes from `start` on, which is not before what was read. Rejects with `protocol` where the stream ends before. */
  async *read(start: number, length: number): AsyncGenerator<Uint8Array, void, undefined> {
    let left = length;
    while (left > 0) {
      const skipped = Math.min(Math.max(0, start - this.#position), this.#rest.length);
      this.#take(skipped);
      if (this.#rest.length === 0) {
        const next = await this.#chunks.next();
        if (next.done === true) {
          throw new RegistryError('protocol', 'A layer ends before its files do: it is broken. Push the image again.');
        }
        this.#rest = next.value;
        continue;
      }
      const part = this.#rest.subarray(0, left);
      this.#take(part.length);
      left -= part.length;
      yield part;
    }
  }

  close(): void {
    this.#chunks.return?.()?.catch(() => {});
  }

  #take(bytes: number): void {
    this.#rest = this.#rest.subarray(bytes);
    this.#position += bytes;
  }
}

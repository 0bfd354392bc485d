import type { BlobSource, Descriptor } from '../../api.ts';
import { RegistryError } from '../errors.ts';

/** Reads a source in parts, one after the other, and opens it anew only where a part has to be sent again. */
export class SourceReader {
  readonly #source: BlobSource;
  readonly #descriptor: Descriptor;
  readonly #signal: AbortSignal;
  #opened:
    | { readonly chunks: AsyncIterator<Uint8Array>; readonly position: number; readonly rest: Uint8Array }
    | undefined;
  /** Of all parts, those that were sent again too. */
  bytesRead = 0;

  constructor(source: BlobSource, descriptor: Descriptor, signal: AbortSignal) {
    this.#source = source;
    this.#descriptor = descriptor;
    this.#signal = signal;
  }

  /** Errors: `digest-mismatch` when the source ends too early, and what it rejects with. */
  async *read(start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
    const known = this.#opened;
    // A part that was left early leaves nothing to go on with: what it was waiting for may still come.
    this.#opened = undefined;
    const isNext = known?.position === start;
    if (!isNext) leave(known?.chunks);
    const chunks = isNext ? known.chunks : this.#source(start, { signal: this.#signal })[Symbol.asyncIterator]();
    let rest = isNext ? known.rest : new Uint8Array();
    let position = start;
    let isComplete = false;
    try {
      while (position < end) {
        if (rest.length === 0) {
          const next = await chunks.next();
          if (next.done === true) throw this.#tooShort(position);
          rest = next.value;
        }
        const part = rest.subarray(0, end - position);
        rest = rest.subarray(part.length);
        position += part.length;
        this.bytesRead += part.length;
        if (part.length > 0) yield part;
      }
      isComplete = true;
    } finally {
      if (isComplete) this.#opened = { chunks, position, rest };
      else leave(chunks);
    }
  }

  close(): void {
    leave(this.#opened?.chunks);
    this.#opened = undefined;
  }

  #tooShort(position: number): RegistryError {
    const { digest, size } = this.#descriptor;
    const message = `The source of ${digest} ended after ${position} of ${size} bytes. Nothing was stored; read it again.`;
    return new RegistryError('digest-mismatch', message);
  }
}

function leave(chunks: AsyncIterator<Uint8Array> | undefined): void {
  chunks?.return?.()?.catch(() => {});
}

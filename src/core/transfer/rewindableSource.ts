import type { BlobSource } from '../../api.ts';
import { limits } from '../registry/limits.ts';

export interface RewindableOptions {
  /** The content from a byte on. From the start it ends with an error when it is not what its digest names. */
  readonly open: (offset: number, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;
  /** Told of bytes that came for the first time. */
  readonly onRead: (bytes: number) => void;
}

/**
 * The content of a blob as an upload reads it. The last of what was read is kept, so that a chunk that has to be sent again
 * is not fetched again. The end is held back until the whole has been verified: no target completes a wrong blob.
 */
export class RewindableSource {
  readonly #options: RewindableOptions;
  #chunks: AsyncIterator<Uint8Array> | undefined;
  /** What is kept, from byte {@link #start} to before {@link #end}. */
  #kept: Uint8Array[] = [];
  #start = 0;
  #end = 0;
  /** Has come, and is not passed on before what follows. */
  #heldBack: Uint8Array | undefined;
  #furthest = 0;
  /** A reader that left may have been waiting for it. */
  #reading: Promise<boolean> | undefined;

  constructor(options: RewindableOptions) {
    this.#options = options;
  }

  readonly read: BlobSource = (offset, { signal }) => this.#read(offset, signal);

  close(): void {
    this.#chunks?.return?.()?.catch(() => {});
    this.#chunks = undefined;
    this.#kept = [];
    this.#heldBack = undefined;
  }

  async *#read(offset: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    if (offset < this.#start || offset > this.#end) this.#restart(offset);
    for (let position = offset; ; ) {
      const chunk = this.#keptFrom(position);
      if (chunk !== undefined) {
        position += chunk.length;
        yield chunk;
        continue;
      }
      this.#reading ??= this.#pull(signal).finally(() => {
        this.#reading = undefined;
      });
      if (!(await this.#reading)) return;
    }
  }

  #restart(offset: number): void {
    this.close();
    this.#start = offset;
    this.#end = offset;
  }

  #keptFrom(position: number): Uint8Array | undefined {
    // From the end: it is nearly always the last one that is wanted.
    let start = this.#end;
    for (let index = this.#kept.length - 1; index >= 0 && position < this.#end; index--) {
      const chunk = this.#kept[index];
      start -= chunk?.length ?? 0;
      if (position >= start) return chunk?.subarray(position - start);
    }
    return undefined;
  }

  /** Keeps one more chunk. `false` at the end. */
  async #pull(signal: AbortSignal): Promise<boolean> {
    this.#chunks ??= (await this.#options.open(this.#end, signal))[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.#chunks.next();
        const held = this.#heldBack;
        this.#heldBack = next.done === true ? undefined : next.value;
        if (held !== undefined) this.#keep(held);
        if (held !== undefined || next.done === true) return held !== undefined;
      }
    } catch (error) {
      // What comes next is asked for anew.
      this.#chunks = undefined;
      this.#heldBack = undefined;
      throw error;
    }
  }

  #keep(chunk: Uint8Array): void {
    this.#kept.push(chunk);
    this.#end += chunk.length;
    while (this.#end - this.#start - (this.#kept[0]?.length ?? 0) > limits.chunk) {
      this.#start += this.#kept.shift()?.length ?? 0;
    }
    if (this.#end > this.#furthest) this.#options.onRead(this.#end - this.#furthest);
    this.#furthest = Math.max(this.#furthest, this.#end);
  }
}

import type { BlobSource } from '../../api.ts';
import { limits } from '../registry/limits.ts';

/** Bytes passed on at once at most. */
const pieceSize = 512 * 1024;

/** Bytes kept at most: what may have to be sent again, and what comes meanwhile. */
const mostKept = limits.chunk + pieceSize;

export interface RewindableOptions {
  /** Bytes of the content. */
  readonly size: number;
  /**
   * The content from a byte on. From the start it ends with an error when it is not what its digest names. A piece is not
   * looked at again once the next but one is asked for.
   */
  readonly open: (offset: number, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;
  /** Told of bytes that came for the first time. */
  readonly onRead: (bytes: number) => void;
  /** Memory of sources that are closed, for others to use. */
  readonly spare?: Uint8Array[];
}

/**
 * The content of a blob as an upload reads it. The last of what was read is kept, so that a chunk that has to be sent again
 * is not fetched again. The end is held back until the whole has been verified: no target completes a wrong blob. What is
 * passed on stays as it is until {@link limits.chunk} bytes more have been read.
 */
export class RewindableSource {
  readonly #options: RewindableOptions;
  #chunks: AsyncIterator<Uint8Array> | undefined;
  /** Goes around: each byte has its place, from {@link #start} to before {@link #end}. */
  #memory: Uint8Array | undefined;
  #start = 0;
  #end = 0;
  /** Has come and may be passed on. */
  #ready: Uint8Array = new Uint8Array();
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
    this.#leave();
    if (this.#memory?.length === mostKept) this.#options.spare?.push(this.#memory);
    this.#memory = undefined;
    this.#start = this.#end;
  }

  async *#read(offset: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    if (offset < this.#start || offset > this.#end) this.#restart(offset);
    for (let position = offset; ; ) {
      if (position < this.#end) {
        const piece = this.#keptFrom(position);
        position += piece.length;
        yield piece;
        continue;
      }
      this.#reading ??= this.#pull(signal).finally(() => {
        this.#reading = undefined;
      });
      if (!(await this.#reading)) return;
    }
  }

  #restart(offset: number): void {
    this.#leave();
    this.#start = offset;
    this.#end = offset;
  }

  #leave(): void {
    this.#chunks?.return?.()?.catch(() => {});
    this.#chunks = undefined;
    this.#ready = new Uint8Array();
    this.#heldBack = undefined;
  }

  #keptFrom(position: number): Uint8Array {
    const memory = this.#getMemory();
    const place = position % memory.length;
    return memory.subarray(place, place + Math.min(this.#end - position, pieceSize));
  }

  /** Keeps more of what comes. `false` at the end. */
  async #pull(signal: AbortSignal): Promise<boolean> {
    if (this.#ready.length === 0) this.#ready = await this.#next(signal);
    const part = this.#ready.subarray(0, pieceSize);
    this.#keep(part);
    this.#ready = this.#ready.subarray(part.length);
    return part.length > 0;
  }

  /** What comes next and is not the last; the last once there is nothing behind it, and nothing after that. */
  async #next(signal: AbortSignal): Promise<Uint8Array> {
    this.#chunks ??= (await this.#options.open(this.#end, signal))[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.#chunks.next();
        const held = this.#heldBack ?? new Uint8Array();
        this.#heldBack = next.done === true ? undefined : next.value;
        if (held.length > 0 || next.done === true) return held;
      }
    } catch (error) {
      // What comes next is asked for anew.
      this.#chunks = undefined;
      this.#heldBack = undefined;
      throw error;
    }
  }

  #keep(part: Uint8Array): void {
    const memory = this.#getMemory();
    const place = this.#end % memory.length;
    const first = part.subarray(0, memory.length - place);
    memory.set(first, place);
    memory.set(part.subarray(first.length), 0);
    this.#end += part.length;
    this.#start = Math.max(this.#start, this.#end - memory.length);
    if (this.#end > this.#furthest) this.#options.onRead(this.#end - this.#furthest);
    this.#furthest = Math.max(this.#furthest, this.#end);
  }

  #getMemory(): Uint8Array {
    const { size, spare = [] } = this.#options;
    const isSmall = size < mostKept;
    this.#memory ??= isSmall ? new Uint8Array(Math.max(size, pieceSize)) : (spare.pop() ?? new Uint8Array(mostKept));
    return this.#memory;
  }
}

import { freeMemory } from '../core/freeMemory.ts';
import { giveBack } from './readBuffers.ts';

/** Bytes that wait for their reader before the connection is read no further; more of content that is read as fast as it can. */
const mostHeld = { usual: 64 * 1024, content: 512 * 1024 };

/** A rest as short as this is read for nobody, so that its connection can be used again; a longer one is cut. */
const mostDiscarded = 64 * 1024;

/** Holds a connection back, lets it go on, or breaks it off. */
export interface Flow {
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

export interface BodyOptions {
  readonly contentLength?: string | undefined;
  /** See HttpRequest. */
  readonly forgetsChunks?: boolean;
}

interface Reader {
  readonly resolve: (result: IteratorResult<Uint8Array, undefined>) => void;
  readonly reject: (error: Error) => void;
}

const done = { done: true, value: undefined } as const;

/**
 * The body of an answer as it comes, for one reader, who asks for a chunk after he has got the one before. No stream of Node's:
 * most answers are small and have come before anybody reads them.
 */
export class IncomingBody implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #flow: Flow;
  /** As the answer announced it. */
  readonly #length: number;
  readonly #forgetsChunks: boolean;
  readonly #chunks: Uint8Array[] = [];
  readonly #mostHeld: number;
  /** What the reader may still look at. */
  readonly #given: Uint8Array[] = [];
  #held = 0;
  #received = 0;
  #reader: Reader | undefined;
  #end: 'complete' | Error | undefined;
  #isDiscarded = false;

  constructor(flow: Flow, { contentLength = '0', forgetsChunks = false }: BodyOptions = {}) {
    this.#flow = flow;
    this.#length = Number(contentLength);
    this.#forgetsChunks = forgetsChunks;
    this.#mostHeld = forgetsChunks ? mostHeld.content : mostHeld.usual;
  }

  push(chunk: Uint8Array): void {
    // undici says so each time that it goes on; it is no chunk after which another could be forgotten.
    if (chunk.length === 0) return;
    this.#received += chunk.length;
    if (this.#isDiscarded) {
      if (this.#received > mostDiscarded) this.#leave();
    } else if (this.#reader !== undefined) {
      if (this.#forgetsChunks) this.#given.push(chunk);
      this.#takeReader()?.resolve({ done: false, value: chunk });
    } else {
      this.#chunks.push(chunk);
      this.#held += chunk.length;
      if (this.#held >= this.#mostHeld) this.#flow.pause();
    }
  }

  complete(): void {
    this.#end ??= 'complete';
    this.#takeReader()?.resolve(done);
  }

  /** What has come before is still read. */
  fail(error: Error): void {
    this.#end ??= error;
    this.#takeReader()?.reject(error);
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    while (this.#given.length > 1) free(this.#given.shift());
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      if (this.#forgetsChunks) this.#given.push(chunk);
      this.#held -= chunk.length;
      if (this.#held < this.#mostHeld) this.#flow.resume();
      return Promise.resolve({ done: false, value: chunk });
    }
    if (this.#end instanceof Error) return Promise.reject(this.#end);
    if (this.#end !== undefined) return Promise.resolve(done);
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  /** Called by a loop that is left early. */
  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#leave();
    return Promise.resolve(done);
  }

  discard(): void {
    this.#isDiscarded = true;
    this.#chunks.length = 0;
    if (this.#received > mostDiscarded || this.#length > mostDiscarded) this.#leave();
    else if (this.#end === undefined) this.#flow.resume();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #leave(): void {
    this.#chunks.length = 0;
    if (this.#end === undefined) this.#flow.abort(new Error('The rest of the answer is not wanted.'));
  }

  #takeReader(): Reader | undefined {
    const reader = this.#reader;
    this.#reader = undefined;
    return reader;
  }
}

/** The memory of a chunk, where it shares it with nothing else. */
function free(chunk: Uint8Array | undefined): void {
  if (chunk === undefined || chunk.length === 0 || giveBack(chunk)) return;
  const { buffer, byteLength } = chunk;
  if (byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) freeMemory(buffer);
}

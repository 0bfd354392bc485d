import { Worker } from 'node:worker_threads';
import { RegistryError } from '../../core/errors.ts';
import type { HashAlgorithm, StreamHash } from '../../core/ports.ts';
import { bundlePath } from './bundlePath.ts';

/** What goes to the thread. One thread hashes for all, each content under its number. */
export type ToHashThread =
  | {
      readonly kind: 'begin';
      readonly id: number;
      readonly algorithm: HashAlgorithm;
      readonly blocks: SharedArrayBuffer;
    }
  /** Bytes of {@link blocks} that are the next; it is done with them when it says `taken`. */
  | { readonly kind: 'bytes'; readonly id: number; readonly start: number; readonly length: number }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'drop'; readonly id: number };

export type FromHashThread =
  | { readonly kind: 'taken'; readonly id: number }
  | { readonly kind: 'digest'; readonly id: number; readonly hex: string };

type Send = (message: ToHashThread) => void;

/**
 * Bytes that go to the thread at once. With fewer, the messages cost more than they carry; files are written in such blocks
 * too, for which Linux makes larger pages from 1 MiB on, and takes three times as long.
 */
const blockSize = 512 * 1024;
/** Of one content: one is filled while others are hashed, and written. */
const blockCount = 6;
/** What the reader may still look at. */
const blocksGiven = 2;
/** Milliseconds after which a block goes on that is not full. */
const longestFill = 100;

/** Milliseconds that a thread without work is kept for the next blob. */
const idleTime = 5000;

let shared: HashThread | undefined;

/** Hashes in a thread beside the caller's, which so reads and writes meanwhile. */
export function hashInThread(algorithm: HashAlgorithm): StreamHash {
  shared ??= new HashThread(() => {
    shared = undefined;
  });
  return shared.begin(algorithm);
}

class HashThread {
  readonly #worker = new Worker(bundlePath('blobHashWorker'), { resourceLimits: { maxYoungGenerationSizeMb: 1 } });
  readonly #hashes = new Map<number, ThreadHash>();
  readonly #ended: () => void;
  #count = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(ended: () => void) {
    this.#ended = ended;
    this.#worker.on('message', (message: FromHashThread) => this.#hashes.get(message.id)?.receive(message));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('its thread has ended')));
    this.#worker.unref();
  }

  begin(algorithm: HashAlgorithm): StreamHash {
    clearTimeout(this.#idle);
    const id = this.#count++;
    const hash = new ThreadHash(
      id,
      (message) => this.#worker.postMessage(message),
      () => this.#leave(id),
    );
    this.#hashes.set(id, hash);
    // Whoever waits for a digest waits for the thread.
    this.#worker.ref();
    this.#worker.postMessage({ kind: 'begin', id, algorithm, blocks: hash.blocks } satisfies ToHashThread);
    return hash;
  }

  #leave(id: number): void {
    if (!this.#hashes.delete(id) || this.#hashes.size > 0) return;
    this.#worker.unref();
    this.#idle = setTimeout(() => {
      this.#ended();
      void this.#worker.terminate();
    }, idleTime).unref();
  }

  #fail(cause: unknown): void {
    this.#ended();
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `What came could not be verified: ${reason}. It was thrown away; try again.`;
    for (const hash of this.#hashes.values()) hash.fail(new RegistryError('storage', message, { cause }));
  }
}

class ThreadHash implements StreamHash {
  readonly blocks = new SharedArrayBuffer(blockCount * blockSize);
  readonly #id: number;
  readonly #send: Send;
  readonly #leave: () => void;
  readonly #bytes = new Uint8Array(this.blocks);
  /** How many need each block: the thread, and whoever reads. */
  readonly #needs = Array.from({ length: blockCount }, () => 0);
  /** With the thread, which takes one after the other. */
  readonly #sent: number[] = [];
  #block = 0;
  #filled = 0;
  #hex: string | undefined;
  #failure: RegistryError | undefined;
  #wake: (() => void) | undefined;

  constructor(id: number, send: Send, leave: () => void) {
    this.#id = id;
    this.#send = send;
    this.#leave = leave;
  }

  through(chunks: AsyncIterable<Uint8Array>, { forgetsChunks = false } = {}): AsyncIterable<Uint8Array> {
    return forgetsChunks ? this.#inBlocks(chunks) : this.#asTheyAre(chunks);
  }

  async hex(): Promise<string> {
    this.#post();
    this.#send({ kind: 'end', id: this.#id });
    while (this.#hex === undefined) await this.#woken();
    return this.#hex;
  }

  close(): void {
    if (this.#hex === undefined && this.#failure === undefined) this.#send({ kind: 'drop', id: this.#id });
    this.#leave();
  }

  receive(message: FromHashThread): void {
    if (message.kind === 'taken') this.#release(this.#sent.shift());
    else this.#hex = message.hex;
    this.#wake?.();
  }

  fail(error: RegistryError): void {
    this.#failure = error;
    this.#wake?.();
  }

  async *#asTheyAre(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of chunks) {
      for (let rest = chunk; rest.length > 0; ) {
        if (this.#filled === 0) await this.#freeBlock();
        rest = this.#fill(rest);
        if (this.#filled === blockSize) this.#post();
      }
      yield chunk;
    }
  }

  /** The reader gets the very blocks that the thread hashes: nothing is copied for him. */
  async *#inBlocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    const given: number[] = [];
    let began = 0;
    let failure: { readonly reason: unknown } | undefined;
    const give = (): Uint8Array => {
      while (given.length >= blocksGiven) this.#release(given.shift());
      given.push(this.#block);
      return this.#post(1);
    };
    try {
      for await (const chunk of chunks) {
        for (let rest = chunk; rest.length > 0; ) {
          if (this.#filled === 0) {
            // Asked for the next but one, it is done with the first.
            if (given.length >= blocksGiven) this.#release(given.shift());
            await this.#freeBlock();
            began = performance.now();
          }
          rest = this.#fill(rest);
          if (this.#filled === blockSize) yield give();
        }
        if (this.#filled > 0 && performance.now() - began > longestFill) yield give();
      }
    } catch (reason) {
      failure = { reason };
    }
    if (this.#filled > 0) yield give();
    if (failure !== undefined) throw failure.reason;
  }

  /** Copies into the block, and returns what finds no room. */
  #fill(chunk: Uint8Array): Uint8Array {
    const part = chunk.subarray(0, blockSize - this.#filled);
    this.#bytes.set(part, this.#block * blockSize + this.#filled);
    this.#filled += part.length;
    return chunk.subarray(part.length);
  }

  /** Sends what is in the block to the thread; so many others need it too. */
  #post(others = 0): Uint8Array {
    const [start, length] = [this.#block * blockSize, this.#filled];
    if (length > 0) {
      this.#needs[this.#block] = 1 + others;
      this.#sent.push(this.#block);
      this.#send({ kind: 'bytes', id: this.#id, start, length });
      this.#filled = 0;
    }
    return this.#bytes.subarray(start, start + length);
  }

  async #freeBlock(): Promise<void> {
    for (;;) {
      const free = this.#needs.indexOf(0);
      if (free >= 0) {
        this.#block = free;
        return;
      }
      await this.#woken();
    }
  }

  #release(block = 0): void {
    this.#needs[block] = (this.#needs[block] ?? 0) - 1;
  }

  async #woken(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
    if (this.#failure !== undefined) throw this.#failure;
  }
}

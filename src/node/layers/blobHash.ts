import { Worker } from 'node:worker_threads';
import { RegistryError } from '../../core/errors.ts';
import type { HashAlgorithm, StreamHash } from '../../core/ports.ts';
import { bundlePath } from './bundlePath.ts';

/** What goes to the thread. One thread hashes for all, each content under its number. */
export type ToHashThread =
  | { readonly kind: 'begin'; readonly id: number; readonly algorithm: HashAlgorithm }
  /** The first `length` bytes of a block, which comes back with `taken`. */
  | { readonly kind: 'block'; readonly id: number; readonly block: ArrayBuffer; readonly length: number }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'drop'; readonly id: number };

export type FromHashThread =
  | { readonly kind: 'taken'; readonly id: number; readonly block: ArrayBuffer }
  | { readonly kind: 'digest'; readonly id: number; readonly hex: string };

type Send = (message: ToHashThread, transfer?: readonly ArrayBuffer[]) => void;

/** Bytes sent to the thread at once: with fewer, the messages cost more than they carry. */
const blockSize = 1024 * 1024;
/** Of one content: one is filled while others are hashed. */
const blocksUnderWay = 3;

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
      (message, transfer = []) => this.#worker.postMessage(message, transfer),
      () => this.#leave(id),
    );
    this.#hashes.set(id, hash);
    // Whoever waits for a digest waits for the thread.
    this.#worker.ref();
    this.#worker.postMessage({ kind: 'begin', id, algorithm } satisfies ToHashThread);
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
  readonly #id: number;
  readonly #send: Send;
  readonly #leave: () => void;
  readonly #free: ArrayBuffer[] = [];
  #made = 0;
  /** Is being filled. */
  #block: ArrayBuffer | undefined;
  #filled = 0;
  #hex: string | undefined;
  #failure: RegistryError | undefined;
  #wake: (() => void) | undefined;

  constructor(id: number, send: Send, leave: () => void) {
    this.#id = id;
    this.#send = send;
    this.#leave = leave;
  }

  update(chunk: Uint8Array): Promise<void> | undefined {
    const left = this.#fill(chunk);
    return left === undefined ? undefined : this.#wait(left);
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
    if (message.kind === 'taken') this.#free.push(message.block);
    else this.#hex = message.hex;
    this.#wake?.();
  }

  fail(error: RegistryError): void {
    this.#failure = error;
    this.#wake?.();
  }

  /** Copies into blocks; what finds no room is left. */
  #fill(chunk: Uint8Array): Uint8Array | undefined {
    for (let rest = chunk; rest.length > 0; ) {
      this.#block ??= this.#nextBlock();
      if (this.#block === undefined) return rest;
      const part = rest.subarray(0, blockSize - this.#filled);
      new Uint8Array(this.#block).set(part, this.#filled);
      this.#filled += part.length;
      rest = rest.subarray(part.length);
      if (this.#filled === blockSize) this.#post();
    }
    return undefined;
  }

  #nextBlock(): ArrayBuffer | undefined {
    const known = this.#free.pop();
    if (known !== undefined || this.#made === blocksUnderWay) return known;
    this.#made++;
    return new ArrayBuffer(blockSize);
  }

  async #wait(chunk: Uint8Array): Promise<void> {
    for (let left: Uint8Array | undefined = chunk; left !== undefined; left = this.#fill(left)) await this.#woken();
  }

  #post(): void {
    const block = this.#block;
    if (block === undefined) return;
    this.#send({ kind: 'block', id: this.#id, block, length: this.#filled }, [block]);
    this.#block = undefined;
    this.#filled = 0;
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

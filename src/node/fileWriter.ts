import type { FileHandle } from 'node:fs/promises';
import { throwIfAborted } from '../core/errors.ts';

/** Bytes written at once: content comes in pieces of some KiB, and each call costs a turn of the event loop. */
const batchSize = 1024 * 1024;

/** Bytes after which the disk is told to begin, so that it does not have everything before it at the end. */
const flushSize = 64 * 1024 * 1024;

/**
 * Writes pieces one behind the other, while the next ones come. What has come is written when their source fails too; it
 * rejects then as the source did. {@link position} says how far it is.
 */
export class FileWriter {
  readonly #handle: FileHandle;
  #position: number;
  #batch: Uint8Array[] = [];
  #batchLength = 0;
  #underWay: Promise<void> = Promise.resolve();
  #flushing: Promise<void> = Promise.resolve();
  #isFlushing = false;
  #flushed: number;

  constructor(handle: FileHandle, position: number) {
    this.#handle = handle;
    this.#position = position;
    this.#flushed = position;
  }

  /** Bytes that are in the file. */
  get position(): number {
    return this.#position;
  }

  async writeAll(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    try {
      for await (const chunk of chunks) {
        throwIfAborted(signal);
        this.#batch.push(chunk);
        this.#batchLength += chunk.length;
        if (this.#batchLength >= batchSize) await this.#writeBatch();
      }
    } finally {
      try {
        await this.#writeBatch();
        await this.#underWay;
      } finally {
        // The file must not be closed before; what fails in it is told by {@link finish}.
        await this.#flushing.catch(() => {});
      }
    }
  }

  /** Cuts off what was there before, and waits until the disk has all of it. */
  async finish(): Promise<void> {
    await this.#flushing;
    await this.#handle.truncate(this.#position);
    await this.#handle.sync();
  }

  /** Begins to write what has come, once the batch before is written. */
  async #writeBatch(): Promise<void> {
    await this.#underWay;
    const batch = this.#batch;
    this.#batch = [];
    this.#batchLength = 0;
    this.#underWay = this.#write(batch);
    // Whoever waits for it next is told.
    this.#underWay.catch(() => {});
  }

  async #write(batch: readonly Uint8Array[]): Promise<void> {
    for (let rest = batch; rest.length > 0; ) {
      const { bytesWritten } = await this.#handle.writev(rest, this.#position);
      this.#position += bytesWritten;
      rest = without(rest, bytesWritten);
    }
    if (this.#position - this.#flushed >= flushSize && !this.#isFlushing) this.#flush();
  }

  #flush(): void {
    this.#flushed = this.#position;
    this.#isFlushing = true;
    this.#flushing = this.#flushing.then(async () => {
      await this.#handle.datasync();
      this.#isFlushing = false;
    });
    this.#flushing.catch(() => {});
  }
}

/** What is left of a batch when so many bytes of it are written. */
function without(batch: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let left = bytes;
  return batch.flatMap((chunk) => {
    const rest = chunk.subarray(Math.min(left, chunk.length));
    left -= chunk.length - rest.length;
    return rest.length === 0 ? [] : [rest];
  });
}

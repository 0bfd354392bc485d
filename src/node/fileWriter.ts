import type { FileHandle } from 'node:fs/promises';
import { throwIfAborted } from '../core/errors.ts';

/** Bytes of small pieces that are written at once: each call costs a turn of the event loop. */
const blockSize = 256 * 1024;

/** Bytes from which on a piece is written as it is, without a copy. */
const largeSize = 128 * 1024;

/** Bytes after which the disk is told to begin, so that it does not have everything before it at the end. */
const flushSize = 16 * 1024 * 1024;

/**
 * Writes pieces one behind the other, each while the next one comes. What has come is written when their source fails too; it
 * rejects then as the source did. {@link position} says how far it is.
 */
export class FileWriter {
  readonly #handle: FileHandle;
  #position: number;
  /** Is being filled with small pieces. */
  #block: Uint8Array | undefined;
  #filled = 0;
  /** Is not used. */
  #spare: Uint8Array | undefined;
  #underWay: Promise<void> = Promise.resolve();
  /** Of a piece that is not ours. */
  #pieceUnderWay: Promise<void> = Promise.resolve();
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

  /** A piece must stay as it is until the next but one is asked for. */
  async writeAll(pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    try {
      for await (const piece of pieces) {
        throwIfAborted(signal);
        if (piece.length >= largeSize) {
          await this.#writeBlock();
          await this.#begin(piece);
          this.#pieceUnderWay = this.#underWay;
        } else {
          // Whoever gives pieces takes the one before back when the next is asked for.
          await this.#pieceUnderWay;
          if (this.#filled + piece.length > blockSize) await this.#writeBlock();
          this.#add(piece);
        }
      }
    } finally {
      try {
        await this.#writeBlock();
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

  #add(piece: Uint8Array): void {
    this.#block ??= this.#spare ?? Buffer.allocUnsafeSlow(blockSize);
    if (this.#block === this.#spare) this.#spare = undefined;
    this.#block.set(piece, this.#filled);
    this.#filled += piece.length;
  }

  async #writeBlock(): Promise<void> {
    const block = this.#block;
    if (block === undefined) return;
    const filled = block.subarray(0, this.#filled);
    this.#block = undefined;
    this.#filled = 0;
    await this.#begin(filled, () => {
      this.#spare = block;
    });
  }

  /** Begins to write a piece, once the one before is written. */
  async #begin(piece: Uint8Array, ended = (): void => {}): Promise<void> {
    await this.#underWay;
    this.#underWay = this.#write(piece).then(ended);
    // Whoever waits for it next is told.
    this.#underWay.catch(() => {});
  }

  async #write(piece: Uint8Array): Promise<void> {
    for (let rest = piece; rest.length > 0; ) {
      const { bytesWritten } = await this.#handle.write(rest, 0, rest.length, this.#position);
      this.#position += bytesWritten;
      rest = rest.subarray(bytesWritten);
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

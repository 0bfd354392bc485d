import { concatenate } from '../concatenate.ts';
import { parseTarHeader, tarBlockSize } from '../tarHeader.ts';

/** A file of an archive that is read from its start to its end. */
export interface StreamedFile {
  readonly size: number;
  /** Can be read once. Ends the reading of the archive. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * The first file of a tar archive with one of these names, read on the way; `undefined` when the archive has none, or ends
 * before. Names are short here, so those that pax attributes give are not looked at.
 */
export async function findInTarStream(
  archive: AsyncIterable<Uint8Array>,
  names: readonly string[],
): Promise<StreamedFile | undefined> {
  const reader = new ChunkReader(archive);
  for (;;) {
    const block = await reader.take(tarBlockSize);
    const header = block && parseTarHeader(block);
    if (header === undefined || header === 'end') {
      await reader.close();
      return undefined;
    }
    // A link has the size of what it leads to in some archives, and no content.
    const size = ['0', '7', 'x', 'g', 'L', 'K'].includes(header.type) ? header.size : 0;
    if (header.type === '0' && names.includes(header.path.replace(/^\.\//, ''))) {
      return { size, chunks: reader.readOnly(size) };
    }
    if (!(await reader.skip(Math.ceil(size / tarBlockSize) * tarBlockSize))) {
      await reader.close();
      return undefined;
    }
  }
}

/** Gives bytes out in other pieces than they come in. */
class ChunkReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes; `undefined` at the end. */
  async take(length: number): Promise<Uint8Array | undefined> {
    const parts: Uint8Array[] = [];
    for await (const part of this.#parts(length)) parts.push(part);
    const all = concatenate(
      parts,
      parts.reduce((sum, part) => sum + part.length, 0),
    );
    return all.length === length ? all : undefined;
  }

  /** Whether there were so many. */
  async skip(length: number): Promise<boolean> {
    let skipped = 0;
    for await (const part of this.#parts(length)) skipped += part.length;
    return skipped === length;
  }

  /** The next bytes, and none after them. */
  async *readOnly(length: number): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* this.#parts(length);
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async *#parts(length: number): AsyncGenerator<Uint8Array, void, undefined> {
    let left = length;
    while (left > 0) {
      if (this.#rest.length === 0) {
        const { done, value } = await this.#source.next();
        if (done === true) return;
        this.#rest = value;
      }
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }
}

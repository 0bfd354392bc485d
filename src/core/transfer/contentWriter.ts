import type { Descriptor } from '../../api.ts';
import { isRegistryError } from '../errors.ts';
import { digestAlgorithm } from '../oci/digest.ts';
import type { ContentInParts, CreateHash } from '../ports.ts';
import { limits } from '../registry/limits.ts';
import { mismatch } from '../registry/verify.ts';

/** The content of a blob from a byte on. From the start, and only then, it is verified as it is read. */
export type OpenContent = (offset: number) => Promise<AsyncIterable<Uint8Array>>;

export interface ContentSource {
  readonly open: OpenContent;
  /** Told of bytes that come, and first of those that an earlier attempt has kept. */
  readonly onBytes: (bytes: number, how: 'came' | 'kept') => void;
  /** For messages: where the content comes from. */
  readonly from: string;
}

/**
 * A blob for {@link ContentInParts}: what an earlier attempt has left is hashed, the rest is asked for from there on, as
 * often as it breaks off, and the whole is compared with the digest. A source that sends no parts is read from its start,
 * and what is there already left out.
 */
export function contentInParts(blob: Descriptor, source: ContentSource, createHash: CreateHash): ContentInParts {
  const algorithm = digestAlgorithm(blob.digest);
  const hash = createHash(algorithm);
  const { open, onBytes, from } = source;

  async function* rest(offset: number): AsyncGenerator<Uint8Array, void, undefined> {
    if (offset === 0) {
      // It goes on by itself where its connection breaks, and ends with an error where it is something else.
      for await (const chunk of await open(0)) {
        yield chunk;
        onBytes(chunk.length, 'came');
      }
      return;
    }
    for await (const chunk of throughBreaks(offset)) {
      hash.update(chunk);
      yield chunk;
      onBytes(chunk.length, 'came');
    }
    const digest = `${algorithm}:${hash.hex()}`;
    if (digest !== blob.digest) throw mismatch(from, `asked for ${blob.digest}, it sent ${digest}`);
  }

  async function* throughBreaks(start: number): AsyncGenerator<Uint8Array, void, undefined> {
    let offset = start;
    let breaks = 0;
    let offsetOfBreaks = offset;
    while (offset < blob.size) {
      try {
        const { chunks, skipped } = await openFrom(offset);
        let left = skipped;
        for await (const chunk of chunks) {
          const fresh = chunk.subarray(Math.min(left, chunk.length));
          left -= chunk.length - fresh.length;
          if (fresh.length === 0) continue;
          offset += fresh.length;
          if (offset > blob.size) throw mismatch(from, `of ${blob.size} bytes, more came`);
          yield fresh;
        }
        if (offset < blob.size) throw mismatch(from, `of ${blob.size} bytes, ${offset} came`);
      } catch (error) {
        if (!isRegistryError(error) || !error.isPassing) throw error;
        if (offset - offsetOfBreaks >= limits.resumeProgress) {
          breaks = 0;
          offsetOfBreaks = offset;
        }
        if (++breaks > limits.resumes) throw error;
      }
    }
  }

  async function openFrom(
    offset: number,
  ): Promise<{ readonly chunks: AsyncIterable<Uint8Array>; readonly skipped: number }> {
    try {
      return { chunks: await open(offset), skipped: 0 };
    } catch (error) {
      if (!isRegistryError(error, 'unsupported')) throw error;
      return { chunks: await open(0), skipped: offset };
    }
  }

  return {
    key: blob.digest.replace(':', '-'),
    known: (chunk) => {
      hash.update(chunk);
      onBytes(chunk.length, 'kept');
    },
    rest,
  };
}

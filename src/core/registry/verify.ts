import { RegistryError } from '../errors.ts';
import { digestAlgorithm } from '../oci/digest.ts';
import type { CreateHash, HttpRequest } from '../ports.ts';

/** The digest of `bytes` in the algorithm of `expected`; sha256 without one. */
export function digestOf(bytes: Uint8Array, createHash: CreateHash, expected?: string): string {
  const algorithm = expected === undefined ? 'sha256' : digestAlgorithm(expected);
  const hash = createHash(algorithm);
  hash.update(bytes);
  return `${algorithm}:${hash.hex()}`;
}

/**
 * Passes chunks on and compares their size and digest at the end. Whoever reads must treat all of it as worthless until
 * the iteration has ended without an error.
 */
export async function* verifiedChunks(
  chunks: AsyncIterable<Uint8Array>,
  expected: { readonly digest: string; readonly size: number },
  context: {
    readonly createHash: CreateHash;
    readonly host: string;
    /** Whoever reads has threads of its own for the chunks, from which another would take memory and processors. */
    readonly isReadInThread?: boolean;
    readonly forgetsChunks?: HttpRequest['forgetsChunks'];
  },
): AsyncGenerator<Uint8Array, void, undefined> {
  const { createHash, host, isReadInThread = false, forgetsChunks = false } = context;
  const algorithm = digestAlgorithm(expected.digest);
  const hash = createHash.ofStream(algorithm, isReadInThread ? 0 : expected.size);
  let size = 0;

  async function* upToSize(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > expected.size) break;
      yield chunk;
    }
  }

  try {
    for await (const chunk of hash.through(upToSize(), { forgetsChunks })) yield chunk;
    if (size !== expected.size) {
      throw mismatch(host, `of ${expected.size} bytes, ${size > expected.size ? 'more' : `${size}`} came`);
    }
    const digest = `${algorithm}:${await hash.hex()}`;
    if (digest !== expected.digest) throw mismatch(host, `asked for ${expected.digest}, it sent ${digest}`);
  } finally {
    hash.close();
  }
}

export function mismatch(host: string, reason: string): RegistryError {
  return new RegistryError(
    'digest-mismatch',
    `What ${host} sent is not what its digest names: ${reason}. It was thrown away. A cache or proxy in between may be broken; try again, then tell the registry's operator.`,
    { host },
  );
}

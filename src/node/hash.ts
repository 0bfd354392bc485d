import { createHash as createNodeHash } from 'node:crypto';
import type { CreateHash, Hash, HashAlgorithm } from '../core/ports.ts';
import { hashInThread } from './layers/blobHash.ts';

/** Bytes from which on another thread is worth its beginning. */
const threadedFrom = 8 * 1024 * 1024;

export const createHash: CreateHash = Object.assign(hashHere, {
  ofStream: (algorithm: HashAlgorithm, size: number) =>
    size < threadedFrom ? streamHere(algorithm) : hashInThread(algorithm),
});

function hashHere(algorithm: HashAlgorithm): Hash {
  const hash = createNodeHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), hex: () => hash.digest('hex') };
}

function streamHere(algorithm: HashAlgorithm): ReturnType<CreateHash['ofStream']> {
  const { update, hex } = hashHere(algorithm);
  return {
    through: async function* (chunks) {
      for await (const chunk of chunks) {
        update(chunk);
        yield chunk;
      }
    },
    hex: async () => hex(),
    close: () => {},
  };
}

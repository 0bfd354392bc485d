import { createHash as createNodeHash } from 'node:crypto';
import type { CreateHash } from '../core/ports.ts';

export const createHash: CreateHash = (algorithm) => {
  const hash = createNodeHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), hex: () => hash.digest('hex') };
};

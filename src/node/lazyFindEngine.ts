import type { FindEngine } from '../core/ports.ts';

/** Loads its bundle at the first call. */
export const lazyFindEngine: FindEngine = async (options) => {
  const { createFindEngine } = await import('./network.ts');
  return createFindEngine()(options);
};

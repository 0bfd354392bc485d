import type { FindEngine } from '../core/ports.ts';

/** Loads its bundle at the first call. `host` is asked for at each: the setting may have changed. */
export function createLazyFindEngine(host: () => string | undefined): FindEngine {
  return async ({ signal }) => {
    const { createFindEngine } = await import('./network.ts');
    const chosen = host();
    return createFindEngine()({ signal, ...(chosen !== undefined && { host: chosen }) });
  };
}

import type { Log } from '../../src/core/ports.ts';

/** Keeps nothing. */
export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

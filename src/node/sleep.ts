import { setTimeout as delay } from 'node:timers/promises';
import { cancelled } from '../core/errors.ts';
import type { Sleep } from '../core/ports.ts';

export const sleep: Sleep = async (milliseconds, signal) => {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch {
    throw cancelled(signal);
  }
};

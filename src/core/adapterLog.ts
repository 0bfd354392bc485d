import type { AdapterLog } from '../api.ts';
import { oneLine } from './oneLine.ts';
import type { Log } from './ports.ts';

/** What an adapter says goes to the log under its name, one line each. */
export function adapterLog(log: Log, label: string): AdapterLog {
  const line = (message: string): string => `${label}: ${oneLine(message)}`;
  return {
    debug: (message) => log.debug(line(message)),
    info: (message) => log.info(line(message)),
    warn: (message) => log.warn(line(message)),
  };
}

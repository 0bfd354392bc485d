import type { Connections } from '../core/connections.ts';
import type { Gantry } from '../core/gantry.ts';
import type { Log } from '../core/ports.ts';

/** What the parts of the host are built from. */
export interface Services {
  readonly gantry: Gantry;
  readonly connections: Connections;
  readonly log: Log;
}

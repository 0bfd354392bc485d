import type { Connections } from '../core/connections.ts';
import type { GantryService } from '../core/gantryService.ts';
import type { Pins } from '../core/pins.ts';
import type { KeptLog } from './keptLog.ts';

/** What the parts of the host are built from. */
export interface Services {
  readonly gantry: GantryService;
  readonly connections: Connections;
  readonly pins: Pins;
  readonly log: KeptLog;
}

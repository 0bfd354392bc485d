import type { Connections } from '../core/connections.ts';
import type { Gantry } from '../core/gantry.ts';
import type { Pins } from '../core/pins.ts';
import type { StateStore } from '../core/ports.ts';
import type { RecentImages } from '../core/recentImages.ts';
import type { TransferJobs } from '../core/transferJobs.ts';
import type { WatchedTags } from '../core/watchedTags.ts';
import type { OpenImages } from './files/openImages.ts';
import type { KeptLog } from './keptLog.ts';

/** What the parts of the host are built from. */
export interface Services {
  readonly gantry: Gantry;
  readonly connections: Connections;
  readonly pins: Pins;
  readonly recent: RecentImages;
  readonly watched: WatchedTags;
  readonly images: OpenImages;
  readonly state: StateStore;
  /** Loaded at first use. */
  readonly transfers: () => Promise<TransferJobs>;
  /** What commands show as read-only documents, by the path of each. */
  readonly texts: Map<string, string>;
  readonly log: KeptLog;
}

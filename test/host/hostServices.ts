import type { Connections } from '../../src/core/connections.ts';
import type { Gantry } from '../../src/core/gantry.ts';
import { Pins } from '../../src/core/pins.ts';
import type { Ports } from '../../src/core/ports.ts';
import { RecentImages } from '../../src/core/recentImages.ts';
import { TransferJobs } from '../../src/core/transferJobs.ts';
import { WatchedTags } from '../../src/core/watchedTags.ts';
import { OpenImages } from '../../src/host/files/openImages.ts';
import { keepLog } from '../../src/host/keptLog.ts';
import type { Services } from '../../src/host/services.ts';

/** What parts of the host are built from, on ports that keep everything in memory. */
export function hostServices(gantry: Gantry, connections: Connections, { state, log }: Ports): Services {
  const transfers = new TransferJobs(state, Date.now);
  return {
    gantry,
    connections,
    pins: new Pins(state),
    images: new OpenImages(gantry),
    recent: new RecentImages(state),
    watched: new WatchedTags(state),
    state,
    transfers: async () => transfers,
    texts: new Map(),
    log: keepLog(log),
  };
}

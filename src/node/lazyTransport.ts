import type { Transport, TransportOptions } from './network.ts';

/** A transport that loads its bundle at the first request. */
export function createLazyTransport(options: TransportOptions): Transport {
  let loading: Promise<Transport> | undefined;
  const load = (): Promise<Transport> => {
    loading ??= import('./network.ts').then(({ createTransport }) => createTransport(options));
    return loading;
  };
  return {
    open: (connection) => async (request, signal) => (await load()).open(connection)(request, signal),
    dispose: async () => {
      await (await loading)?.dispose();
    },
  };
}

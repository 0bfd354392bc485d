import { RegistryError } from '../core/errors.ts';
import type { Transport, TransportOptions } from './network.ts';

/** A transport that loads its bundle at the first request. */
export function createLazyTransport(options: TransportOptions): Transport {
  let loading: Promise<Transport> | undefined;
  let isDisposed = false;
  const load = async (): Promise<Transport> => {
    if (isDisposed && loading === undefined) throw new RegistryError('cancelled', 'Gantry is being shut down.');
    loading ??= import('./network.ts').then(({ createTransport }) => createTransport(options));
    return loading;
  };
  return {
    open: (connection) => async (request, signal) => (await load()).open(connection)(request, signal),
    dispose: async () => {
      isDisposed = true;
      await (await loading)?.dispose();
    },
  };
}

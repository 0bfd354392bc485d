import type { Send } from '../core/ports.ts';
import type { Transport } from './network.ts';

/** A transport that loads its bundle at the first request. */
export function createLazyTransport(options: { readonly userAgent: string }): Transport {
  let loading: Promise<Transport> | undefined;
  const load = (): Promise<Transport> => {
    loading ??= import('./network.ts').then(({ createTransport }) => createTransport(options));
    return loading;
  };
  const send: Send = async (request, signal) => (await load()).send(request, signal);
  return {
    send,
    dispose: async () => {
      await (await loading)?.dispose();
    },
  };
}

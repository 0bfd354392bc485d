import { createTransport } from '../../../src/node/transport.ts';
import { directNetwork } from '../../support/directNetwork.ts';
import type { ContractServer } from './session.ts';

/** How the contract reaches a server that listens: by the extension's own transport. */
export function listening(server: {
  readonly url: string;
  close(): Promise<void>;
}): Required<Pick<ContractServer, 'send' | 'close'>> {
  const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
  return {
    send: transport.open({ registry: new URL(server.url) }),
    close: async () => {
      await Promise.all([transport.dispose(), server.close()]);
    },
  };
}

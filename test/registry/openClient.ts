import { Connections } from '../../src/core/connections.ts';
import { Gantry } from '../../src/core/gantry.ts';
import { createTransport } from '../../src/node/transport.ts';
import { type FakePorts, fakePorts } from '../support/fakePorts.ts';

/** The core over the real transport, with everything else in memory: the extension without its surface. */
export interface Client {
  readonly gantry: Gantry;
  readonly connections: Connections;
  readonly ports: FakePorts;
  close(): Promise<void>;
}

export async function openClient(): Promise<Client> {
  const transport = createTransport({ userAgent: 'gantry/test' });
  const ports = fakePorts({ send: transport.send, now: Date.now });
  const connections = new Connections({ state: ports.state, secrets: ports.secrets, configured: () => [] });
  return { gantry: new Gantry(ports, connections), connections, ports, close: () => transport.dispose() };
}

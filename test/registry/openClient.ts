import { Connections } from '../../src/core/connections.ts';
import { createGantry, type Gantry } from '../../src/core/gantry.ts';
import type { ImagePorts } from '../../src/core/image/ports.ts';
import type { Deadlines } from '../../src/node/deadlines.ts';
import { createLayerReader } from '../../src/node/layers/layerReader.ts';
import type { NetworkSettings } from '../../src/node/networkSettings.ts';
import { createTransport } from '../../src/node/transport.ts';
import { directNetwork } from '../support/directNetwork.ts';
import { type FakePorts, fakePorts } from '../support/fakePorts.ts';

/** The core over the real transport, with everything else in memory: the extension without its surface. */
export interface Client {
  readonly gantry: Gantry;
  readonly connections: Connections;
  readonly ports: FakePorts;
  close(): Promise<void>;
}

export interface ClientNetwork {
  readonly settings?: NetworkSettings;
  /** In place of those that people wait for. */
  readonly deadlines?: Deadlines;
}

/** `more` are real ports in place of those in memory. */
export async function openClient(more: Partial<ImagePorts> = {}, network: ClientNetwork = {}): Promise<Client> {
  const { settings = directNetwork, deadlines } = network;
  const transport = createTransport(
    { userAgent: 'gantry/test', network: () => settings },
    { ...(deadlines !== undefined && { deadlines }) },
  );
  const ports = fakePorts({ openTransport: transport.open, now: Date.now, layers: createLayerReader(), ...more });
  const connections = new Connections({ state: ports.state, secrets: ports.secrets, configured: () => [] });
  return { gantry: createGantry(ports, connections), connections, ports, close: () => transport.dispose() };
}

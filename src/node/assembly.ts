/** The bundle that is loaded when something of a registry is wanted for the first time: the core on Node's ports. */
import type { Connections } from '../core/connections.ts';
import { createGantry, type Gantry } from '../core/gantry.ts';
import type { DataStore, ForeignAdapterSource, Log, SecretStore, StateStore } from '../core/ports.ts';
import { machineArchitecture } from './architecture.ts';
import { createCloudProvider, lazyCloudLogins } from './cloudCredentials.ts';
import { createImageStore } from './contentStore.ts';
import { createDockerCredentials } from './dockerCredentials.ts';
import { createFiles } from './files.ts';
import { createHash } from './hash.ts';
import { createLayerReader } from './layers/layerReader.ts';
import { createLazyFindEngine } from './lazyFindEngine.ts';
import { createLazyTransport } from './lazyTransport.ts';
import { createMachineCredentials } from './machineCredentials.ts';
import type { NetworkSettings } from './networkSettings.ts';
import { sleep } from './sleep.ts';
import { type AuthenticationSessions, createSessionProvider } from './vscodeCredentials.ts';

/** What only the host has. */
export interface HostPorts {
  readonly secrets: SecretStore;
  readonly state: StateStore;
  readonly data: DataStore;
  readonly log: Log;
  readonly userAgent: string;
  readonly network: () => NetworkSettings;
  /** The address of the container engine, where the user has chosen one: `unix:///path`. */
  readonly engineHost: () => string | undefined;
  /** A folder of the extension's own, which need not be there yet. */
  readonly storageFolder: string;
  readonly authenticationSessions: AuthenticationSessions;
  readonly foreignAdapters: ForeignAdapterSource;
}

export interface Assembly {
  readonly gantry: Gantry;
  /** Breaks off what is under way. */
  dispose(): Promise<void>;
}

export function assemble(host: HostPorts, connections: Connections): Assembly {
  const {
    secrets,
    state,
    data,
    log,
    userAgent,
    network,
    engineHost,
    authenticationSessions,
    foreignAdapters,
    storageFolder,
  } = host;
  const transport = createLazyTransport({ userAgent, network });
  const files = createFiles();
  const ports = {
    openTransport: transport.open,
    createHash,
    secrets,
    machineCredentials: createMachineCredentials(log, createDockerCredentials(log), [
      createCloudProvider(lazyCloudLogins(transport.open)),
      createSessionProvider(authenticationSessions),
    ]),
    state,
    data,
    files,
    layers: createLayerReader(),
    store: createImageStore(files, storageFolder),
    findEngine: createLazyFindEngine(engineHost),
    foreignAdapters,
    log,
    now: Date.now,
    sleep,
    architecture: machineArchitecture(),
    scratchFolder: `${storageFolder}/transfers`,
  };
  return { gantry: createGantry(ports, connections), dispose: () => transport.dispose() };
}

import type { RegistryAdapter, RegistrySession } from '../api.ts';
import { createAdapterHttp } from './adapterHttp.ts';
import { adapterLog } from './adapterLog.ts';
import { createRoutes } from './adapterRoutes.ts';
import type { Connection } from './connections.ts';
import type { FindCredential } from './credential.ts';
import type { Ports } from './ports.ts';
import type { ChallengeMemory } from './registry/challengeMemory.ts';
import { createOciSession } from './registry/ociSession.ts';
import { createPipeline } from './registry/pipeline.ts';

export interface OpenSessionOptions {
  readonly adapter: RegistryAdapter;
  readonly connection: Pick<Connection, 'url' | 'account'>;
  readonly findCredential: FindCredential;
  /** Without one the session leaves no trace. */
  readonly memory?: ChallengeMemory;
}

/** A session of an adapter, with all that the adapter may use: everything else of the core is out of its reach. */
export function openSession(
  { createHash, log, now, sleep, send: transport }: Pick<Ports, 'createHash' | 'log' | 'now' | 'sleep' | 'send'>,
  { adapter, connection, findCredential, memory }: OpenSessionOptions,
): RegistrySession {
  const url = new URL(connection.url);
  const wire = { transport, log, now, sleep };
  const send = createPipeline({ ...wire, registry: url, findCredential, ...(memory !== undefined && { memory }) });
  const routeTo = createRoutes({ adapter, registry: url, sendToRegistry: send, findCredential, wire });
  return adapter.open(
    { url: connection.url, ...(connection.account !== undefined && { account: connection.account }) },
    {
      oci: () => createOciSession({ url, send, createHash, log }),
      http: createAdapterHttp({ label: adapter.label, routeTo }),
      log: adapterLog(log, adapter.label),
    },
  );
}

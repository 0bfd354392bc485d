import type { ApiOrigin, RegistrySession } from '../api.ts';
import { createAdapterHttp } from './adapterHttp.ts';
import { adapterFor } from './adapters/table.ts';
import type { Connection, Connections } from './connections.ts';
import { registryOf } from './connectionUrl.ts';
import type { Credential, FindCredential } from './credential.ts';
import { isRegistryError } from './errors.ts';
import type { Ports, Send } from './ports.ts';
import { type ChallengeMemory, createChallengeMemory } from './registry/challengeMemory.ts';
import { createOciSession } from './registry/ociSession.ts';
import { createAnonymousPipeline, createHubPipeline, createPipeline } from './registry/pipeline.ts';

/** The open session of each connection. A session holds tokens and what was learnt of its registry, never a password. */
export class Sessions {
  readonly #ports: Ports;
  readonly #connections: Connections;
  readonly #open = new Map<string, RegistrySession>();

  constructor(ports: Ports, connections: Connections) {
    this.#ports = ports;
    this.#connections = connections;
  }

  for(connection: Connection): RegistrySession {
    const known = this.#open.get(connection.id);
    if (known !== undefined) return known;
    const memory = createChallengeMemory(this.#ports.state, new URL(connection.url));
    const session = this.create(connection, (signal) => this.credential(connection, signal), memory);
    this.#open.set(connection.id, session);
    return session;
  }

  /** A session with a credential of its own; without a memory it leaves no trace. */
  create(
    target: Pick<Connection, 'url' | 'adapterId' | 'account'>,
    findCredential: FindCredential,
    memory?: ChallengeMemory,
  ): RegistrySession {
    const { createHash, files, log, now, sleep, send: transport } = this.#ports;
    const url = new URL(target.url);
    const adapter = adapterFor(target, { files, createHash });
    const pipelineOptions = { registry: url, findCredential, transport, log, now, sleep };
    const send = createPipeline({ ...pipelineOptions, ...(memory !== undefined && { memory }) });
    const sendByAuth: Readonly<Record<ApiOrigin['auth'], Send>> = {
      hub: createHubPipeline(pipelineOptions),
      none: createAnonymousPipeline(pipelineOptions),
    };
    return adapter.open(
      { url: target.url, ...(target.account !== undefined && { account: target.account }) },
      {
        oci: () => createOciSession({ url, send, createHash, log }),
        http: createAdapterHttp({
          adapter,
          registry: url,
          sendTo: (api) => (api === undefined ? send : sendByAuth[api.auth]),
        }),
      },
    );
  }

  /** Forgets tokens, so that the next request logs in anew. */
  close(id: string): void {
    this.#open.delete(id);
  }

  /** Runs `work` and notes from its outcome how the connection stands. */
  async observe<T>(connection: Connection, work: (session: RegistrySession) => Promise<T>): Promise<T> {
    try {
      const result = await work(this.for(connection));
      this.#connections.setState(connection.id, 'ready');
      return result;
    } catch (error) {
      if (isRegistryError(error, 'unauthorized')) this.#connections.setState(connection.id, 'signed-out');
      if (isRegistryError(error, 'unreachable', 'tls', 'timeout', 'proxy')) {
        this.#connections.setState(connection.id, 'failed');
      }
      throw error;
    }
  }

  /** What the user gave to Gantry; else what the machine has for exactly this registry. */
  async credential(connection: Connection, signal: AbortSignal): Promise<Credential | undefined> {
    if (connection.account !== undefined) {
      const password = await this.#connections.password(connection.id);
      return password === undefined ? undefined : { kind: 'password', username: connection.account, password };
    }
    return this.machineCredential(connection.url, signal);
  }

  /** The login that `docker login` and its kin have left for the registry at `url`. */
  machineCredential(url: string, signal: AbortSignal): Promise<Credential | undefined> {
    const target = { registry: registryOf(url), path: new URL(url).pathname };
    return this.#ports.machineCredentials.find(target, signal);
  }
}

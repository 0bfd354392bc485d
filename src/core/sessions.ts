import type { RegistrySession } from '../api.ts';
import { createAdapterHttp } from './adapterHttp.ts';
import { adapterById } from './adapters/table.ts';
import type { Connection, Connections } from './connections.ts';
import { isRegistryError } from './errors.ts';
import type { Ports } from './ports.ts';
import type { Credential } from './registry/credential.ts';
import { createOciSession } from './registry/ociSession.ts';
import { createAnonymousPipeline, createPipeline } from './registry/pipeline.ts';

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
    const session = this.create(connection, () => this.#storedCredential(connection));
    this.#open.set(connection.id, session);
    return session;
  }

  /** A session with a credential of its own, kept nowhere. */
  create(
    target: Pick<Connection, 'url' | 'adapterId' | 'account'>,
    findCredential: () => Promise<Credential | undefined>,
  ): RegistrySession {
    const { createHash, log, now, send: transport } = this.#ports;
    const url = new URL(target.url);
    const adapter = adapterById(target.adapterId);
    const send = createPipeline({ registry: url, findCredential, transport, log, now });
    const plain = createAnonymousPipeline({ transport, log, now });
    return adapter.open(
      { url: target.url, ...(target.account !== undefined && { account: target.account }) },
      {
        oci: () => createOciSession({ url, send, createHash, log }),
        http: createAdapterHttp({ adapter, registry: url, sendTo: (api) => (api === undefined ? send : plain) }),
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

  async #storedCredential(connection: Connection): Promise<Credential | undefined> {
    if (connection.account === undefined) return undefined;
    const password = await this.#connections.password(connection.id);
    return password === undefined ? undefined : { username: connection.account, password };
  }
}

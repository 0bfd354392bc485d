import type { RegistrySession } from '../api.ts';
import { localKind } from './adapters/kinds.ts';
import { readOnlySession } from './adapters/readOnly.ts';
import { loadAdapter } from './adapters/table.ts';
import type { ConnectionLogins } from './connectionLogins.ts';
import type { Connection, Connections } from './connections.ts';
import type { Credential, FindLogin } from './credential.ts';
import { isRegistryError } from './errors.ts';
import { type OpenedSession, type OpenSessionOptions, openRegistryLogin, openSessions } from './openSession.ts';
import type { Ports } from './ports.ts';
import { createChallengeMemory } from './registry/challengeMemory.ts';
import type { HostNotice } from './registry/notices.ts';

type SessionTarget = Pick<Connection, 'url' | 'adapterId' | 'account' | 'tls' | 'trustedRealms' | 'readOnly'>;

/** The open session of each connection. A session holds tokens and what was learnt of its registry, never a password. */
export class Sessions {
  readonly #ports: Ports;
  readonly #connections: Connections;
  readonly #logins: ConnectionLogins;
  readonly #open = new Map<string, Promise<OpenedSession>>();

  constructor(ports: Ports, connections: Connections, logins: ConnectionLogins) {
    this.#ports = ports;
    this.#connections = connections;
    this.#logins = logins;
    ports.foreignAdapters.onDidChange((id) => {
      for (const connection of connections.all()) if (connection.adapterId === id) this.close(connection.id);
    });
  }

  async for(connection: Connection): Promise<RegistrySession> {
    return (await this.#opened(connection)).session;
  }

  /** A session beside the one that all share, which tells of each request to the registry. */
  async counting(connection: Connection, onSent: () => void): Promise<RegistrySession> {
    return (await this.#opened(connection)).counting(onSent);
  }

  #opened(connection: Connection): Promise<OpenedSession> {
    const known = this.#open.get(connection.id);
    if (known !== undefined) return known;
    const memory = createChallengeMemory(this.#ports.state, new URL(connection.url));
    const opened = this.#create(connection, this.#logins.of(connection), {
      memory,
      report: (notice) => this.#note(connection.id, notice),
    });
    this.#open.set(connection.id, opened);
    // What could not be opened is tried again.
    opened.catch(() => this.#open.get(connection.id) === opened && this.#open.delete(connection.id));
    return opened;
  }

  /** A session with a credential of its own, which leaves no trace. */
  async create(target: SessionTarget, findLogin: FindLogin): Promise<RegistrySession> {
    return (await this.#create(target, findLogin)).session;
  }

  async #create(
    target: SessionTarget,
    findLogin: FindLogin,
    { memory, report }: Pick<OpenSessionOptions, 'memory' | 'report'> = {},
  ): Promise<OpenedSession> {
    const { adapter, isForeign } = await loadAdapter(target, this.#ports);
    const opened = openSessions(this.#ports, {
      adapter,
      isForeign,
      connection: target,
      findLogin,
      ...(memory !== undefined && { memory }),
      ...(report !== undefined && { report }),
    });
    if (target.readOnly !== true) return opened;
    return { session: readOnlySession(opened.session), counting: (onSent) => readOnlySession(opened.counting(onSent)) };
  }

  /** Forgets what the registry asked for, besides the tokens. */
  forget({ id, url }: Connection): void {
    this.close(id);
    if (localKind(url) === undefined) createChallengeMemory(this.#ports.state, new URL(url)).set(undefined);
  }

  /** Forgets tokens, so that the next request logs in anew. */
  close(id: string): void {
    const opened = this.#open.get(id);
    this.#open.delete(id);
    opened?.then(({ session }) => session.dispose?.()).catch(() => {});
  }

  /** Runs `work` and notes from its outcome how the connection stands. */
  async observe<T>(connection: Connection, work: (session: RegistrySession) => Promise<T>): Promise<T> {
    try {
      const result = await work(await this.for(connection));
      this.#connections.setState(connection.id, 'ready');
      this.#connections.setLastError(connection.id, undefined);
      return result;
    } catch (error) {
      if (isRegistryError(error) && error.code !== 'cancelled')
        this.#connections.setLastError(connection.id, error.code);
      if (isRegistryError(error, 'unauthorized')) this.#connections.setState(connection.id, 'signed-out');
      if (isRegistryError(error, 'unreachable', 'tls', 'timeout', 'proxy')) {
        this.#connections.setState(connection.id, 'failed');
      }
      throw this.#logins.explain(connection, error);
    }
  }

  /** The credential of the registry itself, for programs that ask it in our place. */
  credential(connection: Connection, signal: AbortSignal): Promise<Credential | undefined> {
    return openRegistryLogin(this.#ports, connection, this.#logins.of(connection))(signal);
  }

  #note(id: string, notice: HostNotice): void {
    if (this.#connections.notices.add(id, notice)) this.#ports.log.warn(`${notice.host} says: ${notice.text}`);
  }
}

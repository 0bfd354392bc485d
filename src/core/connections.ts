import type { ConnectionInfo, ConnectionState, ConnectionTls, GantryErrorCode, ImageReference } from '../api.ts';
import { dockerHubKind } from './adapters/kinds.ts';
import { ConnectionNotices } from './connectionNotices.ts';
import { isConnectionTls } from './connectionTls.ts';
import { dockerHubUrl, servedPath } from './connectionUrl.ts';
import { anonymousSourceId, type CredentialSource, gantrySourceId } from './credential.ts';
import { RegistryError } from './errors.ts';
import type { SecretStore, StateStore } from './ports.ts';

/** A connection as it is stored: data only, never a secret. */
export interface Connection {
  readonly id: string;
  readonly label: string;
  readonly url: string;
  readonly adapterId: string;
  /** Whose password the secret store has for it. */
  readonly account?: string;
  readonly tls?: ConnectionTls;
  /** Whether nothing is to be changed there. */
  readonly readOnly?: boolean;
  /** Origins of token servers that the user said belong to the registry: they may get the password. */
  readonly trustedRealms?: readonly string[];
  /**
   * The login that the user chose: the id of a source, `anonymous` or `gantry`. Absent: the account's, else the best that
   * the machine has.
   */
  readonly credentialSource?: string;
  /** Of the source that was chosen, when it was. */
  readonly credentialAccount?: string;
  /** Where it comes from: the user's own doing, the settings (where it is removed too), or Gantry itself. */
  readonly origin: 'added' | 'settings' | 'built-in';
}

const stateKey = 'connections';
/** Ids of built-in connections that the user has removed. */
const hiddenKey = 'hiddenConnections';
const secretKey = (id: string): string => `connection:${id}`;

/** There from the start: most images come from it. */
const dockerHubConnection: Connection = {
  id: dockerHubUrl,
  label: dockerHubKind.label,
  url: dockerHubUrl,
  adapterId: dockerHubKind.id,
  origin: 'built-in',
};

/** Connections that the user added, kept in the state, those that the settings name, and Docker Hub. */
export class Connections {
  readonly #state: StateStore;
  readonly #secrets: SecretStore;
  readonly #configured: () => readonly Connection[];
  readonly #states = new Map<string, ConnectionState>();
  /** Which login each connection used last; never stored. */
  readonly #logins = new Map<string, CredentialSource>();
  /** What the registries have said to people; never stored. */
  readonly notices = new ConnectionNotices();
  readonly #lastErrors = new Map<string, GantryErrorCode>();
  readonly #listeners = new Set<() => void>();

  constructor(options: {
    readonly state: StateStore;
    readonly secrets: SecretStore;
    /** Read anew at each call. */
    readonly configured: () => readonly Connection[];
  }) {
    this.#state = options.state;
    this.#secrets = options.secrets;
    this.#configured = options.configured;
  }

  /** The added ones first, oldest first. An added one stands for another with the same address. */
  all(): readonly Connection[] {
    const all = [...this.#added()];
    for (const connection of [...this.#configured(), ...this.#builtIn()]) {
      if (!all.some(({ url }) => url === connection.url)) all.push(connection);
    }
    return all;
  }

  get(id: string): Connection | undefined {
    return this.all().find((connection) => connection.id === id);
  }

  /** Errors: `not-found`. */
  existing(id: string): Connection {
    const connection = this.get(id);
    if (connection === undefined)
      throw new RegistryError('not-found', `There is no connection "${id}". It may have been removed.`);
    return connection;
  }

  /**
   * Which connection serves a reference: the same host and port, then the longest path that its repository begins with,
   * then the oldest. Of images of this machine, the same path.
   */
  forReference(reference: Pick<ImageReference, 'registry' | 'repository'>): Connection | undefined {
    const matching = this.all().flatMap((connection) => {
      const path = servedPath(connection.url, reference);
      return path === undefined ? [] : [{ connection, path }];
    });
    // Sorting is stable: of equal paths the oldest stays first.
    matching.sort((a, b) => b.path.length - a.path.length);
    return matching[0]?.connection;
  }

  async save(connection: Connection, password: string | undefined): Promise<void> {
    await this.#hide(connection.url, false);
    if (password !== undefined) await this.#secrets.set(secretKey(connection.id), password);
    const others = this.#added().filter((other) => other.id !== connection.id);
    const index = this.#added().findIndex((other) => other.id === connection.id);
    const added = index < 0 ? [...others, connection] : others.toSpliced(index, 0, connection);
    await this.#state.set(stateKey, added);
    this.changed();
  }

  /** Puts one connection in the place of another, whose secret and state are forgotten. */
  async replace(id: string, connection: Connection): Promise<void> {
    await this.#secrets.delete(secretKey(id));
    this.#states.delete(id);
    this.#lastErrors.delete(id);
    this.#logins.delete(id);
    this.notices.forget(id);
    const others = this.#added().filter((other) => other.id !== connection.id);
    const index = others.findIndex((other) => other.id === id);
    await this.#state.set(stateKey, index < 0 ? [...others, connection] : others.toSpliced(index, 1, connection));
    this.changed();
  }

  /** Its secret goes first: a connection without one can be removed again, a secret without one would stay for ever. */
  async remove(id: string): Promise<void> {
    const connection = this.get(id);
    await this.#secrets.delete(secretKey(id));
    this.#states.delete(id);
    this.#lastErrors.delete(id);
    this.#logins.delete(id);
    this.notices.forget(id);
    if (connection?.origin === 'built-in') await this.#hide(id, true);
    await this.#state.set(
      stateKey,
      this.#added().filter((connection) => connection.id !== id),
    );
    this.changed();
  }

  password(id: string): Promise<string | undefined> {
    return this.#secrets.get(secretKey(id));
  }

  state(id: string): ConnectionState {
    return this.#states.get(id) ?? 'unknown';
  }

  /** Why the last request failed; `undefined` when it did not. */
  lastError(id: string): GantryErrorCode | undefined {
    return this.#lastErrors.get(id);
  }

  setLastError(id: string, code: GantryErrorCode | undefined): void {
    if (code === undefined) this.#lastErrors.delete(id);
    else this.#lastErrors.set(id, code);
  }

  setState(id: string, state: ConnectionState): void {
    if (this.state(id) === state || this.get(id) === undefined) return;
    this.#states.set(id, state);
    this.changed();
  }

  /** The login that a connection used last; `undefined` when there was none, or nothing was asked yet. */
  login(id: string): CredentialSource | undefined {
    return this.#logins.get(id);
  }

  setLogin(id: string, login: CredentialSource | undefined): void {
    const known = this.#logins.get(id);
    const isSame =
      known?.id === login?.id && known?.account === login?.account && known?.expiresAt === login?.expiresAt;
    if (isSame || this.get(id) === undefined) return;
    if (login === undefined) this.#logins.delete(id);
    else this.#logins.set(id, login);
    this.changed();
  }

  info(connection: Connection): ConnectionInfo {
    const { id, label, url, adapterId, tls, readOnly } = connection;
    const account = accountInUse(connection);
    return {
      ...{ id, label, url, adapterId },
      ...(account !== undefined && { account }),
      ...(tls !== undefined && { tls }),
      ...(readOnly === true && { readOnly }),
      state: this.state(id),
    };
  }

  /** Calls back after every change, also of a state. */
  onDidChange(listener: () => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #builtIn(): readonly Connection[] {
    return this.#hidden().includes(dockerHubConnection.id) ? [] : [dockerHubConnection];
  }

  #hidden(): readonly unknown[] {
    const hidden = this.#state.get(hiddenKey);
    return Array.isArray(hidden) ? hidden : [];
  }

  async #hide(id: string, isHidden: boolean): Promise<void> {
    const hidden = this.#hidden();
    if (hidden.includes(id) === isHidden) return;
    await this.#state.set(hiddenKey, isHidden ? [...hidden, id] : hidden.filter((other) => other !== id));
  }

  #added(): readonly Connection[] {
    const stored = this.#state.get(stateKey);
    return Array.isArray(stored) ? stored.filter(isConnection) : [];
  }
}

/** Errors: `denied` where the user has said that nothing is to be changed. */
export function assertWritable({ label, url, readOnly }: Pick<Connection, 'label' | 'url' | 'readOnly'>): void {
  if (readOnly !== true) return;
  const { host } = new URL(url);
  throw new RegistryError(
    'denied',
    `${label} is set to read-only in Gantry, so nothing was changed. "Allow Changes" in its menu lifts that.`,
    { host },
  );
}

/** The same address and account is the same connection. */
export function connectionId(url: string, account: string | undefined): string {
  return account === undefined ? url : `${url}#${account}`;
}

/** Whose login a connection uses, as far as it is stored. */
function accountInUse({ account, credentialSource, credentialAccount }: Connection): string | undefined {
  if (credentialSource === undefined || credentialSource === gantrySourceId) return account;
  return credentialSource === anonymousSourceId ? undefined : credentialAccount;
}

function isConnection(value: unknown): value is Connection {
  if (typeof value !== 'object' || value === null) return false;
  const {
    id,
    label,
    url,
    adapterId,
    account = '',
    tls,
    readOnly,
    trustedRealms = [],
  } = value as Record<string, unknown>;
  const realms: readonly unknown[] | undefined = Array.isArray(trustedRealms) ? trustedRealms : undefined;
  const hasTexts = [id, label, adapterId, account, ...(realms ?? [])].every((field) => typeof field === 'string');
  return (
    realms !== undefined &&
    hasTexts &&
    typeof url === 'string' &&
    URL.canParse(url) &&
    (readOnly === undefined || typeof readOnly === 'boolean') &&
    (tls === undefined || isConnectionTls(tls))
  );
}

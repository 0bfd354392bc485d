import type { AddConnectionOptions, ConnectionInfo, SignalOption } from '../api.ts';
import { detectKind } from './adapters/detection.ts';
import { type AdapterKind, kindOfUrl, localKind, ociKind, remoteKinds } from './adapters/kinds.ts';
import type { ChosenLogin, ConnectionLogins, DiscoverOptions, LoginChoices } from './connectionLogins.ts';
import { type Connection, type Connections, connectionId } from './connections.ts';
import { isSameTls, meaningfulTls } from './connectionTls.ts';
import { defaultLabel, defaultUrl, parseConnectionUrl } from './connectionUrl.ts';
import {
  anonymousSourceId,
  type Credential,
  type CredentialSource,
  type FindLogin,
  gantrySourceId,
} from './credential.ts';
import { isRegistryError, RegistryError, throwIfAborted } from './errors.ts';
import { openAnonymously } from './openSession.ts';
import type { DiscoveredLogin, Ports } from './ports.ts';
import { realmOrigin } from './registry/realm.ts';
import type { Sessions } from './sessions.ts';
import { type EngineInfo, readEngineInfo } from './transfer/engineInfo.ts';

export interface NewConnection extends AddConnectionOptions {
  /**
   * A login that the machine has, see {@link ConnectionSetup.loginChoices}, or `anonymous`: then a registry that wants a login
   * is taken all the same.
   */
  readonly credentialSource?: string;
  /** As that of the connection that exists when absent. */
  readonly readOnly?: boolean;
}

/** A registry that could be added with a login that the machine has. */
export interface DiscoveredRegistry extends DiscoveredLogin {
  /** For {@link ConnectionSetup.add}. */
  readonly url: string;
}

export interface ConnectionSetupParts {
  readonly ports: Ports;
  readonly connections: Connections;
  readonly logins: ConnectionLogins;
  readonly sessions: Sessions;
  /** Forgets what was read with the login of a connection. */
  readonly forget: (id: string) => void;
}

const neverAborted: AbortSignal = new AbortController().signal;

/** How registries come, change their kind and login, and go. Nothing is kept before the registry has answered. */
export class ConnectionSetup {
  readonly #ports: Ports;
  readonly #connections: Connections;
  readonly #logins: ConnectionLogins;
  readonly #sessions: Sessions;
  readonly #forget: (id: string) => void;

  constructor({ ports, connections, logins, sessions, forget }: ConnectionSetupParts) {
    this.#ports = ports;
    this.#connections = connections;
    this.#logins = logins;
    this.#sessions = sessions;
    this.#forget = forget;
  }

  /** Tries a registry, and keeps it when it answers. A kind that nobody named is found out. */
  async add(options: NewConnection): Promise<ConnectionInfo> {
    const { username, password, credentialSource, label, signal = neverAborted } = options;
    const url = parseConnectionUrl(options.url);
    const { host } = new URL(url);
    if ((username === undefined) !== (password === undefined)) {
      throw new RegistryError('invalid', `A login to ${host} takes both a user name and a password or token.`, {
        host,
      });
    }
    if (username !== undefined && localKind(url) !== undefined)
      throw new RegistryError('invalid', `${url} is on this machine and takes no login.`);
    const login = await this.#newLogin(url, options, signal);
    const id = connectionId(url, login.fields.account ?? login.fields.credentialAccount);
    const known = this.#connections.get(id);
    const tls = options.tls === undefined ? known?.tls : meaningfulTls(options.tls);
    const trustedRealms =
      options.trustedRealms?.map((realm) => realmOrigin(realm, new URL(url))) ?? known?.trustedRealms;
    const isNewLogin = password !== undefined || credentialSource !== undefined;
    const isSame = isSameTls(tls, known?.tls) && `${trustedRealms ?? ''}` === `${known?.trustedRealms ?? ''}`;
    if (known !== undefined && !isNewLogin && isSame) return this.#connections.info(known);
    const connection: Connection = {
      id,
      url,
      label: label ?? known?.label ?? defaultLabel(url),
      adapterId: localKind(url)?.id ?? options.adapterId ?? known?.adapterId ?? this.#kindOf(url),
      ...login.fields,
      ...(tls !== undefined && { tls }),
      ...((options.readOnly ?? known?.readOnly) === true && { readOnly: true }),
      ...(trustedRealms !== undefined && trustedRealms.length > 0 && { trustedRealms }),
      origin: 'added',
    };
    try {
      await this.#try(connection, login, signal);
    } catch (error) {
      // Some registries show nobody their list, and everybody what is public.
      if (credentialSource !== anonymousSourceId || !isRegistryError(error, 'unauthorized')) throw error;
    }
    const isKindKnown = (options.adapterId ?? known?.adapterId) !== undefined;
    const kind = isKindKnown ? connection.adapterId : await this.#detectKind(connection, signal);
    return this.#keep({ ...connection, adapterId: kind }, login, password);
  }

  /** The kinds that a registry on the network can be taken for, those of other extensions last. */
  async kinds(): Promise<readonly AdapterKind[]> {
    return [...remoteKinds, ...this.#ports.foreignAdapters.kinds()].map(({ id, label, hosts, signIn }) => ({
      id,
      label,
      hosts,
      ...(signIn !== undefined && { signIn }),
    }));
  }

  /**
   * The kind of a registry that wants a login before it is added: that of its connection where it has one, else by its host,
   * then by what it answers without a login. {@link add} with this kind asks for it no more.
   */
  async findKind(
    address: string,
    options: SignalOption & Pick<AddConnectionOptions, 'tls'> = {},
  ): Promise<AdapterKind['id']> {
    const { signal = neverAborted } = options;
    const url = parseConnectionUrl(address);
    const known = this.#connections.all().find((connection) => connection.url === url);
    if (known !== undefined) return known.adapterId;
    const tls = options.tls && meaningfulTls(options.tls);
    const connection: Connection = {
      ...{
        id: connectionId(url, undefined),
        label: defaultLabel(url),
        url,
        adapterId: this.#kindOf(url),
        origin: 'added',
      },
      ...(tls !== undefined && { tls }),
    };
    return this.#detectKind(connection, signal);
  }

  /**
   * Takes a registry for another kind, whatever its host and answers say; without one, for what these say. Tried first.
   *
   * Errors: `invalid` for images of this machine and for a kind that there is not, those of {@link test}; then
   * everything stays as it was.
   */
  async setKind(id: string, kind: string | undefined, options: SignalOption = {}): Promise<ConnectionInfo> {
    const { signal = neverAborted } = options;
    const connection = this.#connections.existing(id);
    const kinds = await this.kinds();
    if (localKind(connection.url) !== undefined || (kind !== undefined && !kinds.some((other) => other.id === kind))) {
      throw new RegistryError('invalid', `${connection.label} cannot be taken for "${kind}".`);
    }
    const byHost = { ...connection, adapterId: this.#kindOf(connection.url) };
    const adapterId = kind ?? (await this.#detectKind(byHost, signal));
    const changed: Connection = { ...connection, adapterId, origin: 'added' };
    const session = await this.#sessions.create(changed, this.#logins.of(changed));
    await session.test({ signal });
    session.dispose?.();
    await this.#connections.save(changed, undefined);
    this.#forget(id);
    this.#connections.setState(id, 'ready');
    return this.#connections.info(changed);
  }

  /** Whether a registry answers at an address, with or without a login. Asked without one; nothing is remembered. */
  async probe(address: string, options: SignalOption = {}): Promise<boolean> {
    const { signal = neverAborted } = options;
    const url = parseConnectionUrl(address);
    const session = await this.#sessions.create({ url, adapterId: this.#kindOf(url) }, async () => undefined);
    try {
      await session.test({ signal });
      return true;
    } catch (error) {
      throwIfAborted(signal);
      return isRegistryError(error, 'unauthorized', 'denied', 'rate-limited');
    } finally {
      session.dispose?.();
    }
  }

  async remove(id: string): Promise<void> {
    this.#forget(id);
    await this.#connections.remove(id);
  }

  /**
   * Tries a login and keeps it for a connection without one, which takes the account's name. Another account of a registry
   * becomes a connection of its own.
   *
   * Errors: those of {@link add}; then everything stays as it was.
   */
  async signIn(
    id: string,
    login: { readonly username: string; readonly password: string },
    options: SignalOption = {},
  ): Promise<ConnectionInfo> {
    const connection = this.#connections.existing(id);
    const { url, label, adapterId, tls = {}, trustedRealms = [], readOnly = false } = connection;
    const info = await this.add({ url, adapterId, label, tls, trustedRealms, readOnly, ...login, ...options });
    const hadLogin = this.#connections.info(connection).account !== undefined;
    if (info.id !== id && !hadLogin) await this.remove(id);
    return info;
  }

  /**
   * Forgets the login of a connection, and everything that was read with it. The registry stays, without an account; what
   * other programs keep stays with them, and is not used after it was chosen once.
   */
  async signOut(id: string): Promise<void> {
    const { account: _account, credentialSource, credentialAccount, ...connection } = this.#connections.existing(id);
    this.#forget(id);
    const hadChoice = credentialSource !== undefined && credentialSource !== gantrySourceId;
    await this.#connections.replace(id, {
      ...connection,
      id: connectionId(connection.url, undefined),
      ...(hadChoice && { credentialSource: anonymousSourceId }),
      origin: 'added',
    });
  }

  /**
   * The user has said that a token server belongs to the registry of a connection: `realm` of an `untrusted-realm`. From now
   * on it gets the login of this connection, and no other.
   *
   * Errors: `invalid` for what is no origin of a token server, `not-found`.
   */
  async trustRealm(id: string, realm: string): Promise<void> {
    const connection = this.#connections.existing(id);
    const origin = realmOrigin(realm, new URL(connection.url));
    const trustedRealms = [...new Set([...(connection.trustedRealms ?? []), origin])];
    this.#sessions.close(id);
    await this.#connections.save({ ...connection, trustedRealms, origin: 'added' }, undefined);
  }

  /** Whether Gantry may change anything in a registry. What it can do there is found out anew. */
  async setReadOnly(id: string, isReadOnly: boolean): Promise<ConnectionInfo> {
    const { readOnly: _before, ...connection } = this.#connections.existing(id);
    const changed: Connection = { ...connection, ...(isReadOnly && { readOnly: true }), origin: 'added' };
    this.#sessions.close(id);
    await this.#connections.save(changed, undefined);
    return this.#connections.info(changed);
  }

  /** What a connection can log in with. Helpers are asked, which may take as long as the user needs to unlock one. */
  async loginChoices(id: string, options: SignalOption = {}): Promise<LoginChoices> {
    const { signal = neverAborted } = options;
    return this.#logins.list(this.#connections.existing(id), signal);
  }

  /**
   * Tries one of {@link loginChoices} or `anonymous`, keeps it, and forgets what was read with another. `isUntested` keeps
   * it untried, for registries that show without a login only what is asked for by name.
   *
   * Errors: those of any request; then everything stays as it was.
   */
  async chooseLogin(
    id: string,
    source: string,
    options: SignalOption & { readonly isUntested?: boolean } = {},
  ): Promise<ConnectionInfo> {
    const { signal = neverAborted, isUntested = false } = options;
    const { credentialSource: _source, credentialAccount: _account, ...connection } = this.#connections.existing(id);
    const login = await this.#logins.choose(connection, source, signal);
    const chosen: Connection = { ...connection, ...login.fields, origin: 'added' };
    if (!isUntested) await this.#try(chosen, login, signal);
    return this.#keep(chosen, login);
  }

  /**
   * Registries for which docker or podman on this machine have a login, and which are neither connected nor were offered
   * before. See {@link markOffered}.
   */
  async discover(options: SignalOption & DiscoverOptions = {}): Promise<readonly DiscoveredRegistry[]> {
    const { signal = neverAborted } = options;
    const found = await this.#logins.discover(signal, options);
    return found.map((login) => ({ ...login, url: `${defaultUrl(login.registry)}${login.path}` }));
  }

  /** The user has answered: these registries, by {@link DiscoveredRegistry.registry}, are not offered again. */
  async markOffered(registries: readonly string[]): Promise<void> {
    await this.#logins.markOffered(registries);
  }

  /** The container engine that answers on this machine, `docker` or `podman`; `undefined` when none does. */
  async findEngine(options: SignalOption = {}): Promise<EngineInfo['kind'] | undefined> {
    const { signal = neverAborted } = options;
    try {
      return (await readEngineInfo(await this.#ports.findEngine({ signal }), signal)).kind;
    } catch (error) {
      throwIfAborted(signal);
      this.#ports.log.debug(`No container engine is offered: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  }

  /** Asks the registry whether it answers and takes the login. */
  async test(id: string, options: SignalOption = {}): Promise<void> {
    const { signal = neverAborted } = options;
    const connection = this.#connections.existing(id);
    this.#sessions.close(id);
    await this.#sessions.observe(connection, (session) => session.test({ signal }));
  }

  /** A host that tells nothing is asked what it is. */
  async #detectKind(connection: Connection, signal: AbortSignal): Promise<string> {
    if (connection.adapterId !== ociKind.id || localKind(connection.url) !== undefined) return connection.adapterId;
    const send = openAnonymously(this.#ports, connection);
    const kinds = remoteKinds.map(({ id }) => id);
    return (await detectKind(new URL(connection.url), kinds, { send, signal })) ?? connection.adapterId;
  }

  async #newLogin(url: string, options: NewConnection, signal: AbortSignal): Promise<ChosenLogin> {
    const { username, password, credentialSource } = options;
    if (username !== undefined && password !== undefined) {
      const credential: Credential = { kind: 'password', username, password };
      const findLogin: FindLogin = async (shared, cloud) =>
        cloud === undefined ? credential : (await this.#logins.machineLogin(url, shared, cloud))?.credential;
      return { fields: { account: username }, findLogin, source: undefined };
    }
    if (credentialSource !== undefined) return this.#logins.choose({ id: url, url }, credentialSource, signal);
    let used: CredentialSource | undefined;
    const findLogin: FindLogin = async (shared, cloud) => {
      const found = await this.#logins.machineLogin(url, shared, cloud);
      if (cloud === undefined) used = found?.source;
      return found?.credential;
    };
    return {
      fields: {},
      findLogin,
      get source() {
        return used;
      },
    };
  }

  async #try(connection: Connection, login: ChosenLogin, signal: AbortSignal): Promise<void> {
    const session = await this.#sessions.create(connection, login.findLogin);
    await session.test({ signal });
    session.dispose?.();
  }

  /** Stores a connection whose login was tried. What was read with another one is forgotten. */
  async #keep(connection: Connection, login: ChosenLogin, password?: string): Promise<ConnectionInfo> {
    await this.#connections.save(connection, password);
    this.#forget(connection.id);
    this.#connections.setState(connection.id, 'ready');
    this.#connections.setLogin(connection.id, login.source);
    return this.#connections.info(connection);
  }

  #kindOf(url: string): string {
    return kindOfUrl(url, this.#ports.foreignAdapters.kinds()).id;
  }
}

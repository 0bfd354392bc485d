import { localKind } from './adapters/kinds.ts';
import type { Connection, Connections } from './connections.ts';
import { registryOf } from './connectionUrl.ts';
import {
  anonymousSourceId,
  type CloudCredential,
  type Credential,
  type CredentialSource,
  type FindLogin,
  type FoundCredential,
  gantrySourceId,
} from './credential.ts';
import { credentialExpiry } from './credentials/expiry.ts';
import { isRegistryError, RegistryError } from './errors.ts';
import type { CredentialTarget, DiscoveredLogin, Ports } from './ports.ts';

/** What a connection can log in with, and what it does. */
export interface LoginChoices {
  /** Best first. */
  readonly sources: readonly CredentialSource[];
  /** The id of the one in use, or `anonymous`. */
  readonly current: string;
}

/** A login that was chosen for a connection, and what is stored of it. */
export interface ChosenLogin {
  readonly fields: Pick<Connection, 'account' | 'credentialSource' | 'credentialAccount'>;
  readonly findLogin: FindLogin;
  /** `undefined` for anonymous, and before a login of the machine was asked for. */
  readonly source: CredentialSource | undefined;
}

/** Hosts that were offered to the user once. */
const offeredKey = 'offeredRegistries';
/** Hosts remembered as offered; the oldest is forgotten first. */
const offeredCapacity = 500;

/** Which login each connection uses: what the user gave to Gantry or has chosen, else what the machine has. */
export class ConnectionLogins {
  readonly #ports: Ports;
  readonly #connections: Connections;

  constructor(ports: Ports, connections: Connections) {
    this.#ports = ports;
    this.#connections = connections;
  }

  /** The login of a connection; `undefined` is anonymous. Notes which it was. Errors: `unauthorized` when it is gone. */
  of(connection: Connection): FindLogin {
    return async (signal, cloud) => {
      if (cloud !== undefined) return (await this.#findCloud(connection, signal, cloud))?.credential;
      const found = await this.#find(connection, signal);
      this.#connections.setLogin(connection.id, found?.source);
      return found?.credential;
    };
  }

  /** The best login that the machine has for the registry at `url`; with a cloud, that to the cloud. */
  async machineLogin(
    url: string,
    signal: AbortSignal,
    cloud?: CloudCredential['kind'],
  ): Promise<FoundCredential | undefined> {
    if (localKind(url) !== undefined) return undefined;
    return this.#ports.machineCredentials.find(credentialTarget(url), signal, cloud === undefined ? {} : { cloud });
  }

  async list(connection: Connection, signal: AbortSignal): Promise<LoginChoices> {
    if (localKind(connection.url) !== undefined) return { sources: [], current: anonymousSourceId };
    const own = await this.#ownLogin(connection);
    const machine = await this.#ports.machineCredentials.list(credentialTarget(connection.url), signal);
    const sources = own === undefined ? machine : [own.source, ...machine];
    const usable = sources.find(({ problem, needsSignIn }) => problem === undefined && needsSignIn !== true);
    return { sources, current: connection.credentialSource ?? usable?.id ?? anonymousSourceId };
  }

  /** What the user chose for a connection. The user may be asked to sign in. Errors: those of {@link find}. */
  async choose(
    connection: Pick<Connection, 'id' | 'url' | 'account'>,
    sourceId: string,
    signal: AbortSignal,
  ): Promise<ChosenLogin> {
    const account = connection.account === undefined ? {} : { account: connection.account };
    if (sourceId === anonymousSourceId) {
      return {
        fields: { ...account, credentialSource: sourceId },
        findLogin: async () => undefined,
        source: undefined,
      };
    }
    const found = await this.#findIn(connection, sourceId, signal, true);
    return {
      fields: {
        ...account,
        // Its own login needs no choice to be the first.
        ...(sourceId !== gantrySourceId && {
          credentialSource: sourceId,
          ...(found.source.account !== undefined && { credentialAccount: found.source.account }),
        }),
      },
      findLogin: async (shared, cloud) =>
        cloud === undefined || found.credential.kind === cloud
          ? found.credential
          : (await this.machineLogin(connection.url, shared, cloud))?.credential,
      source: found.source,
    };
  }

  /** A refusal of a login that has ended by now says so, and how to get a new one. */
  explain(connection: Connection, error: unknown): unknown {
    const login = this.#connections.login(connection.id);
    if (!isRegistryError(error, 'unauthorized') || login?.expiresAt === undefined) return error;
    if (login.expiresAt > this.#ports.now()) return error;
    const { host } = new URL(connection.url);
    const ended = new Date(login.expiresAt).toISOString().slice(0, 16).replace('T', ' ');
    const who = login.account === undefined ? 'The login' : `The login of ${login.account}`;
    return new RegistryError(
      'unauthorized',
      `${host} refuses the login: it expired at ${ended} UTC. ${who} comes from ${placeOf(login)}; ${renewal(login, host)}, or choose another login.`,
      { host, cause: error, ...(error.status !== undefined && { status: error.status }) },
    );
  }

  /** Registries that other programs are logged in to, that are not connected and were not offered before. */
  async discover(
    signal: AbortSignal,
    { askHelpers = false, isRepeated = false }: DiscoverOptions,
  ): Promise<readonly DiscoveredLogin[]> {
    const found = await this.#ports.machineCredentials.discover(signal, { askHelpers });
    const offered = isRepeated ? [] : this.#offered();
    const connected = new Set(this.#connections.all().map(({ url }) => registryOf(url)));
    return found.filter(({ registry }) => !connected.has(registry) && !offered.includes(registry));
  }

  /** They are not offered again, whatever the answer was. */
  async markOffered(registries: readonly string[]): Promise<void> {
    const offered = [...new Set([...this.#offered(), ...registries])];
    await this.#ports.state.set(offeredKey, offered.slice(-offeredCapacity));
  }

  async #find(connection: Connection, signal: AbortSignal): Promise<FoundCredential | undefined> {
    const { credentialSource, account } = connection;
    if (credentialSource === anonymousSourceId) return undefined;
    if (credentialSource !== undefined) return this.#findIn(connection, credentialSource, signal, false);
    if (account !== undefined) return this.#ownLogin(connection);
    return this.machineLogin(connection.url, signal);
  }

  /** Its own login to the cloud where it has chosen one, else the machine's. */
  async #findCloud(
    connection: Connection,
    signal: AbortSignal,
    cloud: CloudCredential['kind'],
  ): Promise<FoundCredential | undefined> {
    const { credentialSource } = connection;
    if (credentialSource === anonymousSourceId) return undefined;
    if (credentialSource !== undefined && credentialSource !== gantrySourceId) {
      const found = await this.#findIn(connection, credentialSource, signal, false);
      if (found.credential.kind === cloud) return found;
    }
    return this.machineLogin(connection.url, signal, cloud);
  }

  async #findIn(
    connection: Pick<Connection, 'id' | 'url' | 'account'>,
    sourceId: string,
    signal: AbortSignal,
    isInteractive: boolean,
  ): Promise<FoundCredential> {
    const { host } = new URL(connection.url);
    const found =
      sourceId === gantrySourceId
        ? await this.#ownLogin(connection)
        : await this.#ports.machineCredentials.find(credentialTarget(connection.url), signal, {
            sourceId,
            isInteractive,
          });
    if (found !== undefined) return found;
    throw new RegistryError('unauthorized', `The login for ${host} is not there any more. Sign in again.`, { host });
  }

  async #ownLogin({ id, account }: Pick<Connection, 'id' | 'account'>): Promise<FoundCredential | undefined> {
    const password = account === undefined ? undefined : await this.#connections.password(id);
    if (account === undefined || password === undefined) return undefined;
    const credential: Credential = { kind: 'password', username: account, password };
    const expiresAt = credentialExpiry(credential);
    const source: CredentialSource = {
      id: gantrySourceId,
      kind: 'gantry',
      label: 'Gantry',
      detail: 'secret storage of VS Code',
      account,
      ...(expiresAt !== undefined && { expiresAt }),
    };
    return { source, credential };
  }

  #offered(): readonly string[] {
    const stored = this.#ports.state.get(offeredKey);
    return Array.isArray(stored) ? stored.filter((host) => typeof host === 'string') : [];
  }
}

export interface DiscoverOptions {
  /** Helpers that keep the logins of all registries are started, and may ask the user to unlock something. */
  readonly askHelpers?: boolean;
  /** Also those that were offered before. */
  readonly isRepeated?: boolean;
}

function credentialTarget(url: string): CredentialTarget {
  const { pathname, protocol } = new URL(url);
  return { registry: registryOf(url), path: pathname, isEncrypted: protocol === 'https:' };
}

function placeOf({ kind, label, detail }: CredentialSource): string {
  if (kind === 'docker-config' || kind === 'containers-auth') return detail;
  return kind === 'gantry' ? "Gantry's secret storage" : label;
}

/** How people renew a login, by what keeps it. */
function renewal({ kind }: CredentialSource, host: string): string {
  switch (kind) {
    case 'docker-config':
      return `run ${commandFor(host, 'docker')}`;
    case 'containers-auth':
      return `run ${commandFor(host, 'podman')}`;
    case 'helper':
      return `run ${commandFor(host, 'docker')}, if the helper does not renew it by itself`;
    case 'gantry':
      return 'sign in again';
    default:
      return 'sign in there again';
  }
}

/** Clouds whose logins end within hours have commands of their own. */
function commandFor(host: string, program: 'docker' | 'podman'): string {
  const [, acr] = /^([a-z0-9-]+)\.azurecr\.(?:io|us|cn)$/.exec(host) ?? [];
  if (acr !== undefined) return `"az acr login --name ${acr}"`;
  const [, region] = /^\d{12}\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\./.exec(host) ?? [];
  if (region !== undefined) {
    return `"aws ecr get-login-password --region ${region} | ${program} login -u AWS --password-stdin ${host}"`;
  }
  return `"${program} login ${host}"`;
}

import type { AddConnectionOptions, ConnectionInfo, SignalOption } from '../../api.ts';
import { localKind } from '../adapters/kinds.ts';
import type { ChosenLogin } from '../connectionLogins.ts';
import { type Connection, connectionId } from '../connections.ts';
import { isSameTls, meaningfulTls } from '../connectionTls.ts';
import { defaultLabel, parseConnectionUrl } from '../connectionUrl.ts';
import { anonymousSourceId, type Credential, type CredentialSource, type FindLogin } from '../credential.ts';
import { isRegistryError, RegistryError, throwIfAborted } from '../errors.ts';
import { neverAborted } from '../neverAborted.ts';
import { realmOrigin } from '../registry/realm.ts';
import { keepConnection, tryLogin } from './keepConnection.ts';
import { askedKind, kindByHost } from './kinds.ts';
import type { Shared } from './shared.ts';

export interface NewConnection extends AddConnectionOptions {
  /** A login that the machine has, see {@link loginChoices}, or `anonymous`: then a registry that wants a login is taken all the same. */
  readonly credentialSource?: string;
  /** As that of the connection that exists when absent. */
  readonly readOnly?: boolean;
}

export type ConnectingUseCases = ReturnType<typeof createConnectingUseCases>;

/** How registries come and go. Nothing is kept before the registry has answered. */
export function createConnectingUseCases(shared: Shared) {
  const { ports, connections, logins, sessions, forgetConnection } = shared;

  return {
    /** Tries a registry, and keeps it when it answers. A kind that nobody named is found out. */
    async addConnection(options: NewConnection): Promise<ConnectionInfo> {
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
      const login = await newLogin(url, options, signal);
      const id = connectionId(url, login.fields.account ?? login.fields.credentialAccount);
      const known = connections.get(id);
      const tls = options.tls === undefined ? known?.tls : meaningfulTls(options.tls);
      const trustedRealms =
        options.trustedRealms?.map((realm) => realmOrigin(realm, new URL(url))) ?? known?.trustedRealms;
      const isNewLogin = password !== undefined || credentialSource !== undefined;
      const isSame = isSameTls(tls, known?.tls) && `${trustedRealms ?? ''}` === `${known?.trustedRealms ?? ''}`;
      if (known !== undefined && !isNewLogin && isSame) return connections.info(known);
      const connection: Connection = {
        id,
        url,
        label: label ?? known?.label ?? defaultLabel(url),
        adapterId: localKind(url)?.id ?? options.adapterId ?? known?.adapterId ?? kindByHost(ports, url),
        ...login.fields,
        ...(tls !== undefined && { tls }),
        ...((options.readOnly ?? known?.readOnly) === true && { readOnly: true }),
        ...(trustedRealms !== undefined && trustedRealms.length > 0 && { trustedRealms }),
        origin: 'added',
      };
      try {
        await tryLogin(shared, connection, login, signal);
      } catch (error) {
        // Some registries show nobody their list, and everybody what is public.
        if (credentialSource !== anonymousSourceId || !isRegistryError(error, 'unauthorized')) throw error;
      }
      const isKindKnown = (options.adapterId ?? known?.adapterId) !== undefined;
      const adapterId = isKindKnown ? connection.adapterId : await askedKind(ports, connection, signal);
      return keepConnection(shared, { ...connection, adapterId }, login, password);
    },

    /** Whether a registry answers at an address, with or without a login. Asked without one; nothing is remembered. */
    async probe(address: string, options: SignalOption = {}): Promise<boolean> {
      const { signal = neverAborted } = options;
      const url = parseConnectionUrl(address);
      const session = await sessions.create({ url, adapterId: kindByHost(ports, url) }, async () => undefined);
      try {
        await session.test({ signal });
        return true;
      } catch (error) {
        throwIfAborted(signal);
        return isRegistryError(error, 'unauthorized', 'denied', 'rate-limited');
      } finally {
        session.dispose?.();
      }
    },

    /** Asks the registry whether it answers and takes the login. */
    async testConnection(id: string, options: SignalOption = {}): Promise<void> {
      const { signal = neverAborted } = options;
      const connection = connections.existing(id);
      sessions.close(id);
      await sessions.observe(connection, (session) => session.test({ signal }));
    },

    async removeConnection(id: string): Promise<void> {
      forgetConnection(id);
      await connections.remove(id);
    },

    /** Whether Gantry may change anything in a registry. What it can do there is found out anew. */
    async setReadOnly(id: string, isReadOnly: boolean): Promise<ConnectionInfo> {
      const { readOnly: _before, ...connection } = connections.existing(id);
      const changed: Connection = { ...connection, ...(isReadOnly && { readOnly: true }), origin: 'added' };
      sessions.close(id);
      await connections.save(changed, undefined);
      return connections.info(changed);
    },
  };

  async function newLogin(url: string, options: NewConnection, signal: AbortSignal): Promise<ChosenLogin> {
    const { username, password, credentialSource } = options;
    if (username !== undefined && password !== undefined) {
      const credential: Credential = { kind: 'password', username, password };
      const findLogin: FindLogin = async (stop, cloud) =>
        cloud === undefined ? credential : (await logins.machineLogin(url, stop, cloud))?.credential;
      return { fields: { account: username }, findLogin, source: undefined };
    }
    if (credentialSource !== undefined) return logins.choose({ id: url, url }, credentialSource, signal);
    let used: CredentialSource | undefined;
    const findLogin: FindLogin = async (stop, cloud) => {
      const found = await logins.machineLogin(url, stop, cloud);
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
}

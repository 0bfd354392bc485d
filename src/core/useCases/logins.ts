import type { ConnectionInfo, SignalOption } from '../../api.ts';
import type { LoginChoices } from '../connectionLogins.ts';
import { type Connection, connectionId } from '../connections.ts';
import { anonymousSourceId, gantrySourceId } from '../credential.ts';
import { neverAborted } from '../neverAborted.ts';
import { realmOrigin } from '../registry/realm.ts';
import type { ConnectingUseCases } from './connecting.ts';
import { keepConnection, tryLogin } from './keepConnection.ts';
import type { Shared } from './shared.ts';

/** The logins of connections. */
export function createLoginUseCases(
  shared: Shared,
  { addConnection, removeConnection }: Pick<ConnectingUseCases, 'addConnection' | 'removeConnection'>,
) {
  const { connections, logins, sessions, forgetConnection } = shared;

  return {
    /**
     * Tries a login and keeps it for a connection without one, which takes the account's name. Another account of a registry
     * becomes a connection of its own.
     *
     * Errors: those of {@link addConnection}; then everything stays as it was.
     */
    async signIn(
      id: string,
      login: { readonly username: string; readonly password: string },
      options: SignalOption = {},
    ): Promise<ConnectionInfo> {
      const connection = connections.existing(id);
      const { url, label, adapterId, tls = {}, trustedRealms = [], readOnly = false } = connection;
      const info = await addConnection({ url, adapterId, label, tls, trustedRealms, readOnly, ...login, ...options });
      const hadLogin = connections.info(connection).account !== undefined;
      if (info.id !== id && !hadLogin) await removeConnection(id);
      return info;
    },

    /**
     * Forgets the login of a connection, and everything that was read with it. The registry stays, without an account; what
     * other programs keep stays with them, and is not used after it was chosen once.
     */
    async signOut(id: string): Promise<void> {
      const { account: _account, credentialSource, credentialAccount, ...connection } = connections.existing(id);
      forgetConnection(id);
      const hadChoice = credentialSource !== undefined && credentialSource !== gantrySourceId;
      await connections.replace(id, {
        ...connection,
        id: connectionId(connection.url, undefined),
        ...(hadChoice && { credentialSource: anonymousSourceId }),
        origin: 'added',
      });
    },

    /**
     * The user has said that a token server belongs to the registry of a connection: `realm` of an `untrusted-realm`. From now
     * on it gets the login of this connection, and no other.
     *
     * Errors: `invalid` for what is no origin of a token server, `not-found`.
     */
    async trustRealm(id: string, realm: string): Promise<void> {
      const connection = connections.existing(id);
      const origin = realmOrigin(realm, new URL(connection.url));
      const trustedRealms = [...new Set([...(connection.trustedRealms ?? []), origin])];
      sessions.close(id);
      await connections.save({ ...connection, trustedRealms, origin: 'added' }, undefined);
    },

    /** What a connection can log in with. Helpers are asked, which may take as long as the user needs to unlock one. */
    async loginChoices(id: string, options: SignalOption = {}): Promise<LoginChoices> {
      const { signal = neverAborted } = options;
      return logins.list(connections.existing(id), signal);
    },

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
      const { credentialSource: _source, credentialAccount: _account, ...connection } = connections.existing(id);
      const login = await logins.choose(connection, source, signal);
      const chosen: Connection = { ...connection, ...login.fields, origin: 'added' };
      if (!isUntested) await tryLogin(shared, chosen, login, signal);
      return keepConnection(shared, chosen, login);
    },
  };
}

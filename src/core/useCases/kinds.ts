import type { AddConnectionOptions, ConnectionInfo, SignalOption } from '../../api.ts';
import { detectKind } from '../adapters/detection.ts';
import { type AdapterKind, kindOfUrl, localKind, ociKind, remoteKinds } from '../adapters/kinds.ts';
import { type Connection, connectionId } from '../connections.ts';
import { meaningfulTls } from '../connectionTls.ts';
import { defaultLabel, parseConnectionUrl } from '../connectionUrl.ts';
import { RegistryError } from '../errors.ts';
import type { ImagePorts } from '../image/ports.ts';
import { neverAborted } from '../neverAborted.ts';
import { openAnonymously } from '../openSession.ts';
import { tryLogin } from './keepConnection.ts';
import type { Shared } from './shared.ts';

/** What registries are taken for. */
export function createKindUseCases(shared: Shared) {
  const { ports, connections, logins, forgetConnection } = shared;

  return {
    registryKinds,

    /**
     * The kind of a registry that wants a login before it is added: that of its connection where it has one, else by its host,
     * then by what it answers without a login. {@link addConnection} with this kind asks for it no more.
     */
    async findKind(
      address: string,
      options: SignalOption & Pick<AddConnectionOptions, 'tls'> = {},
    ): Promise<AdapterKind['id']> {
      const { signal = neverAborted } = options;
      const url = parseConnectionUrl(address);
      const known = connections.all().find((connection) => connection.url === url);
      if (known !== undefined) return known.adapterId;
      const tls = options.tls && meaningfulTls(options.tls);
      const connection: Connection = {
        ...{ id: connectionId(url, undefined), label: defaultLabel(url), url, origin: 'added' },
        adapterId: kindByHost(ports, url),
        ...(tls !== undefined && { tls }),
      };
      return askedKind(ports, connection, signal);
    },

    /**
     * Takes a registry for another kind, whatever its host and answers say; without one, for what these say. Tried first.
     *
     * Errors: `invalid` for images of this machine and for a kind that there is not, those of {@link testConnection}; then
     * everything stays as it was.
     */
    async setKind(id: string, kind: string | undefined, options: SignalOption = {}): Promise<ConnectionInfo> {
      const { signal = neverAborted } = options;
      const connection = connections.existing(id);
      const kinds = await registryKinds();
      const isKnown = kind === undefined || kinds.some((other) => other.id === kind);
      if (localKind(connection.url) !== undefined || !isKnown)
        throw new RegistryError('invalid', `${connection.label} cannot be taken for "${kind}".`);
      const byHost = { ...connection, adapterId: kindByHost(ports, connection.url) };
      const adapterId = kind ?? (await askedKind(ports, byHost, signal));
      const changed: Connection = { ...connection, adapterId, origin: 'added' };
      await tryLogin(shared, changed, { findLogin: logins.of(changed) }, signal);
      await connections.save(changed, undefined);
      forgetConnection(id);
      connections.setState(id, 'ready');
      return connections.info(changed);
    },
  };

  /** The kinds that a registry on the network can be taken for, those of other extensions last. */
  async function registryKinds(): Promise<readonly AdapterKind[]> {
    return [...remoteKinds, ...ports.foreignAdapters.kinds()].map(({ id, label, hosts, signIn }) => ({
      id,
      label,
      hosts,
      ...(signIn !== undefined && { signIn }),
    }));
  }
}

/** The id of the kind that the host of an address tells. */
export function kindByHost({ foreignAdapters }: Pick<ImagePorts, 'foreignAdapters'>, url: string): string {
  return kindOfUrl(url, foreignAdapters.kinds()).id;
}

/** A host that tells nothing is asked what it is. */
export async function askedKind(ports: ImagePorts, connection: Connection, signal: AbortSignal): Promise<string> {
  if (connection.adapterId !== ociKind.id || localKind(connection.url) !== undefined) return connection.adapterId;
  const send = openAnonymously(ports, connection);
  const kinds = remoteKinds.map(({ id }) => id);
  return (await detectKind(new URL(connection.url), kinds, { send, signal })) ?? connection.adapterId;
}

import type { RegistryAdapter, RegistrySession } from '../api.ts';
import { createAdapterHttp } from './adapterHttp.ts';
import { adapterLog } from './adapterLog.ts';
import { createRoutes } from './adapterRoutes.ts';
import { type RegistryLoginOptions, registryLogin } from './apiAuth/registryLogin.ts';
import type { Connection } from './connections.ts';
import type { FindCredential, FindLogin } from './credential.ts';
import type { Ports, Send } from './ports.ts';
import type { ChallengeMemory } from './registry/challengeMemory.ts';
import { namedRealm } from './registry/namedRealm.ts';
import type { HostNotice } from './registry/notices.ts';
import { createOciSession } from './registry/ociSession.ts';
import { createApiPipeline, createPipeline, type TransportOptions } from './registry/pipeline.ts';

export interface OpenSessionOptions {
  readonly adapter: RegistryAdapter;
  readonly connection: Pick<Connection, 'url' | 'account' | 'tls' | 'trustedRealms'>;
  /** Whether the adapter is of another extension: then only origins that the user trusts are asked besides the registry. */
  readonly isForeign?: boolean;
  readonly findLogin: FindLogin;
  /** Without one the session leaves no trace. */
  readonly memory?: ChallengeMemory;
  /** Gets what the hosts say to people, each time that they say it. */
  readonly report?: (notice: HostNotice) => void;
}

type SessionPorts = Pick<Ports, 'createHash' | 'log' | 'now' | 'sleep' | 'openTransport'>;

/** A session, and others on the same tokens and limits. */
export interface OpenedSession {
  readonly session: RegistrySession;
  /** One that tells each time that a request goes to the registry. Requests for tokens, which all share, are not told. */
  counting(onSent: () => void): RegistrySession;
}

/** A session of an adapter, with all that the adapter may use: everything else of the core is out of its reach. */
export function openSession(ports: SessionPorts, options: OpenSessionOptions): RegistrySession {
  return openSessions(ports, options).session;
}

export function openSessions(
  ports: SessionPorts,
  { adapter, connection, findLogin, memory, report, isForeign = false }: OpenSessionOptions,
): OpenedSession {
  const { createHash, log } = ports;
  const { trustedRealms = [] } = connection;
  const url = new URL(connection.url);
  const wire = { ...openWire(ports, connection), ...(report !== undefined && { report }) };
  const findCredential = registryLoginOn(wire, { registry: url, findLogin, createHash });
  const send = createPipeline({
    ...wire,
    registry: url,
    findCredential,
    trustedRealms,
    ...(memory !== undefined && { memory }),
  });
  const routeTo = createRoutes({
    adapter,
    isForeign,
    trustedRealms,
    registry: url,
    findRealm: namedRealm({ registry: url, send: createApiPipeline(undefined, wire), trustedRealms, memory }),
    sendToRegistry: send,
    findCredential,
    findLogin,
    createHash,
    wire,
  });
  const target = { url: connection.url, ...(connection.account !== undefined && { account: connection.account }) };
  const open = (sendToRegistry: Send): RegistrySession =>
    adapter.open(target, {
      oci: () => createOciSession({ url, send: sendToRegistry, createHash, log, sleep: ports.sleep }),
      http: createAdapterHttp({ label: adapter.label, routeTo }),
      log: adapterLog(log, adapter.label),
    });
  return {
    session: open(send),
    counting: (onSent) => open((request, signal) => send({ ...request, onSent }, signal)),
  };
}

/** Sends to the registry of a connection, and to where that leads, without any login. */
export function openAnonymously(ports: SessionPorts, connection: Pick<Connection, 'url' | 'tls'>): Send {
  return createApiPipeline(undefined, openWire(ports, connection));
}

/** The credential that the registry takes, also where the login is one to its cloud. */
export function openRegistryLogin(
  ports: SessionPorts,
  connection: Pick<Connection, 'url' | 'tls'>,
  findLogin: FindLogin,
): FindCredential {
  const registry = new URL(connection.url);
  return registryLoginOn(openWire(ports, connection), { registry, findLogin, createHash: ports.createHash });
}

function registryLoginOn(
  wire: TransportOptions,
  options: Pick<RegistryLoginOptions, 'registry' | 'findLogin' | 'createHash'>,
): FindCredential {
  return registryLogin({ ...options, send: createApiPipeline(undefined, wire), now: wire.now });
}

function openWire(
  { log, now, sleep, openTransport }: SessionPorts,
  { url, tls }: Pick<Connection, 'url' | 'tls'>,
): TransportOptions {
  return { transport: openTransport({ registry: new URL(url), ...(tls !== undefined && { tls }) }), log, now, sleep };
}

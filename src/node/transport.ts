import { RegistryError, throwIfAborted } from '../core/errors.ts';
import type { HttpRequest, HttpResponse, OpenTransport, Send } from '../core/ports.ts';
import type { AddressClass } from '../core/registry/addressClass.ts';
import { AnswerOrigins, guardAddresses, lookupBy, type Resolve, resolveBySystem } from './addressGuard.ts';
import { createPools, type Pool, type Way } from './agents.ts';
import { type Machine, thisMachine } from './certificateFolders.ts';
import { type Deadlines, standardDeadlines, watchMetadata } from './deadlines.ts';
import { exchange, requestBody } from './exchange.ts';
import { explainInsecure } from './insecureHint.ts';
import type { NetworkSettings } from './networkSettings.ts';
import { findProxy, type HttpProxy } from './proxy.ts';
import { proxyRefusal } from './proxyError.ts';
import { transportError } from './transportError.ts';
import { createTrust } from './trust.ts';

export interface Transport {
  readonly open: OpenTransport;
  /** Breaks off what is under way and closes all connections. Nothing is sent afterwards. */
  dispose(): Promise<void>;
}

export interface TransportOptions {
  readonly userAgent: string;
  readonly network: () => NetworkSettings;
}

/** Other ones than those of this machine, for tests. */
export interface Surroundings {
  readonly machine?: Machine;
  readonly deadlines?: Deadlines;
  readonly resolve?: Resolve;
}

type Connection = Parameters<OpenTransport>[0];

/** HTTP/1.1 over undici, on connections of its own; the process-wide dispatcher is left as it is. */
export function createTransport(
  { userAgent, network }: TransportOptions,
  { machine = thisMachine(), deadlines = standardDeadlines, resolve = resolveBySystem }: Surroundings = {},
): Transport {
  const pools = createPools(deadlines);
  const trust = createTrust(machine);
  const disposal = new AbortController();
  const origins = new AnswerOrigins(resolve);

  /** How near a server is that names an address. What a proxy connects to is the network's matter, this machine aside. */
  async function nearness(namedBy: URL, proxy: HttpProxy | undefined): Promise<AddressClass> {
    const from = await origins.classOf(namedBy);
    return proxy !== undefined && from === 'public' ? 'private' : from;
  }

  function open(connection: Connection): Send {
    const connectionKey = JSON.stringify([connection.registry.origin, connection.tls]);
    return (message, signal) => send({ connection, connectionKey }, message, signal);
  }

  async function send(
    { connection, connectionKey }: Sender,
    message: HttpRequest,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const { url } = message;
    const until: Ends = [signal, disposal.signal];
    throwIfAborted(endOf(until));
    const proxy = findProxy(url, network(), machine.env);
    const { namedBy, isTokenRequest = false } = message;
    const from = namedBy === undefined ? undefined : await nearness(namedBy, proxy);
    const key = connectionKey + JSON.stringify([proxy, namedBy?.origin, from, isTokenRequest]);
    const way = (): Way => ({
      ...(proxy !== undefined && { proxy }),
      ...(namedBy !== undefined &&
        from !== undefined && {
          guard: (target) => guardAddresses({ target, namedBy, from, isTokenRequest, resolve }),
        }),
      lookup: lookupBy(resolve),
      opened: (target, socket) => origins.note(target, socket, proxy !== undefined),
      trust: (address) => trust.forHost(address, connection),
      proxyTrust: trust.forProxy,
    });
    const pool = pools.get(key, way);
    try {
      return await sendOnce({ pool, message, proxy, until }).catch((error: unknown) => {
        // Sent again on a connection that cannot have gone stale. A write may have been done.
        const isRead = message.method === 'GET' || message.method === 'HEAD';
        if (endOf(until).aborted || !isRead || !pool.wasReused(error)) throw error;
        pools.retire(key, pool);
        return sendOnce({ pool: pools.get(key, way), message, proxy, until });
      });
    } catch (error) {
      const failure = transportError(error, url.host, endOf(until));
      const isRegistry = url.origin === connection.registry.origin;
      throw isRegistry ? await explainInsecure(failure, url, machine) : failure;
    }
  }

  async function sendOnce({ pool, message, proxy, until }: Attempt): Promise<HttpResponse> {
    const { method, url, headers, stream, isTransfer = false, forgetsChunks = false } = message;
    const isReading = method === 'GET' || method === 'HEAD' || method === 'POST';
    const isMetadata = isReading && !isTransfer && stream === undefined;
    const watch = isMetadata ? watchMetadata(url.host, deadlines) : undefined;
    const leave = pool.enter(url.origin);
    const path = `${url.pathname}${url.search}`;
    const isForwarded = proxy !== undefined && url.protocol === 'http:';
    const authorization = isForwarded ? proxy.authorization : undefined;
    const response = await exchange(
      pool.agent,
      {
        origin: url.origin,
        path: isForwarded ? `${url.origin}${path}` : path,
        method,
        headers: {
          'user-agent': userAgent,
          ...headers,
          ...(authorization !== undefined && { 'proxy-authorization': authorization }),
        },
        body: requestBody(message),
        headersTimeout: isMetadata ? deadlines.headers.metadata : deadlines.headers.transfer,
        bodyTimeout: deadlines.idleBody,
      },
      {
        signals: watch === undefined ? until : [...until, watch.signal],
        toError: (error) => transportError(error, url.host, endOf(until)),
        ...(watch !== undefined && { started: watch.startBody, received: watch.received }),
        forgetsChunks,
        ended: () => {
          watch?.stop();
          leave();
        },
      },
    );
    if (isForwarded && response.status === 407) {
      response.discard();
      throw proxyRefusal(proxy, url.host, 407, '');
    }
    return response;
  }

  return {
    open,
    dispose: async () => {
      disposal.abort(new RegistryError('cancelled', 'Gantry is being shut down.'));
      await pools.destroy();
    },
  };
}

/** The one that has been aborted, if any has. */
function endOf(signals: Ends): AbortSignal {
  return signals.find(({ aborted }) => aborted) ?? signals[0];
}

/** The caller's wish, and the end of the transport. */
type Ends = readonly [AbortSignal, AbortSignal];

interface Sender {
  readonly connection: Connection;
  /** Tells it apart from others. */
  readonly connectionKey: string;
}

interface Attempt {
  readonly pool: Pool;
  readonly message: HttpRequest;
  readonly proxy: HttpProxy | undefined;
  readonly until: Ends;
}

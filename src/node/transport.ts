import { Readable } from 'node:stream';
import request from 'undici/lib/api/api-request.js';
import { cancelled, RegistryError } from '../core/errors.ts';
import type { HttpRequest, HttpResponse, OpenTransport } from '../core/ports.ts';
import type { AddressClass } from '../core/registry/addressClass.ts';
import { AnswerOrigins, guardAddresses, lookupBy, type Resolve, resolveBySystem } from './addressGuard.ts';
import { createPools, type Pool, type Way } from './agents.ts';
import { type Machine, thisMachine } from './certificateFolders.ts';
import { type Deadlines, standardDeadlines, watchMetadata } from './deadlines.ts';
import { toHttpResponse } from './httpResponse.ts';
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

  async function send(connection: Connection, message: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const { url } = message;
    const until = AbortSignal.any([signal, disposal.signal]);
    if (until.aborted) throw cancelled(until);
    const proxy = findProxy(url, network(), machine.env);
    const { namedBy, isTokenRequest = false } = message;
    const from = namedBy === undefined ? undefined : await nearness(namedBy, proxy);
    const key = JSON.stringify([
      connection.registry.origin,
      connection.tls,
      proxy,
      namedBy?.origin,
      from,
      isTokenRequest,
    ]);
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
    const exchange = (pool: Pool): Promise<HttpResponse> => sendOnce({ pool, message, proxy, until });
    const pool = pools.get(key, way);
    try {
      return await exchange(pool).catch((error: unknown) => {
        // Sent again on a connection that cannot have gone stale. A write may have been done.
        const isRead = message.method === 'GET' || message.method === 'HEAD';
        if (until.aborted || !isRead || !pool.wasReused(error)) throw error;
        pools.retire(key, pool);
        return exchange(pools.get(key, way));
      });
    } catch (error) {
      const failure = transportError(error, url.host, until);
      const isRegistry = url.origin === connection.registry.origin;
      throw isRegistry ? await explainInsecure(failure, url, machine) : failure;
    }
  }

  async function sendOnce({ pool, message, proxy, until }: Exchange): Promise<HttpResponse> {
    const { method, url, headers, body, stream, isTransfer = false } = message;
    const isReading = method === 'GET' || method === 'HEAD' || method === 'POST';
    const isMetadata = isReading && !isTransfer && stream === undefined;
    const watch = isMetadata ? watchMetadata(url.host, deadlines) : undefined;
    const leave = pool.enter(url.origin);
    const end = (): void => {
      watch?.stop();
      leave();
    };
    try {
      const path = `${url.pathname}${url.search}`;
      const isForwarded = proxy !== undefined && url.protocol === 'http:';
      const authorization = isForwarded ? proxy.authorization : undefined;
      const stop = watch === undefined ? until : AbortSignal.any([until, watch.signal]);
      const answer = request.call(pool.agent, {
        origin: url.origin,
        path: isForwarded ? `${url.origin}${path}` : path,
        method,
        headers: {
          'user-agent': userAgent,
          ...headers,
          ...(authorization !== undefined && { 'proxy-authorization': authorization }),
        },
        body: stream === undefined ? (body ?? null) : Readable.from(stream(), { objectMode: false }),
        signal: stop,
        headersTimeout: isMetadata ? deadlines.headers.metadata : deadlines.headers.transfer,
        bodyTimeout: deadlines.idleBody,
      });
      const response = await unlessAborted(answer, stop);
      if (isForwarded && response.statusCode === 407) {
        response.body.dump().catch(() => {});
        throw proxyRefusal(proxy, url.host, 407, '');
      }
      watch?.startBody();
      return toHttpResponse(response, {
        toError: (error) => transportError(error, url.host, until),
        ...(watch !== undefined && { received: watch.received }),
        ended: end,
      });
    } catch (error) {
      end();
      throw error;
    }
  }

  return {
    open: (connection) => (message, signal) => send(connection, message, signal),
    dispose: async () => {
      disposal.abort(new RegistryError('cancelled', 'Gantry is being shut down.'));
      await pools.destroy();
    },
  };
}

/** undici looks at the signal of a request only when it has a connection. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

interface Exchange {
  readonly pool: Pool;
  readonly message: HttpRequest;
  readonly proxy: HttpProxy | undefined;
  /** The caller's wish and the end of the transport. */
  readonly until: AbortSignal;
}

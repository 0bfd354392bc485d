import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer, type ServerOptions as HttpsOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { ConnectionFault, FaultPlan } from './faults.ts';
import { type RegistryRequest, type Reply, tokenPath } from './http.ts';

/** One request in the log. */
export interface LoggedRequest {
  readonly server: RegistryRequest['server'];
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** 0 while nothing is answered. */
  readonly status: number;
  /** Bytes of body that were answered. */
  readonly bytes: number;
  /** The client left before the answer was complete, or a fault broke it off. */
  readonly isAborted: boolean;
  /** Settles when the exchange is over, in whichever way. */
  readonly closed: Promise<void>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The requests to all servers of one registry, in the order of arrival. */
export class RequestLog {
  readonly requests: LoggedRequest[] = [];
  readonly #waiting = new Set<(request: LoggedRequest) => void>();

  add(request: LoggedRequest): void {
    this.requests.push(request);
    for (const tell of this.#waiting) tell(request);
  }

  /** The next request that matches and has not come yet. */
  next(matches: (request: LoggedRequest) => boolean): Promise<LoggedRequest> {
    return new Promise((resolve) => {
      const tell = (request: LoggedRequest): void => {
        if (!matches(request)) return;
        this.#waiting.delete(tell);
        resolve(request);
      };
      this.#waiting.add(tell);
    });
  }
}

/** PEM texts. */
export interface TlsOptions {
  readonly key: string;
  readonly cert: string;
  /** Of the certificates that clients must have; none is wanted unless told. */
  readonly clientAuthority?: string;
}

export interface ServerOptions {
  /** A free one when 0. */
  readonly port: number;
  readonly tls: TlsOptions | undefined;
  /** Every answer waits so many milliseconds. */
  readonly latency: number;
  readonly log: RequestLog;
  readonly fault: FaultPlan;
  readonly handle: (request: RegistryRequest) => Reply | Promise<Reply>;
}

export interface ListeningServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** `127.0.0.1:PORT` */
  readonly host: string;
  close(): Promise<void>;
}

export async function listen(options: ServerOptions): Promise<ListeningServer> {
  function listener(incoming: IncomingMessage, response: ServerResponse): void {
    // A connection that breaks while it is answered is the client's business, or a fault's.
    response.on('error', () => response.destroy());
    answer(incoming, response).catch(() => response.destroy());
  }

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = incoming;
    const url = new URL(incoming.url ?? '', origin);
    const server = url.pathname === tokenPath ? 'token' : 'registry';
    const request: RegistryRequest = { server, method, url, headers, body: incoming };
    const entry: Mutable<LoggedRequest> = {
      server,
      method,
      path: url.pathname + url.search,
      headers,
      status: 0,
      bytes: 0,
      isAborted: false,
      closed: new Promise((resolve) => response.once('close', resolve)),
    };
    response.once('close', () => {
      entry.isAborted = !response.writableFinished;
    });
    const fault = options.fault(request) ?? {};
    options.log.add(entry);
    if (options.latency > 0) await wait(options.latency, undefined, { ref: false });
    await fault.hold;
    if (fault.raw !== undefined) {
      response.socket?.end(fault.raw);
      return;
    }
    const body =
      fault.resetAfterBodyBytes === undefined ? incoming : breakOff(incoming, response, fault.resetAfterBodyBytes);
    const reply = fault.reply ?? (await options.handle({ ...request, body }));
    Object.assign(entry, await send(response, fault.alter?.(reply) ?? reply, fault.connection));
  }

  const server = options.tls ? createHttpsServer(httpsOptions(options.tls), listener) : createHttpServer(listener);
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const origin = `${options.tls ? 'https' : 'http'}://${host}`;

  return {
    origin,
    host,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function httpsOptions({ key, cert, clientAuthority }: TlsOptions): HttpsOptions {
  return { key, cert, ...(clientAuthority !== undefined && { ca: clientAuthority, requestCert: true }) };
}

async function send(
  response: ServerResponse,
  { status, headers = {}, body }: Reply,
  fault: ConnectionFault | undefined,
): Promise<{ readonly status: number; readonly bytes: number }> {
  if (fault !== undefined && fault.afterBytes === undefined) {
    breakConnection(response, fault.kind);
    return { status: 0, bytes: 0 };
  }
  const hasLength = status !== 204 && status !== 304 && !('Transfer-Encoding' in headers);
  response.writeHead(status, hasLength ? { 'Content-Length': body?.length ?? 0, ...headers } : headers);
  const sent = response.req.method === 'HEAD' ? undefined : body?.subarray(0, fault?.afterBytes);
  if (fault === undefined) {
    response.end(sent);
  } else {
    response.flushHeaders();
    if (sent !== undefined && sent.length > 0) await new Promise((resolve) => response.write(sent, resolve));
    if (fault.kind === 'drip') drip(response, body?.subarray(fault.afterBytes) ?? Buffer.alloc(0), fault.bytesAtOnce);
    else breakConnection(response, fault.kind);
  }
  return { status, bytes: sent?.length ?? 0 };
}

function drip(response: ServerResponse, rest: Buffer, bytesAtOnce = 1): void {
  let sent = 0;
  const timer = setInterval(() => {
    if (sent >= rest.length) response.end();
    else response.write(rest.subarray(sent, sent + bytesAtOnce));
    sent += bytesAtOnce;
  }, 20);
  response.once('close', () => clearInterval(timer));
}

function breakConnection({ socket }: ServerResponse, kind: ConnectionFault['kind']): void {
  if (socket === null || kind === 'stall' || kind === 'drip') return;
  if (kind === 'close') socket.end();
  // A TLS socket cannot reset the connection below it.
  else if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

/** The first bytes of a body, then a broken connection. */
async function* breakOff(incoming: IncomingMessage, response: ServerResponse, size: number): AsyncGenerator<Buffer> {
  let left = size;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left > 0) continue;
    breakConnection(response, 'reset');
    throw new Error('The connection was reset on purpose.');
  }
}

import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { Login } from './realRegistry.ts';

/** A forward proxy of our own that counts, and knows by which names the servers of a test are called. */
export interface ForwardProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `CONNECT registry.test:443`, `GET http://registry.test/v2/`: what it was asked for and took. */
  readonly requests: readonly string[];
  /** Values of `Proxy-Authorization`, of all requests. */
  readonly logins: readonly (string | undefined)[];
  close(): Promise<void>;
}

export interface ForwardProxyOptions {
  /** Where names lead: `{ 'registry.test': 5000 }`, ports on loopback. All others are refused with 502. */
  readonly names: Readonly<Record<string, number>>;
  readonly login?: Login;
  /** Is itself reached by https. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Instead of leading on. */
  readonly answer?: string;
}

export async function startForwardProxy({ names, login, tls, answer }: ForwardProxyOptions): Promise<ForwardProxy> {
  const requests: string[] = [];
  const logins: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const expected = login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  const portOf = (host: string): number | undefined => names[host.replace(/:\d+$/, '')];

  function isAllowed({ headers }: IncomingMessage): boolean {
    logins.push(headers['proxy-authorization']);
    return expected === undefined || headers['proxy-authorization'] === expected;
  }

  function forward(message: IncomingMessage, reply: ServerResponse): void {
    if (!isAllowed(message)) return void reply.writeHead(407, { 'Proxy-Authenticate': 'Basic realm="proxy"' }).end();
    requests.push(`${message.method} ${message.url}`);
    const url = new URL(message.url ?? '');
    const { 'proxy-authorization': _, ...headers } = message.headers;
    const target = { host: '127.0.0.1', port: portOf(url.host), path: `${url.pathname}${url.search}` };
    message.pipe(
      request({ ...target, method: message.method, headers, agent: false }, (response) => {
        reply.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(reply);
      }).on('error', () => reply.destroy()),
    );
  }

  function tunnel(message: IncomingMessage, client: Socket): void {
    client.on('error', () => client.destroy());
    if (answer !== undefined) return void client.end(answer);
    if (!isAllowed(message)) return void client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    requests.push(`CONNECT ${message.url}`);
    const port = portOf(message.url ?? '');
    if (port === undefined) return void client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    const server = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      server.pipe(client).pipe(server);
    });
    sockets.add(server);
    server.on('error', () => client.destroy()).on('close', () => client.destroy());
  }

  const server = tls === undefined ? createHttp(forward) : createHttps(tls, forward);
  server.on('connect', tunnel).on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The proxy has no port.');
  return {
    host: `127.0.0.1:${address.port}`,
    requests,
    logins,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { HttpRequest, Send } from '../../src/core/ports.ts';
import { startForwardProxy } from './forwardProxy.ts';
import { makeTestCertificates } from './testCertificates.ts';

/** Emulated vendors as any program finds them: over HTTPS by their real names, through a proxy that knows where they are. */
export interface NamedFront {
  /** `http://127.0.0.1:PORT`, for `HTTPS_PROXY`. */
  readonly proxy: string;
  /** What their certificate is signed by. */
  readonly authorityFile: string;
  close(): Promise<void>;
}

/** Headers of answers that clients look at. */
const answeredHeaders = [
  ...['content-type', 'content-range', 'docker-content-digest', 'docker-distribution-api-version', 'etag', 'link'],
  ...['location', 'range', 'retry-after', 'www-authenticate', 'ratelimit-limit', 'ratelimit-remaining'],
  ...['docker-ratelimit-source', 'oci-subject', 'x-next-page', 'x-total-count', 'x-amzn-errortype'],
];

/** `vendors` by host: `registry-1.docker.io`. */
export async function startNamedFront(vendors: Readonly<Record<string, Send>>): Promise<NamedFront> {
  const names = Object.keys(vendors);
  const certificates = await makeTestCertificates({ names: names.map((name) => `DNS:${name}`) });
  const { certificate: cert, key, authorityFile } = certificates;

  async function answer(message: IncomingMessage, reply: ServerResponse): Promise<void> {
    const { host = '' } = message.headers;
    const send = vendors[host];
    if (send === undefined) return void reply.writeHead(421).end();
    const response = await send(await requestOf(message, host), new AbortController().signal);
    const headers = answeredHeaders.flatMap((name) => {
      const values = response.headers.all(name);
      return values.length === 0 ? [] : [[name, [...values]] as [string, string[]]];
    });
    reply.writeHead(response.status, Object.fromEntries(headers));
    for await (const chunk of response.body) reply.write(chunk);
    reply.end();
  }

  const server = createServer({ cert, key }, (message, reply) => {
    answer(message, reply).catch((error: unknown) => reply.destroy(error instanceof Error ? error : undefined));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The front has no port.');
  const proxy = await startForwardProxy({ names: Object.fromEntries(names.map((name) => [name, address.port])) });
  return {
    proxy: `http://${proxy.host}`,
    authorityFile,
    close: async () => {
      await proxy.close();
      server.closeAllConnections();
      server.close();
      await certificates.close();
    },
  };
}

async function requestOf(message: IncomingMessage, host: string): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const { host: _host, connection: _connection, 'transfer-encoding': _coding, ...headers } = message.headers;
  const body = chunks.length === 0 ? {} : { body: new Uint8Array(Buffer.concat(chunks)) };
  return {
    method: message.method as HttpRequest['method'],
    url: new URL(message.url ?? '/', `https://${host}`),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    ...body,
  };
}

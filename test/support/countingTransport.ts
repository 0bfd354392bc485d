import type { HttpResponse, OpenTransport } from '../../src/core/ports.ts';
import { createTransport } from '../../src/node/transport.ts';
import { directNetwork } from './directNetwork.ts';

/** The real transport, and how many bytes of answers have come through it. */
export interface CountingTransport {
  readonly open: OpenTransport;
  /** From a host, bodies only. */
  received(host: string): number;
  /** Each request with its range, its status, how many bytes of its body have come, and how it ended. */
  history(): readonly string[];
  close(): Promise<void>;
}

export async function startCountingTransport(): Promise<CountingTransport> {
  const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
  const counts = new Map<string, number>();
  const exchanges: Exchange[] = [];

  function counted(response: HttpResponse, host: string, exchange: Exchange): HttpResponse {
    return {
      ...response,
      body: (async function* () {
        try {
          for await (const chunk of response.body) {
            counts.set(host, (counts.get(host) ?? 0) + chunk.length);
            exchange.bytes += chunk.length;
            yield chunk;
          }
          exchange.end = 'whole';
        } catch (error) {
          exchange.end = String(error);
          throw error;
        }
      })(),
    };
  }

  return {
    open: (connection) => {
      const send = transport.open(connection);
      return async (request, signal) => {
        const { host, pathname } = request.url;
        const exchange = { request: `${request.method} ${host}${pathname}`, bytes: 0, end: 'no answer' };
        const range = request.headers['range'] ?? request.headers['content-range'];
        if (range !== undefined) exchange.request += ` (${range})`;
        exchanges.push(exchange);
        try {
          const response = await send(request, signal);
          exchange.request += `: ${response.status}`;
          exchange.end = 'left early';
          return counted(response, host, exchange);
        } catch (error) {
          exchange.end = String(error);
          throw error;
        }
      };
    },
    history: () => exchanges.map(({ request, bytes, end }) => `${request}, ${bytes} bytes, ${end}`),
    received: (host) => counts.get(host) ?? 0,
    close: () => transport.dispose(),
  };
}

interface Exchange {
  request: string;
  bytes: number;
  end: string;
}

import type { HttpResponse, OpenTransport } from '../../src/core/ports.ts';
import { createTransport } from '../../src/node/transport.ts';
import { directNetwork } from './directNetwork.ts';

/** The real transport, and how many bytes of answers have come through it. */
export interface CountingTransport {
  readonly open: OpenTransport;
  /** From a host, bodies only. */
  received(host: string): number;
  close(): Promise<void>;
}

export async function startCountingTransport(): Promise<CountingTransport> {
  const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
  const counts = new Map<string, number>();

  function counted(response: HttpResponse, host: string): HttpResponse {
    return {
      ...response,
      body: (async function* () {
        for await (const chunk of response.body) {
          counts.set(host, (counts.get(host) ?? 0) + chunk.length);
          yield chunk;
        }
      })(),
    };
  }

  return {
    open: (connection) => {
      const send = transport.open(connection);
      return async (request, signal) => counted(await send(request, signal), request.url.host);
    },
    received: (host) => counts.get(host) ?? 0,
    close: () => transport.dispose(),
  };
}

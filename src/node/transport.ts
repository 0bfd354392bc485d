import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import type { OpenTransport } from '../core/ports.ts';
import { toHttpResponse } from './httpResponse.ts';
import type { NetworkSettings } from './networkSettings.ts';
import { transportError } from './transportError.ts';

export interface Transport {
  readonly open: OpenTransport;
  /** Breaks off what is under way and closes all connections. */
  dispose(): Promise<void>;
}

/** Milliseconds. A registry that takes longer for these is taken for dead. */
const timeouts = { connect: 10_000, headers: 30_000, idleBody: 30_000 } as const;

/** HTTP/1.1 over undici, on connections of its own; the process-wide dispatcher is left as it is. */
export interface TransportOptions {
  readonly userAgent: string;
  readonly network: () => NetworkSettings;
}

export function createTransport(options: TransportOptions): Transport {
  const agent = new Agent({
    connect: { timeout: timeouts.connect },
    headersTimeout: timeouts.headers,
    bodyTimeout: timeouts.idleBody,
    // The cap on requests at once is kept per host, above.
    connections: null,
  });

  return {
    open:
      () =>
      async ({ method, url, headers, body }, signal) => {
        try {
          const response = await request.call(agent, {
            origin: url.origin,
            path: `${url.pathname}${url.search}`,
            method,
            headers: { 'user-agent': options.userAgent, ...headers },
            body: body ?? null,
            signal,
          });
          return toHttpResponse(response, (error) => transportError(error, url.host, signal));
        } catch (error) {
          throw transportError(error, url.host, signal);
        }
      },
    dispose: () => agent.destroy(),
  };
}

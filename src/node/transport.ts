import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import type { HttpHeaders, HttpResponse, Send } from '../core/ports.ts';
import { transportError } from './transportError.ts';

export interface Transport {
  readonly send: Send;
  /** Breaks off what is under way and closes all connections. */
  dispose(): Promise<void>;
}

/** Milliseconds. A registry that takes longer for these is taken for dead. */
const timeouts = { connect: 10_000, headers: 30_000, idleBody: 30_000 } as const;

/** HTTP/1.1 over undici, on connections of its own; the process-wide dispatcher is left as it is. */
export function createTransport(options: { readonly userAgent: string }): Transport {
  const agent = new Agent({
    connect: { timeout: timeouts.connect },
    headersTimeout: timeouts.headers,
    bodyTimeout: timeouts.idleBody,
    // The cap on requests at once is kept per host, above.
    connections: null,
  });

  return {
    send: async ({ method, url, headers, body }, signal) => {
      try {
        const response = await request.call(agent, {
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method,
          headers: { 'user-agent': options.userAgent, ...headers },
          body: body ?? null,
          signal,
        });
        return toResponse(response, url.host, signal);
      } catch (error) {
        throw transportError(error, url.host, signal);
      }
    },
    dispose: () => agent.destroy(),
  };
}

function toResponse(response: Dispatcher.ResponseData, host: string, signal: AbortSignal): HttpResponse {
  return {
    status: response.statusCode,
    headers: toHeaders(response.headers),
    body: (async function* () {
      try {
        for await (const chunk of response.body) yield chunk as Uint8Array;
      } catch (error) {
        throw transportError(error, host, signal);
      }
    })(),
    discard: () => {
      // Reads a short rest so that the connection can be used again, and cuts a long one.
      response.body.dump({ limit: 64 * 1024 }).catch(() => {});
    },
  };
}

function toHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): HttpHeaders {
  const all = (name: string): readonly string[] => {
    const value = headers[name.toLowerCase()];
    return value === undefined ? [] : typeof value === 'string' ? [value] : value;
  };
  return {
    all,
    get: (name) => {
      const values = all(name);
      return values.length === 0 ? undefined : values.join(', ');
    },
  };
}

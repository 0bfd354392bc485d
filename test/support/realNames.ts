import type { Send } from '../../src/core/ports.ts';

/** A request as it left the client, with the name that it was for and the proof of who asks. */
export interface SentRequest {
  readonly origin: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  readonly body: string;
  readonly status: number;
}

/**
 * Sends requests for the names of `origins` to the sockets behind them, and none anywhere else. What was sent is kept.
 */
export function leadTo(origins: Readonly<Record<string, string>>, send: Send, requests: SentRequest[]): Send {
  return async (request, signal) => {
    const { origin, pathname, search } = request.url;
    const target = origins[origin];
    if (target === undefined) {
      throw new Error(`${request.method} ${request.url} was sent, which is none of ${Object.keys(origins).join(', ')}`);
    }
    // Who named the address named the real one, not ours.
    const { namedBy: _namedBy, ...unnamed } = request;
    const response = await send({ ...unnamed, url: new URL(`${pathname}${search}`, target) }, signal);
    requests.push({
      origin,
      method: request.method,
      path: `${pathname}${search}`,
      headers: request.headers,
      authorization: request.headers['authorization'],
      body: new TextDecoder().decode(request.body),
      status: response.status,
    });
    return response;
  };
}

import type { RegistryRequest, Reply } from './http.ts';

/** Decides for every request, those to the token server included, whether and how it goes wrong. */
export type FaultPlan = (request: RegistryRequest) => Fault | undefined;

/** What goes wrong with one request. The parts can be combined. */
interface Fault {
  /** Nothing is answered before this settles. */
  readonly hold?: Promise<unknown>;
  /** Answered in place of the registry, which never sees the request. */
  readonly reply?: Reply;
  /**
   * Changes what the registry answers, after it did what was asked. `Content-Length` follows the changed body, unless the
   * answer has one of its own.
   */
  readonly alter?: (reply: Reply) => Reply;
  /** What happens to the connection while the answer is sent. */
  readonly connection?: ConnectionFault;
  /** Written on the connection as it is, in place of an answer; then the connection ends. */
  readonly raw?: string | Buffer;
  /** Resets the connection after so many bytes of the request's body, of which the registry keeps what it got. */
  readonly resetAfterBodyBytes?: number;
}

export interface ConnectionFault {
  /**
   * `close` ends the connection in an orderly way, but too early; `stall` sends nothing more and keeps it open; `drip`
   * goes on with a byte, or `bytesAtOnce`, every 20 milliseconds.
   */
  readonly kind: 'reset' | 'close' | 'stall' | 'drip';
  readonly bytesAtOnce?: number;
  /** So many bytes of the body are sent before; without it not even a status line. */
  readonly afterBytes?: number;
}

/** A page for people, as a proxy or a login wall answers it. */
export function htmlReply(status = 200): Reply {
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
    body: Buffer.from('<!doctype html>\n<title>Sign in</title>\n<p>Sign in to go on.</p>\n'),
  };
}

/** Changes one bit of the body, so that it no longer matches its digest. */
export function flipBit(reply: Reply): Reply {
  if (reply.body === undefined || reply.body.length === 0) return reply;
  const body = Buffer.from(reply.body);
  const last = body.length - 1;
  body[last] = (body[last] ?? 0) ^ 1;
  return { ...reply, body };
}

/** Takes headers out of the answer: not every registry sends all of them. */
export function withoutHeaders(...names: readonly string[]): (reply: Reply) => Reply {
  const omitted = new Set(names.map((name) => name.toLowerCase()));
  return (reply) => ({
    ...reply,
    headers: Object.fromEntries(
      Object.entries(reply.headers ?? {}).filter(([name]) => !omitted.has(name.toLowerCase())),
    ),
  });
}

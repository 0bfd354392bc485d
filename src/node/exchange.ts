import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { HttpHeaders, HttpRequest, HttpResponse } from '../core/ports.ts';
import { IncomingBody } from './incomingBody.ts';

export interface ExchangeOptions {
  /** Each of them breaks it off, with its reason, until the whole answer has come. */
  readonly signals: readonly AbortSignal[];
  /** Translates what breaks the body off. */
  readonly toError: (error: unknown) => Error;
  /** The head has come. */
  readonly started?: () => void;
  readonly received?: (bytes: number) => void;
  /** See HttpRequest. */
  readonly forgetsChunks?: boolean;
  /** The answer has come whole, has broken off, or was thrown away. */
  readonly ended?: () => void;
}

/**
 * One request on an agent of undici, and its answer for the core. Rejects with what undici or a signal says when it breaks off
 * before the head of the answer has come.
 */
export function exchange(
  agent: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { signals, toError, started, received, forgetsChunks = false, ended }: ExchangeOptions,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let body: IncomingBody | undefined;
    let failure: Error | undefined;
    let isOver = false;

    function end(): void {
      isOver = true;
      for (const signal of signals) signal.removeEventListener('abort', stop);
      ended?.();
    }

    function fail(error: Error): void {
      if (isOver) return;
      failure = error;
      end();
      if (request.body instanceof Readable) request.body.destroy();
      if (body === undefined) reject(error);
      else body.fail(toError(error));
    }

    function stop(): void {
      const reason: unknown = signals.find(({ aborted }) => aborted)?.reason;
      const error = reason instanceof Error ? reason : new Error('Cancelled.', { cause: reason });
      // Said here first: undici looks at a request only when it has a connection.
      fail(error);
      controller?.abort(error);
    }

    // A stream that fails is told of by the request; without a listener Node would end the process.
    if (request.body instanceof Readable) request.body.on('error', () => {});
    for (const signal of signals) signal.addEventListener('abort', stop);
    if (signals.some(({ aborted }) => aborted)) return stop();
    agent.dispatch(request, {
      onRequestStart: (flow) => {
        controller = flow;
        if (failure !== undefined) flow.abort(failure);
      },
      onResponseStart: (flow, status, fields) => {
        // Others announce the answer.
        if (status < 200) return;
        const headers = toHeaders(fields);
        const incoming = new IncomingBody(flow, { contentLength: headers.get('content-length'), forgetsChunks });
        body = incoming;
        started?.();
        resolve({ status, headers, body: incoming, discard: () => incoming.discard() });
      },
      onResponseData: (_flow, chunk) => {
        received?.(chunk.length);
        body?.push(chunk);
      },
      onResponseEnd: () => {
        if (isOver) return;
        end();
        body?.complete();
      },
      onResponseError: (_flow, error) => fail(error),
    });
  });
}

/** What a request sends, as undici takes it. */
export function requestBody({ body, stream }: Pick<HttpRequest, 'body' | 'stream'>): Uint8Array | Readable | null {
  return stream === undefined ? (body ?? null) : Readable.from(stream(), { objectMode: false });
}

function toHeaders(fields: Readonly<Record<string, string | string[] | undefined>>): HttpHeaders {
  return {
    all: (name) => {
      const value = fields[name.toLowerCase()];
      return value === undefined ? [] : typeof value === 'string' ? [value] : value;
    },
    get: (name) => {
      const value = fields[name.toLowerCase()];
      return typeof value === 'object' ? value.join(', ') : value;
    },
  };
}

import type { HttpRequest, HttpResponse, Send } from '../../../../src/core/ports.ts';

/** An answer that a test made up, and that shows what became of it. */
export interface FakeResponse extends HttpResponse {
  /** How many bytes of its body have been read. */
  readonly bytesRead: number;
  /** Whether its body was read to the end, left early, or thrown away. */
  readonly isOver: boolean;
}

export interface FakeAnswer {
  /** 200 unless told. */
  readonly status?: number;
  /** Several values for a header that stands there several times. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Chunks, or one. */
  readonly body?: string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

export function fakeResponse({ status = 200, headers = {}, body = '' }: FakeAnswer = {}): FakeResponse {
  const lines = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value].flat()]));
  const all = (name: string): readonly string[] => lines.get(name.toLowerCase()) ?? [];
  let bytesRead = 0;
  let isOver = false;
  return {
    status,
    headers: { all, get: (name) => (all(name).length === 0 ? undefined : all(name).join(', ')) },
    body: (async function* () {
      try {
        for await (const chunk of chunksOf(body)) {
          bytesRead += chunk.length;
          yield chunk;
        }
      } finally {
        isOver = true;
      }
    })(),
    discard: () => {
      isOver = true;
    },
    get bytesRead() {
      return bytesRead;
    },
    get isOver() {
      return isOver;
    },
  };
}

export function jsonResponse(value: unknown, answer: FakeAnswer = {}): FakeResponse {
  const headers = { 'content-type': 'application/json', ...answer.headers };
  return fakeResponse({ ...answer, headers, body: JSON.stringify(value) });
}

/** A transport that keeps what was sent. */
export interface FakeSend {
  readonly send: Send;
  readonly requests: readonly HttpRequest[];
}

export function fakeSend(
  answer: (request: HttpRequest, signal: AbortSignal) => HttpResponse | Promise<HttpResponse>,
): FakeSend {
  const requests: HttpRequest[] = [];
  return {
    requests,
    send: async (request, signal) => {
      requests.push(request);
      return answer(request, signal);
    },
  };
}

/** The answers in their order, one a request. */
export function answersInTurn(...answers: readonly HttpResponse[]): FakeSend {
  const left = [...answers];
  return fakeSend(({ method, url }) => left.shift() ?? unexpected(`${method} ${url}`));
}

export function getRequest(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url: new URL(url), headers: {}, ...more };
}

/** A signal that nobody aborts. */
export function noAbort(): AbortSignal {
  return new AbortController().signal;
}

export async function readText(response: HttpResponse): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

function chunksOf(body: NonNullable<FakeAnswer['body']>): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof body === 'string') return [new TextEncoder().encode(body)];
  return body instanceof Uint8Array ? [body] : body;
}

function unexpected(what: string): never {
  throw new Error(`${what} was not expected`);
}

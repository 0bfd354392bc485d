import type { Dispatcher } from 'undici';
import type { HttpHeaders, HttpResponse } from '../core/ports.ts';

/** An answer of undici for the core. `toError` translates what breaks its body off. */
export function toHttpResponse(response: Dispatcher.ResponseData, toError: (error: unknown) => Error): HttpResponse {
  return {
    status: response.statusCode,
    headers: toHeaders(response.headers),
    body: (async function* () {
      try {
        for await (const chunk of response.body) yield chunk as Uint8Array;
      } catch (error) {
        throw toError(error);
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

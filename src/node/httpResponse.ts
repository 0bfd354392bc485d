import type { Dispatcher } from 'undici';
import type { HttpHeaders, HttpResponse } from '../core/ports.ts';

export interface BodyObserver {
  /** Translates what breaks the body off. */
  readonly toError: (error: unknown) => Error;
  readonly received?: (bytes: number) => void;
  /** The body has been read, has broken off, or was thrown away. */
  readonly ended?: () => void;
}

/** An answer of undici for the core. */
export function toHttpResponse(
  response: Dispatcher.ResponseData,
  { toError, received, ended }: BodyObserver,
): HttpResponse {
  if (ended !== undefined) response.body.once('close', ended);
  return {
    status: response.statusCode,
    headers: toHeaders(response.headers),
    body: (async function* () {
      try {
        for await (const chunk of response.body) {
          received?.((chunk as Uint8Array).length);
          yield chunk as Uint8Array;
        }
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

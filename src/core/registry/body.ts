import { concatenate } from '../concatenate.ts';
import { RegistryError } from '../errors.ts';
import { essence } from '../oci/mediaType.ts';
import type { HttpResponse } from '../ports.ts';

/** Reads a body of at most `limit` bytes. Rejects with `too-large`, having read no more than that. */
export async function readBody(response: HttpResponse, limit: number, host: string): Promise<Uint8Array> {
  const known = response.bytes;
  if (known !== undefined && known.length <= limit) return known;
  const announced = Number(response.headers.get('content-length'));
  if (announced > limit) {
    response.discard();
    throw tooLarge(host, limit);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > limit) throw tooLarge(host, limit);
    chunks.push(chunk);
  }
  return concatenate(chunks, length);
}

/** The same response with its body read, so that its connection is free. Rejects with `too-large`. */
export async function buffered(response: HttpResponse, limit: number, host: string): Promise<HttpResponse> {
  return withBody(response, await readBody(response, limit, host));
}

/** A response whose body has been read, as one that can be read again. */
export function withBody({ status, headers }: HttpResponse, bytes: Uint8Array): HttpResponse {
  return {
    status,
    headers,
    bytes,
    body: {
      async *[Symbol.asyncIterator]() {
        yield bytes;
      },
    },
    discard: () => {},
  };
}

/** Reads a JSON object. Rejects with `protocol` when something else came, as from a login page or a captive portal. */
export async function readJson(
  response: HttpResponse,
  limit: number,
  host: string,
): Promise<Readonly<Record<string, unknown>>> {
  const document = parseJson(await readBody(response, limit, host), response, host);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw notARegistry(host, 'JSON of another form');
  }
  return document as Record<string, unknown>;
}

/** The body of `response` as JSON. Throws `protocol`. */
export function parseJson(bytes: Uint8Array, response: HttpResponse, host: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    const isPage = essence(response.headers.get('content-type')) === 'text/html';
    throw notARegistry(host, isPage ? 'a web page' : 'something that is not JSON', error);
  }
}

export function notARegistry(host: string, what: string, cause?: unknown): RegistryError {
  return new RegistryError(
    'protocol',
    `${host} answered with ${what}, not as a container registry does. Check the address; a proxy or a login page may stand in between.`,
    { host, cause },
  );
}

function tooLarge(host: string, limit: number): RegistryError {
  const mebibytes = limit / (1024 * 1024);
  return new RegistryError(
    'too-large',
    `${host} sent more than ${mebibytes} MiB where no registry should. Nothing of it was kept.`,
    {
      host,
    },
  );
}

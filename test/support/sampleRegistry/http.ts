import type { IncomingHttpHeaders } from 'node:http';

/** Where tokens are issued, on the registry's origin or on another one. */
export const tokenPath = '/token';

/** A request as the parts of the registry see it. */
export interface RegistryRequest {
  /** Which part of the registry it is for. */
  readonly server: 'registry' | 'token';
  readonly method: string;
  /** Absolute, with the origin that this server has. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** The body as it comes in; to be read once. */
  readonly body: AsyncIterable<Buffer>;
}

/** Several values for a header that is sent several times. */
export type Headers = Readonly<Record<string, string | string[]>>;

/** An answer as a value; `HEAD` is answered with the reply to `GET`, without its body. */
export interface Reply {
  readonly status: number;
  readonly headers?: Headers;
  readonly body?: Buffer;
}

export async function readBody({ body }: RegistryRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function json(status: number, value: unknown, headers: Headers = {}): Reply {
  return {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
const errorCodes = {
  BLOB_UNKNOWN: [404, 'blob unknown to registry'],
  BLOB_UPLOAD_INVALID: [400, 'blob upload invalid'],
  BLOB_UPLOAD_UNKNOWN: [404, 'blob upload unknown to registry'],
  DIGEST_INVALID: [400, 'provided digest did not match uploaded content'],
  MANIFEST_BLOB_UNKNOWN: [404, 'manifest references a manifest or blob unknown to registry'],
  MANIFEST_INVALID: [400, 'manifest invalid'],
  MANIFEST_UNKNOWN: [404, 'manifest unknown to registry'],
  NAME_INVALID: [400, 'invalid repository name'],
  NAME_UNKNOWN: [404, 'repository name not known to registry'],
  PAGINATION_NUMBER_INVALID: [400, 'invalid number of results requested'],
  RANGE_INVALID: [416, 'invalid content range'],
  SIZE_INVALID: [413, 'provided length is more than the registry takes'],
  TAG_INVALID: [400, 'invalid tag'],
  UNAUTHORIZED: [401, 'authentication required'],
  UNSUPPORTED: [405, 'the operation is unsupported'],
} as const;

export type ErrorCode = keyof typeof errorCodes;

export function ociError(code: ErrorCode, detail?: unknown, headers: Headers = {}): Reply {
  const [status, message] = errorCodes[code];
  return json(status, { errors: [{ code, message, detail }] }, headers);
}

/** What is not there at all: an answer without an OCI body, as from any web server. */
export function notFound(): Reply {
  return { status: 404, headers: { 'Content-Type': 'text/plain' }, body: Buffer.from('404 page not found\n') };
}

import type { IncomingHttpHeaders } from 'node:http';

/** A request as the parts of the registry see it. */
export interface RegistryRequest {
  readonly method: string;
  /** Absolute, with the host and scheme that the client used. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly readBody: () => Promise<Buffer>;
}

/** An answer as a value; `HEAD` is answered with the reply to `GET`, without its body. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
const errorCodes = {
  BLOB_UNKNOWN: [404, 'blob unknown to registry'],
  BLOB_UPLOAD_INVALID: [416, 'blob upload invalid'],
  BLOB_UPLOAD_UNKNOWN: [404, 'blob upload unknown to registry'],
  DENIED: [403, 'requested access to the resource is denied'],
  DIGEST_INVALID: [400, 'provided digest did not match uploaded content'],
  MANIFEST_BLOB_UNKNOWN: [404, 'manifest references a manifest or blob unknown to registry'],
  MANIFEST_INVALID: [400, 'manifest invalid'],
  MANIFEST_UNKNOWN: [404, 'manifest unknown to registry'],
  NAME_INVALID: [400, 'invalid repository name'],
  NAME_UNKNOWN: [404, 'repository name not known to registry'],
  PAGINATION_NUMBER_INVALID: [400, 'invalid number of results requested'],
  RANGE_INVALID: [416, 'invalid content range'],
  TAG_INVALID: [400, 'manifest tag did not match URI'],
  UNAUTHORIZED: [401, 'authentication required'],
  UNSUPPORTED: [405, 'the operation is unsupported'],
} as const;

export type ErrorCode = keyof typeof errorCodes;

export function ociError(code: ErrorCode, detail?: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  const [status, message] = errorCodes[code];
  return json(status, { errors: [{ code, message, detail }] }, headers);
}

/** What is not there at all: an answer without an OCI body, as from any web server. */
export function notFound(): Reply {
  return { status: 404, headers: { 'Content-Type': 'text/plain' }, body: Buffer.from('404 page not found\n') };
}

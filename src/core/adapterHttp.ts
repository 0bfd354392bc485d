import type { AdapterHttp, AdapterRequest, AdapterResponse } from '../api.ts';
import { RegistryError } from './errors.ts';
import type { HttpRequest, HttpResponse, Send } from './ports.ts';
import { parseJson, readBody } from './registry/body.ts';
import { limits } from './registry/limits.ts';
import { responseError } from './registry/responseError.ts';

/** An origin that an adapter may reach, with the way there that logs in. */
export interface AdapterRoute {
  readonly origin: string;
  readonly send: Send;
}

/** Headers of the core alone: they log in, lead the request elsewhere, or say where its body ends. */
const ownHeaders: readonly string[] = [
  'authorization',
  'connection',
  'content-length',
  'cookie',
  'host',
  'proxy-authorization',
  'transfer-encoding',
  'upgrade',
];

/** What an adapter reaches: the registry and the APIs that it declares, each by its own way of logging in. */
export function createAdapterHttp(options: {
  /** Of the adapter, for errors. */
  readonly label: string;
  /** The way to a declared API; that to the registry itself without an id. Throws `invalid`. */
  readonly routeTo: (api: string | undefined, signal: AbortSignal) => Promise<AdapterRoute>;
}): AdapterHttp {
  const { label, routeTo } = options;
  return {
    send: async (request) => {
      const { origin, send } = await routeTo(request.api, request.signal);
      const url = URL.canParse(request.path, origin) ? new URL(request.path, origin) : undefined;
      if (url === undefined || url.origin !== origin || !request.path.startsWith('/')) {
        throw new RegistryError(
          'invalid',
          `The adapter ${label} asks for "${request.path}", which leads nowhere in ${origin}.`,
        );
      }
      const answer = await send(toHttpRequest(request, url, label), request.signal);
      // Read here, so that an adapter that looks at the status alone does not keep the connection.
      return toAdapterResponse(answer, await readBody(answer, limits.listPage, url.host), url.host);
    },
  };
}

function toHttpRequest(request: AdapterRequest, url: URL, label: string): HttpRequest {
  const { method, accept = 'application/json', headers = {}, scopes } = request;
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const refused = Object.keys(given).find((name) => ownHeaders.includes(name));
  if (refused !== undefined) {
    throw new RegistryError('invalid', `The adapter ${label} sets the header "${refused}", which only Gantry may.`);
  }
  const body = bodyOf(request);
  return {
    method,
    url,
    headers: { accept, ...(body !== undefined && { 'content-type': body.type }), ...given },
    ...(body !== undefined && { body: new TextEncoder().encode(body.text) }),
    ...(scopes !== undefined && { scopes }),
  };
}

function bodyOf({ json, form, text }: AdapterRequest): { readonly type: string; readonly text: string } | undefined {
  if (json !== undefined) return { type: 'application/json', text: JSON.stringify(json) };
  if (form !== undefined) {
    return { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(form).toString() };
  }
  return text === undefined ? undefined : { type: 'text/plain', text };
}

function toAdapterResponse(answer: HttpResponse, bytes: Uint8Array, host: string): AdapterResponse {
  const again = (): HttpResponse => ({
    ...answer,
    body: (async function* () {
      yield bytes;
    })(),
    discard: () => {},
  });
  return {
    status: answer.status,
    header: (name) => answer.headers.get(name),
    json: async () => parseJson(bytes, answer, host),
    text: async () => new TextDecoder().decode(bytes),
    bytes: async () => bytes,
    error: (what) => responseError(again(), { host, what }),
  };
}

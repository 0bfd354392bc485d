import type { AdapterHttp, AdapterRequest, AdapterResponse, RegistryAdapter } from '../api.ts';
import { RegistryError } from './errors.ts';
import type { HttpRequest, HttpResponse, Send } from './ports.ts';
import { parseJson, readBody } from './registry/body.ts';
import { limits } from './registry/limits.ts';
import { responseError } from './registry/responseError.ts';

/** What an adapter reaches: the registry and the APIs that it declares, each by its own way of logging in. */
export function createAdapterHttp(options: {
  readonly adapter: RegistryAdapter;
  readonly registry: URL;
  /** By the id of the API; `undefined` is the registry. */
  readonly sendTo: (api: string | undefined) => Send;
}): AdapterHttp {
  const { adapter, registry, sendTo } = options;

  function originOf(api: string | undefined): string {
    if (api === undefined) return registry.origin;
    const declared = adapter.apis?.find(({ id }) => id === api);
    if (declared === undefined) throw new RegistryError('invalid', `${adapter.label} declares no API "${api}".`);
    return declared.origin;
  }

  return {
    send: async (request) => {
      const origin = originOf(request.api);
      const url = new URL(request.path, origin);
      if (url.origin !== origin) throw new RegistryError('invalid', `"${request.path}" leads away from ${origin}.`);
      return toAdapterResponse(await sendTo(request.api)(toHttpRequest(request, url), request.signal), url.host);
    },
  };
}

function toHttpRequest({ method, json }: AdapterRequest, url: URL): HttpRequest {
  const accept = { accept: 'application/json' };
  if (json === undefined) return { method, url, headers: accept };
  const body = new TextEncoder().encode(JSON.stringify(json));
  return { method, url, headers: { ...accept, 'content-type': 'application/json' }, body };
}

function toAdapterResponse(response: HttpResponse, host: string): AdapterResponse {
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    json: async () => parseJson(await readBody(response, limits.listPage, host), response, host),
    error: (what) => responseError(response, { host, what }),
  };
}

import type { AdapterHttp, AdapterRequest, AdapterResponse, ApiOrigin, RegistryAdapter } from '../api.ts';
import { RegistryError } from './errors.ts';
import type { HttpRequest, HttpResponse, Send } from './ports.ts';
import { buffered, parseJson, readBody } from './registry/body.ts';
import { limits } from './registry/limits.ts';
import { responseError } from './registry/responseError.ts';

/** What an adapter reaches: the registry and the APIs that it declares, each by its own way of logging in. */
export function createAdapterHttp(options: {
  readonly adapter: RegistryAdapter;
  readonly registry: URL;
  /** `undefined` is the registry itself. */
  readonly sendTo: (api: ApiOrigin | undefined) => Send;
}): AdapterHttp {
  const { adapter, registry, sendTo } = options;

  function declaredApi(id: string): ApiOrigin {
    const declared = adapter.apis?.find((api) => api.id === id);
    if (declared === undefined) throw new RegistryError('invalid', `${adapter.label} declares no API "${id}".`);
    return declared;
  }

  return {
    send: async (request) => {
      const api = request.api === undefined ? undefined : declaredApi(request.api);
      const origin = api?.origin ?? registry.origin;
      const url = new URL(request.path, origin);
      if (url.origin !== origin) throw new RegistryError('invalid', `"${request.path}" leads away from ${origin}.`);
      const answer = await sendTo(api)(toHttpRequest(request, url), request.signal);
      // Read here, so that an adapter that looks at the status alone does not keep the connection.
      return toAdapterResponse(await buffered(answer, limits.listPage, url.host), url.host);
    },
  };
}

function toHttpRequest({ method, json, accept = 'application/json' }: AdapterRequest, url: URL): HttpRequest {
  if (json === undefined) return { method, url, headers: { accept } };
  const body = new TextEncoder().encode(JSON.stringify(json));
  return { method, url, headers: { accept, 'content-type': 'application/json' }, body };
}

function toAdapterResponse(response: HttpResponse, host: string): AdapterResponse {
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    json: async () => parseJson(await readBody(response, limits.listPage, host), response, host),
    error: (what) => responseError(response, { host, what }),
  };
}

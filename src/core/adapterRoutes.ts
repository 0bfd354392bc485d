import type { ApiOrigin, RegistryAdapter } from '../api.ts';
import type { AdapterRoute } from './adapterHttp.ts';
import { apiOrigin, belongsTo } from './adapters/apiOrigin.ts';
import { apiLogin } from './apiAuth/apiLogin.ts';
import type { FindCredential, FindLogin } from './credential.ts';
import { RegistryError } from './errors.ts';
import type { CreateHash, Send } from './ports.ts';
import { createApiPipeline, type TransportOptions } from './registry/pipeline.ts';

export interface RouteOptions {
  readonly adapter: RegistryAdapter;
  /** Of an adapter of another extension: the origins that the user said may be asked. */
  readonly trustedOrigins: readonly string[] | undefined;
  readonly registry: URL;
  readonly sendToRegistry: Send;
  readonly findCredential: FindCredential;
  readonly findLogin: FindLogin;
  readonly createHash: CreateHash;
  readonly wire: TransportOptions;
}

/** The ways from a connection to its registry and to the APIs that its adapter declares, each made at its first use. */
export function createRoutes(options: RouteOptions): (api: string | undefined) => AdapterRoute {
  const { adapter, registry, sendToRegistry } = options;
  const routes = new Map<string | undefined, AdapterRoute>([
    [undefined, { origin: registry.origin, send: sendToRegistry }],
  ]);
  return (id) => {
    const known = routes.get(id);
    if (known !== undefined) return known;
    const api = adapter.apis?.find((declared) => declared.id === id);
    if (api === undefined) throw new RegistryError('invalid', `${adapter.label} declares no API "${id}".`);
    const route = openApi(api, options);
    routes.set(id, route);
    return route;
  };
}

function openApi(api: ApiOrigin, options: RouteOptions): AdapterRoute {
  const { adapter, registry, sendToRegistry, findCredential, findLogin, createHash, wire } = options;
  const origin = apiOrigin(api, adapter, registry);
  if (api.auth === 'registry' && origin === registry.origin) return { origin, send: sendToRegistry };
  checkTrust(origin, options);
  if (api.auth === 'none' || api.auth === 'registry' || !belongsTo(origin, adapter, registry)) {
    return { origin, send: createApiPipeline(undefined, wire) };
  }
  const login = apiLogin(api.auth, { registry, origin, findCredential, findLogin, createHash, now: wire.now });
  return { origin, send: createApiPipeline(login, wire) };
}

/** Nothing goes to a host that only another extension knows, not even the name of an image, before the user was asked. */
function checkTrust(origin: string, { adapter, registry, trustedOrigins }: RouteOptions): void {
  if (trustedOrigins === undefined || origin === registry.origin || trustedOrigins.includes(origin)) return;
  throw new RegistryError(
    'untrusted-realm',
    `${registry.host} is read by the adapter ${adapter.label} of another extension, which asks ${origin} too. Nothing was sent there, since Gantry does not know that the two belong together.`,
    { host: registry.host, realm: origin },
  );
}

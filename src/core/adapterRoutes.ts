import type { ApiOrigin, RegistryAdapter } from '../api.ts';
import type { AdapterRoute } from './adapterHttp.ts';
import { apiOrigin, belongsTo, isDerived } from './adapters/apiOrigin.ts';
import { apiLogin } from './apiAuth/apiLogin.ts';
import type { FindCredential, FindLogin } from './credential.ts';
import { RegistryError } from './errors.ts';
import type { CreateHash, Send } from './ports.ts';
import { createApiPipeline, type TransportOptions } from './registry/pipeline.ts';
import type { Realm } from './registry/realm.ts';

export interface RouteOptions {
  readonly adapter: RegistryAdapter;
  /** Whether the adapter is of another extension. */
  readonly isForeign: boolean;
  /** Origins that the user said belong to the registry. */
  readonly trustedRealms: readonly string[];
  readonly registry: URL;
  /** The token server that the registry names. */
  readonly findRealm: (signal: AbortSignal) => Promise<Realm>;
  readonly sendToRegistry: Send;
  readonly findCredential: FindCredential;
  readonly findLogin: FindLogin;
  readonly createHash: CreateHash;
  readonly wire: TransportOptions;
}

/** The ways from a connection to its registry and to the APIs that its adapter declares, each made at its first use. */
export function createRoutes(
  options: RouteOptions,
): (api: string | undefined, signal: AbortSignal) => Promise<AdapterRoute> {
  const { adapter, registry, sendToRegistry } = options;
  const routes = new Map<string | undefined, AdapterRoute>([
    [undefined, { origin: registry.origin, send: sendToRegistry }],
  ]);
  return async (id, signal) => {
    const known = routes.get(id);
    if (known !== undefined) return known;
    const api = adapter.apis?.find((declared) => declared.id === id);
    if (api === undefined) throw new RegistryError('invalid', `${adapter.label} declares no API "${id}".`);
    const realm = api.origin === '{realm}' ? await options.findRealm(signal) : undefined;
    // Another request may have opened it meanwhile.
    const route = routes.get(id) ?? openApi(api, options, realm);
    routes.set(id, route);
    return route;
  };
}

function openApi(api: ApiOrigin, options: RouteOptions, realm: Realm | undefined): AdapterRoute {
  const { adapter, registry, sendToRegistry, findCredential, findLogin, createHash, wire } = options;
  const origin = realm?.url.origin ?? apiOrigin(api, adapter, registry);
  if (api.auth === 'registry' && origin === registry.origin) return { origin, send: sendToRegistry };
  const isTrusted = realm?.isTrusted === true || isTrustedOrigin(origin, options);
  if ((options.isForeign || isDerived(api)) && !isTrusted) throw untrustedApi(origin, options);
  const hasLogin = isDerived(api) || belongsTo(origin, adapter, registry);
  if (api.auth === 'none' || api.auth === 'registry' || !hasLogin) {
    return { origin, send: createApiPipeline(undefined, wire) };
  }
  const login = apiLogin(api.auth, { registry, origin, findCredential, findLogin, createHash, now: wire.now });
  return { origin, send: createApiPipeline(login, wire) };
}

function isTrustedOrigin(origin: string, { registry, trustedRealms }: RouteOptions): boolean {
  return origin === registry.origin || trustedRealms.includes(origin);
}

/**
 * Nothing goes to a host that only another extension knows, or that only the registry itself names, not even the name of
 * an image, before the user was asked.
 */
function untrustedApi(origin: string, { adapter, registry, isForeign }: RouteOptions): RegistryError {
  const reader = isForeign
    ? `read by the adapter ${adapter.label} of another extension, which`
    : `taken for ${adapter.label}, whose API`;
  const asks = isForeign ? `asks ${origin} too` : `is at ${origin} then`;
  return new RegistryError(
    'untrusted-realm',
    `${registry.host} is ${reader} ${asks}. Nothing was sent there, since Gantry does not know that the two belong together.`,
    { host: registry.host, realm: origin },
  );
}

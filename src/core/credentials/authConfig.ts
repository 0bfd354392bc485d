import * as v from 'valibot';
import type { Credential } from '../credential.ts';
import { dockerHub } from '../oci/reference.ts';

/** Docker's `config.json`, or `auth.json` of podman, skopeo and buildah. */
export interface AuthConfig {
  readonly auths: Readonly<Record<string, AuthEntry | undefined>>;
  readonly credsStore: string | undefined;
  readonly credHelpers: Readonly<Record<string, string | undefined>>;
}

type AuthEntry = v.InferOutput<typeof entrySchema>;

const entrySchema = v.object({
  auth: v.optional(v.string()),
  username: v.optional(v.string()),
  password: v.optional(v.string()),
  identitytoken: v.optional(v.string()),
  registrytoken: v.optional(v.string()),
});

const configSchema = v.object({
  auths: v.optional(v.nullable(v.record(v.string(), v.nullable(entrySchema)))),
  credsStore: v.optional(v.string()),
  credHelpers: v.optional(v.nullable(v.record(v.string(), v.string()))),
});

/** What a config says about a registry: a credential, or the helper that has it. */
export type AuthSource =
  | { readonly kind: 'credential'; readonly credential: Credential }
  | { readonly kind: 'helper'; readonly name: string; readonly serverKey: string };

/** Docker's key for Docker Hub, in its config and for its helpers. */
const dockerHubKey = 'https://index.docker.io/v1/';

/** Throws a SyntaxError or ValiError for what is no such file. */
export function parseAuthConfig(text: string): AuthConfig {
  const { auths, credsStore, credHelpers } = v.parse(configSchema, JSON.parse(text));
  return {
    auths: Object.fromEntries(Object.entries(auths ?? {}).map(([key, entry]) => [key, entry ?? undefined])),
    credsStore: credsStore === '' ? undefined : credsStore,
    credHelpers: credHelpers ?? {},
  };
}

/**
 * What a config has for a registry, best first: the helper of exactly this registry, the store of all, the entries. More
 * than one is given because a store that knows nothing gives way to the next.
 *
 * `target.path` is a path below the host for the namespaced keys of `auth.json` (containers-auth.json(5)).
 */
export function authSources(
  config: AuthConfig,
  target: { readonly registry: string; readonly path: string },
): readonly AuthSource[] {
  const keys = lookupKeys(target);
  const sources: AuthSource[] = [];
  const helperKey = keys.find((key) => Object.hasOwn(config.credHelpers, key));
  const helper = helperKey === undefined ? undefined : config.credHelpers[helperKey];
  if (helper !== undefined && helperKey !== undefined)
    sources.push({ kind: 'helper', name: helper, serverKey: helperKey });
  else if (config.credsStore !== undefined) {
    sources.push({ kind: 'helper', name: config.credsStore, serverKey: storeKey(config, target.registry) });
  }
  for (const key of keys) {
    const credential = credentialOf(findEntry(config, key));
    if (credential !== undefined) {
      sources.push({ kind: 'credential', credential });
      break;
    }
  }
  return sources;
}

/** Reads what a helper prints for `get` (docker-credential-helpers). `<token>` as user name stands for an identity token. */
export function helperCredential(username: string, secret: string): Credential {
  return username === '<token>'
    ? { kind: 'identity-token', token: secret }
    : { kind: 'password', username, password: secret };
}

/** From the most to the least special: `host/team/app`, `host/team`, `host`. */
function lookupKeys({ registry, path }: { readonly registry: string; readonly path: string }): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '');
  const namespaced = parts.map((_, index) => [registry, ...parts.slice(0, parts.length - index)].join('/'));
  const own =
    registry === dockerHub ? [dockerHub, dockerHubKey, 'index.docker.io', 'registry-1.docker.io'] : [registry];
  return [...namespaced, ...own];
}

/** The key under which `docker login` stored it, which may be an address. */
function storeKey(config: AuthConfig, registry: string): string {
  if (registry === dockerHub) return dockerHubKey;
  return Object.keys(config.auths).find((key) => hostOfKey(key) === registry) ?? registry;
}

/** Exact keys first; old files hold addresses, of which only the host counts. Never a prefix: hosts must be equal. */
function findEntry(config: AuthConfig, key: string): AuthEntry | undefined {
  if (Object.hasOwn(config.auths, key)) return config.auths[key];
  const address = Object.keys(config.auths).find((other) => other.includes('://') && hostOfKey(other) === key);
  return address === undefined ? undefined : config.auths[address];
}

function hostOfKey(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/s, '');
}

function credentialOf(entry: AuthEntry | undefined): Credential | undefined {
  if (entry === undefined) return undefined;
  if (entry.identitytoken) return { kind: 'identity-token', token: entry.identitytoken };
  if (entry.registrytoken) return { kind: 'registry-token', token: entry.registrytoken };
  if (entry.auth) return decodeAuth(entry.auth);
  if (!entry.username || entry.password === undefined) return undefined;
  return { kind: 'password', username: entry.username, password: entry.password };
}

/** base64 of `user:password`; passwords may hold colons, and old files end them with NULs. */
function decodeAuth(auth: string): Credential | undefined {
  let text: string;
  try {
    text = new TextDecoder().decode(Uint8Array.from(atob(auth), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
  const colon = text.indexOf(':');
  if (colon <= 0) return undefined;
  const password = text.slice(colon + 1).replace(/\0+$/, '');
  return { kind: 'password', username: text.slice(0, colon), password };
}

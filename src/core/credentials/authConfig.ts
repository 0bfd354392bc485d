import * as v from 'valibot';
import { accountOf, type Credential } from '../credential.ts';
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

const entriesSchema = v.record(v.string(), v.nullable(entrySchema));

const configSchema = v.object({
  auths: v.optional(v.nullable(entriesSchema)),
  credsStore: v.optional(v.string()),
  credHelpers: v.optional(v.nullable(v.record(v.string(), v.string()))),
});

/** What a config says about a registry: a credential, or the helper that has it. */
export type AuthSource =
  | { readonly kind: 'credential'; readonly credential: Credential }
  | { readonly kind: 'helper'; readonly name: string; readonly serverKey: string };

/** A registry, or a part of one, that a config says something about. */
export interface ConfiguredRegistry {
  /** As references name it. */
  readonly registry: string;
  /** For namespaced keys: `/team/app`; else empty. */
  readonly path: string;
  /** Where the file itself has the login. */
  readonly account?: string;
  /** The helper that is set up for it alone. Whether that has a login is not known. */
  readonly helper?: string;
}

/** Docker's key for Docker Hub, in its config and for its helpers. */
const dockerHubKey = 'https://index.docker.io/v1/';
/** Other names of Docker Hub, for people and for its registry. */
const dockerHubHosts: readonly string[] = [dockerHub, 'index.docker.io', 'registry-1.docker.io'];
/** What the browser flow of `docker login` keeps beside the login itself. */
const sideKeys: readonly string[] = [`${dockerHubKey}access-token`, `${dockerHubKey}refresh-token`];

/** Throws a SyntaxError or ValiError for what is no such file. */
export function parseAuthConfig(text: string): AuthConfig {
  const { auths, credsStore, credHelpers } = v.parse(configSchema, JSON.parse(text));
  return {
    auths: entriesOf(auths ?? {}),
    credsStore: credsStore === '' ? undefined : credsStore,
    credHelpers: credHelpers ?? {},
  };
}

/** `.dockercfg`, from before Docker 1.7: the entries alone. Throws as {@link parseAuthConfig}. */
export function parseOldDockerConfig(text: string): AuthConfig {
  const auths = v.parse(entriesSchema, JSON.parse(text));
  return { auths: entriesOf(auths), credsStore: undefined, credHelpers: {} };
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
    const serverKey = findEntryKey(config, key);
    const credential = serverKey === undefined ? undefined : credentialOf(config.auths[serverKey]);
    if (credential !== undefined) {
      sources.push({ kind: 'credential', credential });
      break;
    }
  }
  return sources;
}

/**
 * The registries for which a config has a login or names a helper, each once. What a store of all keeps without an entry
 * is known to its helper only.
 */
export function configuredRegistries(config: AuthConfig): readonly ConfiguredRegistry[] {
  const found = new Map<string, ConfiguredRegistry>();
  for (const [key, entry] of Object.entries(config.auths)) {
    const place = placeOf(key);
    const credential = credentialOf(entry);
    // An empty entry says that the login is in the store.
    if (place === undefined || (credential === undefined && config.credsStore === undefined)) continue;
    const account = credential && accountOf(credential);
    found.set(place.registry + place.path, { ...place, ...(account !== undefined && { account }) });
  }
  for (const [key, helper] of Object.entries(config.credHelpers)) {
    const place = placeOf(key);
    if (place !== undefined && helper !== undefined && !found.has(place.registry + place.path))
      found.set(place.registry + place.path, { ...place, helper });
  }
  return [...found.values()];
}

/** The registry that a key of a helper's list stands for; `undefined` for what is none. */
export function registryOfKey(key: string): string | undefined {
  const place = placeOf(key);
  return place?.path === '' ? place.registry : undefined;
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
  const own = registry === dockerHub ? [dockerHub, dockerHubKey, ...dockerHubHosts.slice(1)] : [registry];
  return [...namespaced, ...own];
}

/** The key under which `docker login` stored it, which may be an address. */
function storeKey(config: AuthConfig, registry: string): string {
  if (registry === dockerHub) return dockerHubKey;
  return Object.keys(config.auths).find((key) => hostOfAddress(key) === registry) ?? registry;
}

/** Exact keys first; old files hold addresses, of which only the host counts. Never a prefix: hosts must be equal. */
function findEntryKey(config: AuthConfig, key: string): string | undefined {
  if (Object.hasOwn(config.auths, key)) return key;
  return Object.keys(config.auths).find((other) => !sideKeys.includes(other) && hostOfAddress(other) === key);
}

/**
 * The host of a key that is an address: with a scheme, or with the path of an API. Of other paths only `auth.json` knows,
 * where they are for a part of a registry.
 */
function hostOfAddress(key: string): string | undefined {
  const [, scheme, host, path = ''] = /^(https?:\/\/)?([^/]*)(\/.*)?$/s.exec(key) ?? [];
  return scheme !== undefined || /^\/(?:v[12]\/?)?$/.test(path) ? host : undefined;
}

function placeOf(key: string): Pick<ConfiguredRegistry, 'registry' | 'path'> | undefined {
  if (sideKeys.includes(key)) return undefined;
  const slash = key.indexOf('/');
  const host = hostOfAddress(key) ?? (slash < 0 ? key : key.slice(0, slash));
  const path = hostOfAddress(key) === undefined && slash >= 0 ? key.slice(slash) : '';
  if (host === '') return undefined;
  return { registry: dockerHubHosts.includes(host) ? dockerHub : host, path };
}

function entriesOf(entries: Readonly<Record<string, AuthEntry | null>>): AuthConfig['auths'] {
  return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, entry ?? undefined]));
}

function credentialOf(entry: AuthEntry | undefined): Credential | undefined {
  if (entry === undefined) return undefined;
  const login = loginOf(entry);
  if (entry.identitytoken) {
    const username = login?.username ?? entry.username;
    return { kind: 'identity-token', token: entry.identitytoken, ...(username && { username }) };
  }
  if (entry.registrytoken) return { kind: 'registry-token', token: entry.registrytoken };
  // Docker keeps the mark of an identity token where helpers have it, too.
  return login && helperCredential(login.username, login.password);
}

interface Login {
  readonly username: string;
  readonly password: string;
}

function loginOf({ auth, username, password }: AuthEntry): Login | undefined {
  if (auth) return decodeAuth(auth);
  return !username || password === undefined ? undefined : { username, password };
}

/** base64 of `user:password`; passwords may hold colons, and old files end them with NULs. */
function decodeAuth(auth: string): Login | undefined {
  let text: string;
  try {
    text = new TextDecoder().decode(Uint8Array.from(atob(auth), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
  const colon = text.indexOf(':');
  if (colon <= 0) return undefined;
  const password = text.slice(colon + 1).replace(/\0+$/, '');
  return { username: text.slice(0, colon), password };
}

import { RegistryError } from '../core/errors.ts';
import type { NetworkSettings } from './networkSettings.ts';
import { hostPort, isDirect, isLoopbackHost, splitRules } from './noProxy.ts';

/** The proxy that leads to a host. */
export interface HttpProxy {
  /** Without a user name and password. */
  readonly url: URL;
  /** Value of the header `Proxy-Authorization`; a secret. */
  readonly authorization?: string;
  /** Whether the certificate of a proxy that is reached by https is verified. */
  readonly isVerified: boolean;
  /** Who named it, for people: `the setting http.proxy`, `the variable HTTPS_PROXY`. */
  readonly namedBy: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a request; `undefined` where it goes straight. VS Code's settings come before the variables that other
 * tools read, in upper or lower case. Throws `proxy` when what is named cannot be used.
 */
export function findProxy(target: URL, settings: NetworkSettings, env: Environment): HttpProxy | undefined {
  if (settings.proxySupport === 'off') return undefined;
  const named = namedProxy(target, settings, env);
  if (named === undefined) return undefined;
  const address = hostPort(target);
  if (isLoopbackHost(address.host)) return undefined;
  const rules = [...settings.noProxy, ...splitRules(variable(env, 'NO_PROXY')?.value ?? '')];
  if (isDirect(address, rules)) return undefined;
  return parseProxy(named, settings);
}

interface NamedProxy {
  readonly value: string;
  readonly namedBy: string;
}

function namedProxy(target: URL, settings: NetworkSettings, env: Environment): NamedProxy | undefined {
  if (settings.proxy !== undefined) return { value: settings.proxy, namedBy: 'the setting http.proxy' };
  const own = target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const found = variable(env, own) ?? variable(env, 'ALL_PROXY');
  return found && { value: found.value, namedBy: `the variable ${found.name}` };
}

function variable(env: Environment, name: string): { readonly name: string; readonly value: string } | undefined {
  for (const spelling of [name, name.toLowerCase()]) {
    const value = env[spelling]?.trim();
    if (value) return { name: spelling, value };
  }
  return undefined;
}

function parseProxy({ value, namedBy }: NamedProxy, settings: NetworkSettings): HttpProxy {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The value is not repeated: it may hold a password.
  if (url === undefined || (url.hostname === '' && url.protocol !== 'file:')) throw unusable(namedBy, 'no address');
  if (url.protocol.startsWith('socks')) throw unusable(namedBy, 'a SOCKS proxy');
  if (/^pac\+|^file:/.test(url.protocol) || /\.(?:pac|dat)$/i.test(url.pathname))
    throw unusable(namedBy, 'a script that chooses proxies (PAC), which Gantry does not run');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw unusable(namedBy, `a proxy of the kind ${url.protocol}`);
  const authorization =
    url.username === '' ? settings.proxyAuthorization : basic(decoded(url.username), decoded(url.password));
  return {
    url: new URL(url.origin),
    ...(authorization !== undefined && { authorization }),
    isVerified: settings.proxyStrictSSL,
    namedBy,
  };
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A per cent sign that encodes nothing: taken as it is.
    return text;
  }
}

function unusable(namedBy: string, what: string): RegistryError {
  return new RegistryError(
    'proxy',
    `The network's proxy cannot be used: ${namedBy} names ${what}. Gantry takes proxies by http:// and https://: name one of these in http.proxy, or list the registry in http.noProxy.`,
  );
}

import type { CloudCredential, Credential, FindCredential, FindLogin } from '../credential.ts';
import { registryCredential } from '../credential.ts';
import type { CreateHash, Send } from '../ports.ts';
import { SharedWork } from '../sharedWork.ts';
import { exchangeAtAcr } from './acrLogin.ts';
import { isAcrHost, isGoogleHost } from './cloudHosts.ts';
import { parseEcrHost } from './ecrHosts.ts';
import { fetchEcrLogin } from './ecrLogin.ts';

export interface RegistryLoginOptions {
  readonly registry: URL;
  readonly findLogin: FindLogin;
  /** For the exchange: without a login, without redirects. */
  readonly send: Send;
  readonly now: () => number;
  readonly createHash: CreateHash;
}

/** What a registry takes in place of a login to its cloud. */
export interface ExchangedLogin {
  readonly credential: Credential;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Milliseconds before its end at which a login is exchanged anew, so that a request under way does not meet it. */
const expiryMargin = 60 * 1000;

/**
 * The credential for a registry. A login to a cloud is exchanged for what the cloud's own registries take, and only for
 * these; the exchange is kept until shortly before its end, as long as the login stays the same.
 *
 * Errors: `unauthorized`, `denied`, and those of any request.
 */
export function registryLogin(options: RegistryLoginOptions): FindCredential {
  const { findLogin, now } = options;
  const exchanges = new SharedWork<Credential | undefined>();
  let known: (ExchangedLogin & { readonly key: string }) | undefined;

  return async (signal) => {
    const login = await findLogin(signal);
    const plain = registryCredential(login);
    if (login === undefined || plain !== undefined) return plain;
    const cloud = login as CloudCredential;
    const key = cloud.kind === 'aws' ? `${cloud.accessKeyId} ${cloud.sessionToken ?? ''}` : cloud.token;
    if (known?.key === key && known.expiresAt > now()) return known.credential;
    return exchanges.run(key, signal, async (shared) => {
      const exchanged = await exchange(cloud, options, shared);
      known = exchanged && { ...exchanged, expiresAt: exchanged.expiresAt - expiryMargin, key };
      return exchanged?.credential;
    });
  };
}

async function exchange(
  login: CloudCredential,
  options: RegistryLoginOptions,
  signal: AbortSignal,
): Promise<ExchangedLogin | undefined> {
  const { registry, now } = options;
  // Nothing of a cloud goes anywhere unencrypted, nor to a host that is not that cloud's.
  if (registry.protocol !== 'https:') return undefined;
  switch (login.kind) {
    case 'aws': {
      const host = parseEcrHost(registry.host);
      return host && fetchEcrLogin(login, host, options, signal);
    }
    case 'google': {
      if (!isGoogleHost(registry.host)) return undefined;
      // https://cloud.google.com/artifact-registry/docs/docker/authentication#token
      const credential: Credential = { kind: 'password', username: 'oauth2accesstoken', password: login.token };
      return { credential, expiresAt: now() };
    }
    case 'microsoft':
      return isAcrHost(registry.host) ? exchangeAtAcr(login.token, options, signal) : undefined;
  }
}

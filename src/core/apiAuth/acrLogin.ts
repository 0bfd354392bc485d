import { RegistryError } from '../errors.ts';
import type { Send } from '../ports.ts';
import { readJson } from '../registry/body.ts';
import { jwtLifetime } from '../registry/jwt.ts';
import { limits } from '../registry/limits.ts';
import { responseError } from '../registry/responseError.ts';
import type { ExchangedLogin } from './registryLogin.ts';

/** Milliseconds for which a refresh token counts that does not tell its end: a part of ACR's three hours. */
const assumedLifetime = 60 * 60 * 1000;

/**
 * Exchanges a token of Microsoft Entra for the refresh token of a registry, which is an identity token to it. The tenant
 * is read from the token by the registry.
 * https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md#calling-post-oauth2exchange-to-get-an-acr-refresh-token
 */
export async function exchangeAtAcr(
  token: string,
  { registry, send, now }: { readonly registry: URL; readonly send: Send; readonly now: () => number },
  signal: AbortSignal,
): Promise<ExchangedLogin> {
  const { host } = registry;
  const form = new URLSearchParams({ grant_type: 'access_token', service: host, access_token: token });
  const askedAt = now();
  const response = await send(
    {
      method: 'POST',
      url: new URL('/oauth2/exchange', registry),
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: new TextEncoder().encode(form.toString()),
    },
    signal,
  );
  if (response.status === 401 || response.status === 403) {
    response.discard();
    const message = `${host} refuses this Microsoft account. Ask for a role that may pull, such as AcrPull, or sign in with another account.`;
    throw new RegistryError('unauthorized', message, { host, status: response.status });
  }
  if (response.status !== 200) throw await responseError(response, { host, what: 'a login by a Microsoft account' });
  const { refresh_token: value } = await readJson(response, limits.smallBody, host);
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    throw new RegistryError('protocol', `${host} answered a login without a token. Try again later.`, { host });
  }
  return {
    credential: { kind: 'identity-token', token: value },
    expiresAt: askedAt + (jwtLifetime(value, askedAt) ?? assumedLifetime),
  };
}

import type { Credential, FindCredential } from '../credential.ts';
import { RegistryError } from '../errors.ts';
import type { HttpRequest, HttpResponse, Middleware, Send } from '../ports.ts';
import { SharedWork } from '../sharedWork.ts';
import { buffered, readJson } from './body.ts';
import { HeldCredential } from './heldCredential.ts';
import { limits } from './limits.ts';
import { responseError } from './responseError.ts';

/** Where Docker Hub's own API is, beside its registry. */
export const hubOrigin = 'https://hub.docker.com';

/** The one registry whose credential is Docker Hub's. A mirror has logins of its own, which are not for Docker Hub. */
const hubRegistryOrigin = 'https://registry-1.docker.io';

/** Milliseconds that a token is used when it does not tell its end; Docker Hub's live for ten minutes. */
const assumedLifetime = 5 * 60 * 1000;
/** Milliseconds before its end at which a token is renewed, so that a request under way does not meet it. */
const expiryMargin = 30 * 1000;
/** Milliseconds for which a refused login is not tried again: Docker Hub counts failed ones. */
const refusalLifetime = 60 * 1000;

export interface HubLoginOptions {
  /** Of the connection that the credential belongs to. */
  readonly registry: URL;
  readonly findCredential: FindCredential;
  readonly now: () => number;
}

/**
 * Logs in to Docker Hub's own API, whose tokens are not those of its registry: user name and password or token are
 * exchanged for a JWT. Without a credential requests go out as they are.
 * https://docs.docker.com/reference/api/hub/latest/#tag/authentication-api/operation/AuthCreateAccessToken
 */
export function hubLogin(options: HubLoginOptions): Middleware {
  const tokens = new HubTokens(options);
  return (next) => async (request, signal) => {
    const isForHub = request.url.origin === hubOrigin && options.registry.origin === hubRegistryOrigin;
    if (!isForHub) return next(request, signal);
    const token = await tokens.get(next, signal);
    const answer = await next(withToken(request, token), signal);
    if (answer.status !== 401 || token === undefined) return answer;

    // Read now: until its body has ended it holds a place that the login may be waiting for.
    const response = await buffered(answer, limits.smallBody, request.url.host);
    tokens.drop(token);
    const renewed = await tokens.get(next, signal);
    return renewed === undefined ? response : next(withToken(request, renewed), signal);
  };
}

interface Token {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** The token of one connection: fetched once however many wait for it, and kept until shortly before its end. */
class HubTokens {
  readonly #credential: HeldCredential;
  readonly #now: () => number;
  readonly #logins = new SharedWork<Token | undefined>();
  #token: Token | undefined;
  #refusal: { readonly error: RegistryError; readonly until: number } | undefined;

  constructor({ findCredential, now }: HubLoginOptions) {
    this.#credential = new HeldCredential(findCredential, now);
    this.#now = now;
  }

  /** `undefined` without a credential that Docker Hub takes. `send` carries the login, without redirects. */
  async get(send: Send, signal: AbortSignal): Promise<string | undefined> {
    if (this.#token !== undefined && this.#token.expiresAt > this.#now()) return this.#token.value;
    if (this.#refusal !== undefined && this.#refusal.until > this.#now()) throw this.#refusal.error;
    const token = await this.#logins.run('', signal, async (shared) => {
      this.#token = await this.#logIn(send, shared);
      return this.#token;
    });
    return token?.value;
  }

  /** Forgets a token that was refused, unless a newer one took its place meanwhile. */
  drop(value: string): void {
    if (this.#token?.value === value) this.#token = undefined;
  }

  async #logIn(send: Send, signal: AbortSignal): Promise<Token | undefined> {
    const credential = await this.#credential.get(signal);
    // Identity tokens and registry tokens are for the registry alone.
    if (credential?.kind !== 'password') return undefined;
    const askedAt = this.#now();
    const response = await requestToken(credential, send, signal);
    if (response.status === 401 || response.status === 403) throw await this.#refused(response);
    const { host } = new URL(hubOrigin);
    if (response.status !== 200) throw await responseError(response, { host, what: 'a login' });
    const reply = await readJson(response, limits.smallBody, host);
    const value = [reply['access_token'], reply['token']].find((item) => typeof item === 'string');
    if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
      throw new RegistryError('protocol', `${host} answered a login without a token. Try again later.`, { host });
    }
    return { value, expiresAt: askedAt + (tokenLifetime(value, askedAt) ?? assumedLifetime) };
  }

  async #refused(response: HttpResponse): Promise<RegistryError> {
    const { host } = new URL(hubOrigin);
    const cause = await responseError(response, { host, what: 'a login' });
    this.#credential.forget();
    const error = new RegistryError(
      'unauthorized',
      `${host} refuses this user name and password. Accounts with two-factor authentication or single sign-on need an access token as password.`,
      { host, status: response.status, cause },
    );
    this.#refusal = { error, until: this.#now() + refusalLifetime };
    return error;
  }
}

async function requestToken(
  { username, password }: Extract<Credential, { readonly kind: 'password' }>,
  send: Send,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const response = await send(post('/v2/auth/token', { identifier: username, secret: password }), signal);
  if (response.status !== 404) return response;
  response.discard();
  // Deprecated since 2025, but all that Docker Hub's older installations know.
  return send(post('/v2/users/login', { username, password }), signal);
}

/**
 * Milliseconds that a JWT may be used, by what it says of itself (RFC 7519, section 4.1). It is not verified: that is for
 * those who accept it. The machine's clock counts only where the token does not tell its beginning.
 */
export function tokenLifetime(token: string, now: number): number | undefined {
  const claims = readClaims(token);
  if (typeof claims?.exp !== 'number') return undefined;
  const begin = typeof claims.iat === 'number' ? claims.iat : now / 1000;
  const lifetime = (claims.exp - begin) * 1000 - expiryMargin;
  return lifetime > 0 ? lifetime : undefined;
}

function readClaims(token: string): { readonly exp?: unknown; readonly iat?: unknown } | undefined {
  const [, payload = ''] = token.split('.');
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return typeof claims === 'object' && claims !== null ? claims : undefined;
  } catch {
    return undefined;
  }
}

function post(path: string, body: unknown): HttpRequest {
  return {
    method: 'POST',
    url: new URL(path, hubOrigin),
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}

function withToken(request: HttpRequest, token: string | undefined): HttpRequest {
  return token === undefined
    ? request
    : { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}

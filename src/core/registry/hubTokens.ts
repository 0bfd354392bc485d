import type { Credential, FindCredential } from '../credential.ts';
import { RegistryError } from '../errors.ts';
import type { HttpRequest, HttpResponse, Send } from '../ports.ts';
import { SharedWork } from '../sharedWork.ts';
import { readJson } from './body.ts';
import { HeldCredential } from './heldCredential.ts';
import { jwtLifetime } from './jwt.ts';
import { limits } from './limits.ts';
import { responseError } from './responseError.ts';

/** Where Docker Hub's own API is, beside its registry. */
export const hubOrigin = 'https://hub.docker.com';
const { host } = new URL(hubOrigin);

/** Milliseconds that a token lives when it does not tell; Docker Hub's live for ten minutes. */
const assumedLifetime = 5 * 60 * 1000;
/** Milliseconds before its end at which a token is renewed, so that a request under way does not meet it. */
const expiryMargin = 30 * 1000;
/** Milliseconds for which a refused login is not tried again: Docker Hub counts failed ones. */
const refusalLifetime = 60 * 1000;

interface Token {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** The token of one connection: fetched once however many wait for it, and kept until shortly before its end. */
export class HubTokens {
  readonly #credential: HeldCredential;
  readonly #now: () => number;
  readonly #logins = new SharedWork<Token | undefined>();
  #token: Token | undefined;
  #refusal: { readonly error: RegistryError; readonly until: number } | undefined;

  constructor({ findCredential, now }: { readonly findCredential: FindCredential; readonly now: () => number }) {
    this.#credential = new HeldCredential(findCredential, now);
    this.#now = now;
  }

  /**
   * `undefined` without a credential that Docker Hub takes. `send` carries the login, without redirects.
   *
   * Errors: `unauthorized` for a wrong password, and those of any request.
   */
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
    if (response.status !== 200) throw await responseError(response, { host, what: 'a login' });
    const reply = await readJson(response, limits.smallBody, host);
    const value = [reply['access_token'], reply['token']].find((item) => typeof item === 'string');
    if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
      throw new RegistryError('protocol', `${host} answered a login without a token. Try again later.`, { host });
    }
    return { value, expiresAt: askedAt + (jwtLifetime(value, askedAt) ?? assumedLifetime) - expiryMargin };
  }

  async #refused(response: HttpResponse): Promise<RegistryError> {
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

/** https://docs.docker.com/reference/api/hub/latest/#tag/authentication-api/operation/AuthCreateAccessToken */
async function requestToken(
  { username, password }: Extract<Credential, { readonly kind: 'password' }>,
  send: Send,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const response = await send(post('/v2/auth/token', { identifier: username, secret: password }), signal);
  if (response.status !== 404) return response;
  response.discard();
  // What came before it, deprecated since 2025.
  return send(post('/v2/users/login', { username, password }), signal);
}

function post(path: string, body: unknown): HttpRequest {
  return {
    method: 'POST',
    url: new URL(path, hubOrigin),
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}

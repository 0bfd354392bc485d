import type { Credential } from '../credential.ts';
import { RegistryError } from '../errors.ts';
import type { HttpResponse, Send } from '../ports.ts';
import { SharedWork } from '../sharedWork.ts';
import { readJson } from './body.ts';
import type { HeldCredential } from './heldCredential.ts';
import { limits } from './limits.ts';
import { untrustedRealm } from './realm.ts';
import { responseError } from './responseError.ts';
import { pullingScopes } from './scopes.ts';
import { sendTokenRequest, type TokenForm, type TokenServer, tokenForms } from './tokenRequest.ts';

interface Token {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Distribution's token specification: the lifetime when none is told, and the least that clients should assume. */
const shortestLifetime = 60;
/** Renewed so long before the end, in seconds, that a request under way does not meet it. */
const expiryMargin = 15;
/** Milliseconds for which a refused login is not sent again: servers count failed ones, and lock accounts. */
const refusalLifetime = 60 * 1000;

/** The tokens of one connection: each fetched once however many wait for it, and kept until shortly before its end. */
export class TokenCache {
  /** The oldest first. */
  readonly #tokens = new Map<string, Token>();
  readonly #fetching = new SharedWork<Token>();
  readonly #registry: URL;
  readonly #credential: HeldCredential;
  readonly #now: () => number;
  /** The form that the server took last. */
  #form: TokenForm | undefined;
  /** A login that the server has taken. */
  #provenLogin: string | undefined;
  #refusal: { readonly login: string; readonly error: RegistryError; readonly until: number } | undefined;

  constructor(options: {
    readonly registry: URL;
    readonly credential: HeldCredential;
    readonly now: () => number;
  }) {
    this.#registry = options.registry;
    this.#credential = options.credential;
    this.#now = options.now;
  }

  /** `send` carries requests to the token server, without redirects and without this cache. */
  async get(server: TokenServer, scopes: readonly string[], send: Send, signal: AbortSignal): Promise<string> {
    const key = cacheKey(scopes);
    const known = this.#tokens.get(key);
    if (known !== undefined && known.expiresAt > this.#now()) return known.value;
    const token = await this.#fetching.run(key, signal, async (shared) => {
      const fetched = await this.#fetch(server, scopes, send, shared);
      this.#keep(key, fetched);
      return fetched;
    });
    return token.value;
  }

  /** Forgets a token that was refused, unless a newer one took its place meanwhile. */
  drop(scopes: readonly string[], value: string): void {
    const key = cacheKey(scopes);
    if (this.#tokens.get(key)?.value === value) this.#tokens.delete(key);
  }

  #keep(key: string, token: Token): void {
    this.#tokens.delete(key);
    this.#tokens.set(key, token);
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > limits.tokens && oldest !== undefined) this.#tokens.delete(oldest);
  }

  async #fetch(server: TokenServer, scopes: readonly string[], send: Send, signal: AbortSignal): Promise<Token> {
    const credential = await this.#credential.get(signal);
    if (credential !== undefined && !server.isTrusted) throw untrustedRealm(this.#registry, server.url);
    const login = JSON.stringify(credential);
    const refusal = this.#refusal;
    if (refusal !== undefined && refusal.login === login && refusal.until > this.#now()) throw refusal.error;

    const askedAt = this.#now();
    const response = await this.#ask(server, scopes, credential, send, signal);
    const { host } = server.url;
    if (response.status === 401 && credential !== undefined) {
      response.discard();
      this.#credential.forget();
      const error = this.#refused(host);
      // A login that was good before may be so for other scopes: some servers answer 401 for each repository.
      if (this.#provenLogin !== login) this.#refusal = { login, error, until: this.#now() + refusalLifetime };
      throw error;
    }
    if (response.status !== 200) {
      if (response.status === 403) this.#credential.forget();
      throw await responseError(response, { host, what: `a token for ${this.#registry.host}` });
    }
    const reply = await readJson(response, limits.smallBody, host);
    const value = [reply['token'], reply['access_token']].find((item) => typeof item === 'string' && item !== '');
    if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
      throw new RegistryError('protocol', `${host} answered a login without a token. Tell the registry's operator.`, {
        host,
      });
    }
    this.#provenLogin = login;
    const lifetime = Math.max(lifetimeOf(reply['expires_in']), shortestLifetime);
    return { value, expiresAt: askedAt + (lifetime - expiryMargin) * 1000 };
  }

  /** The answer in the first form that the server takes, for the scopes that it takes. */
  async #ask(
    server: TokenServer,
    scopes: readonly string[],
    credential: Credential | undefined,
    send: Send,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const forms = tokenForms(credential, this.#form);
    for (const [index, form] of forms.entries()) {
      const ask = (asked: readonly string[]): Promise<HttpResponse> =>
        sendTokenRequest({ server, scopes: asked, credential, form }, send, signal);
      let response = await ask(scopes);
      const plain = pullingScopes(scopes);
      if (response.status === 400 && cacheKey(plain) !== cacheKey(scopes)) {
        response.discard();
        response = await ask(plain);
      }
      const isOtherWanted = form.refusals.includes(response.status);
      if (!isOtherWanted || index === forms.length - 1) {
        if (response.status === 200) this.#form = form;
        return response;
      }
      response.discard();
    }
    throw new Error('There is a form for every credential.');
  }

  #refused(host: string): RegistryError {
    const message = `${host} refuses the login for ${this.#registry.host}. Check the user name and the password or token, and sign in again.`;
    return new RegistryError('unauthorized', message, { host: this.#registry.host, status: 401 });
  }
}

/** Some servers write the number as text. */
function lifetimeOf(expiresIn: unknown): number {
  const seconds = typeof expiresIn === 'string' ? Number(expiresIn) : expiresIn;
  return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds : 0;
}

function cacheKey(scopes: readonly string[]): string {
  return [...scopes].sort().join(' ');
}

import { basicAuthorization, type Credential, type FindCredential } from '../credential.ts';
import { RegistryError } from '../errors.ts';
import type { HttpRequest, Send } from '../ports.ts';
import { SharedWork } from '../sharedWork.ts';
import { readJson } from './body.ts';
import { limits } from './limits.ts';
import { responseError } from './responseError.ts';

/** What a Bearer challenge says about where tokens come from. */
export interface TokenServer {
  readonly url: URL;
  /** Some registries name none; then none is sent. */
  readonly service: string | undefined;
  /** Whether the user's credential may be sent there. */
  readonly isTrusted: boolean;
}

interface Token {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Distribution's token specification: the lifetime when none is told, and the least that clients should assume. */
const shortestLifetime = 60;
/** Renewed so long before the end, in seconds, that a request under way does not meet it. */
const expiryMargin = 15;

/** The tokens of one connection: each fetched once however many wait for it, and kept until shortly before its end. */
export class TokenCache {
  readonly #tokens = new Map<string, Token>();
  readonly #fetching = new SharedWork<Token>();
  readonly #registry: URL;
  readonly #findCredential: FindCredential;
  readonly #now: () => number;

  constructor(options: {
    readonly registry: URL;
    readonly findCredential: FindCredential;
    readonly now: () => number;
  }) {
    this.#registry = options.registry;
    this.#findCredential = options.findCredential;
    this.#now = options.now;
  }

  /** `send` carries requests to the token server, without redirects and without this cache. */
  async get(server: TokenServer, scopes: readonly string[], send: Send, signal: AbortSignal): Promise<string> {
    const key = cacheKey(scopes);
    const known = this.#tokens.get(key);
    if (known !== undefined && known.expiresAt > this.#now()) return known.value;
    const token = await this.#fetching.run(key, signal, async (shared) => {
      const fetched = await this.#fetch(server, scopes, send, shared);
      this.#tokens.set(key, fetched);
      return fetched;
    });
    return token.value;
  }

  /** Forgets a token that was refused, unless a newer one took its place meanwhile. */
  drop(scopes: readonly string[], value: string): void {
    const key = cacheKey(scopes);
    if (this.#tokens.get(key)?.value === value) this.#tokens.delete(key);
  }

  async #fetch(server: TokenServer, scopes: readonly string[], send: Send, signal: AbortSignal): Promise<Token> {
    const credential = await this.#findCredential(signal);
    if (credential !== undefined && !server.isTrusted) throw this.#untrusted(server);
    const askedAt = this.#now();
    const response = await send(tokenRequest(server, scopes, credential), signal);
    const { host } = server.url;
    if (response.status === 401 && credential !== undefined) {
      response.discard();
      const message = `${host} refuses the login for ${this.#registry.host}. Check the user name and the password or token, and sign in again.`;
      throw new RegistryError('unauthorized', message, { host: this.#registry.host, status: 401 });
    }
    if (response.status !== 200) {
      throw await responseError(response, { host, what: `a token for ${this.#registry.host}` });
    }
    const reply = await readJson(response, limits.smallBody, host);
    const value = [reply['token'], reply['access_token']].find((item) => typeof item === 'string' && item !== '');
    if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
      throw new RegistryError('protocol', `${host} answered a login without a token. Tell the registry's operator.`, {
        host,
      });
    }
    const lifetime = typeof reply['expires_in'] === 'number' ? reply['expires_in'] : shortestLifetime;
    return { value, expiresAt: askedAt + (Math.max(lifetime, shortestLifetime) - expiryMargin) * 1000 };
  }

  #untrusted(server: TokenServer): RegistryError {
    return new RegistryError(
      'untrusted-realm',
      `${this.#registry.host} asks to send your password to ${server.url.origin}. It was not sent, since Gantry does not know that the two belong together.`,
      { host: this.#registry.host },
    );
  }
}

/**
 * Distribution's two forms: GET with Basic, and for identity tokens the OAuth2 form by POST.
 * https://distribution.github.io/distribution/spec/auth/oauth/
 */
function tokenRequest(server: TokenServer, scopes: readonly string[], credential: Credential | undefined): HttpRequest {
  const accept = { accept: 'application/json' };
  if (credential?.kind === 'identity-token') {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: credential.token,
      client_id: 'gantry',
    });
    if (server.service !== undefined) form.set('service', server.service);
    if (scopes.length > 0) form.set('scope', scopes.join(' '));
    const headers = { ...accept, 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url: server.url, headers, body: new TextEncoder().encode(form.toString()) };
  }
  const url = new URL(server.url);
  if (server.service !== undefined) url.searchParams.set('service', server.service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const authorization = credential && basicAuthorization(credential);
  return { method: 'GET', url, headers: { ...accept, ...(authorization !== undefined && { authorization }) } };
}

function cacheKey(scopes: readonly string[]): string {
  return [...scopes].sort().join(' ');
}

import { json, notFound, type RegistryRequest, type Reply, readBody } from '../sampleRegistry/http.ts';
import type { HubStore } from './hubStore.ts';

export interface HubTokenOptions {
  /** Seconds that a token lives. */
  readonly lifetime: number;
  /** Whether `/v2/auth/token` is known; the login before it always is. */
  readonly hasTokenEndpoint: boolean;
}

/** Exchanges logins for JWTs. https://docs.docker.com/reference/api/hub/latest/#tag/authentication-api */
export class HubTokens {
  readonly #store: HubStore;
  readonly #options: HubTokenOptions;
  readonly #users = new Map<string, { readonly user: string; readonly expiresAt: number }>();

  constructor(store: HubStore, options: HubTokenOptions) {
    this.#store = store;
    this.#options = options;
  }

  async create(request: RegistryRequest): Promise<Reply> {
    if (!this.#options.hasTokenEndpoint) return notFound();
    const token = this.#issue(await readLogin(request, 'identifier', 'secret'));
    return token === undefined
      ? json(401, { message: 'unauthorized', errinfo: {} })
      : json(200, { access_token: token });
  }

  async logIn(request: RegistryRequest): Promise<Reply> {
    const token = this.#issue(await readLogin(request, 'username', 'password'));
    return token === undefined ? json(401, { detail: 'Incorrect authentication credentials' }) : json(200, { token });
  }

  /** `undefined` without a token, `invalid` with one that is none or is over. */
  userOf({ headers: { authorization } }: RegistryRequest): { readonly user: string } | 'invalid' | undefined {
    if (authorization === undefined) return undefined;
    const known = this.#users.get(/^Bearer (\S+)$/.exec(authorization)?.[1] ?? '');
    return known !== undefined && known.expiresAt > Date.now() ? known : 'invalid';
  }

  /** Makes every token invalid, as if its time were over. */
  revoke(): void {
    this.#users.clear();
  }

  #issue([user, password]: readonly [string, string]): string | undefined {
    if (this.#store.accounts.get(user)?.password !== password) return undefined;
    const issuedAt = Math.floor(Date.now() / 1000);
    const expiresAt = issuedAt + this.#options.lifetime;
    const claims = { iss: 'https://api.docker.com/', iat: issuedAt, exp: expiresAt, jti: `${this.#users.size}` };
    const token = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.signature`;
    this.#users.set(token, { user, expiresAt: expiresAt * 1000 });
    return token;
  }
}

async function readLogin(request: RegistryRequest, user: string, password: string): Promise<readonly [string, string]> {
  const login = JSON.parse((await readBody(request)).toString()) as Readonly<Record<string, string>>;
  return [login[user] ?? '', login[password] ?? ''];
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

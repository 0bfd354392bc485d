import { randomUUID } from 'node:crypto';
import { type Access, includesAccess } from './access.ts';

/** What makes the tokens of a token server. */
export interface TokenIssuer {
  /** Good for so many seconds. */
  issue(access: readonly Access[], expiresIn: number): string;
  issueRefreshToken(user: string): string;
  userOfRefreshToken(token: string): string | undefined;
}

/** The tokens that a token server has issued and that have not been revoked. */
export class TokenStore implements TokenIssuer {
  readonly #tokens = new Map<string, { readonly access: readonly Access[]; readonly expiresAt: number }>();
  readonly #refreshTokens = new Map<string, string>();
  #issued = 0;

  issue(access: readonly Access[], expiresIn: number): string {
    const token = `token-${++this.#issued}-${randomUUID()}`;
    this.#tokens.set(token, { access, expiresAt: Date.now() + expiresIn * 1000 });
    return token;
  }

  check(token: string, needed: readonly Access[]): 'good' | 'invalid' | 'insufficient' {
    const known = this.#tokens.get(token);
    if (known === undefined || known.expiresAt <= Date.now()) return 'invalid';
    return needed.every((access) => includesAccess(known.access, access)) ? 'good' : 'insufficient';
  }

  issueRefreshToken(user: string): string {
    const token = `refresh-token-${++this.#issued}`;
    this.#refreshTokens.set(token, user);
    return token;
  }

  userOfRefreshToken(token: string): string | undefined {
    return this.#refreshTokens.get(token);
  }

  /** Makes every token invalid, as if its time were over. Refresh tokens stay. */
  revoke(): void {
    this.#tokens.clear();
  }
}

import type { RegistryRequest, Reply } from './http.ts';

/** How logins of a registry differ from Distribution's; each of these is the way of some real one. */
export interface TokenQuirks {
  /** The lines of `WWW-Authenticate`; none for a 401 that asks for nothing. */
  readonly challenge?: (parameters: ChallengeParameters, request: RegistryRequest) => readonly string[];
  /** In place of an answer of the token server; `undefined` lets it answer. */
  readonly intercept?: (request: RegistryRequest) => Reply | undefined;
  /** The body of the token server's answer, given Distribution's. */
  readonly reply?: (reply: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  readonly replyType?: string;
}

export interface ChallengeParameters {
  readonly realm: string;
  readonly service: string;
  /** Empty where nothing special is needed. */
  readonly scope: string;
  readonly error: 'invalid_token' | 'insufficient_scope' | undefined;
}

/** `Bearer realm="…",service="…"`, in the order in which they are given; without those that are empty. */
export function bearerChallenge(parameters: Readonly<Record<string, string | undefined>>): string {
  const written = Object.entries(parameters)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}="${value}"`);
  return `Bearer ${written.join(',')}`;
}

import { type Access, formatScope } from './access.ts';
import { ociError, type RegistryRequest, type Reply } from './http.ts';
import { bearerChallenge, type TokenQuirks } from './tokenQuirks.ts';
import type { TokenStore } from './tokens.ts';

/** User names with their passwords. */
export type Users = Readonly<Record<string, string>>;

/** `undefined` lets the request pass. */
export function checkBasic(users: Users, { headers }: RegistryRequest): Reply | undefined {
  if (userOf(headers.authorization, users) !== undefined) return undefined;
  return ociError('UNAUTHORIZED', undefined, { 'WWW-Authenticate': 'Basic realm="Sample registry"' });
}

/** The user whose name and password the header holds. */
export function userOf(authorization: string | undefined, users: Users): string | undefined {
  const [matched, encoded = ''] = /^basic +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (matched === undefined) return undefined;
  const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return isLogin(users, user, password) ? user : undefined;
}

export function isLogin(users: Users, user: string, password: string): boolean {
  return Object.hasOwn(users, user) && users[user] === password;
}

/** `undefined` lets the request pass. */
export function checkBearer(
  tokens: TokenStore,
  options: {
    readonly realm: string;
    readonly service: string;
    readonly needed: readonly Access[];
    readonly challenge: TokenQuirks['challenge'];
  },
  request: RegistryRequest,
): Reply | undefined {
  const { realm, service, needed, challenge } = options;
  const [, token] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const state = token === undefined ? 'missing' : tokens.check(token, needed);
  if (state === 'good') return undefined;
  const parameters = { realm, service, scope: needed.map(formatScope).join(' '), error: challengeErrors[state] };
  const lines = challenge?.(parameters, request) ?? [bearerChallenge(parameters)];
  return ociError('UNAUTHORIZED', needed, lines.length === 0 ? {} : { 'WWW-Authenticate': [...lines] });
}

const challengeErrors = { missing: undefined, invalid: 'invalid_token', insufficient: 'insufficient_scope' } as const;

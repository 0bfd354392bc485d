import { ociError, type RegistryRequest, type Reply } from './http.ts';

/** User names with their passwords. */
export type Users = Readonly<Record<string, string>>;

export interface BasicAuth {
  readonly scheme: 'basic';
  readonly users: Users;
}

/** `undefined` lets the request pass. */
export function checkBasic({ users }: BasicAuth, request: RegistryRequest): Reply | undefined {
  if (userOf(request.headers.authorization, users) !== undefined) return undefined;
  return ociError('UNAUTHORIZED', undefined, { 'WWW-Authenticate': 'Basic realm="Sample registry"' });
}

/** The user whose name and password the header holds. */
export function userOf(authorization: string | undefined, users: Users): string | undefined {
  const [matched, encoded = ''] = /^basic +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (matched === undefined) return undefined;
  const [, user = '', password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return password !== undefined && Object.hasOwn(users, user) && users[user] === password ? user : undefined;
}

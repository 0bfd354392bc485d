import type { CloudCredential, Credential } from '../credential.ts';
import { jwtExpiry } from '../registry/jwt.ts';

/** The user name of Amazon ECR's passwords. */
const ecrUser = 'AWS';

/** When a login ends, as far as it tells: milliseconds since 1970. It is read, not verified. */
export function credentialExpiry(credential: Credential | CloudCredential): number | undefined {
  if (credential.expiresAt !== undefined) return credential.expiresAt;
  if (credential.kind === 'aws') return undefined;
  if (credential.kind !== 'password') return jwtExpiry(credential.token);
  const { username, password } = credential;
  return username === ecrUser ? ecrExpiry(password) : jwtExpiry(password);
}

/** ECR's passwords are base64 of JSON with their end in seconds, for all that they are called opaque. */
function ecrExpiry(password: string): number | undefined {
  try {
    const content: unknown = JSON.parse(atob(password));
    const { expiration } = (content ?? {}) as { readonly expiration?: unknown };
    return typeof expiration === 'number' && Number.isFinite(expiration) ? expiration * 1000 : undefined;
  } catch {
    return undefined;
  }
}

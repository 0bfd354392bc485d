/**
 * Milliseconds from a JWT's beginning to its end, by what it says of itself (RFC 7519, section 4.1). It is not verified:
 * that is for those who accept it. `now` stands in for a beginning that is not told; with one, the clock does not count.
 */
export function jwtLifetime(token: string, now: number): number | undefined {
  const claims = readClaims(token);
  if (typeof claims?.exp !== 'number') return undefined;
  const begin = typeof claims.iat === 'number' ? claims.iat : now / 1000;
  const lifetime = (claims.exp - begin) * 1000;
  return lifetime > 0 ? lifetime : undefined;
}

/** Milliseconds since 1970 at which a JWT ends, by what it says of itself. `undefined` for what is none. */
export function jwtExpiry(token: string): number | undefined {
  const exp = readClaims(token)?.exp;
  return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined;
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

/** What proves who the user is, for one registry. Never logged, never part of an error. */
export type Credential =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** Docker's `identitytoken`: exchanged for access tokens by the OAuth2 form of the token request. */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** Docker's `registrytoken`: sent as Bearer token as it is. */
  | { readonly kind: 'registry-token'; readonly token: string };

/** Looks the credential of a connection up; `undefined` means anonymous. Called anew for each login. */
export type FindCredential = (signal: AbortSignal) => Promise<Credential | undefined>;

/** RFC 7617, with UTF-8. `undefined` for what is no password. */
export function basicAuthorization(credential: Credential): string | undefined {
  if (credential.kind !== 'password') return undefined;
  const bytes = new TextEncoder().encode(`${credential.username}:${credential.password}`);
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return `Basic ${btoa(text)}`;
}

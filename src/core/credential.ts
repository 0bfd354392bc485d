/** What proves who the user is, for one registry. Never logged, never part of an error. */
export type Credential =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** Docker's `identitytoken`: exchanged for access tokens by the OAuth2 form of the token request. */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** Docker's `registrytoken`: sent as Bearer token as it is. */
  | { readonly kind: 'registry-token'; readonly token: string };

/** Access keys of AWS. Those of a session have a token. Never logged, never part of an error. */
export interface AwsCredential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A login to a cloud. It opens the cloud's APIs; its registries take what it is exchanged for. */
export type CloudCredential =
  | ({ readonly kind: 'aws' } & AwsCredential)
  /** OAuth 2 access token. */
  | { readonly kind: 'google'; readonly token: string }
  /** Access token of Microsoft Entra, for container registries or for Azure's management. */
  | { readonly kind: 'microsoft'; readonly token: string };

/**
 * Looks up what the user or the machine has for a connection, as it is; `undefined` means anonymous. With a cloud, the
 * login to that cloud, even where the registry itself is logged in to by something else.
 */
export type FindLogin = (
  signal: AbortSignal,
  cloud?: CloudCredential['kind'],
) => Promise<Credential | CloudCredential | undefined>;

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

/** What every registry takes as it is; `undefined` for a login to a cloud. */
export function registryCredential(login: Credential | CloudCredential | undefined): Credential | undefined {
  switch (login?.kind) {
    case 'password':
    case 'identity-token':
    case 'registry-token':
      return login;
    default:
      return undefined;
  }
}

/** What proves who the user is, for one registry. Never logged, never part of an error. */
export type Credential =
  | {
      readonly kind: 'password';
      readonly username: string;
      readonly password: string;
      /** When it ends, where that is known: milliseconds since 1970. */
      readonly expiresAt?: number;
    }
  /** Docker's `identitytoken`: exchanged for access tokens by the OAuth2 form of the token request. */
  | {
      readonly kind: 'identity-token';
      readonly token: string;
      /** Of the account that it stands for, where it is known. */
      readonly username?: string;
      readonly expiresAt?: number;
    }
  /** Docker's `registrytoken`: sent as Bearer token as it is. */
  | { readonly kind: 'registry-token'; readonly token: string; readonly expiresAt?: number };

/** Access keys of AWS. Those of a session have a token. Never logged, never part of an error. */
export interface AwsCredential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** A login to a cloud. It opens the cloud's APIs; its registries take what it is exchanged for. */
export type CloudCredential =
  | ({ readonly kind: 'aws' } & AwsCredential)
  /** OAuth 2 access token. */
  | { readonly kind: 'google'; readonly token: string; readonly expiresAt?: number }
  /** Access token of Microsoft Entra, for container registries or for Azure's management. */
  | { readonly kind: 'microsoft'; readonly token: string; readonly expiresAt?: number };

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

export type CredentialSourceKind =
  /** What the user gave to Gantry, in the secret store. */
  'gantry' | 'docker-config' | 'containers-auth' | 'helper' | 'vscode-github' | 'vscode-microsoft' | 'aws' | 'google';

/** A place that has a login for a registry, without the login itself. */
export interface CredentialSource {
  /** Stable: stored as the user's choice. */
  readonly id: string;
  readonly kind: CredentialSourceKind;
  /** Its own name: a file, a program, an account's provider. */
  readonly label: string;
  /** Where exactly, such as the path of the file. */
  readonly detail: string;
  readonly account?: string;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
  /** Why it cannot be used now: a sentence for people. */
  readonly problem?: string;
  /** It has no login yet; the user can sign in through it. */
  readonly needsSignIn?: true;
}

/** Ids of the choices that no machine has to be asked for. */
export const gantrySourceId = 'gantry';
export const anonymousSourceId = 'anonymous';

/** A login, and where it was found. */
export interface FoundCredential {
  readonly source: CredentialSource;
  readonly credential: Credential | CloudCredential;
}

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

/** User names that stand for a kind of token, not for somebody. */
const namelessUsers: readonly string[] = ['<token>', '00000000-0000-0000-0000-000000000000', 'oauth2accesstoken'];

/** Whose login it is, for people. */
export function accountOf(login: Credential | CloudCredential): string | undefined {
  if (login.kind !== 'password' && login.kind !== 'identity-token') return undefined;
  const { username } = login;
  return username === undefined || username === '' || namelessUsers.includes(username) ? undefined : username;
}

/** What proves who the user is, for one registry. Never logged, never part of an error. */
export interface Credential {
  readonly username: string;
  readonly password: string;
}

/** Looks the credential of a connection up; `undefined` means anonymous. Called anew for each login. */
export type FindCredential = (signal: AbortSignal) => Promise<Credential | undefined>;

/** RFC 7617, with UTF-8. */
export function basicAuthorization(credential: Credential): string {
  const bytes = new TextEncoder().encode(`${credential.username}:${credential.password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

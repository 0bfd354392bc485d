import type { ApiAuth } from '../../api.ts';
import { basicAuthorization, type Credential, type FindCredential, type FindLogin } from '../credential.ts';
import type { CreateHash, Middleware } from '../ports.ts';
import { googleLogin } from './googleLogin.ts';
import { headerLogin } from './headerLogin.ts';
import { hubLogin } from './hubLogin.ts';
import { quayLogin } from './quayLogin.ts';
import { sigv4Login } from './sigv4Login.ts';

export interface ApiLoginOptions {
  /** Of the connection that the credential belongs to. */
  readonly registry: URL;
  /** The API's own, to which alone the login goes. */
  readonly origin: string;
  readonly findCredential: FindCredential;
  readonly findLogin: FindLogin;
  readonly createHash: CreateHash;
  readonly now: () => number;
}

/** Kinds of login at an API; that of the registry itself is its pipeline's. */
export type OwnApiAuth = Exclude<ApiAuth, 'registry' | 'none'>;

const logins: Readonly<Record<OwnApiAuth, (options: ApiLoginOptions) => Middleware>> = {
  basic: (options) => headerLogin(options, basicAuthorization),
  bearer: (options) => headerLogin(options, tokenAuthorization),
  // https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api
  github: (options) => headerLogin(options, tokenAuthorization),
  // https://docs.gitlab.com/api/rest/authentication/: personal, project and group access tokens, and those of OAuth
  gitlab: (options) => headerLogin(options, tokenAuthorization),
  google: googleLogin,
  hub: hubLogin,
  quay: quayLogin,
  sigv4: sigv4Login,
};

/** How a connection's credential is used at an API of its vendor. One file a kind, where it is more than a header. */
export function apiLogin(auth: OwnApiAuth, options: ApiLoginOptions): Middleware {
  return logins[auth](options);
}

/** Of a token that the vendor takes in place of a password. What is made for the registry alone is no such token. */
function tokenAuthorization(credential: Credential): string | undefined {
  return credential.kind === 'password' ? `Bearer ${credential.password}` : undefined;
}

import type { Credential, FindCredential } from '../credential.ts';
import type { Middleware } from '../ports.ts';
import { headerLogin } from './headerLogin.ts';

/** The user name with which Quay's registry takes the token of an application. */
export const quayApplicationUser = '$oauthtoken';

/**
 * Shows Quay's API the token of an application. It knows neither robots nor passwords: those would only be failed logins.
 * https://docs.quay.io/api/ and https://github.com/quay/quay/blob/master/auth/credentials.py
 */
export function quayLogin(options: {
  readonly origin: string;
  readonly findCredential: FindCredential;
  readonly now: () => number;
}): Middleware {
  return headerLogin(options, applicationAuthorization);
}

function applicationAuthorization(credential: Credential): string | undefined {
  const isApplication = credential.kind === 'password' && credential.username === quayApplicationUser;
  return isApplication ? `Bearer ${credential.password}` : undefined;
}

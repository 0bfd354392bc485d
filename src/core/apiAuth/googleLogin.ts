import type { CloudCredential, Credential, FindLogin } from '../credential.ts';
import { RegistryError } from '../errors.ts';
import type { HttpResponse, Middleware } from '../ports.ts';
import { HeldCredential } from '../registry/heldCredential.ts';

/** Google's APIs that a token of a registry's user may be shown to. */
export const googleApis: readonly string[] = ['https://artifactregistry.googleapis.com'];

/**
 * User names with which Google's registries take an OAuth access token as password: as documented, and as its credential
 * helpers answer. https://cloud.google.com/artifact-registry/docs/docker/authentication#token
 */
const tokenUser = /^(?:oauth2accesstoken|_token|_dcgcloud_token|_dcgcr_[\w.-]+_token)$/;

/**
 * Shows the access token of a Google account to the API that knows its registries. Keys of service accounts, which
 * registries take too, are no such tokens.
 *
 * Errors: `unauthorized` where there is no token.
 */
export function googleLogin(options: {
  /** The API's own, to which alone the token goes. */
  readonly origin: string;
  readonly findLogin: FindLogin;
  readonly now: () => number;
}): Middleware {
  const { origin, findLogin, now } = options;
  const held = new HeldCredential<string>((signal) => findToken(findLogin, signal), now);

  return (next) => async (request, signal) => {
    const { host } = request.url;
    if (request.url.origin !== origin || !googleApis.includes(origin)) {
      throw new RegistryError('invalid', `${host} is no API of Google's registries. No token was sent to it.`);
    }
    const token = await held.get(signal);
    if (token === undefined) throw noToken(host);
    const send = (by: string): Promise<HttpResponse> =>
      next({ ...request, headers: { ...request.headers, authorization: `Bearer ${by}` } }, signal);
    const answer = await send(token);
    if (answer.status !== 401) return answer;
    // Tokens live for an hour: their source may have a new one.
    held.forget();
    const renewed = await held.get(signal);
    if (renewed === undefined || renewed === token) return answer;
    answer.discard();
    return send(renewed);
  };
}

async function findToken(findLogin: FindLogin, signal: AbortSignal): Promise<string | undefined> {
  return accessToken(await findLogin(signal)) ?? accessToken(await findLogin(signal, 'google'));
}

function accessToken(login: Credential | CloudCredential | undefined): string | undefined {
  if (login?.kind === 'google') return login.token;
  return login?.kind === 'password' && tokenUser.test(login.username) ? login.password : undefined;
}

function noToken(host: string): RegistryError {
  return new RegistryError(
    'unauthorized',
    `${host} answers only to the access token of a Google account, and there is none. Sign in by "gcloud auth application-default login" or "gcloud auth configure-docker".`,
    { host },
  );
}

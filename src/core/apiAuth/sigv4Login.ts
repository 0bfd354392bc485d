import type { AwsCredential, FindLogin } from '../credential.ts';
import { RegistryError } from '../errors.ts';
import type { CreateHash, HttpResponse, Middleware } from '../ports.ts';
import { readBody, withBody } from '../registry/body.ts';
import { HeldCredential } from '../registry/heldCredential.ts';
import { limits } from '../registry/limits.ts';
import { awsErrorType, parseAwsReply } from './awsErrors.ts';
import { ecrApiScope } from './ecrHosts.ts';
import { signV4 } from './sigv4.ts';

export interface Sigv4LoginOptions {
  /** The API's own, to which alone signatures go. */
  readonly origin: string;
  readonly findLogin: FindLogin;
  readonly now: () => number;
  readonly createHash: CreateHash;
}

/** Errors that another look for credentials may mend: those of a session end, and a new `aws sso login` should count. */
const staleTypes: readonly (string | undefined)[] = [
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
];

/**
 * Signs requests to the API of ECR with AWS credentials. A signature proves who asks without giving the secret away, but
 * one for another origin could be used there: none is made.
 *
 * Errors: `unauthorized` where there are no AWS credentials.
 */
export function sigv4Login({ origin, findLogin, now, createHash }: Sigv4LoginOptions): Middleware {
  const scope = ecrApiScope(origin);
  const held = new HeldCredential<AwsCredential>((signal) => findAws(findLogin, signal), now);

  return (next) => async (request, signal) => {
    if (scope === undefined || request.url.origin !== origin) {
      throw new RegistryError('invalid', `${request.url.host} is no API of Amazon ECR. Nothing was signed for it.`);
    }
    const credential = await held.get(signal);
    if (credential === undefined) throw noCredentials(request.url.host);
    const send = (by: AwsCredential): Promise<HttpResponse> =>
      next(signV4(request, { credential: by, scope, at: now(), createHash }), signal);
    const answer = await send(credential);
    if (answer.status !== 400 && answer.status !== 403) return answer;

    const bytes = await readBody(answer, limits.smallBody, request.url.host);
    const refused = withBody(answer, bytes);
    if (!staleTypes.includes(awsErrorType(parseAwsReply(bytes)))) return refused;
    held.forget();
    const renewed = await held.get(signal);
    return renewed === undefined || renewed.accessKeyId === credential.accessKeyId ? refused : send(renewed);
  };
}

async function findAws(findLogin: FindLogin, signal: AbortSignal): Promise<AwsCredential | undefined> {
  const login = await findLogin(signal, 'aws');
  return login?.kind === 'aws' ? login : undefined;
}

function noCredentials(host: string): RegistryError {
  return new RegistryError(
    'unauthorized',
    `${host} answers only to AWS credentials, and this machine has none. Sign in by "aws sso login" or "aws configure"; the profile is that of AWS_PROFILE.`,
    { host },
  );
}

import type { GantryErrorCode } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { oneLine } from '../oneLine.ts';

/**
 * Errors of AWS's JSON protocol: a status of 400 for nearly all of them, and the name in the body.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/CommonErrors.html, and under each action.
 */
const codeByType: Readonly<Record<string, GantryErrorCode>> = {
  AccessDeniedException: 'denied',
  ExpiredTokenException: 'unauthorized',
  ImageNotFoundException: 'not-found',
  ImageTagAlreadyExistsException: 'conflict',
  IncompleteSignature: 'unauthorized',
  IncompleteSignatureException: 'unauthorized',
  InvalidClientTokenId: 'unauthorized',
  InvalidSignatureException: 'unauthorized',
  LimitExceededException: 'denied',
  MissingAuthenticationTokenException: 'unauthorized',
  NotAuthorized: 'denied',
  OptInRequired: 'denied',
  RegistryNotFoundException: 'not-found',
  RepositoryAlreadyExistsException: 'conflict',
  RepositoryNotEmptyException: 'conflict',
  RepositoryNotFoundException: 'not-found',
  RequestLimitExceeded: 'rate-limited',
  ScanNotFoundException: 'not-found',
  ServerException: 'server',
  ServiceUnavailable: 'server',
  ThrottlingException: 'rate-limited',
  TooManyRequestsException: 'rate-limited',
  UnrecognizedClientException: 'unauthorized',
  UnsupportedImageTypeException: 'unsupported',
};

/** A body that may be an error of AWS; `undefined` when it is no JSON. */
export function parseAwsReply(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** The name of an error of AWS: `ThrottlingException`. `undefined` for what is none. */
export function awsErrorType(document: unknown): string | undefined {
  const type: unknown = (document as { __type?: unknown } | null)?.__type;
  // With a namespace before it, or with an address behind it.
  return typeof type === 'string' ? /^(?:.*#)?(\w+)(?:$|:)/.exec(type)?.[1] : undefined;
}

/** The error that an answer of AWS stands for; `undefined` when its body names none. */
export function awsError(
  document: unknown,
  { host, what, status }: { readonly host: string; readonly what: string; readonly status: number },
): RegistryError | undefined {
  const type = awsErrorType(document);
  if (type === undefined) return undefined;
  const { message, Message } = document as { readonly message?: unknown; readonly Message?: unknown };
  const text = [message, Message].find((item) => typeof item === 'string' && item.trim() !== '');
  // What a signature was made of is repeated in full, with the token of the session.
  const isSafe = type !== 'InvalidSignatureException' || /^Signature (?:expired|not yet current)/.test(String(text));
  const said = typeof text === 'string' && isSafe ? ` It said: "${oneLine(text)}".` : '';
  const code = Object.hasOwn(codeByType, type) ? codeByType[type] : undefined;
  return new RegistryError(code ?? (status >= 500 ? 'server' : 'invalid'), sentence(type, code, { host, what, said }), {
    host,
    status,
  });
}

function sentence(
  type: string,
  code: GantryErrorCode | undefined,
  { host, what, said }: { readonly host: string; readonly what: string; readonly said: string },
): string {
  switch (code) {
    case 'denied':
      return `${host} does not allow these AWS credentials ${what} (${type}).${said} Ask for the permission, or choose another AWS profile.`;
    case 'not-found':
      return `${host} does not have ${what} (${type}).${said} Check the name and the region; it may have been deleted.`;
    case 'rate-limited':
      return `${host} takes no more requests for now (${type}).${said} Wait a little and try again.`;
    case 'server':
      return `${host} failed on ${what} (${type}).${said} Try again later.`;
    case 'unauthorized':
      return type === 'InvalidSignatureException'
        ? `${host} refuses the AWS credentials (${type}).${said} Check them, and the clock of this machine: more than five minutes off are refused.`
        : `${host} refuses the AWS credentials (${type}).${said} Sign in to AWS again, for example by "aws sso login".`;
    default:
      return `${host} refused ${what} (${type}).${said}`;
  }
}

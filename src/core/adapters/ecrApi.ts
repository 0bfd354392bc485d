import type { AdapterHttp, GantryErrorCode } from '../../api.ts';
import { awsError, parseAwsReply } from '../apiAuth/awsErrors.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { notARegistry } from '../registry/body.ts';

/** An API of ECR, with the names that its actions have there. */
export interface EcrApi {
  /** For errors. */
  readonly host: string;
  /**
   * Runs an action; `what` is what was asked for, for the error. Errors: `unauthorized` without AWS credentials, and
   * those of {@link awsError}.
   */
  call(action: string, input: object, what: string, signal: AbortSignal): Promise<unknown>;
}

/** Items asked for at once: no action of ECR gives more. */
export const largestEcrPage = 1000;

/** Failures of the API with which the registry itself may still answer. */
const fallbackCodes: readonly GantryErrorCode[] = [
  'unauthorized',
  'denied',
  'rate-limited',
  'server',
  'unreachable',
  'timeout',
  'tls',
  'proxy',
  'protocol',
];

/** JSON 1.1: every action is a POST to the root. https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export function createEcrApi(
  http: AdapterHttp,
  api: { readonly id: string; readonly host: string; readonly target: string },
): EcrApi {
  const { id, host, target } = api;
  return {
    host,
    call: async (action, input, what, signal) => {
      const response = await http.send({
        api: id,
        method: 'POST',
        path: '/',
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${target}.${action}` },
        json: input,
        signal,
      });
      if (response.status === 200) return response.json();
      const document = parseAwsReply(await response.bytes());
      throw awsError(document, { host, what, status: response.status }) ?? (await response.error(what));
    },
  };
}

/** What was read of a reply, or the error for one of another form. */
export function expected<T>(reply: T | undefined, { host }: EcrApi): T {
  if (reply === undefined) throw notARegistry(host, 'JSON of another form');
  return reply;
}

export function mayFallBack(error: unknown): error is RegistryError {
  return isRegistryError(error, ...fallbackCodes);
}

/** Why something cannot be done without the API, with the reason that the API gave. */
export function needsApi(what: string, cause: RegistryError): RegistryError {
  return new RegistryError(cause.code, `${what} is done by the API of Amazon ECR. ${cause.message}`, {
    cause,
    ...(cause.host !== undefined && { host: cause.host }),
    ...(cause.status !== undefined && { status: cause.status }),
  });
}

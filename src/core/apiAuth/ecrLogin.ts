import type { AwsCredential } from '../credential.ts';
import { RegistryError } from '../errors.ts';
import type { CreateHash, HttpRequest, Send } from '../ports.ts';
import { readBody, readJson, withBody } from '../registry/body.ts';
import { limits } from '../registry/limits.ts';
import { responseError } from '../registry/responseError.ts';
import { awsError, parseAwsReply } from './awsErrors.ts';
import { type EcrHost, ecrApiScope } from './ecrHosts.ts';
import type { ExchangedLogin } from './registryLogin.ts';
import { signV4 } from './sigv4.ts';

/** Milliseconds for which a password counts whose end is not told: a part of ECR's twelve hours. */
const assumedLifetime = 60 * 60 * 1000;

/** Names of the actions of ECR and of ECR Public begin with these. */
export const ecrTarget = 'AmazonEC2ContainerRegistry_V20150921';
export const ecrPublicTarget = 'SpencerFrontendService';

/**
 * The password that ECR's registries take from the user `AWS`.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html and
 * …/AmazonECRPublic/latest/APIReference/API_GetAuthorizationToken.html
 */
export async function fetchEcrLogin(
  credential: AwsCredential,
  ecr: EcrHost,
  { send, now, createHash }: { readonly send: Send; readonly now: () => number; readonly createHash: CreateHash },
  signal: AbortSignal,
): Promise<ExchangedLogin> {
  const url = new URL(ecr.api);
  const { host } = url;
  const scope = ecrApiScope(url.origin);
  if (scope === undefined) throw noToken(host);
  const request: HttpRequest = {
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${ecr.account === undefined ? ecrPublicTarget : ecrTarget}.GetAuthorizationToken`,
    },
    body: new TextEncoder().encode('{}'),
  };
  const askedAt = now();
  const response = await send(signV4(request, { credential, scope, at: askedAt, createHash }), signal);
  const bytes = await readBody(response, limits.smallBody, host);
  const whole = withBody(response, bytes);
  if (response.status !== 200) {
    const subject = { host, what: 'a password for its registry', status: response.status };
    throw awsError(parseAwsReply(bytes), subject) ?? (await responseError(whole, subject));
  }
  const { authorizationData } = await readJson(whole, limits.smallBody, host);
  const data: unknown = Array.isArray(authorizationData) ? authorizationData[0] : authorizationData;
  const { authorizationToken, expiresAt } = (data ?? {}) as {
    readonly authorizationToken?: unknown;
    readonly expiresAt?: unknown;
  };
  const login = typeof authorizationToken === 'string' ? decodeBase64(authorizationToken) : undefined;
  const colon = login?.indexOf(':') ?? -1;
  if (login === undefined || colon <= 0) throw noToken(host);
  return {
    credential: { kind: 'password', username: login.slice(0, colon), password: login.slice(colon + 1) },
    expiresAt: typeof expiresAt === 'number' && expiresAt > 0 ? expiresAt * 1000 : askedAt + assumedLifetime,
  };
}

function noToken(host: string): RegistryError {
  return new RegistryError('protocol', `${host} answered a login without a password. Try again later.`, { host });
}

function decodeBase64(text: string): string | undefined {
  try {
    return atob(text);
  } catch {
    return undefined;
  }
}

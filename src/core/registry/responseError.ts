import type { GantryErrorCode } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import type { HttpResponse } from '../ports.ts';
import { readBody } from './body.ts';
import { limits } from './limits.ts';

/** What a request was about, for the sentence that says what failed. */
export interface Subject {
  readonly host: string;
  /** `the tags of shop/web`. */
  readonly what: string;
}

/** OCI distribution-spec, "Error Codes". The code of a body says more than the status, which proxies change. */
const codeByErrorCode: Readonly<Record<string, GantryErrorCode>> = {
  BLOB_UNKNOWN: 'not-found',
  DENIED: 'denied',
  DIGEST_INVALID: 'invalid',
  MANIFEST_BLOB_UNKNOWN: 'not-found',
  MANIFEST_INVALID: 'invalid',
  MANIFEST_UNKNOWN: 'not-found',
  NAME_INVALID: 'invalid',
  NAME_UNKNOWN: 'not-found',
  TAG_INVALID: 'invalid',
  TOOMANYREQUESTS: 'rate-limited',
  UNAUTHORIZED: 'unauthorized',
  UNSUPPORTED: 'unsupported',
};

/** Turns an answer that is no success into an error. Reads the body. */
export async function responseError(response: HttpResponse, subject: Subject): Promise<RegistryError> {
  const reported = await readReportedErrors(response, subject.host);
  const code = errorCode(response.status, reported?.code);
  return new RegistryError(code, sentence(code, response.status, subject, reported?.message), {
    host: subject.host,
    status: response.status,
  });
}

/** The table of statuses and OCI error codes. */
export function errorCode(status: number, reported: string | undefined): GantryErrorCode {
  if (status === 401) return 'unauthorized';
  if (status === 429) return 'rate-limited';
  const byErrorCode = reported === undefined ? undefined : codeByErrorCode[reported];
  if (byErrorCode !== undefined) return byErrorCode;
  if (status === 403) return 'denied';
  if (status === 404) return 'not-found';
  if (status === 405) return 'unsupported';
  if (status === 407) return 'proxy';
  if (status === 408) return 'timeout';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 413) return 'too-large';
  if (status >= 500) return 'server';
  if (status >= 400) return 'invalid';
  return 'protocol';
}

function sentence(code: GantryErrorCode, status: number, subject: Subject, message: string | undefined): string {
  const { host, what } = subject;
  const said = message === undefined ? '' : ` It said: "${message}".`;
  switch (code) {
    case 'unauthorized':
      return `${host} wants a login for ${what}, or hides that it does not exist.${said} Sign in, or check the name.`;
    case 'denied':
      return `${host} does not allow this account ${what}.${said} Ask its owner for access, or sign in with another account.`;
    case 'not-found':
      return `${host} does not have ${what}.${said} Check the name; it may have been deleted.`;
    case 'rate-limited':
      return `${host} takes no more requests for now (status 429).${said} Wait, or sign in to be allowed more.`;
    case 'unsupported':
      return `${host} does not offer ${what}.${said}`;
    case 'server':
      return `${host} failed on ${what} (status ${status}).${said} Try again later, or tell the registry's operator.`;
    default:
      return `${host} refused ${what} (status ${status}).${said}`;
  }
}

async function readReportedErrors(
  response: HttpResponse,
  host: string,
): Promise<{ readonly code: string | undefined; readonly message: string | undefined } | undefined> {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(await readBody(response, limits.smallBody, host)));
  } catch {
    return undefined;
  }
  const errors = (document as { errors?: unknown } | null)?.errors;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  if (typeof first !== 'object' || first === null) return undefined;
  const { code, message } = first as { code?: unknown; message?: unknown };
  return {
    code: typeof code === 'string' ? code : undefined,
    message: typeof message === 'string' && message.trim() !== '' ? oneLine(message) : undefined,
  };
}

/** A registry's words, bounded and without anything that could reshape a message or a terminal. */
function oneLine(text: string): string {
  const clean = text
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .replace(/[."]+$/, '');
  return clean.length > 200 ? `${clean.slice(0, 200)}…` : clean;
}

import type { GantryErrorCode } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { oneLine } from '../oneLine.ts';
import type { HttpResponse } from '../ports.ts';
import { readBody } from './body.ts';
import { limits } from './limits.ts';
import { formatSeconds, longestWait, readRateLimit, retryAfterSeconds } from './rateLimit.ts';
import { withoutSecrets } from './withoutSecrets.ts';

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
  const body = await readText(response, subject.host);
  const misled = response.status === 400 ? misledConnection(body, subject.host) : undefined;
  if (misled !== undefined) return misled;
  const reported = reportedError(body);
  const code = errorCode(response.status, reported?.code);
  const said = reported?.message === undefined ? '' : ` It said: "${reported.message}".`;
  const text = code === 'rate-limited' ? rateLimited(response, subject, said) : sentence(code, response, subject, said);
  return new RegistryError(code, text, {
    host: subject.host,
    status: response.status,
  });
}

/** The table of statuses and OCI error codes. */
export function errorCode(status: number, reported: string | undefined): GantryErrorCode {
  if (status === 401) return 'unauthorized';
  if (status === 429) return 'rate-limited';
  const isListed = reported !== undefined && Object.hasOwn(codeByErrorCode, reported);
  const byErrorCode = isListed ? codeByErrorCode[reported] : undefined;
  if (byErrorCode !== undefined) return byErrorCode;
  if (status === 403) return 'denied';
  if (status === 404) return 'not-found';
  if (status === 405) return 'unsupported';
  if (status === 407) return 'proxy';
  if (status === 408) return 'timeout';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 413) return 'too-large';
  if (status === 507) return 'storage';
  if (status >= 500) return 'server';
  if (status >= 400) return 'invalid';
  return 'protocol';
}

function sentence(code: GantryErrorCode, { status }: HttpResponse, { host, what }: Subject, said: string): string {
  const isAction = what.startsWith('to ');
  const forWhat = isAction ? what : `for ${what}`;
  if (
    code === 'storage' ||
    (code !== 'not-found' && /quota|no space left|exceed.{0,80}storage|storage.{0,80}exceed/i.test(said))
  )
    return `${host} has no room left ${forWhat} (status ${status}).${said} Delete there what nobody needs, or ask its operator for more.`;
  switch (code) {
    case 'unauthorized':
      return `${host} wants a login ${forWhat}, or hides that it does not exist.${said} Sign in, or check the name.`;
    case 'denied':
      return `${host} does not allow this account ${what}.${said} Ask its owner for access, or sign in with another account.`;
    case 'not-found': {
      const missing = isAction ? `${host} was asked ${what}, and does not have it` : `${host} does not have ${what}`;
      return `${missing}.${said} Check the name; it may have been deleted.`;
    }
    case 'unsupported':
      return isAction
        ? `${host} does not offer ${what}.${said} Its operator may be able to switch it on, unless it is a pull-through cache: those change nothing.`
        : `${host} does not offer ${what}.${said} Its operator may be able to switch it on.`;
    case 'timeout':
      return `${host} took too long ${forWhat} (status ${status}).${said} Try again later.`;
    case 'conflict':
      if (/immutable/i.test(said))
        return `${host} refused ${what}: the tag is immutable there (status ${status}).${said} Nothing was changed; use another tag.`;
      return `${host} has changed meanwhile and refused ${what} (status ${status}).${said} Refresh, then try again.`;
    case 'too-large': {
      const refused = isAction
        ? `${host} refused ${what}: it is too large`
        : `${host} takes nothing as large as ${what}`;
      return `${refused} (status ${status}).${said} Its operator can raise the limit.`;
    }
    case 'proxy':
      return `The proxy before ${host} wants a login ${forWhat} (status ${status}).${said} Check the proxy settings.`;
    case 'server':
      return `${host} failed ${isAction ? what : `on ${what}`} (status ${status}).${said} Try again later, or tell the registry's operator.`;
    default:
      return `${host} refused ${what} (status ${status}).${said} Check the name and the address.`;
  }
}

function rateLimited(response: HttpResponse, { host }: Subject, said: string): string {
  const header = (name: string): string | undefined => response.headers.get(name);
  const quota = readRateLimit(header);
  const wait = retryAfterSeconds(header);
  const allowed = quota === undefined ? '' : `: it allows ${quota.limit} in ${formatSeconds(quota.windowSeconds)}`;
  return `${host} takes no more requests for now (status ${response.status})${allowed}.${said} ${tryAgain(wait, response.retryAt)}, or sign in to be allowed more.`;
}

function tryAgain(wait: number | undefined, retryAt: number | undefined): string {
  if (wait === undefined) return 'Try again later';
  if (wait > longestWait) return 'It asks to wait for more than a week. Try again later';
  // On another day the time of day says nothing.
  if (retryAt === undefined || wait > 12 * 60 * 60) return `Try again in ${formatSeconds(wait)}`;
  const date = new Date(retryAt);
  const time = [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  return `Try again at ${time}, in ${formatSeconds(wait)}`;
}

/** What web servers answer before a registry sees the request: Go, nginx, Apache, HAProxy. */
function misledConnection(body: string, host: string): RegistryError | undefined {
  if (/HTTP request (?:was sent )?to (?:an )?HTTPS (?:server|port)|speaking plain HTTP to an SSL-enabled/i.test(body)) {
    const message = `${host} wants encryption on this port, and was asked without. Begin the address with https://.`;
    return new RegistryError('tls', message, { host, status: 400 });
  }
  if (/No required SSL certificate was sent|SSL certificate error/i.test(body)) {
    const message = `${host} wants a client certificate, and got none that it takes. Give the connection a certificate with its key, or put them into certs.d.`;
    return new RegistryError('tls', message, { host, status: 400, wantsClientCertificate: true });
  }
  return undefined;
}

/** Empty for a body that breaks off or never ends: the status says enough. */
async function readText(response: HttpResponse, host: string): Promise<string> {
  try {
    return new TextDecoder().decode(await readBody(response, limits.smallBody, host));
  } catch {
    return '';
  }
}

function reportedError(
  body: string,
): { readonly code: string | undefined; readonly message: string | undefined } | undefined {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    return undefined;
  }
  const { errors, error } = (document ?? {}) as { errors?: unknown; error?: unknown };
  // Docker Hub's own API, as others, has one error as the document itself; Google's have it inside.
  const alone = typeof error === 'object' ? (error ?? document) : document;
  const first: unknown = Array.isArray(errors) ? errors[0] : alone;
  if (typeof first !== 'object' || first === null) return undefined;
  const { code, message, detail } = first as { code?: unknown; message?: unknown; detail?: unknown };
  const text = [message, detail].find((item) => typeof item === 'string' && item.trim() !== '');
  return {
    code: typeof code === 'string' ? code : undefined,
    message: typeof text === 'string' ? oneLine(withoutSecrets(text)) : undefined,
  };
}

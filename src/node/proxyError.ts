import { RegistryError } from '../core/errors.ts';
import { oneLine } from '../core/oneLine.ts';
import type { HttpProxy } from './proxy.ts';

/** What a proxy answered instead of leading on to `target`. */
export function proxyRefusal(proxy: HttpProxy, target: string, status: number, reason: string): RegistryError {
  const said = oneLine(reason);
  const answer = `the proxy ${proxy.url.host} answered with status ${status}${said === '' ? '' : ` (${said})`}`;
  return new RegistryError('proxy', `${target} cannot be reached: ${answer}. ${nextStep(proxy, status)}`, {
    host: target,
    status,
    isPassing: status === 502 || status === 503 || status === 504,
  });
}

function nextStep({ namedBy, authorization }: HttpProxy, status: number): string {
  const bypass = 'If the registry is to be reached without it, add its host to http.noProxy or NO_PROXY.';
  switch (status) {
    case 407:
      return authorization === undefined
        ? `It wants a login: write user name and password into ${namedBy}, as in http://user:password@host:port, or set http.proxyAuthorization.`
        : `It does not take the login that ${namedBy} or http.proxyAuthorization has. Correct it there.`;
    case 403:
    case 405:
      return `It does not allow this host or port. Ask who runs it. ${bypass}`;
    case 502:
    case 503:
    case 504:
      return `It did not reach the registry itself. Check the address, and whether the registry is outside of the proxy's network. ${bypass}`;
    default:
      return `Check ${namedBy}. ${bypass}`;
  }
}

/** When the proxy itself could not be reached, for the reason that `cause` tells. */
export function proxyUnreachable(proxy: HttpProxy, target: string, cause: RegistryError): RegistryError {
  const { host } = proxy.url;
  const reason = cause.message.replace(`${host} cannot be reached: `, '').replace(/\.?$/, '.');
  return new RegistryError(
    'proxy',
    `${target} cannot be reached: the proxy ${host}, which ${proxy.namedBy} names, cannot be reached: ${reason}`,
    { host: target, cause, isPassing: cause.isPassing },
  );
}

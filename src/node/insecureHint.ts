import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isRegistryError, RegistryError } from '../core/errors.ts';
import type { Machine } from './certificateFolders.ts';
import { hostPort } from './noProxy.ts';

/**
 * Says so where another tool of this machine takes the registry as it is: that is why a pull works there. Gantry does not
 * follow by itself, since whoever stands in between would get the password; the user decides.
 */
export async function explainInsecure(failure: RegistryError, url: URL, machine: Machine): Promise<RegistryError> {
  if (url.protocol !== 'https:' || !isRegistryError(failure, 'tls', 'unreachable', 'timeout')) return failure;
  const address = hostPort(url);
  const { findInsecure } = await import('./machineRegistries.ts');
  const source = await findInsecure(address, () => addressesOf(address.host), machine);
  if (source === undefined) return failure;
  const step =
    failure.certificate === undefined
      ? 'begin its address with http://, which leaves passwords unencrypted on the way'
      : 'switch off the verification of its certificate for this connection';
  const hint = `On this machine, ${source.tool} takes ${url.host} as insecure (${source.file}). To do the same, ${step}.`;
  const { code, message, cause, certificate, host = url.host, isPassing, wantsClientCertificate } = failure;
  return new RegistryError(code, `${message} ${hint}`, {
    ...{ cause, host, isPassing, wantsClientCertificate, insecureBy: source.tool },
    ...(certificate !== undefined && { certificate }),
  });
}

async function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

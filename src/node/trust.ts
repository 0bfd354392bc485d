import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { ConnectionTls } from '../api.ts';
import { RegistryError } from '../core/errors.ts';
import { readAuthorities, splitCertificates } from './authorities.ts';
import {
  type ClientCertificate,
  certificateFolders,
  hostFolders,
  type Machine,
  readClientCertificate,
  readHostCertificates,
  readPem,
} from './certificateFolders.ts';
import { type HostPort, hostPort } from './noProxy.ts';

/** How TLS is spoken with a host. */
export interface HostTrust {
  readonly context: SecureContext;
  readonly isVerified: boolean;
}

export interface Trust {
  /** Rejects with `tls` when a file that counts for the host cannot be used. */
  forHost(address: HostPort, connection: { readonly registry: URL; readonly tls?: ConnectionTls }): Promise<HostTrust>;
  /** For a proxy: what the machine trusts for every host. */
  forProxy(isVerified: boolean): Promise<HostTrust>;
}

/**
 * What is trusted, and shown when a host asks who we are: what the machine has for all hosts and for this one, and what
 * the connection adds. Files of single hosts are read anew for each connection that is opened; the authorities of all
 * hosts once.
 */
export function createTrust(machine: Machine): Trust {
  let general: Promise<readonly string[]> | undefined;
  /** A context takes some 50 ms to make; most hosts have the same. By all that it is made of. */
  const contexts = new Map<string, SecureContext>();

  async function contextWith(
    authorities: readonly string[],
    client: ClientCertificate | undefined,
  ): Promise<SecureContext> {
    general ??= readAuthorities(machine.env);
    const key = [...authorities, client?.certificate ?? '', client?.key ?? ''].join('\0');
    const known = contexts.get(key);
    if (known !== undefined) return known;
    const context = createSecureContext({
      ca: [...(await general), ...authorities],
      // As Go has it, and so docker: what is trusted need not be a root.
      allowPartialTrustChain: true,
      ...(client !== undefined && { cert: client.certificate, key: client.key }),
    });
    contexts.set(key, context);
    return context;
  }

  return {
    forHost: async (address, { registry, tls = {} }) => {
      const own = hostPort(registry);
      const isRegistry = address.host === own.host && address.port === own.port;
      const [folders, containerd, added] = await Promise.all([
        readHostCertificates(address, machine),
        readContainerd(address, machine),
        tls.ca === undefined ? [] : readNamedAuthorities(tls.ca),
      ]);
      const { certificate, key } = isRegistry ? tls : {};
      const named = certificate !== undefined && key !== undefined ? { certificate, key } : undefined;
      const client = named
        ? await readClientCertificate(named.certificate, named.key)
        : (folders.client ?? containerd?.client);
      const authorities = [...folders.authorities, ...(containerd?.authorities ?? [])].flatMap(splitCertificates);
      try {
        const context = await contextWith([...authorities, ...added], client);
        return { context, isVerified: !(isRegistry && tls.insecure === true) };
      } catch (error) {
        throw unusable(address, named?.certificate, error);
      }
    },
    forProxy: async (isVerified) => ({ context: await contextWith([], undefined), isVerified }),
  };
}

/** The parser of TOML is loaded only where there is something to parse. */
async function readContainerd(
  address: HostPort,
  machine: Machine,
): Promise<{ readonly authorities: readonly string[]; readonly client: ClientCertificate | undefined } | undefined> {
  const folders = certificateFolders(machine).filter((folder) => folder.includes('containerd'));
  const names = [...hostFolders(address, machine), `${address.host}_${address.port}_`];
  const hasFile = folders.some((folder) => names.some((name) => existsSync(join(folder, name, 'hosts.toml'))));
  if (!hasFile) return undefined;
  const { readContainerdCertificates } = await import('./machineRegistries.ts');
  return readContainerdCertificates(address, machine);
}

async function readNamedAuthorities(file: string): Promise<readonly string[]> {
  const certificates = splitCertificates(await readPem(file));
  if (certificates.length === 0 || !certificates.every(isCertificate)) {
    throw new RegistryError(
      'tls',
      `${file} holds no certificates that can be read. Authorities are given in PEM form, which begins with "-----BEGIN CERTIFICATE-----".`,
    );
  }
  return certificates;
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}

function unusable({ host }: HostPort, file: string | undefined, cause: unknown): RegistryError {
  const which = file === undefined ? `that this machine has for ${host} (certs.d)` : file;
  return new RegistryError(
    'tls',
    `The client certificate ${which} cannot be used. Check that certificate and key belong together, in PEM form, and that the key has no passphrase.`,
    { host, cause },
  );
}

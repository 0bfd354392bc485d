import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { RegistryError } from '../core/errors.ts';
import type { HostPort } from './noProxy.ts';

/** PEM texts. */
export interface HostCertificates {
  readonly authorities: readonly string[];
  readonly client: ClientCertificate | undefined;
}

export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Where the machine's own configuration begins: `/`, and another folder in tests. */
  readonly root: string;
  readonly isWindows: boolean;
}

export function thisMachine(): Machine {
  return { env: process.env, home: homedir(), root: '/', isWindows: process.platform === 'win32' };
}

/**
 * The folders `certs.d` of docker (docs.docker.com/engine/security/certificates), of podman, skopeo and buildah
 * (containers-certs.d(5)), and of containerd (docs/hosts.md), the user's own first.
 */
export function certificateFolders({ env, home, root, isWindows }: Machine): readonly string[] {
  const configHome = env['XDG_CONFIG_HOME'] || join(home, '.config');
  const own = [
    join(home, '.docker', 'certs.d'),
    join(configHome, 'docker', 'certs.d'),
    join(configHome, 'containers', 'certs.d'),
    join(configHome, 'containerd', 'certs.d'),
  ];
  if (isWindows) {
    const data = env['PROGRAMDATA'];
    return data === undefined ? own : [...own, join(data, 'docker', 'certs.d')];
  }
  return [...own, ...['docker', 'containers', 'containerd'].map((owner) => join(root, 'etc', owner, 'certs.d'))];
}

/** How a folder of a host is called: with its port, and without where it is that of https. */
export function hostFolders({ host, port }: HostPort, { isWindows }: Pick<Machine, 'isWindows'>): readonly string[] {
  const name = host.includes(':') ? `[${host}]` : host;
  const withPort = isWindows ? `${name}${port}` : `${name}:${port}`;
  return port === 443 ? [name, withPort] : [withPort];
}

/**
 * What these folders have for a host: `*.crt` are authorities, `NAME.cert` and `NAME.key` a client certificate. All
 * authorities count, and the first client certificate. Rejects with `tls` when a certificate has no key, as docker does.
 */
export async function readHostCertificates(address: HostPort, machine: Machine): Promise<HostCertificates> {
  const authorities: string[] = [];
  let client: ClientCertificate | undefined;
  for (const parent of certificateFolders(machine)) {
    for (const name of hostFolders(address, machine)) {
      const folder = join(parent, name);
      // Most machines have none of them; one that must not be read counts as none.
      const files = (await readdir(folder).catch(() => [])).sort();
      for (const file of files) {
        if (file.endsWith('.crt')) authorities.push(await readFile(join(folder, file), 'latin1').catch(() => ''));
        if (file.endsWith('.cert')) client ??= await readClient(folder, file, files);
      }
    }
  }
  return { authorities, client };
}

async function readClient(folder: string, file: string, files: readonly string[]): Promise<ClientCertificate> {
  const keyFile = file.replace(/\.cert$/, '.key');
  const path = join(folder, file);
  if (!files.includes(keyFile)) {
    throw new RegistryError(
      'tls',
      `${path} has no ${keyFile} beside it. A client certificate takes both; authorities end in .crt.`,
    );
  }
  return readClientCertificate(path, join(folder, keyFile));
}

/** Rejects with `tls`, naming the file. */
export async function readClientCertificate(certificateFile: string, keyFile: string): Promise<ClientCertificate> {
  const [certificate, key] = await Promise.all([readPem(certificateFile), readPem(keyFile)]);
  return { certificate, key };
}

/** A file that somebody has named. Rejects with `tls`, naming it. */
export async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'latin1');
  } catch (error) {
    const { code = '' } = error as { code?: string };
    const reason = code === 'ENOENT' ? 'it is not there' : code === 'EACCES' ? 'this user may not read it' : code;
    throw new RegistryError(
      'tls',
      `The certificates in ${file} cannot be read: ${reason}. Check the path, or leave it out.`,
      { cause: error },
    );
  }
}

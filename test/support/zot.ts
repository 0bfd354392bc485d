import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { goProgramFile, zot } from './goPrograms.ts';
import { htpasswdLine } from './htpasswd.ts';
import { skipBecause } from './programs.ts';
import type { RealRegistry, RealRegistryOptions } from './realRegistry.ts';
import { startServerProcess } from './serverProcess.ts';
import { startInFolder } from './temporaryFolder.ts';

/**
 * zot, a registry made for OCI 1.1, with the extensions `search` and `mgmt` where its build has them. Its settings:
 * https://zotregistry.dev/latest/admin-guide/admin-configuration/
 */
export async function startZot({ login, certificate, tokens }: RealRegistryOptions = {}): Promise<RealRegistry> {
  return startInFolder(async (folder) => {
    const configFile = join(folder, 'config.json');
    const passwordFile = join(folder, 'htpasswd');
    if (login !== undefined) await writeFile(passwordFile, await htpasswdLine(login));
    const config = {
      distSpecVersion: '1.1.1',
      log: { level: 'info' },
      storage: { rootDirectory: join(folder, 'data') },
      http: {
        address: '127.0.0.1',
        port: '0',
        tls: certificate && { cert: certificate.certificateFile, key: certificate.keyFile },
        auth: {
          htpasswd: login && { path: passwordFile },
          bearer: tokens && { realm: tokens.realm, service: tokens.service, cert: tokens.certificateFile },
        },
      },
      // A build without it warns, and goes on. It brings `mgmt` with it.
      extensions: { search: { enable: true } },
    };
    await writeFile(configFile, JSON.stringify(config));
    const server = await startServerProcess({
      command: goProgramFile(zot),
      args: ['serve', configFile],
      ready: /listening on kernel chosen port","port":(\d+)/,
    });
    const host = `127.0.0.1:${server.port}`;
    return {
      host,
      url: `${certificate ? 'https' : 'http'}://${host}`,
      ...(login && { login }),
      output: server.output,
      close: () => server.close(),
    };
  });
}

/** Skips the test, with one line that says why, where this build of zot has no such extension. */
export function needsZotExtension(test: Context, registry: RealRegistry, extension: 'search' | 'mgmt'): void {
  if (registry.output().includes(`finished setting up ${extension} routes`)) return;
  skipBecause(test, `this build of zot has no extension ${extension}`);
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { distribution3, goProgramFile } from './goPrograms.ts';
import { htpasswdLine } from './htpasswd.ts';
import type { RealRegistry, RealRegistryOptions, TokenAuthority } from './realRegistry.ts';
import { startServerProcess } from './serverProcess.ts';
import { startInFolder } from './temporaryFolder.ts';

/** Distribution 2.8, the registry that most people host themselves: Debian's package `docker-registry`. */
export const distributionProgram = 'docker-registry';

export function startDistribution(options: RealRegistryOptions = {}): Promise<RealRegistry> {
  return start(distributionProgram, options);
}

/** Distribution 3, its successor. */
export function startDistribution3(options: RealRegistryOptions = {}): Promise<RealRegistry> {
  return start(goProgramFile(distribution3), options);
}

async function start(
  command: string,
  { login, certificate, tokens, proxyOf, dataFolder }: RealRegistryOptions,
): Promise<RealRegistry> {
  return startInFolder(async (folder) => {
    const configFile = join(folder, 'config.yml');
    const passwordFile = join(folder, 'htpasswd');
    if (login !== undefined) await writeFile(passwordFile, await htpasswdLine(login));
    const config = {
      version: '0.1',
      log: { level: 'info' },
      storage: {
        filesystem: { rootdirectory: dataFolder ?? join(folder, 'data') },
        delete: { enabled: proxyOf === undefined },
      },
      http: {
        addr: '127.0.0.1:0',
        secret: 'only for tests',
        tls: certificate && {
          certificate: certificate.certificateFile,
          key: certificate.keyFile,
          clientcas: certificate.clientAuthorityFile && [certificate.clientAuthorityFile],
        },
      },
      // https://distribution.github.io/distribution/recipes/mirror/
      proxy: proxyOf === undefined ? undefined : { remoteurl: proxyOf },
      auth: tokens
        ? { token: tokenAuth(tokens) }
        : login && { htpasswd: { realm: 'Distribution', path: passwordFile } },
    };
    // JSON is YAML.
    await writeFile(configFile, JSON.stringify(config));
    const server = await startServerProcess({
      command,
      args: ['serve', configFile],
      ready: /listening on 127\.0\.0\.1:(\d+)/,
      // Version 3 would look for a collector of traces.
      env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
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

/** https://distribution.github.io/distribution/about/configuration/#token */
function tokenAuth({ realm, service, issuer, authorityFile }: TokenAuthority): object {
  return { realm, service, issuer, rootcertbundle: authorityFile };
}

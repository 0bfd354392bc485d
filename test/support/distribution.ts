import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { htpasswdLine } from './htpasswd.ts';
import type { RealRegistry, RealRegistryOptions } from './realRegistry.ts';
import { startServerProcess } from './serverProcess.ts';
import { makeTemporaryFolder, removeFolder } from './temporaryFolder.ts';

/** Distribution 2.8, the registry that most people host themselves: Debian's package `docker-registry`. */
export const distributionProgram = 'docker-registry';

export async function startDistribution(options: RealRegistryOptions = {}): Promise<RealRegistry> {
  const { login, certificate } = options;
  const folder = await makeTemporaryFolder();
  try {
    const configFile = join(folder, 'config.yml');
    const passwordFile = join(folder, 'htpasswd');
    if (login !== undefined) await writeFile(passwordFile, await htpasswdLine(login));
    // JSON is YAML.
    await writeFile(
      configFile,
      JSON.stringify({
        version: '0.1',
        log: { level: 'info' },
        storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
        http: {
          addr: '127.0.0.1:0',
          secret: 'only for tests',
          tls: certificate && { certificate: certificate.certificateFile, key: certificate.keyFile },
        },
        auth: login && { htpasswd: { realm: 'Distribution', path: passwordFile } },
      }),
    );
    const server = await startServerProcess({
      command: distributionProgram,
      args: ['serve', configFile],
      ready: /listening on 127\.0\.0\.1:(\d+)/,
    });
    const host = `127.0.0.1:${server.port}`;
    return {
      host,
      url: `${certificate ? 'https' : 'http'}://${host}`,
      ...(login && { login }),
      output: server.output,
      close: async () => {
        await server.close();
        await removeFolder(folder);
      },
    };
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

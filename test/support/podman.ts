import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startServerProcess } from './serverProcess.ts';
import { makeTemporaryFolder, removeFolder } from './temporaryFolder.ts';

/** The container engine of these tests: Debian's package `podman`. */
export const podmanProgram = 'podman';

export interface PodmanOptions {
  /** Registries without encryption that it may pull from, as `HOST:PORT`. */
  readonly plainRegistries?: readonly string[];
}

/** An engine of its own, with its own images, that answers Docker's API on a socket. */
export interface Podman {
  /** Absolute path. */
  readonly socket: string;
  /** Everything that the program has printed so far. */
  readonly output: () => string;
  /** Ends the program and removes its images. */
  close(): Promise<void>;
}

export async function startPodman({ plainRegistries = [] }: PodmanOptions = {}): Promise<Podman> {
  const folder = await makeTemporaryFolder();
  try {
    const registriesFile = join(folder, 'registries.conf');
    const socket = join(folder, 'podman.sock');
    await writeFile(
      registriesFile,
      plainRegistries.map((host) => `[[registry]]\nlocation = "${host}"\ninsecure = true\n`).join('\n'),
    );
    // The driver `vfs` needs neither mounts nor a kernel module.
    const storage = ['--root', join(folder, 'images'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
    const server = await startServerProcess({
      command: podmanProgram,
      args: ['--log-level', 'info', ...storage, 'system', 'service', '--time', '0', `unix://${socket}`],
      // There is no port to find.
      ready: /API service listening on()/,
      // Logins of this machine are no business of the tests.
      env: {
        ...process.env,
        CONTAINERS_REGISTRIES_CONF: registriesFile,
        REGISTRY_AUTH_FILE: join(folder, 'auth.json'),
      },
    });
    return {
      socket,
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

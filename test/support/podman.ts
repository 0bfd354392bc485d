import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { startServerProcess } from './serverProcess.ts';
import { startInFolder } from './temporaryFolder.ts';

/** The container engine of these tests: Debian's package `podman`. */
export const podmanProgram = 'podman';

export interface PodmanOptions {
  /** Registries without encryption that it may pull from, as `HOST:PORT`. */
  readonly plainRegistries?: readonly string[];
}

/** Loads an archive of `docker save`. */
export async function loadIntoPodman({ socket }: Pick<Podman, 'socket'>, archive: Uint8Array): Promise<void> {
  await askPodman({ socket }, 'POST', '/images/load', archive);
}

export function tagInPodman(podman: Pick<Podman, 'socket'>, image: string, repository: string, tag: string) {
  return askPodman(podman, 'POST', `/images/${image}/tag?${new URLSearchParams({ repo: repository, tag })}`);
}

/** Asks its API beside Gantry, for what a test has to arrange. */
export function askPodman(
  { socket }: Pick<Podman, 'socket'>,
  method: string,
  path: string,
  body?: Uint8Array,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'Content-Type': 'application/x-tar' };
    const sent = request({ socketPath: socket, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if ((response.statusCode ?? 500) < 300) resolve(text);
        else reject(new Error(`${method} ${path} answered ${response.statusCode}: ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
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
  return startInFolder(async (folder) => {
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
      close: () => server.close(),
    };
  });
}

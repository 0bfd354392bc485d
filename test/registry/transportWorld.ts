import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ConnectionTls } from '../../src/api.ts';
import type { HttpRequest } from '../../src/core/ports.ts';
import type { NetworkSettings } from '../../src/node/networkSettings.ts';
import { createTransport, type Surroundings } from '../../src/node/transport.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { directNetwork } from '../support/directNetwork.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';

/** A machine of its own: nothing of the real one is read, but the authorities that it trusts. */
export interface TestMachine {
  readonly root: string;
  readonly home: string;
  /** Writes a file below the folder of the machine: `etc/docker/daemon.json`, `home/.config/…`. */
  write(path: string, text: string): Promise<string>;
  close(): Promise<void>;
}

export async function makeMachine(): Promise<TestMachine> {
  const root = await makeTemporaryFolder();
  return {
    root,
    home: join(root, 'home'),
    write: async (path, text) => {
      const file = join(root, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
      return file;
    },
    close: () => removeFolder(root),
  };
}

export interface WorldOptions extends Omit<Surroundings, 'machine'> {
  readonly machine?: TestMachine;
  readonly env?: Readonly<Record<string, string>>;
  readonly network?: Partial<NetworkSettings>;
}

/** Makes a function that opens transports, closed at the end of each test; the transport's `get` reads an answer. */
export function transportsForEach(): (options?: WorldOptions) => Promise<{
  readonly get: (
    url: string,
    more?: Partial<HttpRequest> & { readonly tls?: ConnectionTls; readonly registry?: string },
  ) => Promise<{
    readonly status: number;
    readonly text: string;
  }>;
  close(): Promise<void>;
}> {
  return closeAfterEach(async ({ machine, env = {}, network = {}, ...surroundings }: WorldOptions = {}) => {
    const own = machine ?? { root: '/nowhere', home: '/nowhere' };
    const transport = createTransport(
      { userAgent: 'gantry/test', network: () => ({ ...directNetwork, ...network }) },
      { ...surroundings, machine: { env, root: own.root, home: own.home, isWindows: false } },
    );
    return {
      get: async (url, { tls, registry = url, ...more } = {}) => {
        const send = transport.open({ registry: new URL(registry), ...(tls !== undefined && { tls }) });
        const response = await send(
          { method: 'GET', url: new URL(url), headers: {}, ...more },
          new AbortController().signal,
        );
        const chunks: Uint8Array[] = [];
        for await (const chunk of response.body) chunks.push(chunk);
        return { status: response.status, text: Buffer.concat(chunks).toString() };
      },
      close: transport.dispose,
    };
  });
}

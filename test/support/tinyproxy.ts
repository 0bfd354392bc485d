import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Login } from './realRegistry.ts';
import { startServerProcess } from './serverProcess.ts';
import { startInFolder } from './temporaryFolder.ts';

/** A forward proxy that others run too: Debian's package `tinyproxy`. */
export const tinyproxyProgram = 'tinyproxy';

export interface Tinyproxy {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `CONNECT registry.test:443`, as its log has it, refused ones too. */
  readonly requests: () => readonly string[];
  close(): Promise<void>;
}

/** Leads everything on to `upstream`, another proxy, and lets CONNECT through to `ports`. */
export async function startTinyproxy(options: {
  readonly upstream: string;
  readonly ports: readonly number[];
  readonly login?: Login;
}): Promise<Tinyproxy> {
  return startInFolder(async (folder) => {
    const port = await freePort();
    const file = join(folder, 'tinyproxy.conf');
    const { login } = options;
    const lines = [
      `Port ${port}`,
      'Listen 127.0.0.1',
      'LogLevel Info',
      'MaxClients 100',
      `Upstream http ${options.upstream}`,
      ...options.ports.map((allowed) => `ConnectPort ${allowed}`),
      ...(login === undefined ? [] : [`BasicAuth ${login.user} ${login.password}`]),
    ];
    await writeFile(file, `${lines.join('\n')}\n`);
    const server = await startServerProcess({
      command: tinyproxyProgram,
      args: ['-d', '-c', file],
      ready: /Accepting (c)onnections/,
    });
    return {
      host: `127.0.0.1:${port}`,
      requests: () =>
        [...server.output().matchAll(/Request \(file descriptor \d+\): (\S+ \S+)/g)].map(([, request = '']) => request),
      close: () => server.close(),
    };
  });
}

/** It cannot be told to choose one itself. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('There is no free port.');
  return address.port;
}

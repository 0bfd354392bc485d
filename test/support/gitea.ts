import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { gitea, goProgramFile, goProgramFolder } from './goPrograms.ts';
import type { Login, RealRegistry } from './realRegistry.ts';
import { runProgram } from './runProgram.ts';
import { startServerProcess } from './serverProcess.ts';
import { makeTemporaryFolder, removeFolder } from './temporaryFolder.ts';

/** A forge with a registry among its packages, and one user, who is its administrator. */
export interface Gitea extends RealRegistry {
  readonly login: Login;
  /** An access token that may do everything its user may. */
  readonly token: string;
  /** Another one of the same user, that may do no more than these scopes say, comma-separated. */
  makeToken(scopes: string): Promise<string>;
}

const login = { user: 'ada', password: 'correct horse' };

/** https://docs.gitea.com/administration/config-cheat-sheet */
export async function startGitea(): Promise<Gitea> {
  const folder = await makeTemporaryFolder();
  try {
    const settings = join(folder, 'app.ini');
    const socket = join(folder, 'socket');
    await writeFile(settings, settingsText(folder, socket));
    await mkdir(join(folder, 'home'));
    const env = { ...process.env, HOME: join(folder, 'home') };
    const run = (...args: string[]): Promise<string> =>
      runProgram(goProgramFile(gitea), ['--config', settings, ...args], { env, output: 'keep' });

    await run('migrate');
    const user = ['--username', login.user];
    const account = ['--password', login.password, '--email', 'ada@example.com', '--must-change-password=false'];
    await run('admin', 'user', 'create', '--admin', ...user, ...account);
    const makeToken = async (scopes: string): Promise<string> => {
      const tokenOptions = ['--token-name', scopes, '--scopes', scopes, '--raw'];
      const printed = await run('admin', 'user', 'generate-access-token', ...user, ...tokenOptions);
      const made = /^[0-9a-f]{40}$/m.exec(printed)?.[0];
      if (made === undefined) throw new Error(`Gitea made no access token:\n${printed}`);
      return made;
    };
    const token = await makeToken('all');

    const server = await startServerProcess({
      command: goProgramFile(gitea),
      args: ['--config', settings, 'web'],
      env,
      ready: /Starting server on unix:/,
    });
    const port = await forwardPort(socket);
    const host = `127.0.0.1:${port.number}`;
    return {
      host,
      url: `http://${host}`,
      login,
      token,
      makeToken,
      output: server.output,
      close: async () => {
        await port.close();
        await server.close();
        await removeFolder(folder);
      },
    };
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

function settingsText(folder: string, socket: string): string {
  return `
RUN_MODE = prod
WORK_PATH = ${folder}
; Tests run as root on some machines, and only loopback is served.
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
[server]
; It cannot say which free port it chose: a socket is served, and a port led to it.
PROTOCOL = http+unix
HTTP_ADDR = ${socket}
ROOT_URL = http://127.0.0.1/
STATIC_ROOT_PATH = ${goProgramFolder(gitea)}
DISABLE_SSH = true
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
[security]
INSTALL_LOCK = true
SECRET_KEY = only for tests
[log]
MODE = console
LEVEL = debug
[cron]
ENABLED = false
`;
}

/** Leads a free port of the loopback interface to a socket. */
async function forwardPort(path: string): Promise<{ readonly number: number; readonly close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const forwarder = createServer((client) => {
    const server = connect(path);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => sockets.delete(one));
    }
  });
  forwarder.listen(0, '127.0.0.1');
  await once(forwarder, 'listening');
  return {
    number: (forwarder.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      forwarder.close();
      await once(forwarder, 'close');
    },
  };
}

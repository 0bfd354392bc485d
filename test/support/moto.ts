import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Context } from 'mocha';
import { findOnPath } from './findOnPath.ts';
import { cacheFolder } from './paths.ts';
import { skipBecause } from './programs.ts';
import { withProgress } from './progress.ts';
import { runProgram } from './runProgram.ts';
import { startServerProcess } from './serverProcess.ts';

const version = '5.2.5';
const folder = join(cacheFolder, 'python', `moto-${version}`);

/** What makes an environment of Python's own for it. */
export const motoPackages = ['python3-venv'];

/** Amazon's APIs by people who are not Amazon: ECR, STS and IAM, without a registry behind them. */
export interface Moto {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

/** Installs it where there is Python; elsewhere one line says what is not there. */
export async function ensureMoto(): Promise<void> {
  if (existsSync(serverFile())) return;
  if (findOnPath('python3') === undefined) {
    console.log('Not installed: moto. To have it, install Python 3.');
    return;
  }
  try {
    await withProgress(`Installing moto ${version}`, 'half a minute, once', install);
  } catch (error) {
    console.log(`Could not install moto ${version}; what needs it is skipped.\n${error}`);
  }
}

export function needsMoto(test: Context): void {
  if (!existsSync(serverFile())) skipBecause(test, `moto ${version} is not installed`);
}

/** Whatever is asked has to be signed by a user that it knows, after as many requests as are free. */
export async function startMoto({ freeRequests }: { readonly freeRequests: number }): Promise<Moto> {
  const server = await startServerProcess({
    command: join(folder, 'bin', 'python'),
    args: [serverFile(), '--host', '127.0.0.1', '--port', '0'],
    ready: /Running on http:\/\/127\.0\.0\.1:(\d+)/,
    // https://docs.getmoto.org/en/latest/docs/iam.html
    env: { ...process.env, INITIAL_NO_AUTH_ACTION_COUNT: String(freeRequests), PYTHONUNBUFFERED: '1' },
  });
  return { url: `http://127.0.0.1:${server.port}`, close: () => server.close() };
}

function serverFile(): string {
  return join(folder, 'bin', 'moto_server');
}

async function install(): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  await runProgram('python3', ['-m', 'venv', '--clear', folder], { output: 'keep' });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  await runProgram(join(folder, 'bin', 'python'), [...pip, `moto[ecr,sts,server]==${version}`], { output: 'keep' });
}

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';
import { findOnPath } from '../support/findOnPath.ts';
import { installVsCodeServer } from '../support/installVsCodeServer.ts';
import { repositoryFolder } from '../support/paths.ts';
import { runProgram } from '../support/runProgram.ts';
import { skopeo, skopeoProgram } from '../support/skopeo.ts';
import { microsoftPackage } from './microsoft.ts';

export function describeMachine(): Readonly<Record<string, string | number>> {
  const mebibytes = Math.round(totalmem() / 1024 / 1024);
  return {
    system: `${type()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model ?? '',
    cores: availableParallelism(),
    mebibytes,
  };
}

/** How busy the machine was: of processes that ran or waited, the mean of a minute. */
export function machineLoad(): number {
  return loadavg()[0] ?? Number.NaN;
}

export async function describeVersions(): Promise<Readonly<Record<string, string>>> {
  const { version } = await readJson(join(repositoryFolder, 'package.json'));
  return {
    gantry: `${version} at ${await commit()}`,
    node: process.version,
    undici: await packageVersion('undici'),
    [microsoftPackage]: await packageVersion(microsoftPackage),
    skopeo: findOnPath(skopeoProgram) === undefined ? 'none' : (await skopeo('--version')).replace(/\D+/, '').trim(),
    vsCode: await vsCodeVersion(),
  };
}

async function commit(): Promise<string> {
  try {
    const git = (...args: string[]): Promise<string> => runProgram('git', args, { output: 'keep' });
    const changes = await git('status', '--porcelain', '--untracked-files=no', '--', 'src', 'esbuild.mjs');
    return `${(await git('rev-parse', '--short', 'HEAD')).trim()}${changes === '' ? '' : ', changed since'}`;
  } catch {
    return 'no commit';
  }
}

async function vsCodeVersion(): Promise<string> {
  const { script } = await installVsCodeServer();
  return (await readJson(join(dirname(dirname(script)), 'product.json'))).version;
}

async function packageVersion(name: string): Promise<string> {
  const require = createRequire(import.meta.url);
  return (await readJson(require.resolve(`${name}/package.json`))).version;
}

async function readJson(file: string): Promise<{ readonly version: string }> {
  return JSON.parse(await readFile(file, 'utf8')) as { readonly version: string };
}

import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { compilerPackages, ensureDebianPackages } from './debianPackages.ts';
import { cacheFolder } from './paths.ts';
import { withProgress } from './progress.ts';
import { runProgram } from './runProgram.ts';
import { removeFolder } from './temporaryFolder.ts';

/** Carries VS Code 1.139.1, workbench and server. */
const codeServerVersion = '4.139.1';

/**
 * The server runs on a Node of its own, the major version that code-server asks for: native modules stay valid when the
 * project's Node changes, and the package brings the C++ headers that they are compiled with.
 */
const nodePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const nodeVersion = '24.21.0';

/** The native modules without which server or extension host does not work; the others need minutes and more libraries. */
const nativeModules = ['@vscode/spdlog', '@vscode/native-watchdog'];

export interface VsCodeServer {
  /** The Node that runs it. */
  readonly node: string;
  /** The script that is the VS Code server. */
  readonly script: string;
}

/** The VS Code server of the cache folder, installed there first where it is missing. */
export async function installVsCodeServer(): Promise<VsCodeServer> {
  const folder = join(cacheFolder, `code-server-${codeServerVersion}`);
  if (!existsSync(folder)) {
    await ensureDebianPackages(compilerPackages);
    await withProgress(`Installing the VS Code server (code-server ${codeServerVersion})`, 'about a minute, once', () =>
      installInto(folder),
    );
  }
  return findServer(folder);
}

function findServer(folder: string): VsCodeServer {
  return {
    node: join(folder, 'node_modules', nodePackage, 'bin/node'),
    script: join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js'),
  };
}

async function installInto(folder: string): Promise<void> {
  // Renamed when complete, so that an interrupted install is never mistaken for a finished one.
  const unfinished = `${folder}.unfinished`;
  await removeFolder(unfinished);
  await mkdir(unfinished, { recursive: true });
  await writeFile(join(unfinished, 'package.json'), '{ "private": true }\n');

  const packages = [`code-server@${codeServerVersion}`, `${nodePackage}@${nodeVersion}`];
  await npm(unfinished, ['install', '--ignore-scripts', '--omit=optional', ...packages]);

  const { node, script } = findServer(unfinished);
  const vsCodeFolder = dirname(dirname(script));
  // Not `npm ci`: its lock file is not complete.
  await npm(vsCodeFolder, ['install', '--ignore-scripts', '--omit=dev']);
  await npm(vsCodeFolder, ['rebuild', ...nativeModules], {
    PATH: [dirname(node), process.env['PATH']].join(delimiter),
    npm_config_nodedir: dirname(dirname(node)),
  });
  await rename(unfinished, folder);
}

async function npm(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  await runProgram('npm', args, { cwd, env: { ...process.env, ...env }, output: 'keep' });
}

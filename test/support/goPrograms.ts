import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Context } from 'mocha';
import { findOnPath } from './findOnPath.ts';
import { cacheFolder, repositoryFolder } from './paths.ts';
import { skipBecause } from './programs.ts';
import { withProgress } from './progress.ts';
import { runProgram } from './runProgram.ts';

/** A program that is built from a Go module, once per version, into the cache folder. */
export interface GoProgram {
  readonly name: string;
  readonly package: string;
  readonly version: string;
  /** Names, in the environment, one that somebody built already; where it is unset, one on the PATH serves too. */
  readonly variable?: string;
  /** For a program of ours around a module: its folder in test/support/go. */
  readonly inFolder?: string;
  /** For what `go install` refuses, since its go.mod replaces modules: it is built where its module was downloaded. */
  readonly inItsModule?: {
    readonly flags: readonly string[];
    /** Folders of the module that it reads when it runs; they are put beside it. */
    readonly folders: readonly string[];
  };
}

export const distribution3: GoProgram = {
  name: 'registry',
  package: 'github.com/distribution/distribution/v3/cmd/registry',
  version: 'v3.1.2',
};

/** Its smallest build takes minutes, one with the extension `search` far longer: that one is only taken as given. */
export const zot: GoProgram = {
  name: 'zot',
  package: 'zotregistry.dev/zot/v2/cmd/zot',
  version: 'v2.1.20',
  variable: 'GANTRY_ZOT',
};

/** Versions from 1.27 on need modules that not every module proxy has. */
export const gitea: GoProgram = {
  name: 'gitea',
  package: 'code.gitea.io/gitea',
  version: 'v1.26.4',
  inItsModule: { flags: ['-tags', 'sqlite sqlite_unlock_notify'], folders: ['options', 'public', 'templates'] },
};

/** A small registry of OCI 1.1 that others wrote; it builds in seconds. The version is that in its go.mod. */
export const goContainerRegistry: GoProgram = {
  name: 'go-containerregistry',
  package: 'github.com/google/go-containerregistry',
  version: 'v0.22.1',
  inFolder: 'registry',
};

/** Peers of the benchmarks. */
export const crane: GoProgram = {
  name: 'crane',
  package: 'github.com/google/go-containerregistry/cmd/crane',
  version: 'v0.22.1',
};
export const regctl: GoProgram = {
  name: 'regctl',
  package: 'github.com/regclient/regclient/cmd/regctl',
  version: 'v0.11.1',
};

/** What the registry tests need; without one, those that need it are skipped. */
export const registryGoPrograms: readonly GoProgram[] = [goContainerRegistry, distribution3, zot];

/** What failed to build, which is not tried again in the same run. */
const unbuildable = new Set<GoProgram>();

/** Builds what is missing where there is a Go compiler; elsewhere one line says what is not there. */
export async function ensureGoPrograms(programs: readonly GoProgram[]): Promise<void> {
  for (const program of programs) {
    if (unbuildable.has(program) || existsSync(goProgramFile(program))) continue;
    const source = sourceOf(program);
    if (findOnPath('go') === undefined) {
      console.log(`Not built: ${source}. To have it, install Go.`);
      continue;
    }
    try {
      await withProgress(`Building ${source}`, 'some minutes, once', () => build(program, source));
    } catch (error) {
      unbuildable.add(program);
      console.log(`Could not build ${source}; what needs it is skipped.\n${error}`);
    }
  }
}

/** Where the program is, or will be once it is built. */
export function goProgramFile(program: GoProgram): string {
  const { name, variable } = program;
  const given = variable && (process.env[variable] || findOnPath(name));
  return given || join(goProgramFolder(program), process.platform === 'win32' ? `${name}.exe` : name);
}

/** Skips the suite or test, with one line that says why, where there is no such program. */
export function needsGoProgram(test: Context, program: GoProgram): void {
  const file = goProgramFile(program);
  if (existsSync(file)) return;
  const isNamed = program.variable !== undefined && process.env[program.variable] !== undefined;
  skipBecause(
    test,
    isNamed ? `${program.variable} names ${file}, which is not there` : `${sourceOf(program)} is not built`,
  );
}

function sourceOf({ package: path, version }: GoProgram): string {
  return `${path}@${version}`;
}

async function build(program: GoProgram, source: string): Promise<void> {
  const folder = goProgramFolder(program);
  if (program.inFolder !== undefined) {
    const cwd = join(repositoryFolder, 'test', 'support', 'go', program.inFolder);
    // Git knows nothing of it that matters, and some checkouts have none.
    await runProgram('go', ['build', '-buildvcs=false', '-o', goProgramFile(program), '.'], { cwd, output: 'keep' });
    return;
  }
  if (program.inItsModule === undefined) {
    await runProgram('go', ['install', source], { env: { ...process.env, GOBIN: folder }, output: 'keep' });
    return;
  }
  const { flags, folders } = program.inItsModule;
  const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', source]);
  const { Dir: cwd } = JSON.parse(stdout) as { readonly Dir: string };
  for (const name of folders) {
    await cp(join(cwd, name), join(folder, name), { recursive: true });
  }
  await runProgram('go', ['build', ...flags, '-o', goProgramFile(program), '.'], { cwd, output: 'keep' });
}

/** Where the program is, with the folders that it needs. */
export function goProgramFolder({ name, version }: GoProgram): string {
  return join(cacheFolder, 'bin', `${name}-${version}`);
}

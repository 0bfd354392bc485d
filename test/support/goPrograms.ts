import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { findOnPath } from './findOnPath.ts';
import { cacheFolder } from './paths.ts';
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

/** What the registry tests need; without one, those that need it are skipped. */
export const registryGoPrograms: readonly GoProgram[] = [distribution3, zot];

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
  return given || join(folderOf(program), process.platform === 'win32' ? `${name}.exe` : name);
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
  const env = { ...process.env, GOBIN: folderOf(program) };
  await runProgram('go', ['install', source], { env, output: 'keep' });
}

function folderOf({ name, version }: GoProgram): string {
  return join(cacheFolder, 'bin', `${name}-${version}`);
}

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
}

export const distribution3: GoProgram = {
  name: 'registry',
  package: 'github.com/distribution/distribution/v3/cmd/registry',
  version: 'v3.1.2',
};

/** What the registry tests need; without one, those that need it are skipped. */
export const registryGoPrograms: readonly GoProgram[] = [distribution3];

/** Builds what is missing where there is a Go compiler; elsewhere one line says what is not there. */
export async function ensureGoPrograms(programs: readonly GoProgram[]): Promise<void> {
  for (const program of programs) {
    if (existsSync(goProgramFile(program))) continue;
    const source = `${program.package}@${program.version}`;
    if (findOnPath('go') === undefined) {
      console.log(`Not built: ${source}. To have it, install Go.`);
      continue;
    }
    try {
      await withProgress(`Building ${source}`, 'some minutes, once', () => build(program, source));
    } catch (error) {
      console.log(`Could not build ${source}; what needs it is skipped.\n${error}`);
    }
  }
}

/** Where the program is once it is built. */
export function goProgramFile({ name, version }: GoProgram): string {
  return join(goProgramFolder(name, version), process.platform === 'win32' ? `${name}.exe` : name);
}

/** Skips the suite or test, with one line that says why, where a program is not built. */
export function needsGoProgram(test: Context, program: GoProgram): void {
  if (!existsSync(goProgramFile(program))) skipBecause(test, `${program.package}@${program.version} is not built`);
}

async function build({ name, version }: GoProgram, source: string): Promise<void> {
  const env = { ...process.env, GOBIN: goProgramFolder(name, version) };
  await runProgram('go', ['install', source], { env, output: 'keep' });
}

function goProgramFolder(name: string, version: string): string {
  return join(cacheFolder, 'bin', `${name}-${version}`);
}

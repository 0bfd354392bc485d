import { join } from 'node:path';
import { repositoryFolder } from './paths.ts';
import { runProgram } from './runProgram.ts';

/** Builds the extension, and the suite of the extension host with `tests`. */
export async function build({ tests }: { readonly tests: boolean }): Promise<void> {
  const args = [join(repositoryFolder, 'esbuild.mjs'), ...(tests ? ['--tests'] : [])];
  await runProgram(process.execPath, args, { output: 'keep' });
}

import { repositoryFolder } from './paths.ts';
import { runProgram } from './runProgram.ts';

/** Builds for production and writes the `.vsix`. The same commit gives the same bytes. */
export async function packageExtension(file: string): Promise<void> {
  const args = [
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    file,
  ];
  // A zip file tells local time.
  const env = { ...process.env, SOURCE_DATE_EPOCH: await sourceDate(), TZ: 'UTC' };
  await runProgram('vsce', args, { output: 'keep', env });
}

/** In seconds since 1970: what the caller says, else the time of the last commit. */
async function sourceDate(): Promise<string> {
  const given = process.env['SOURCE_DATE_EPOCH'];
  if (given !== undefined) return given;
  try {
    return (await runProgram('git', ['log', '-1', '--format=%ct'], { output: 'keep', cwd: repositoryFolder })).trim();
  } catch (error) {
    throw new Error('Outside a git checkout, set SOURCE_DATE_EPOCH to the time that the files of the package get.', {
      cause: error,
    });
  }
}

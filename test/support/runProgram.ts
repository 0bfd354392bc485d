import { repositoryFolder } from './paths.ts';
import { spawnProgram } from './spawnProgram.ts';

export interface ProgramOptions {
  /** The repository unless told. */
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** `show` passes its output on as it comes; `keep` shows it only when the program fails. */
  readonly output: 'show' | 'keep';
}

/** Runs a program to its end and returns the output that was kept. Rejects when it fails. */
export function runProgram(command: string, args: readonly string[], options: ProgramOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawnProgram(command, args, {
      cwd: options.cwd ?? repositoryFolder,
      env: options.env ?? process.env,
      stdio: options.output === 'show' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    });
    let kept = '';
    const keep = (chunk: Buffer): void => {
      kept += chunk;
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.once('error', (error) => reject(new Error(`${command} did not start: ${error.message}`, { cause: error })));
    child.once('close', (code, signal) => {
      if (code === 0) resolve(kept);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}\n${kept}`.trimEnd()));
    });
  });
}

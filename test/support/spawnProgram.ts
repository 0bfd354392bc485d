import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';

/** Like `spawn`, also for the programs that are scripts on Windows (npm, vsce, code): only a shell starts those there. */
export function spawnProgram(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  if (process.platform !== 'win32') return spawn(command, args, options);
  return spawn([command, ...args].map(quote).join(' '), { ...options, shell: true });
}

function quote(text: string): string {
  return /[\s"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

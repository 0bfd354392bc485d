import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Context } from 'mocha';

/** Skips the suite or test, with one line that says why, where a program that it needs is not on this machine. */
export function needsPrograms(test: Context, ...programs: string[]): void {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length === 0) return;
  console.log(`skipped: ${test.runnable().fullTitle()}: this machine has no ${missing.join(', ')}`);
  test.skip();
}

function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

import type { Context } from 'mocha';
import { findOnPath } from './findOnPath.ts';

/** Skips the suite or test, with one line that says why, where a program that it needs is not on this machine. */
export function needsPrograms(test: Context, ...programs: string[]): void {
  const missing = programs.filter((program) => findOnPath(program) === undefined);
  if (missing.length === 0) return;
  console.log(`skipped: ${test.runnable().fullTitle()}: this machine has no ${missing.join(', ')}`);
  test.skip();
}

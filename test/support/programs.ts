import { type Context, Hook } from 'mocha';
import { findOnPath } from './findOnPath.ts';

/** Skips the suite or test, with one line that says why, where a program that it needs is not on this machine. */
export function needsPrograms(test: Context, ...programs: string[]): void {
  const missing = programs.filter((program) => findOnPath(program) === undefined);
  if (missing.length > 0) skipBecause(test, `this machine has no ${missing.join(', ')}`);
}

export function skipBecause(test: Context, reason: string): void {
  const runnable = test.runnable();
  // In a `before` hook it is about the whole suite.
  const title = runnable instanceof Hook ? runnable.parent?.fullTitle() : runnable.fullTitle();
  console.log(`skipped: ${title}: ${reason}`);
  test.skip();
}

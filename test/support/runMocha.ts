import type Mocha from 'mocha';

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Runs the suites that are loaded. A test that passed only when it was tried again is named at the end. */
export function runMocha(mocha: Mocha, onFailure?: (title: string) => void): Promise<TestCounts> {
  const triedAgain: string[] = [];
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      for (const line of triedAgain) console.log(line);
      resolve({ passed: passes, failed: failures, skipped: pending });
    });
    runner.on('fail', (test) => onFailure?.(test.fullTitle()));
    runner.on('retry', (test, error) => {
      triedAgain.push(`Tried again: ${test.fullTitle()}\n  ${error.stack ?? error}`);
      onFailure?.(test.fullTitle());
    });
  });
}

import type Mocha from 'mocha';

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Runs the suites that are loaded. */
export function runMocha(mocha: Mocha, onFailure?: (title: string) => void): Promise<TestCounts> {
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed: failures, skipped: pending });
    });
    runner.on('fail', (test) => onFailure?.(test.fullTitle()));
  });
}

import { setTimeout as wait } from 'node:timers/promises';

/** Repeats a check until it holds, for what no locator can wait for. Fails as the check failed at last. */
export async function eventually(check: () => Promise<void> | void, milliseconds = 10_000): Promise<void> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await wait(50);
  }
}

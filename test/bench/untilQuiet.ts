import { setTimeout as wait } from 'node:timers/promises';

/** VS Code starts its own extensions when a window has opened, in the same process: nothing can be measured beside them. */
export async function untilQuiet(): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (let punctual = 0; punctual < 100 && performance.now() < deadline; punctual++) {
    const start = performance.now();
    await wait(10);
    if (performance.now() - start > 20) punctual = 0;
  }
}

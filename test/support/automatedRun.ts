import type { Browser } from 'playwright-core';
import type { Workbench } from './workbench.ts';

const deadline = 10 * 60_000;

/**
 * Opens a workbench in a page of its own, which makes its server run the host tests, and returns their exit code.
 * `onLog` gets what extensions print in the meantime.
 */
export async function runHostTests(
  browser: Browser,
  workbench: Workbench,
  onLog: (type: string, text: string) => void,
): Promise<number> {
  const page = await browser.newPage();
  try {
    // Names that VS Code calls in the page of an automated run.
    await page.exposeFunction('codeAutomationLog', (type: string, args: readonly unknown[]) =>
      onLog(type, args.map(String).join(' ')),
    );
    const exitCode = new Promise<number>((resolve, reject) => {
      page.exposeFunction('codeAutomationExit', resolve).catch(reject);
      page.once('crash', () => reject(new Error('The page of the workbench crashed.')));
      void workbench.ended.then(() => reject(new Error('The VS Code server ended before the tests did.')));
      setTimeout(reject, deadline, new Error(`The tests did not end within ${deadline / 60_000} minutes.`)).unref();
    });
    await Promise.all([page.goto(workbench.url), exitCode]);
    return await exitCode;
  } finally {
    await page.close();
  }
}

import type { Browser, Page, ViewportSize } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { evidenceIsKept, keepEvidence, watchPage } from './evidence.ts';
import { startWorkbench, type WorkbenchOptions } from './workbench.ts';
import { type Settings, withoutLogins } from './workbenchSettings.ts';

export interface OpenWorkbenchOptions extends WorkbenchOptions {
  /** 1280 × 800 unless told. */
  readonly viewport?: ViewportSize;
  /** Device pixels to one of CSS: 2 makes sharp pictures. */
  readonly deviceScaleFactor?: number;
  /** What the page takes for the present: dates are shown by their distance to it. */
  readonly now?: string;
}

export interface OpenedWorkbench {
  readonly page: Page;
  readonly url: string;
  readonly dataFolder: string;
  /** Everything that the server has printed so far. */
  readonly output: () => string;
  /** Closes the browser and ends the server. Belongs in a hook: a test that fails keeps a picture only of what is open. */
  dispose(): Promise<void>;
}

/** Tooltips of trees would cover the row that a test clicks next; the hovers of editors have a delay of their own. */
const withoutTooltips: Settings = { 'workbench.hover.delay': 60_000 };

/** A workbench of its own, in a browser of its own. */
export async function openWorkbench(options: OpenWorkbenchOptions): Promise<OpenedWorkbench> {
  const { viewport = { width: 1280, height: 800 }, deviceScaleFactor = 1 } = options;
  const workbench = await startWorkbench({
    ...options,
    settings: { ...withoutTooltips, ...options.settings },
    env: { ...withoutLogins, ...options.env },
  });
  let browser: Browser | undefined;
  async function dispose(): Promise<void> {
    await evidenceIsKept();
    await browser?.close();
    await workbench.dispose();
  }
  try {
    browser = await launchBrowser();
    const page = await browser.newPage({ viewport, deviceScaleFactor });
    watchPage(page, workbench.output);
    if (options.now !== undefined) await page.clock.setFixedTime(options.now);
    await page.goto(workbench.url);
    // What extensions contribute comes a moment after the rest.
    await page.locator('.activitybar').getByRole('tab', { name: 'Gantry' }).waitFor();
    return { page, url: workbench.url, dataFolder: workbench.dataFolder, output: workbench.output, dispose };
  } catch (error) {
    keepEvidence('opening the workbench');
    await dispose();
    throw error;
  }
}

import type { FrameLocator, Page } from 'playwright-core';

/** Opens a view container by its name in the activity bar. */
export async function openViewContainer(page: Page, name: string): Promise<void> {
  await page.locator('.activitybar').getByRole('tab', { name, exact: true }).click();
}

/** Runs a command through the palette, as a user does; `title` is the whole line, such as `Gantry: Show Log`. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press('F1');
  const palette = page.locator('.quick-input-widget');
  await palette.locator('input').first().fill(`>${title}`);
  await palette.getByRole('option', { name: title }).first().click();
}

/** The content of the panel that is in front. */
export function activePanel(page: Page): FrameLocator {
  // Webviews sit two frames deep.
  return page.frameLocator('iframe.webview.ready:visible').frameLocator('iframe#active-frame');
}

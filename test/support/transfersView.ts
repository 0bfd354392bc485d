import type { Locator, Page } from 'playwright-core';
import { eventually } from './eventually.ts';

/** A row of the view of transfers, by the beginning of its accessible name. The view opens by its title. */
export async function transferRow(page: Page, name: RegExp): Promise<Locator> {
  const title = page.locator('.part.sidebar').getByRole('button', { name: 'Transfers Section' });
  await title.waitFor();
  if ((await title.getAttribute('aria-expanded')) !== 'true') await title.click();
  return page.getByRole('tree', { name: 'Transfers' }).getByRole('treeitem', { name });
}

/** Presses a button of a row and waits for what that leads to: VS Code loses a click that falls between two drawings of a row. */
export async function pressInRow(row: Locator, button: string, next: Locator): Promise<void> {
  await eventually(async () => {
    if (await next.isVisible()) return;
    await row.hover({ timeout: 5_000 });
    await row.getByRole('button', { name: button }).click({ timeout: 5_000 });
    await next.waitFor({ timeout: 5_000 });
  }, 40_000);
}

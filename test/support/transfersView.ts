import type { Locator, Page } from 'playwright-core';

/** A row of the view of transfers, by the beginning of its accessible name. The view opens by its title. */
export async function transferRow(page: Page, name: RegExp): Promise<Locator> {
  const title = page.locator('.part.sidebar').getByRole('button', { name: 'Transfers Section' });
  await title.waitFor();
  if ((await title.getAttribute('aria-expanded')) !== 'true') await title.click();
  return page.getByRole('tree', { name: 'Transfers' }).getByRole('treeitem', { name });
}

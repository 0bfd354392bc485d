import type { Locator, Page } from 'playwright-core';
import { eventually } from './eventually.ts';

/** The tree of the view "Registries", as a user sees it. */
export function registriesTree(page: Page): Locator {
  return page.getByRole('tree', { name: 'Registries' });
}

/**
 * A row by its accessible name, such as `Tag 1.10.1` or, by an expression, the beginning of it. Rows that are scrolled
 * out of sight do not exist.
 */
export function treeRow(page: Page, name: string | RegExp): Locator {
  return registriesTree(page).getByRole('treeitem', { name, exact: true });
}

/** Expands rows from the outside in, each by its arrow, which opens nothing. */
export async function expandRows(page: Page, ...names: readonly (string | RegExp)[]): Promise<void> {
  for (const name of names) {
    const row = treeRow(page, name);
    await eventually(async () => {
      if ((await row.getAttribute('aria-expanded')) === 'true') return;
      // A row that opens by itself at this moment is closed by it.
      await row.locator('.monaco-tl-twistie').click();
      await row.and(page.locator('[aria-expanded="true"]')).waitFor({ timeout: 3_000 });
    }, 30_000);
  }
}

/** The accessible names of all rows in sight, from top to bottom. */
export async function rowNames(page: Page): Promise<string[]> {
  const rows = await registriesTree(page).getByRole('treeitem').all();
  const places = await Promise.all(
    rows.map(async (row) => ({
      name: (await row.getAttribute('aria-label')) ?? '',
      top: (await row.boundingBox())?.y ?? 0,
    })),
  );
  return places.sort((a, b) => a.top - b.top).map(({ name }) => name);
}

import type { Locator, Page } from 'playwright-core';
import { eventually } from './eventually.ts';

/** The tree of the view "Registries", as a user sees it. */
export function registriesTree(page: Page): Locator {
  return page.getByRole('tree', { name: 'Registries' });
}

/**
 * A row by its accessible name, such as `Repository shop/web` or, by an expression, the beginning of it. A tag by its name
 * alone: `Tag 1.10.1`, whatever is known of its image by now. Rows that are scrolled out of sight do not exist.
 */
export function treeRow(page: Page, name: string | RegExp): Locator {
  const isTag = typeof name === 'string' && name.startsWith('Tag ');
  const shown = isTag ? new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:, |$)`) : name;
  return registriesTree(page).getByRole('treeitem', { name: shown, exact: true });
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

/** The accessible names of all rows in sight, from top to bottom; of tags without what is known of their images. */
export async function rowNames(page: Page): Promise<string[]> {
  const rows = await registriesTree(page).getByRole('treeitem').all();
  const places = await Promise.all(
    rows.map(async (row) => ({
      name: ((await row.getAttribute('aria-label')) ?? '').replace(/^(Tag [^,]+), .*$/, '$1'),
      top: (await row.boundingBox())?.y ?? 0,
    })),
  );
  return places.sort((a, b) => a.top - b.top).map(({ name }) => name);
}

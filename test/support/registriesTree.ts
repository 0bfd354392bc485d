import assert from 'node:assert/strict';
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

/** Expands rows from the outside in, each by its arrow, which opens nothing, until all of them are open at once. */
export async function expandRows(page: Page, ...names: readonly (string | RegExp)[]): Promise<void> {
  const rows = names.map((name) => treeRow(page, name));
  const open = page.locator('[aria-expanded="true"]');
  const closed = page.locator('[aria-expanded="false"]');
  await eventually(async () => {
    // One that was drawn anew while it was being opened can be closed again, with all that was open in it.
    for (const row of rows) {
      if ((await row.getAttribute('aria-expanded', { timeout: 10_000 })) === 'true') continue;
      await row.locator('.monaco-tl-twistie').click({ timeout: 10_000 });
      await row.and(open).waitFor({ timeout: 3_000 });
    }
    for (const row of rows) assert.equal(await row.and(closed).count(), 0, `${row} is closed`);
  }, 40_000);
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

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { answer, chooseFromMenu, notification, openViewContainer } from '../support/workbenchPage.ts';

describe('the view of transfers', () => {
  const workbench = useSampleWorkbench(() => ({ seed: seedCompany, viewport: { width: 1300, height: 1000 } }));

  /** Rows are of a view of their own, which opens by its title. */
  async function transferRow(page: Page, name: RegExp): Promise<Locator> {
    const title = page.locator('.part.sidebar').getByRole('button', { name: 'Transfers Section' });
    await title.waitFor();
    if ((await title.getAttribute('aria-expanded')) !== 'true') await title.click();
    return page.getByRole('tree', { name: 'Transfers' }).getByRole('treeitem', { name });
  }

  it('shows what was copied, opens what came of it, and is cleared', async () => {
    const { page, registry } = workbench();
    await openViewContainer(page, 'Gantry');
    await expandRows(page, /^Registry Sample registry/, 'Repository shop/web');
    await chooseFromMenu(treeRow(page, 'Tag 1.9'), 'Copy to Another Place…');
    await answer(page, 'Copy 127.0.0.1', `${registry.host}/release/web:stable`);
    await notification(page, /release\/web:stable is there now/).waitFor();
    const row = await transferRow(page, /^Copy .*shop\/web:1\.9, to .*release\/web:stable, Copied/);
    await row.waitFor();
    await chooseFromMenu(row, 'Open Result');
    await page.getByRole('tab', { name: /release\/web@sha256/ }).waitFor();
    await row.click();
    await page.locator('.part.sidebar').getByRole('button', { name: 'Clear Ended Transfers' }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByText('shows here while it runs').waitFor();
  });

  it('shows how far one is, cancels it, and goes on with what has come', async () => {
    const { page, registry } = workbench();
    const folder = await makeTemporaryFolder();
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    registry.fault = ({ method, url }) =>
      method === 'GET' && url.pathname.includes('/blobs/') ? { hold: held } : undefined;
    try {
      await openViewContainer(page, 'Gantry');
      await expandRows(page, /^Registry Sample registry/, 'Repository shop/worker');
      await chooseFromMenu(treeRow(page, 'Tag 0.11.0'), 'Copy to Another Place…');
      await answer(page, 'Copy 127.0.0.1', `oci:${folder}:kept`);
      await (await transferRow(page, /^Copy .*shop\/worker:0\.11\.0, to oci:.*kept, Copy · 0 %/)).waitFor();
      const running = await transferRow(page, /^Copy .*shop\/worker:0\.11\.0/);
      await chooseFromMenu(running, 'Cancel');
      await (await transferRow(page, /, Copy cancelled/)).waitFor();
      release();
      await chooseFromMenu(await transferRow(page, /, Copy cancelled/), 'Go On');
      await (await transferRow(page, /to oci:.*kept, Copied/)).waitFor();
      assert.ok((await readFile(join(folder, 'index.json'), 'utf8')).includes('kept'));
    } finally {
      release();
      registry.fault = undefined;
      await removeFolder(folder);
    }
  });
});

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import {
  answer,
  chooseFromMenu,
  inputBox,
  modalDialog,
  notification,
  openViewContainer,
  quickInput,
  reloadWindow,
  runCommand,
} from '../support/workbenchPage.ts';

describe('pruning a repository', () => {
  const workbench = useSampleWorkbench(() => ({
    seed: seedCompany,
    viewport: { width: 1300, height: 1000 },
    machineSettings: { 'gantry.protectedTags': ['1.10.0'] },
  }));

  function tagsOf(repository: string): readonly string[] {
    return [...(workbench().registry.storage.repositories.get(repository)?.tags.keys() ?? [])].sort();
  }

  async function openReview(page: Page, rule: string): Promise<void> {
    await openViewContainer(page, 'Gantry');
    await expandRows(page, /^Registry Sample registry/);
    await chooseFromMenu(treeRow(page, 'Repository shop/web'), 'Prune…');
    await quickInput(page).locator('.quick-input-title', { hasText: 'Prune shop/web' }).waitFor();
    await inputBox(page).fill(rule);
    await quickInput(page).getByRole('option', { name: rule }).first().click();
  }

  async function review(page: Page): Promise<string> {
    const lines = page.locator('.editor-instance .view-lines');
    await lines.getByText('STAYS').waitFor();
    return ((await lines.textContent()) ?? '').replaceAll('\u00a0', ' ');
  }

  it('shows first what would go and why the rest stays', async () => {
    const { page } = workbench();
    const before = tagsOf('shop/web');
    await openReview(page, 'Another rule…');
    await answer(page, 'Prune shop/web', '/^1\\.\\d/', 'Which tags may go?');
    await answer(page, 'Prune shop/web', '2', 'How many of the newest stay?');
    await quickInput(page).getByRole('option', { name: 'The newest by version' }).click();
    await answer(page, 'Prune shop/web', '0', 'How many days old');
    await answer(page, 'Prune shop/web', '1.9*', 'Which tags stay in any case?');
    const text = await review(page);
    // The oldest version first.
    assert.match(text, /GOES: 2 tags[^(]* 1\.8(?:\.0)?\D.*STAYS/s);
    assert.match(text, /protected by the setting gantry\.protectedTags \(1\)\s+1\.10\.0/);
    assert.deepEqual(tagsOf('shop/web'), before);
  });

  it('deletes what it showed after a question, and takes it back', async () => {
    const { page } = workbench();
    const before = tagsOf('shop/web');
    await openReview(page, 'As last time');
    await review(page);
    await page.getByRole('button', { name: 'Delete What the Dry Run Lists…' }).click();
    const dialog = modalDialog(page);
    await dialog.getByText('Delete 2 tags of').waitFor();
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    const done = notification(page, '2 tags deleted.');
    await done.waitFor();
    assert.equal(tagsOf('shop/web').length, before.length - 2);
    await done.getByRole('button', { name: 'Undo' }).click();
    await eventually(() => assert.deepEqual(tagsOf('shop/web'), before));
  });

  it('is put back from its record after the window was loaded anew', async () => {
    const { page } = workbench();
    const before = tagsOf('shop/web');
    await openReview(page, 'As last time');
    await review(page);
    await page.getByRole('button', { name: 'Delete What the Dry Run Lists…' }).click();
    await modalDialog(page).getByRole('button', { name: 'Delete', exact: true }).click();
    await notification(page, '2 tags deleted.').waitFor();
    await eventually(() => assert.equal(tagsOf('shop/web').length, before.length - 2));
    await reloadWindow(page);
    await runCommand(page, 'Gantry: Undo a Deletion, Prune or Moved Tag…');
    await quickInput(page)
      .getByRole('option', { name: /shop\/web, pruned: 2 tags/ })
      .click();
    await eventually(() => assert.deepEqual(tagsOf('shop/web'), before));
  });

  it('asks twice before a protected tag is deleted', async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    await expandRows(page, /^Registry Sample registry/, 'Repository shop/web');
    await chooseFromMenu(treeRow(page, 'Tag 1.10.0'), 'Delete…');
    await modalDialog(page).getByRole('button', { name: 'Delete Tag', exact: true }).click();
    const second = modalDialog(page).filter({ hasText: 'is protected' });
    await second.getByRole('button', { name: 'Cancel' }).click();
    await second.waitFor({ state: 'detached' });
    assert.ok(tagsOf('shop/web').includes('1.10.0'));
  });
});

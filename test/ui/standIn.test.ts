import assert from 'node:assert/strict';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { transferRow } from '../support/transfersView.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { chooseFromMenu, modalDialog, notification, openViewContainer } from '../support/workbenchPage.ts';

describe('a registry that deletes a digest with all of its tags', () => {
  const workbench = useSampleWorkbench(() => ({
    seed: seedCompany,
    registry: { deletes: 'digests' },
    viewport: { width: 1200, height: 1000 },
  }));

  function tags(): Map<string, string> {
    const { tags } = workbench().registry.storage.repositories.get('shop/web') ?? {};
    assert.ok(tags);
    return tags;
  }

  async function askForDeletion(): Promise<void> {
    const { page, registry } = workbench();
    await openViewContainer(page, 'Gantry');
    await expandRows(page, /^Registry Sample registry/, 'Repository shop/web');
    await chooseFromMenu(treeRow(page, 'Tag 1.8'), 'Delete…');
    await modalDialog(page).getByRole('button', { name: 'Delete Tag', exact: true }).click();
    await modalDialog(page).getByText(`${registry.host} removes no tag alone.`).waitFor();
  }

  it('keeps the tag, and complains of nothing, when the way round is not wanted', async () => {
    const { page } = workbench();
    const before = new Map(tags());
    await askForDeletion();
    await modalDialog(page).getByRole('button', { name: 'Cancel' }).click();
    await (await transferRow(page, /^Delete .*shop\/web:1\.8, .*cancelled/)).waitFor();
    assert.equal(await notification(page, 'cannot').count(), 0);
    assert.deepEqual(tags(), before);
  });

  it('lets one tag go and keeps the others of the same image by a stand-in', async () => {
    const { page } = workbench();
    const before = new Map(tags());
    assert.equal(before.get('1.8'), before.get('1.8.0'));
    await askForDeletion();
    await modalDialog(page).getByRole('button', { name: 'Remove by Stand-In' }).click();
    await notification(page, 'shop/web:1.8 was deleted.').waitFor();
    before.delete('1.8');
    assert.deepEqual(tags(), before);
  });
});

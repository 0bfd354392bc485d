import { expandRows, treeRow } from '../support/registriesTree.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { htmlReply } from '../support/sampleRegistry/faults.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { answer, chooseFromMenu, inputBox, openViewContainer, quickInput } from '../support/workbenchPage.ts';

describe('a registry that lists no repositories', () => {
  const workbench = useSampleWorkbench(() => ({ seed: seedCompany }));

  beforeEach(async () => {
    const { page, registry } = workbench();
    registry.fault = ({ url }) =>
      String(url).includes('_catalog') ? { reply: { ...htmlReply(), status: 404 } } : undefined;
    await openViewContainer(page, 'Gantry');
    await expandRows(page, /^Registry Sample registry/);
  });

  it('offers to open an image by name, says when there is none, and keeps the one that there is', async () => {
    const { page } = workbench();
    await treeRow(page, /Its images can still be opened by name/).waitFor();
    await treeRow(page, 'Open an image by name…').click();
    await answer(page, 'Open an Image of Sample registry', 'Shop/Web');
    await quickInput(page).getByText('lower case').waitFor();
    await answer(page, 'Open an Image of Sample registry', 'shop/unknown');
    await quickInput(page)
      .getByText(/does not have/)
      .waitFor();
    await inputBox(page).fill('shop/web:1.10.1');
    await page.keyboard.press('Enter');
    await treeRow(page, 'Tag 1.10.1').and(page.locator('[aria-selected="true"]')).waitFor();
  });

  it('shows what is kept until it is taken out', async () => {
    const { page } = workbench();
    await chooseFromMenu(treeRow(page, 'Repository shop/web'), 'Unpin Repository');
    await treeRow(page, 'Repository shop/web').waitFor({ state: 'detached' });
    await treeRow(page, 'Open an image by name…').waitFor();
  });
});

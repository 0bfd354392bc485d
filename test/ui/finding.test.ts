import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { expandRows, registriesTree, rowNames, treeRow } from '../support/registriesTree.ts';
import { manyReleases } from '../support/sampleImages/crowd.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import {
  activePanel,
  answer,
  chooseFromMenu,
  inputBox,
  modalDialog,
  notification,
  openFile,
  openViewContainer,
  quickInput,
  reloadWindow,
  runCommand,
  showImage,
} from '../support/workbenchPage.ts';

const sample = /^Registry Sample registry/;

describe('finding images', () => {
  const workbench = useSampleWorkbench(() => ({
    seed: (registry) => {
      seedCompany(registry);
      for (const { tag, image } of manyReleases('2025-06-01T12:00:00Z', 200))
        registry.push('platform/nightly', image, tag);
    },
    viewport: { width: 1000, height: 1000 },
    files: () => ({ 'notes.txt': '' }),
  }));

  beforeEach(async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    await page.locator('.part.sidebar').getByRole('button', { name: 'Collapse All' }).click();
  });

  it('tells the date, size and digest of the tags that are in view, and which name the same image', async () => {
    const { page } = workbench();
    await expandRows(page, sample, 'Repository shop/web');
    const row = registriesTree(page).getByRole('treeitem', {
      name: /^Tag latest, Jun 1, 2025, [\d.]+ [kM]B, sha256:[0-9a-f]{12}, = /,
    });
    await row.waitFor();
    assert.match((await row.getAttribute('aria-label')) ?? '', /= (?:1\.10, 1\.10\.1|1\.10\.1, 1\.10)$/);
  });

  it('filters tags, says so beside the title of the view, and shows all again at a click', async () => {
    const { page } = workbench();
    await expandRows(page, sample, 'Repository shop/web');
    await treeRow(page, 'Tag 1.8.0').waitFor();
    await runCommand(page, 'Gantry: Filter Tags…');
    await answer(page, 'Filter Tags', 'nothing of this');
    await treeRow(page, 'Tag latest').waitFor({ state: 'detached' });
    assert.deepEqual(await tagNames(), []);
    await runCommand(page, 'Gantry: Filter Tags…');
    await answer(page, 'Filter Tags', '1.9*');
    await treeRow(page, 'Tag 1.9.0').waitFor();
    assert.deepEqual(await tagNames(), ['1.9', '1.9.0']);
    const sideBar = page.locator('.part.sidebar');
    await sideBar.getByText('Tags: 1.9*').waitFor();

    await treeRow(page, sample).hover();
    await sideBar.getByRole('button', { name: 'Clear Filter' }).click();
    await treeRow(page, 'Tag latest').waitFor();
    await sideBar.getByText('Tags: 1.9*').waitFor({ state: 'detached' });
  });

  it('sorts tags as is chosen for a repository', async () => {
    const { page } = workbench();
    await expandRows(page, sample, 'Repository shop/web');
    await treeRow(page, 'Tag 1.8.0').waitFor();
    await chooseFromMenu(treeRow(page, 'Repository shop/web'), 'Sort Tags…');
    await quickInput(page)
      .getByRole('option', { name: /By name/ })
      .click();
    await eventually(async () => {
      assert.deepEqual(await tagNames(), ['1.10', '1.10.0', '1.10.1', '1.8', '1.8.0', '1.9', '1.9.0', 'latest']);
    });
    await chooseFromMenu(treeRow(page, 'Repository shop/web'), 'Sort Tags…');
    await quickInput(page)
      .getByRole('option', { name: /By version/ })
      .click();
    await eventually(async () => assert.equal((await tagNames())[0], 'latest'));
  });

  it('folds the tags of signatures away', async () => {
    const { page } = workbench();
    await expandRows(page, sample, 'Repository shop/api');
    await treeRow(page, 'Tag latest').waitFor();
    assert.deepEqual(
      (await tagNames()).filter((name) => name.startsWith('sha256-')),
      [],
    );
    await runCommand(page, 'Gantry: Show Tags of Signatures and Attachments');
    await registriesTree(page)
      .getByRole('treeitem', { name: /^Tag sha256-[0-9a-f]{64}\.sig/ })
      .waitFor();
    await runCommand(page, 'Gantry: Hide Tags of Signatures and Attachments');
    await registriesTree(page)
      .getByRole('treeitem', { name: /^Tag sha256-/ })
      .waitFor({ state: 'detached' });
  });

  it('searches all registries, then leads to a tag and to what to do with it', async () => {
    const { page, registry } = workbench();
    await runCommand(page, 'Gantry: Search Images…');
    await quickInput(page).locator('.quick-input-title', { hasText: 'Search Images' }).waitFor();
    await inputBox(page).fill('shop api');
    await quickInput(page)
      .getByRole('option', { name: new RegExp(`^${registry.host}/shop/api`) })
      .click();
    await quickInput(page)
      .locator('.quick-input-title', { hasText: `${registry.host}/shop/api` })
      .waitFor();
    await quickInput(page)
      .getByRole('option', { name: /^latest/ })
      .click();
    await quickInput(page)
      .getByRole('option', { name: /^Show Image/ })
      .click();
    await activePanel(page).getByRole('heading', { name: 'shop/api:latest', level: 1 }).waitFor();
  });

  it('takes a reference that is typed into the search as it is', async () => {
    const { page, registry } = workbench();
    await runCommand(page, 'Gantry: Search Images…');
    await quickInput(page).locator('.quick-input-title', { hasText: 'Search Images' }).waitFor();
    await inputBox(page).fill(`${registry.host}/shop/web:1.9.0`);
    await quickInput(page)
      .getByRole('option', { name: /open it/ })
      .click();
    await quickInput(page)
      .getByRole('option', { name: /^Show Image/ })
      .click();
    await activePanel(page).getByRole('heading', { name: 'shop/web:1.9.0', level: 1 }).waitFor();
  });

  it('reveals the image of a panel in the view', async () => {
    const { page, registry } = workbench();
    await showImage(page, `${registry.host}/shop/web:1.9.0`);
    await page.getByRole('button', { name: 'Reveal in the Registries View' }).first().click();
    await treeRow(page, 'Tag 1.9.0').and(page.locator('.selected')).waitFor();
  });

  it('drops the reference of a tag into an editor', async () => {
    const { page, registry } = workbench();
    await openFile(page, 'notes.txt');
    await openViewContainer(page, 'Gantry');
    await expandRows(page, sample, 'Repository shop/web');
    const row = treeRow(page, 'Tag 1.9.0');
    const dropped = page.locator('.editor-instance .view-line', { hasText: '/shop/web:1.9.0' }).first();
    await row.waitFor();
    await eventually(async () => {
      await row.hover();
      await page.mouse.down();
      await page.locator('.editor-instance .view-lines').first().hover();
      await page.mouse.move(700, 300, { steps: 10 });
      await page.mouse.up();
      await dropped.waitFor({ timeout: 5_000 });
    }, 40_000);
    assert.ok((await dropped.textContent())?.includes(`${registry.host}/shop/web:1.9.0`));
    await page.keyboard.press('ControlOrMeta+Z');
    await runCommand(page, 'File: Revert File');
  });

  it('copies tags that are dropped on another repository, after a question', async () => {
    const { page, registry } = workbench();
    await expandRows(page, sample, 'Repository shop/web');
    const target = treeRow(page, 'Repository shop/worker');
    const dialog = modalDialog(page);
    await treeRow(page, 'Tag 1.8.0').waitFor();
    await eventually(async () => {
      await treeRow(page, 'Tag 1.9.0').click();
      await treeRow(page, 'Tag 1.8.0').click({ modifiers: ['ControlOrMeta'] });
      await treeRow(page, 'Tag 1.8.0').dragTo(target);
      await dialog.waitFor({ timeout: 5_000 });
    }, 40_000);
    await dialog.getByText(`Copy 2 images to ${registry.host}/shop/worker?`).waitFor();
    await dialog.getByRole('button', { name: 'Copy', exact: true }).click();
    await notification(page, `2 of 2 images are in ${registry.host}/shop/worker now`).waitFor();
    const { tags } = registry.storage.repositories.get('shop/worker') ?? {};
    assert.ok(tags?.has('1.9.0') && tags.has('1.8.0'));
  });

  it('shows the tags of an image as one row where that is wanted', async () => {
    const { page } = workbench();
    await runCommand(page, 'Gantry: Show Tags of an Image as One Row');
    await expandRows(page, sample, 'Repository shop/web');
    await registriesTree(page)
      .getByRole('treeitem', { name: /^Tag latest, 1\.10(?:, |\.1, )/ })
      .waitFor();
    await treeRow(page, /^Tag 1\.10\.1, /).waitFor({ state: 'detached' });
    await runCommand(page, 'Gantry: Show Each Tag in a Row of Its Own');
    await treeRow(page, /^Tag 1\.10\.1, /).waitFor();
  });

  it('marks a tag that has moved since the last visit, and compares it with what it was', async () => {
    const { page, registry } = workbench();
    await expandRows(page, sample, 'Repository shop/web');
    const label = await treeRow(page, /^Tag 1\.9\.0, .*sha256:/).getAttribute('aria-label');
    const [seen] = /sha256:[0-9a-f]{12}/.exec(label ?? '') ?? assert.fail(`No digest in ${label}`);
    const { tags } = registry.storage.repositories.get('shop/web') ?? assert.fail('The sample has shop/web.');
    // Another one than an earlier try has moved it to.
    const next = [tags.get('1.10.0'), tags.get('1.8.0')].find((digest) => digest?.startsWith(seen) === false);
    tags.set('1.9.0', next ?? assert.fail('Both are one image.'));
    await reloadWindow(page);
    await openViewContainer(page, 'Gantry');
    await expandRows(page, sample, 'Repository shop/web');
    const row = treeRow(page, /^Tag 1\.9\.0, moved, /);
    await row.waitFor();
    await chooseFromMenu(row, 'Compare with What It Was');
    await quickInput(page)
      .locator('.quick-input-title', { hasText: `${seen} ↔ ${registry.host}/shop/web:1.9.0` })
      .waitFor();
    await quickInput(page).getByRole('option').first().waitFor();
    await page.keyboard.press('Escape');
  });

  it('looks at the first tags only where a filter wants to know more, and at the others at a click', async () => {
    const { page, registry } = workbench();
    const imagesRead = (): number =>
      new Set(
        registry.requests.flatMap(({ path }) => /^\/v2\/platform\/nightly\/manifests\/(\d.+)$/.exec(path)?.[1] ?? []),
      ).size;
    await runCommand(page, 'Gantry: Filter Tags…');
    await answer(page, 'Filter Tags', 'platform:s390x');
    await expandRows(page, sample, 'Repository platform/nightly');
    const rest = treeRow(page, /^\d+ tags are not looked at yet/);
    await rest.waitFor();
    await eventually(async () => assert.match((await rest.textContent()) ?? '', /^160 /));
    assert.equal(imagesRead(), 40);
    await eventually(async () => {
      if ((await rest.count()) > 0) await rest.click({ timeout: 5_000 });
      await rest.waitFor({ state: 'detached', timeout: 10_000 });
    }, 60_000);
    assert.equal(imagesRead(), 200);
    await runCommand(page, 'Gantry: Clear Filter');
  });

  async function tagNames(): Promise<readonly string[]> {
    const names = await rowNames(workbench().page);
    return names.filter((name) => name.startsWith('Tag ')).map((name) => name.slice('Tag '.length));
  }
});

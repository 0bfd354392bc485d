import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { expandRows, rowNames, treeRow } from '../support/registriesTree.ts';
import { seedSampleRegistry } from '../support/sampleImages.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { activePanel, openViewContainer } from '../support/workbenchPage.ts';

const sample = /^Registry Sample registry/;

describe('the tree of registries', () => {
  let empty: SampleRegistry;
  let broken: SampleRegistry;
  const workbench = useSampleWorkbench(async () => {
    empty = await startSampleRegistry();
    broken = await startSampleRegistry();
    seedSampleRegistry(broken);
    return {
      // Rows that are out of sight do not exist.
      viewport: { width: 1000, height: 1200 },
      connections: [
        { url: empty.url, label: 'Empty registry' },
        { url: broken.url, label: 'Broken registry' },
      ],
    };
  });

  after(() => Promise.all([empty.close(), broken.close()]));

  beforeEach(async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    await page.locator('.part.sidebar').getByRole('button', { name: 'Collapse All' }).click();
  });

  it('begins with the registries of the settings and Docker Hub', async () => {
    const { page, registry } = workbench();
    await treeRow(page, /Docker Hub/).waitFor();
    assert.deepEqual(await rowNames(page), [
      `Registry Sample registry, ${registry.url}`,
      `Registry Empty registry, ${empty.url}`,
      `Registry Broken registry, ${broken.url}`,
      'Registry Docker Hub, docker.io',
    ]);
  });

  it('leads from a registry over namespace, repository, tag and platform to the files and layers', async () => {
    const { page } = workbench();
    await expandRows(page, sample, 'Namespace shop', 'Repository shop/web', 'Tag 1.10.1', 'Platform linux/arm64/v8');
    await treeRow(page, /^Layer 6/).waitFor();
    const names = await rowNames(page);
    const first = names.indexOf('Tag 1.10.1');
    assert.deepEqual(names.slice(first, first + 11), [
      'Tag 1.10.1',
      'Platform linux/amd64',
      'Platform linux/arm64/v8',
      'Files of the image',
      'Layer 1, 371 kB',
      'Layer 2, 1.95 MB',
      'Layer 3, 89 B',
      'Layer 4, 762 B',
      'Layer 5, 213 kB',
      'Layer 6, 157 B',
      'Platform linux/arm/v7',
    ]);
  });

  it('lists the newest version first', async () => {
    const { page } = workbench();
    await expandRows(page, sample, 'Namespace shop', 'Repository shop/web');
    await treeRow(page, 'Tag 1.8.0').waitFor();
    const tags = (await rowNames(page)).filter((name) => name.startsWith('Tag '));
    assert.deepEqual(
      tags.map((name) => name.slice('Tag '.length)),
      ['latest', '1.10', '1.10.1', '1.10.0', '1.9', '1.9.0', '1.8', '1.8.0'],
    );
  });

  it('shows the first 1,000 of 5,000 tags, and the next ones on demand', async () => {
    const { page } = workbench();
    await expandRows(page, sample, 'Namespace platform', 'Repository platform/nightly');
    await treeRow(page, 'Tag 10.19.24').waitFor();
    for (const shown of ['1,000 of 5,000', '2,000 of 5,000']) {
      const more = treeRow(page, /^Load more/).filter({ hasText: shown });
      await eventually(async () => {
        await page.keyboard.press('End');
        assert.ok(await more.isVisible());
      });
      await more.click();
    }
  });

  it('says of an empty registry that it is empty, and how that changes', async () => {
    const { page } = workbench();
    await expandRows(page, /^Registry Empty/);
    await treeRow(page, 'No repositories yet. Push an image to Empty registry to see it here.').waitFor();
  });

  it('shows a failure in the place of rows with host, cause and next step, and tries again at a click', async () => {
    const { page } = workbench();
    broken.fault = () => ({ connection: { kind: 'reset' } });
    await expandRows(page, /^Registry Broken/);
    const failure = treeRow(page, /^127.0.0.1:\d+ cannot be reached: it closed the connection. Try again/);
    await failure.waitFor();
    await treeRow(page, `Registry Broken registry, ${broken.url} · not reachable`).waitFor();

    broken.fault = undefined;
    await failure.click();
    await treeRow(page, 'Namespace shop').waitFor();
    await treeRow(page, `Registry Broken registry, ${broken.url}`).waitFor();
  });

  it('is walked with the arrow keys, and Enter opens an image', async () => {
    const { page } = workbench();
    const focused = (name: string | RegExp): Promise<void> =>
      treeRow(page, name).and(page.locator('.focused')).waitFor();

    await treeRow(page, sample).click();
    for (const row of ['Namespace billing', 'Repository billing/admin', 'Tag latest']) {
      await treeRow(page, row).waitFor();
      await page.keyboard.press('ArrowDown');
      await focused(row);
      if (!row.startsWith('Tag')) await page.keyboard.press('ArrowRight');
    }
    // VS Code loses a key that falls between two drawings of a row, as when its details come.
    await eventually(async () => {
      await page.keyboard.press('Enter');
      await page.getByRole('tab', { name: /billing\/admin:latest/ }).waitFor({ timeout: 5_000 });
    }, 30_000);
    await activePanel(page).getByRole('heading', { name: 'billing/admin:latest' }).waitFor();
  });
});

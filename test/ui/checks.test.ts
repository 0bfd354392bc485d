import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { notification, openFile, openViewContainer } from '../support/workbenchPage.ts';

describe('what is wrong with the images of a file', () => {
  let offline: SampleRegistry;
  const workbench = useSampleWorkbench(async () => {
    offline = await startSampleRegistry();
    await offline.close();
    return {
      seed: seedCompany,
      // What stands behind an image would be in the lines that are looked for.
      settings: { 'gantry.inlayHints.age': false },
      connections: [{ url: offline.url, label: 'Offline' }],
      files: (host) => ({
        'Dockerfile.behind': '',
        'Dockerfile.missing': `FROM ${host}/shop/web:9.9.9\n`,
        'Dockerfile.upper': `FROM ${host}/Shop/Web:1.10.1\n`,
        'Dockerfile.offline': `FROM ${offline.host}/team/app:1\n`,
        'Dockerfile.drop': `FROM --platform=linux/amd64 ${host}/shop/web:1.9.0 AS web\n`,
      }),
    };
  });

  it('is underlined, and mended by keyboard from the light bulb', async () => {
    const { page, registry } = workbench();
    await openFile(page, 'Dockerfile.upper');
    await underlined(page).waitFor();
    await mend(page, `Write it as ${registry.host}/shop/web:1.10.1`);
    await editorLine(page, `${registry.host}/shop/web:1.10.1`).waitFor();
    await underlined(page).waitFor({ state: 'detached' });
  });

  it('is a digest that its tag has left behind, which is updated by keyboard', async () => {
    const { page, registry, workspace } = workbench();
    const { tags } = registry.storage.repositories.get('shop/web') ?? {};
    const [old, now] = [tags?.get('1.10.0'), tags?.get('1.10')];
    await writeFile(join(workspace, 'Dockerfile.behind'), `FROM ${registry.host}/shop/web:1.10@${old}\n`);
    await openFile(page, 'Dockerfile.behind');
    await page.locator('.squiggly-info').first().waitFor();
    await mend(page, 'Update the digest to what 1.10 names now');
    await editorLine(page, `shop/web:1.10@${now}`).waitFor();
  });

  it('is explained by a click on its code', async () => {
    const { page, registry } = workbench();
    await openFile(page, 'Dockerfile.missing');
    await underlined(page).waitFor();
    await goToProblem(page);
    const problem = page.locator('.marker-widget');
    await problem.getByText(`${registry.host} does not have shop/web:9.9.9.`).waitFor();
    await problem.getByText('notFound').click();
    await page.getByRole('tab', { name: /^readme\.md/i, selected: true }).waitFor();
    await editorLine(page, '### Checks').waitFor();
  });

  it('is nothing where a registry is offline: one quiet status says so, and tries again', async () => {
    const { page } = workbench();
    await openFile(page, 'Dockerfile.offline');
    const status = page.locator('[id="status.languageStatus"]');
    const text = `Images on ${offline.host} are not checked`;
    const shown = page.locator('.hover-language-status').filter({ hasText: text });
    await status.waitFor();
    await status.hover();
    await shown.waitFor();
    assert.equal(await underlined(page).count(), 0);
    assert.equal(await notification(page, offline.host).count(), 0);

    const online = await startSampleRegistry({ port: Number(new URL(offline.url).port) });
    try {
      await shown.getByText('Try again').click();
      await underlined(page).waitFor();
    } finally {
      await online.close();
    }
  });

  it('is written by a tag that is dropped on the line', async () => {
    const { page, registry } = workbench();
    await openViewContainer(page, 'Gantry');
    await expandRows(page, /^Registry Sample/, 'Repository shop/web');
    await openFile(page, 'Dockerfile.drop');
    const line = editorLine(page, 'AS web');
    await line.waitFor();
    const changed = editorLine(page, `FROM --platform=linux/amd64 ${registry.host}/shop/web:1.10.1 AS web`);
    await eventually(async () => {
      await treeRow(page, 'Tag 1.10.1').hover();
      await page.mouse.down();
      await page.locator('.editor-instance .view-lines').first().hover();
      await line.hover();
      await page.mouse.up();
      await changed.waitFor({ timeout: 5_000 });
    }, 40_000);
  });
});

/** Goes to the problem and chooses a quick fix, without the mouse. */
async function mend(page: Page, title: string): Promise<void> {
  await goToProblem(page);
  await page.keyboard.press('Escape');
  await page.locator('.marker-widget').waitFor({ state: 'detached' });
  const menu = page.locator('.action-widget');
  await eventually(async () => {
    if (!(await menu.isVisible())) await page.keyboard.press('ControlOrMeta+.');
    await menu.getByRole('option', { name: title }).waitFor({ timeout: 5_000 });
    const focused = menu.locator('.focused', { hasText: title });
    if (!(await focused.isVisible())) await page.keyboard.press('ArrowDown');
    await focused.waitFor({ timeout: 500 });
  }, 40_000);
  await page.keyboard.press('Enter');
}

async function goToProblem(page: Page): Promise<void> {
  await eventually(async () => {
    await page.keyboard.press('F8');
    await page.locator('.marker-widget').waitFor({ timeout: 5_000 });
  }, 20_000);
}

function underlined(page: Page): Locator {
  return page.locator('.squiggly-error').first();
}

function editorLine(page: Page, text: string): Locator {
  return page.locator('.editor-instance .view-line').filter({ hasText: text });
}

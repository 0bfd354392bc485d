import assert from 'node:assert/strict';
import type { FrameLocator, Locator } from 'playwright-core';
import { seriousViolations } from '../support/accessibility.ts';
import { eventually } from '../support/eventually.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { inputBox, runCommand, showImage } from '../support/workbenchPage.ts';

describe('the panel of an image, looked into', () => {
  const workbench = useSampleWorkbench(() => ({ seed: seedCompany, viewport: { width: 1200, height: 900 } }));

  async function show(name = 'shop/web:1.10.1', heading = 'Layers'): Promise<FrameLocator> {
    const { page, registry } = workbench();
    const panel = await showImage(page, `${registry.host}/${name}`);
    await panel.getByRole('heading', { name: heading, exact: true }).waitFor();
    return panel;
  }

  it('lists what a layer adds, changes and removes when it is asked for, and opens it', async () => {
    const { page, registry } = workbench();
    const panel = await show();
    const before = blobRequests(registry.requests);
    await rowToggle(panel, 6).click();
    assert.equal(blobRequests(registry.requests), before, 'nothing is read before the files are asked for');
    const details = panel.locator('#layer-5-details');
    await details.getByRole('button', { name: 'Show Files' }).click();
    await details.getByText('Added: 0 · changed: 0 · removed: 1').waitFor();
    await details.getByRole('row', { name: /removed usr\/share\/zoneinfo\/UTC/ }).waitFor();
    await rowToggle(panel, 4).click();
    const fourth = panel.locator('#layer-3-details');
    await fourth.getByRole('button', { name: 'Show Files' }).click();
    await fourth.getByRole('table').waitFor();
    assert.deepEqual(await seriousViolations(panel), []);
    const file = fourth.getByRole('rowheader').getByRole('button').first();
    const path = (await file.textContent()) ?? '';
    await file.click();
    await page.getByRole('tab', { name: path.slice(path.lastIndexOf('/') + 1) }).waitFor();
  });

  it('draws what takes the space, walked with the keyboard, and says the same as a table', async () => {
    const { page } = workbench();
    const panel = await show();
    await panel.getByRole('button', { name: 'What Takes the Space' }).focus();
    await page.keyboard.press('Enter');
    await summary(panel, 'All files: 5.01 MB in 35 files').waitFor();
    await panel.getByRole('rowheader', { name: 'usr', exact: true }).waitFor();
    const picture = panel.getByRole('toolbar', { name: /Picture of what takes the space/ });
    const usr = picture.getByRole('button', { name: 'Folder usr, 4.01 MB, 80.2%' });
    await usr.focus();
    await page.keyboard.press('ArrowRight');
    await focused(panel, /^Folder (?:bin|lib|etc), /);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await summary(panel, /^\/usr: 4\.01 MB/).waitFor();
    await focused(panel, /^Folder lib, /);
    await page.keyboard.press('Enter');
    await focused(panel, /^File libcrypto\.so\.3, /);
    await page.keyboard.press('Backspace');
    await focused(panel, /^Folder lib, /);
    await page.keyboard.press('Backspace');
    await focused(panel, /^Folder usr, /);
    assert.deepEqual(await seriousViolations(panel), []);
  });

  it('stops reading when somebody cancels', async () => {
    const { registry } = workbench();
    const panel = await show('shop/worker:0.11.0');
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    registry.fault = ({ url }) => (url.pathname.includes('/blobs/') ? { hold: released } : undefined);
    try {
      const toggle = panel.getByRole('button', { name: 'What Takes the Space' });
      await toggle.click();
      await panel.getByRole('button', { name: 'Cancel' }).click();
      await toggle.and(panel.locator('[aria-expanded="false"]')).waitFor();
    } finally {
      registry.fault = undefined;
      release();
    }
    await panel.getByRole('button', { name: 'What Takes the Space' }).click();
    await panel.locator('.treemap').waitFor();
  });

  it('tells what several layers bring or remove again', async () => {
    const panel = await show();
    await panel.getByRole('button', { name: 'What Takes the Space' }).click();
    await panel.getByText('99.9% of the bytes in the layers are of use; 1.8 kB are wasted.').waitFor();
    await panel.getByRole('row', { name: 'usr/share/zoneinfo/UTC 1.8 kB 2, 6' }).waitFor();
  });

  it('tells what is attached to it, with kind and size, and opens it', async () => {
    const { page, registry } = workbench();
    const panel = await show();
    await panel.getByRole('button', { name: /^Signatures, SBOMs/ }).click();
    await panel.getByRole('row', { name: /^SBOM CycloneDX document 555 bytes .* all platforms/ }).waitFor();
    await panel.getByRole('row', { name: /^Signature Notation signature 299 bytes .* all platforms/ }).waitFor();
    const row = panel.getByRole('row', { name: /^Attestation SPDX document, SLSA provenance .* this platform/ });
    await row.waitFor();
    assert.deepEqual(await seriousViolations(panel), []);
    await row.getByRole('button', { name: 'Attestation' }).click();
    await page.getByRole('tab', { name: new RegExp(`^${registry.host}/shop/web@sha256:`) }).waitFor();
  });

  it('marks layers that another open image has', async () => {
    const { page, registry } = workbench();
    const first = await show();
    await first.getByText('shared', { exact: true }).first().waitFor({ state: 'hidden' });
    const second = await show('shop/web:1.10.0');
    await second.getByText('shared', { exact: true }).first().waitFor();
    await rowToggle(second, 1).click();
    await second
      .getByRole('link', { name: `${registry.host}/shop/web:1.10.1` })
      .first()
      .click();
    await page.getByRole('tab', { name: `${registry.host}/shop/web:1.10.1`, selected: true }).waitFor();
    await show();
  });

  it('leads from each digest to what it names', async () => {
    const { page } = workbench();
    const panel = await show();
    await panel.locator('.fact').filter({ hasText: 'Platform digest' }).getByRole('link').click();
    await page.getByRole('tab', { name: 'manifest.json' }).waitFor();
    await page.locator('.editor-instance .detected-link').first().waitFor();
    // The digest of the first layer.
    await page.keyboard.press('F1');
    await inputBox(page).fill(':12:25');
    await page.keyboard.press('Enter');
    await runCommand(page, 'Open Link');
    await page.getByRole('tab', { name: 'layer-1.txt' }).waitFor();
    await page.locator('.editor-instance .view-line', { hasText: 'bin/busybox' }).first().waitFor();
  });

  it('lists the files of what is no image, says what it is, and opens them', async () => {
    const { page } = workbench();
    const panel = await show('charts/shop:0.10.0', 'Files');
    await panel.getByText('Helm chart', { exact: true }).waitFor();
    await panel.getByRole('row', { name: /^shop-0\.10\.0\.tgz named by Gantry Packed Helm chart/ }).waitFor();
    await panel.getByRole('row', { name: 'version 0.10.0', exact: true }).waitFor();
    await panel.getByRole('button', { name: 'Save shop-0.10.0.tgz' }).waitFor();
    assert.deepEqual(await seriousViolations(panel), []);
    await panel.getByRole('button', { name: 'shop-0.10.0.tgz', exact: true }).click();
    await page.locator('.editor-instance .view-line', { hasText: 'shop/values.yaml' }).waitFor();
  });

  it('offers what else can be looked at', async () => {
    const { page } = workbench();
    const panel = await show();
    await panel.getByRole('button', { name: 'Rebuilt Dockerfile' }).click();
    await page.getByRole('tab', { name: 'Dockerfile' }).waitFor();
  });
});

function blobRequests(requests: readonly { readonly path: string }[]): number {
  return requests.filter(({ path }) => path.includes('/blobs/')).length;
}

function rowToggle(panel: FrameLocator, layer: number): Locator {
  return panel.getByRole('rowheader', { name: String(layer), exact: true }).getByRole('button');
}

/** What stands above the picture; a screen reader is told the same. */
function summary(panel: FrameLocator, text: string | RegExp): Locator {
  return panel.locator('.folder-summary').filter({ hasText: text });
}

async function focusedName(panel: FrameLocator): Promise<string | null> {
  return panel.locator(':focus').getAttribute('aria-label');
}

async function focused(panel: FrameLocator, name: RegExp): Promise<void> {
  await eventually(async () => assert.match((await focusedName(panel)) ?? '', name));
}

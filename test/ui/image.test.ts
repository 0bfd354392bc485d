import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import {
  chooseFromMenu,
  inputBox,
  notification,
  openViewContainer,
  quickInput,
  readClipboard,
} from '../support/workbenchPage.ts';

describe('what the tree offers of an image', () => {
  const workbench = useSampleWorkbench(() => ({
    seed: seedCompany,
    viewport: { width: 1200, height: 1000 },
    env: { DOCKER_HOST: 'unix:///nowhere/engine.sock' },
  }));

  before(async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    await expandRows(page, /^Registry Sample registry/, 'Repository shop/web', 'Tag 1.10.1');
  });

  /** The bytes that the registry holds under a digest, or under a tag. */
  function stored(name: string): { readonly digest: string; readonly text: string } {
    const { tags, manifests } = workbench().registry.storage.repositories.get('shop/web') ?? {};
    const digest = tags?.get(name) ?? name;
    return { digest, text: String(manifests?.get(digest)?.bytes) };
  }

  it('opens the manifest, exactly as the registry has it', async () => {
    const { page } = workbench();
    await chooseFromMenu(treeRow(page, 'Tag 1.10.1'), 'Open Manifest');
    await page.getByRole('tab', { name: 'manifest.json', selected: true }).waitFor();
    await eventually(async () => assert.equal(await editorText(page), stored('1.10.1').text));
  });

  it('opens the configuration of a platform', async () => {
    const { page } = workbench();
    await chooseFromMenu(treeRow(page, 'Platform linux/arm64/v8'), 'Open Configuration');
    await page.getByRole('tab', { name: 'config.json', selected: true }).waitFor();
    const { architecture, config } = JSON.parse(await editorText(page)) as { architecture: string; config: object };
    assert.equal(architecture, 'arm64');
    assert.ok('Entrypoint' in config);
  });

  it('copies what names the image', async () => {
    const { page, registry } = workbench();
    const reference = `${registry.host}/shop/web:1.10.1`;
    const { digest } = stored('1.10.1');
    for (const [item, text] of [
      ['Copy Reference', reference],
      ['Copy Digest', digest],
      ['Copy Reference with Digest', `${reference}@${digest}`],
    ] as const) {
      await chooseFromMenu(treeRow(page, 'Tag 1.10.1'), item);
      await eventually(async () => assert.equal(await readClipboard(page), text));
    }
  });

  it('copies the line that pulls the image with the program that is asked for, and offers it first from then on', async () => {
    const { page, registry } = workbench();
    const line = `oras pull ${registry.host}/shop/web:1.10.1`;
    await chooseFromMenu(treeRow(page, 'Tag 1.10.1'), 'Copy Pull Command');
    await inputBox(page).fill('oras');
    await quickInput(page).getByText(line).waitFor();
    await page.keyboard.press('Enter');
    await eventually(async () => assert.equal(await readClipboard(page), line));

    await chooseFromMenu(treeRow(page, 'Tag 1.9.0'), 'Copy Pull Command');
    await quickInput(page).getByText('docker pull').first().waitFor();
    await page.keyboard.press('Enter');
    const next = `oras pull ${registry.host}/shop/web:1.9.0`;
    await eventually(async () => assert.equal(await readClipboard(page), next));
  });

  it('copies the references of all selected tags with the keys that copy', async () => {
    const { page, registry } = workbench();
    // A plain click would open a panel, which takes the keys.
    for (const tag of ['1.9.0', '1.8.0']) await treeRow(page, `Tag ${tag}`).click({ modifiers: ['ControlOrMeta'] });
    await page.keyboard.press('ControlOrMeta+C');
    const lines = ['1.9.0', '1.8.0'].map((tag) => `${registry.host}/shop/web:${tag}`);
    await eventually(async () => assert.deepEqual((await readClipboard(page)).split('\n').sort(), lines.sort()));
  });

  it('offers to pull into a folder where no engine answers', async () => {
    const { page } = workbench();
    await chooseFromMenu(treeRow(page, 'Platform linux/arm64/v8'), 'Pull…');
    await quickInput(page).getByRole('option', { name: 'Into a Container Engine' }).click();
    await notification(page, '/nowhere/engine.sock').getByRole('button', { name: 'Pull into a Folder…' }).click();
    await quickInput(page).getByText('Folder for the OCI Image Layout').waitFor();
    await quickInput(page).getByRole('button', { name: 'Pull' }).waitFor();
  });
});

/** All of the open document, by way of the clipboard. */
async function editorText(page: Page): Promise<string> {
  await page.locator('.editor-instance .view-lines').click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('ControlOrMeta+C');
  return readClipboard(page);
}

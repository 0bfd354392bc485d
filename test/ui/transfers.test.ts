import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeImage, writeLayer } from '../support/imageWriter.ts';
import type { Artifact } from '../support/oci.ts';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { file } from '../support/tarWriter.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';
import { transferRow } from '../support/transfersView.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { answer, chooseFromMenu, modalDialog, notification, openViewContainer } from '../support/workbenchPage.ts';

function imageFor(architecture: string): Artifact {
  return writeImage({
    platform: { os: 'linux', architecture },
    steps: [{ createdBy: 'COPY data /app/', layer: writeLayer([file('app/data', randomBytes(1000))]) }],
  });
}

describe('the view of transfers', () => {
  const workbench = useSampleWorkbench(() => ({
    seed: (registry) => {
      seedCompany(registry);
      for (const architecture of ['amd64', 'arm64']) registry.push('builds/web', imageFor(architecture), architecture);
    },
    viewport: { width: 1300, height: 1000 },
  }));

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

  it('keeps no row of a copy that was not wanted, and one of a copy that was asked about', async () => {
    const { page, registry } = workbench();
    registry.push('release/api', imageFor('amd64'), 'stable');
    await openViewContainer(page, 'Gantry');
    await expandRows(page, /^Registry Sample registry/, 'Repository shop/api');
    const copy = async (choice: string): Promise<void> => {
      await chooseFromMenu(treeRow(page, 'Tag 2.10.0'), 'Copy to Another Place…');
      await answer(page, 'Copy 127.0.0.1', `${registry.host}/release/api:stable`);
      const dialog = modalDialog(page);
      await dialog.getByText('release/api:stable already names another image. Move it?').waitFor();
      await dialog.getByRole('button', { name: choice }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    await copy('Cancel');
    const rows = await transferRow(page, /, to .*release\/api:stable/);
    await rows.waitFor({ state: 'detached' });
    await copy('Move Tag');
    await (await transferRow(page, /^Copy .*shop\/api:2\.10\.0, to .*release\/api:stable, Copied · .* sent/)).waitFor();
    assert.equal(await rows.count(), 1);
  });

  it('shows what several images are combined into, cancels it, goes on, and opens it', async () => {
    const { page, registry } = workbench();
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    registry.fault = ({ method, url }) =>
      method === 'POST' && url.pathname.includes('/blobs/uploads') ? { hold: held } : undefined;
    try {
      await openViewContainer(page, 'Gantry');
      await expandRows(page, /^Registry Sample registry/, 'Repository builds/web');
      await treeRow(page, 'Tag amd64').click();
      await treeRow(page, 'Tag arm64').click({ modifiers: ['ControlOrMeta'] });
      await chooseFromMenu(treeRow(page, 'Tag arm64'), 'Combine into Multi-Platform Image…');
      await answer(page, 'Combine 2 Images', `${registry.host}/release/both:1.0`);
      const name = '^Combine .*builds/web:a.*64, .*builds/web:a.*64, to .*release/both:1\\.0, ';
      const running = await transferRow(page, new RegExp(`${name}Combine · 0 %`));
      await running.waitFor();
      await chooseFromMenu(running, 'Cancel');
      const cancelled = await transferRow(page, new RegExp(`${name}Combine cancelled`));
      await cancelled.waitFor();
      assert.equal(registry.storage.repositories.get('release/both')?.tags.get('1.0'), undefined);
      release();
      registry.fault = undefined;
      await chooseFromMenu(cancelled, 'Go On');
      const done = await transferRow(page, new RegExp(`${name}Combined · 2 images`));
      await done.waitFor();
      assert.ok(registry.storage.repositories.get('release/both')?.tags.has('1.0'));
      await cancelled.waitFor({ state: 'detached' });
      await chooseFromMenu(done, 'Open Result');
      await page.getByRole('tab', { name: /release\/both@sha256/ }).waitFor();
    } finally {
      release();
      registry.fault = undefined;
    }
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

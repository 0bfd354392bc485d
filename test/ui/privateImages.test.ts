import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { distributionProgram, startDistribution } from '../support/distribution.ts';
import { eventually } from '../support/eventually.ts';
import { writeImage, writeLayer } from '../support/imageWriter.ts';
import { needsPrograms } from '../support/programs.ts';
import { pushOverHttp } from '../support/pushOverHttp.ts';
import type { RealRegistry } from '../support/realRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { hoverOver, openFile, quickInput, runCommand } from '../support/workbenchPage.ts';

const login = { user: 'ada', password: 'correct horse' };
const tags = ['1.8.0', '1.9.0', '1.9.1', '1.10.0', '2.0.0'];

/** A registry that shows nothing without a password, as most people host it themselves. */
describe('images of private registries in the editor', () => {
  let folder: string;
  let known: RealRegistry;
  let strange: RealRegistry;

  before(function () {
    needsPrograms(this, distributionProgram);
  });

  const workbench = useSampleWorkbench(async () => {
    folder = await makeTemporaryFolder();
    [known, strange] = await Promise.all([startDistribution({ login }), startDistribution({ login })]);
    for (const tag of tags) await pushOverHttp(known, 'team/web', imageOf(tag), tag);
    const auth = btoa(`${login.user}:${login.password}`);
    await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [known.host]: { auth } } }));
    return {
      seed: () => {},
      env: { DOCKER_CONFIG: folder },
      connections: [known, strange].map(({ url }, index) => ({ url, label: `Team ${index}` })),
      files: () => ({
        'Dockerfile.hover': `FROM ${known.host}/team/web:1.9.0\n`,
        'Dockerfile.strange': `FROM ${strange.host}/team/web:1.9.0\n`,
        'Dockerfile.typed': `FROM ${known.host}/team/web`,
        'deploy/compose.yaml': `services:\n  web:\n    image: ${known.host}/team/web:1.9.0\n`,
        'deploy/pod.yaml': podOf(`${known.host}/team/web:1.8.0`),
      }),
    };
  });

  after(async () => {
    await Promise.all([known?.close(), strange?.close()]);
    if (folder !== undefined) await removeFolder(folder);
  });

  it('are told with the login that docker has left, and with what is newer', async () => {
    const { page } = workbench();
    await openFile(page, 'Dockerfile.hover');
    const hover = await hoverOver(page, 'team/web:1.9.0');
    await hover.getByRole('row', { name: `Digest ${imageOf('1.9.0').manifest.descriptor.digest}` }).waitFor();
    await hover.getByRole('row', { name: 'Newer 1.9.1 · 1.10.0 · 2.0.0' }).waitFor();
    await hover.getByRole('link', { name: 'Compare with 1.10.0' }).waitFor();
  });

  it('ask to sign in where nobody is', async () => {
    const { page } = workbench();
    await openFile(page, 'Dockerfile.strange');
    const hover = await hoverOver(page, 'team/web:1.9.0');
    await hover.getByRole('link', { name: 'Sign in' }).click();
    await quickInput(page).getByText(strange.host).first().waitFor();
    await page.keyboard.press('Escape');
  });

  it('are proposed with the newest version on top', async () => {
    const { page } = workbench();
    await openFile(page, 'Dockerfile.typed');
    const suggestions = page.locator('.suggest-widget.visible');
    await eventually(async () => {
      await page.keyboard.press('ControlOrMeta+End');
      await page.keyboard.type(':');
      try {
        await suggestions.getByRole('option').first().waitFor({ timeout: 5_000 });
      } catch (error) {
        // The colon again, for who was too late for the first.
        await page.keyboard.press('Escape');
        await page.keyboard.press('Backspace');
        throw error;
      }
    }, 30_000);
    await suggestions.getByRole('option').nth(0).filter({ hasText: '2.0.0' }).waitFor();
    await suggestions.getByRole('option').nth(1).filter({ hasText: '1.10.0' }).waitFor();
    await page.keyboard.press('Enter');
    await editorLine(page, 'team/web:2.0.0').waitFor();
    await runCommand(page, 'File: Revert File');
  });

  it('are updated in all files, where the change is ticked in the preview', async () => {
    const { page } = workbench();
    await runCommand(page, 'Gantry: Find All Images in Workspace');
    const list = page.getByRole('tab', { name: 'Images in This Workspace.md', selected: true });
    await list.waitFor();
    await editorLine(page, 'team/web:1.9.0 — newer: 1.9.1, 1.10.0, 2.0.0').waitFor();
    await runCommand(page, 'Gantry: Update All Images in Workspace…');
    await quickInput(page)
      .getByRole('option', { name: /^Newest minor version/ })
      .click();
    const preview = page.locator('.part.panel');
    const compose = preview.locator('.monaco-list-row', { hasText: 'compose.yaml' });
    await compose.locator('.edit-checkbox').click();
    await preview.getByRole('button', { name: 'Apply' }).click();
    await openFile(page, 'compose.yaml');
    await editorLine(page, 'team/web:1.10.0').waitFor();
    // What was not ticked stays.
    await openFile(page, 'pod.yaml');
    await editorLine(page, 'team/web:1.8.0').waitFor();
    await runCommand(page, 'File: Revert File');
    await openFile(page, 'compose.yaml');
    await runCommand(page, 'File: Revert File');
  });
});

function imageOf(tag: string) {
  const platform = { os: 'linux', architecture: 'amd64' };
  const layer = writeLayer([file('version', tag)], 'gzip');
  return writeImage({ platform, steps: [{ createdBy: 'COPY version /version', layer }] });
}

function podOf(image: string): string {
  return `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: web\n      image: ${image}\n`;
}

function editorLine(page: Page, text: string): Locator {
  return page.locator('.editor-instance .view-line').filter({ hasText: text }).first();
}

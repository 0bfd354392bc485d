import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { writeImage, writeLayer } from '../support/imageWriter.ts';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import type { SampleRegistry } from '../support/sampleRegistry.ts';
import { file, hardlink, symlink, type TarEntry, whiteout } from '../support/tarWriter.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import {
  answer,
  chooseFromMenu,
  inputBox,
  openViewContainer,
  quickInput,
  runCommand,
} from '../support/workbenchPage.ts';

const base: readonly TarEntry[] = [
  file('app/config.json', '{ "port": 8080 }\n'),
  file('app/server.js', 'listen();\n'),
  symlink('app/current', 'config.json'),
  hardlink('app/same.js', 'app/server.js'),
  symlink('app/self', '../app'),
  file('old.txt', 'old'),
];

function seed(registry: Pick<SampleRegistry, 'push'>): void {
  for (const [tag, port] of [
    ['1.0', 80],
    ['2.0', 9090],
  ] as const) {
    const change = [
      whiteout('old.txt'),
      file('app/config.json', `{ "port": ${port} }\n`),
      file('etc/motd', 'Welcome\n'),
    ];
    const image = writeImage({
      platform: { os: 'linux', architecture: 'amd64' },
      steps: [
        { createdBy: 'COPY . /', layer: writeLayer(base) },
        { createdBy: 'RUN ./configure', layer: writeLayer(change) },
      ],
    });
    registry.push('shop/files', image, tag);
  }
}

describe('files inside images', () => {
  const workbench = useSampleWorkbench(() => ({ seed, viewport: { width: 1200, height: 900 } }));
  let folder: string;

  before(async () => {
    folder = await makeTemporaryFolder();
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    await expandRows(page, /^Registry Sample registry/, 'Repository shop/files');
    // Rows of tags are drawn anew when their details have come, with all that is below them.
    for (const tag of [/^Tag 2\.0, .*sha256/, /^Tag 1\.0, .*sha256/]) await treeRow(page, tag).waitFor();
    await expandRows(page, /^Tag 2\.0/, 'Files of the image');
  });

  after(() => removeFolder(folder));

  it('are shown as layers make them together, links with what they say, and open with their language', async () => {
    const { page } = workbench();
    await expandRows(page, 'Folder app');
    await treeRow(page, /^File current, → config\.json/).waitFor();
    await treeRow(page, /^Folder self, → \.\.\/app/).waitFor();
    assert.equal(await treeRow(page, /^File old\.txt/).count(), 0);
    await treeRow(page, /^File config\.json/).click();
    await page.getByRole('tab', { name: 'config.json' }).waitFor();
    await eventually(async () => assert.equal(await editorText(page), '{ "port": 9090 }'));
    await page.getByRole('button', { name: 'JSON', exact: true }).waitFor();
  });

  it('of one layer are what it brings and removes', async () => {
    const { page } = workbench();
    await expandRows(page, /^Layer 2,/);
    await treeRow(page, /^File old\.txt, removed/).waitFor();
  });

  it('are found while their path is typed, by the keyboard alone', async () => {
    const { page, registry } = workbench();
    await runCommand(page, 'Gantry: Find File in Image…');
    await answer(page, 'Find File in Image', `${registry.host}/shop/files:1.0`);
    await quickInput(page)
      .getByRole('option', { name: /^config\.json/ })
      .waitFor();
    await inputBox(page).fill('motd');
    await quickInput(page).locator('.quick-input-title', { hasText: '1 file' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'motd' }).waitFor();
    await eventually(async () => assert.equal(await editorText(page), 'Welcome'));
  });

  it('are saved where the user says', async () => {
    const { page } = workbench();
    await chooseFromMenu(treeRow(page, /^File server\.js/), 'Save As…');
    const path = join(folder, 'saved.js');
    await quickInput(page).locator('.quick-input-title', { hasText: 'Save File of the Image' }).waitFor();
    // What is typed before it has a name of its own is lost to that name.
    await eventually(async () => assert.match(await inputBox(page).inputValue(), /server\.js$/), 20_000);
    await eventually(async () => {
      // It closes once it has taken the path.
      if (await quickInput(page).isVisible()) {
        await inputBox(page).fill(path, { timeout: 3_000 });
        assert.equal(await inputBox(page).inputValue(), path);
        await page.keyboard.press('Enter');
      }
      assert.equal(await readFile(path, 'utf8'), 'listen();\n');
    }, 20_000);
  });

  it('of two tags are compared, each in the diff editor', async () => {
    const { page } = workbench();
    await treeRow(page, /^Tag 1\.0/).click();
    await treeRow(page, /^Tag 2\.0/).click({ modifiers: ['ControlOrMeta'] });
    await chooseFromMenu(treeRow(page, /^Tag 2\.0/), 'Compare…');
    const row = quickInput(page).getByRole('option', { name: /app\/config\.json/ });
    await row.waitFor();
    await inputBox(page).fill('config.json');
    await row.click();
    const diff = page.locator('.monaco-diff-editor');
    await eventually(async () => {
      // Side by side or in one column, as there is room.
      const text = (await diff.textContent({ timeout: 5_000 })) ?? '';
      assert.match(text, /\b80\b/);
      assert.match(text, /\b9090\b/);
    });
  });
});

/** The text of the open editor, its blanks as they are. */
async function editorText(page: Page): Promise<string> {
  const text = await page.locator('.editor-instance .view-lines').first().textContent();
  return (text ?? '').replaceAll('\u00a0', ' ').trim();
}

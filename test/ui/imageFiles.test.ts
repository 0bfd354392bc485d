import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import type { SampleRegistry } from '../support/sampleRegistry.ts';
import { file, hardlink, symlink, type TarEntry, whiteout } from '../support/tarWriter.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import {
  activePanel,
  answer,
  chooseFromMenu,
  inputBox,
  modalDialog,
  notification,
  openViewContainer,
  quickInput,
  readClipboard,
  runCommand,
  showImage,
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
    const platforms = ['amd64', 'arm64'].map((architecture) =>
      writeImage({
        platform: { os: 'linux', architecture },
        steps: [{ createdBy: `COPY ${architecture} /`, layer: writeLayer([...base, ...change.slice(1)]) }],
      }),
    );
    registry.push('shop/multi', writeIndex(platforms), tag);
    registry.push('shop/slow', image, tag);
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

  it('are saved from the panel by the keyboard alone, a folder beside one that is there already', async () => {
    const { page, registry } = workbench();
    const panel = await showImage(page, `${registry.host}/shop/files:2.0`);
    await panel.getByRole('button', { name: 'What Takes the Space' }).press('Enter');
    const saveFolder = async (): Promise<void> => {
      await pressSave(page, panel, 'app');
      await answerFolder(page, 'Where to Put the Folder app', folder);
    };
    await saveFolder();
    const saved = (name: string): Promise<string> => readFile(join(folder, name, 'config.json'), 'utf8');
    await eventually(async () => assert.equal(await saved('app'), '{ "port": 9090 }\n'), 20_000);

    await writeFile(join(folder, 'app/config.json'), 'mine');
    await saveFolder();
    await modalDialog(page)
      .getByText(`${join(folder, 'app')} is there already.`)
      .waitFor();
    await page.keyboard.press('Escape');
    await modalDialog(page).waitFor({ state: 'detached' });
    await saveFolder();
    await modalDialog(page).getByRole('button', { name: 'Keep Both' }).press('Enter');
    await eventually(async () => assert.equal(await saved('app (2)'), '{ "port": 9090 }\n'), 20_000);
    assert.equal(await saved('app'), 'mine');
    assert.deepEqual((await readdir(folder)).filter((name) => name.startsWith('app')).sort(), ['app', 'app (2)']);
  });

  it('replace a file of the machine only after a question', async () => {
    const { page, registry } = workbench();
    const panel = await showImage(page, `${registry.host}/shop/files:2.0`);
    await panel.getByRole('button', { name: 'What Takes the Space' }).press('Enter');
    await panel.getByRole('rowheader', { name: 'etc', exact: true }).getByRole('button').press('Enter');
    const path = join(folder, 'motd');
    await writeFile(path, 'mine');
    const askAgain = quickInput(page).locator('.quick-input-title', { hasText: /already exists/ });
    for (const [key, content] of [
      ['Escape', 'mine'],
      ['Enter', 'Welcome\n'],
    ] as const) {
      await pressSave(page, panel, 'motd');
      await quickInput(page).locator('.quick-input-title', { hasText: 'Save File of the Image' }).waitFor();
      await eventually(async () => assert.match(await inputBox(page).inputValue(), /motd$/), 20_000);
      await eventually(async () => {
        if (await askAgain.isVisible()) return;
        await inputBox(page).fill(path, { timeout: 3_000 });
        await page.keyboard.press('Enter');
        await askAgain.waitFor({ timeout: 3_000 });
      }, 20_000);
      await page.keyboard.press(key);
      await askAgain.waitFor({ state: 'hidden' });
      await eventually(async () => assert.equal(await readFile(path, 'utf8'), content), 20_000);
      // What asked is there again where nothing was chosen.
      if (key === 'Escape') await page.keyboard.press('Escape');
      await quickInput(page).waitFor({ state: 'hidden' });
    }
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

  it('have paths that are copied, and layers that wrote them last', async () => {
    const { page } = workbench();
    await chooseFromMenu(treeRow(page, /^File server\.js/), 'Copy Path');
    await eventually(async () => assert.equal(await readClipboard(page), '/app/server.js'));
    await chooseFromMenu(treeRow(page, /^File config\.json/), 'Show Layer That Wrote It');
    await treeRow(page, /^Layer 2,/)
      .and(page.locator('[aria-selected="true"]'))
      .waitFor();
    await chooseFromMenu(treeRow(page, /^File server\.js/), 'Show Layer That Wrote It');
    await treeRow(page, /^Layer 1,/)
      .and(page.locator('[aria-selected="true"]'))
      .waitFor();
  });

  it('stop being read when that is cancelled', async () => {
    const { page, registry } = workbench();
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    registry.fault = ({ url }) => (/shop\/slow\/blobs\//.test(url.pathname) ? { hold: released } : undefined);
    try {
      await runCommand(page, 'Gantry: Find File in Image…');
      await answer(page, 'Find File in Image', `${registry.host}/shop/slow:1.0`);
      const progress = notification(page, 'Reading what is inside shop/slow');
      // The configuration of the image is a blob too.
      const waiting = progress.or(notification(page, 'Asking what the tag names'));
      await waiting.getByRole('button', { name: 'Cancel' }).first().click();
      await waiting.first().waitFor({ state: 'hidden' });
      await quickInput(page).waitFor({ state: 'hidden' });
      assert.equal(await notification(page, /failed|error/i).count(), 0);
    } finally {
      registry.fault = undefined;
      release();
    }
  });

  it('are shown, switched, found and compared with the keyboard alone', async () => {
    const { page, registry } = workbench();
    const name = (tag: string): string => `${registry.host}/shop/multi:${tag}`;
    await palette(page, 'Gantry: Show Image…');
    await typeInto(page, 'Show Image', name('1.0'));
    const panel = activePanel(page);
    await panel.getByRole('heading', { name: 'Layers' }).waitFor();
    const platform = panel.getByRole('combobox', { name: 'Platform' });
    await eventually(async () => {
      await page.keyboard.press('Tab');
      assert.ok(await platform.evaluate((node) => node === document.activeElement));
    }, 20_000);
    await page.keyboard.press('ArrowDown');
    await panel.getByText('COPY arm64 /').first().waitFor();

    await palette(page, 'Gantry: Find File in Image…');
    await typeInto(page, 'Find File in Image', name('1.0'));
    await quickInput(page)
      .getByRole('option', { name: /^config\.json/ })
      .waitFor();
    await page.keyboard.type('motd');
    await quickInput(page).locator('.quick-input-title', { hasText: '1 file' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'motd', selected: true }).waitFor();
    await eventually(async () => assert.equal(await editorText(page), 'Welcome'));

    await palette(page, 'Gantry: Compare…');
    await typeInto(page, 'Compare Images', name('1.0'));
    await typeInto(page, 'Compare With', name('2.0'));
    const changed = quickInput(page).getByRole('option', { name: /app\/config\.json/ });
    await changed.waitFor();
    await page.keyboard.type('config.json');
    await page.keyboard.press('Enter');
    const diff = page.locator('.monaco-diff-editor');
    await eventually(async () => assert.match((await diff.textContent({ timeout: 5_000 })) ?? '', /9090/));
  });

  // The last one, since it makes another workspace of the window.
  it('of an image are put into the workspace', async () => {
    const { page, registry } = workbench();
    await runCommand(page, 'Gantry: Add Image to Workspace');
    // The window is loaded anew, which whatever is typed meanwhile could keep it from.
    await Promise.all([
      page.waitForEvent('domcontentloaded'),
      answer(page, 'Add Image to Workspace', `${registry.host}/shop/files:1.0`),
    ]);
    await runCommand(page, 'View: Show Explorer');
    const rows = page.locator('.explorer-folders-view .monaco-list-row');
    const root = rows.filter({ hasText: 'shop/files@sha256:' });
    await root.waitFor();
    await eventually(async () => {
      if ((await root.getAttribute('aria-expanded')) !== 'true') await root.click();
      await rows.filter({ hasText: /^app$/ }).waitFor({ timeout: 5_000 });
    }, 30_000);
  });
});

/** Runs a command as somebody does who has no mouse. */
async function palette(page: Page, title: string): Promise<void> {
  await eventually(async () => {
    await page.keyboard.press('F1');
    await inputBox(page).waitFor({ timeout: 5_000 });
    await page.keyboard.type(title);
    await quickInput(page).locator('.monaco-list-row.focused', { hasText: title }).waitFor({ timeout: 5_000 });
    await page.keyboard.press('Enter');
  }, 30_000);
}

async function typeInto(page: Page, title: string, text: string): Promise<void> {
  await quickInput(page).locator('.quick-input-title', { hasText: title }).waitFor();
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

/** The text of the open editor, its blanks as they are. */
async function editorText(page: Page): Promise<string> {
  const text = await page.locator('.editor-instance .view-lines').first().textContent();
  return (text ?? '').replaceAll('\u00a0', ' ').trim();
}

/** Saves what a row of the panel is about: Tab leads from the button that heads it to the one that saves. */
async function pressSave(page: Page, panel: FrameLocator, name: string): Promise<void> {
  const save = panel.getByRole('button', { name: `Save ${name}`, exact: true });
  await eventually(async () => {
    await panel.getByRole('rowheader', { name, exact: true }).getByRole('button').focus({ timeout: 5_000 });
    await page.keyboard.press('Tab');
    assert.equal(await panel.locator(':focus').getAttribute('aria-label'), `Save ${name}`);
  });
  await save.press('Enter');
}

/** In a browser VS Code has a dialog for folders of its own: what is typed there is a path. */
async function answerFolder(page: Page, title: string, folder: string): Promise<void> {
  const dialog = quickInput(page).locator('.quick-input-title', { hasText: title });
  await dialog.waitFor();
  await quickInput(page).getByRole('option', { name: '..' }).waitFor();
  await eventually(async () => {
    if (!(await dialog.isVisible())) return;
    await inputBox(page).fill(`${folder}/`, { timeout: 3_000 });
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden', timeout: 3_000 });
  }, 30_000);
}

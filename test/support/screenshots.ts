// Takes the pictures of the README from the real thing, light and dark: npm run screenshots
import { randomBytes } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { build } from './build.ts';
import { exitOnSignals } from './exitOnSignals.ts';
import { writeImage, writeLayer } from './imageWriter.ts';
import { repositoryFolder } from './paths.ts';
import { withProgress } from './progress.ts';
import { expandRows, registriesTree, treeRow } from './registriesTree.ts';
import { runMain } from './runMain.ts';
import { seedCompany } from './sampleImages.ts';
import { openSampleWorkbench, type SampleWorkbenchOptions } from './sampleWorkbench.ts';
import { file } from './tarWriter.ts';
import { makeTemporaryFolder, removeFolder } from './temporaryFolder.ts';
import { startVendorWorld } from './vendorWorld.ts';
import {
  activePanel,
  answer,
  chooseFolder,
  chooseFromMenu,
  hoverOver,
  modalDialog,
  openFile,
  openTag,
  openViewContainer,
  quickInput,
  runCommand,
} from './workbenchPage.ts';
import type { Theme } from './workbenchSettings.ts';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Brings the page to what a picture shows, and returns the part of it to keep. */
type Picture = (page: Page) => Promise<Box>;

/** In this order in one window: the later ones find what the earlier ones opened. */
const pictures: Readonly<Record<string, Picture>> = { panel, space, hover, delete: deleteDialog };
const themes: readonly Theme[] = ['light', 'dark'];

const mebibyte = 1024 * 1024;
const folder = join(repositoryFolder, 'media/readme');
/** Stands in the pictures. */
const port = 5000;
/** A larger one makes a README slow to load. */
const largestPicture = 300 * 1024;

const settings = {
  // The pictures are not the place for what moves, and for what is only in the way.
  'workbench.reduceMotion': 'on',
  'breadcrumbs.enabled': false,
  'editor.minimap.enabled': false,
  'editor.overviewRulerBorder': false,
  'editor.overviewRulerLanes': 0,
  'editor.renderLineHighlight': 'none',
  'editor.scrollbar.horizontal': 'hidden',
  'editor.scrollbar.vertical': 'hidden',
};

exitOnSignals();
await runMain(async () => {
  await build({ tests: false });
  await mkdir(folder, { recursive: true });
  for (const theme of themes) {
    await withProgress(`Taking the ${theme} pictures`, 'half a minute', async () => {
      await take(theme, pictures);
      await takeKinds(theme);
      await takePull(theme);
    });
  }
});

/** Kinds of registries side by side: the clouds are emulated, and reached by their real names. */
async function takeKinds(theme: Theme): Promise<void> {
  const world = await startVendorWorld();
  try {
    await take(
      theme,
      { kinds },
      { connections: world.connections, env: world.env, viewport: { width: 1000, height: 900 } },
    );
  } finally {
    await world.close();
  }
}

/** A pull of an image that is large enough to be seen while it comes, from a registry that is slow. */
async function takePull(theme: Theme): Promise<void> {
  const folder = await makeTemporaryFolder();
  const image = writeImage({
    platform: { os: 'linux', architecture: 'amd64' },
    steps: [{ createdBy: 'COPY data /srv/', layer: writeLayer([file('data', randomBytes(96 * mebibyte))], 'none') }],
  });
  try {
    await take(
      theme,
      { pull: (page) => pull(page, folder) },
      {
        viewport: { width: 1200, height: 560 },
        seed: (registry) => {
          seedCompany(registry);
          registry.push('shop/search', image, '3.2.0');
        },
        registry: {
          port,
          fault: ({ url }) =>
            image.blobs.some(({ descriptor: { digest, size } }) => size > mebibyte && url.pathname.endsWith(digest))
              ? { connection: { kind: 'drip', afterBytes: 8 * mebibyte, bytesAtOnce: 80_000 } }
              : undefined,
        },
      },
    );
  } finally {
    await removeFolder(folder);
  }
}

async function take(
  theme: Theme,
  wanted: Readonly<Record<string, Picture>>,
  options: Partial<SampleWorkbenchOptions> = {},
): Promise<void> {
  const opened = await openSampleWorkbench({
    theme,
    settings,
    viewport: { width: 1160, height: 700 },
    deviceScaleFactor: 2,
    seed: seedCompany,
    registry: { port },
    hostName: 'localhost',
    // Two days after the newest image of the sample.
    now: '2025-06-03T12:00:00Z',
    ...options,
  });
  try {
    for (const [name, picture] of Object.entries(wanted)) {
      const clip = await picture(opened.page);
      const path = join(folder, `${name}-${theme}.png`);
      await opened.page.screenshot({ path, clip, animations: 'disabled', caret: 'hide' });
      const { size } = await stat(path);
      console.log(`  ${relative(repositoryFolder, path)}: ${Math.ceil(size / 1024)} KiB`);
      if (size > largestPicture) throw new Error(`${path} has more than ${largestPicture / 1024} KiB: show less.`);
    }
  } finally {
    await opened.dispose();
  }
}

/** The tree beside the panel of an image. */
async function panel(page: Page): Promise<Box> {
  await openViewContainer(page, 'Gantry');
  await expandRows(page, /^Registry Sample/, 'Repository shop/web', 'Tag 1.10.1');
  await openTag(treeRow(page, 'Tag 1.10.1'), /shop\/web:1\.10\.1/);
  await activePanel(page).getByRole('heading', { name: 'Layers' }).waitFor();
  await page.mouse.move(0, 0);
  return around(4, await boxOf(page.locator('.part.sidebar')), await boxOf(page.locator('.part.editor')));
}

/** What takes the space in the image of the panel that is open. */
async function space(page: Page): Promise<Box> {
  const shown = activePanel(page);
  await shown.getByRole('button', { name: 'What Takes the Space' }).click();
  await shown.locator('.treemap').waitFor();
  await shown.getByRole('button', { name: /^Folder usr, / }).click();
  await shown.getByRole('button', { name: /^Folder lib, / }).waitFor();
  await shown.locator('#inside-toggle').evaluate((node) => node.scrollIntoView());
  await page.mouse.move(0, 0);
  return around(0, await boxOf(page.locator('.part.editor')));
}

/** Registries of many kinds in one tree, with what each of them lists. */
async function kinds(page: Page): Promise<Box> {
  await openViewContainer(page, 'Gantry');
  const sidebar = page.locator('.part.sidebar');
  await widen(page, sidebar);
  await expandRows(page, /^Registry Docker Hub/, 'Namespace acme');
  await treeRow(page, 'Repository acme/storefront').waitFor();
  await expandRows(page, /^Registry Amazon ECR/, 'Repository shop/web');
  await treeRow(page, /^Untagged images/).waitFor();
  // From the bottom, since what is pushed out of sight cannot be opened.
  for (const name of ['Harbor', 'Quay', 'GitHub']) {
    await expandRows(page, new RegExp(`^Registry ${name}`));
    // Whose login it is.
    await treeRow(page, new RegExp(`^Registry ${name}, .* · `)).waitFor();
  }
  await page.mouse.move(0, 0);
  const rows = await registriesTree(page).getByRole('treeitem').all();
  const ends = (await Promise.all(rows.map(boxOf))).map((row) => row.y + row.height);
  const box = await boxOf(sidebar);
  return { ...box, height: Math.max(...ends) + 8 - box.y };
}

/** A running pull in the view of transfers, and a copy that is done. */
async function pull(page: Page, parent: string): Promise<Box> {
  await openViewContainer(page, 'Gantry');
  const sidebar = page.locator('.part.sidebar');
  await widen(page, sidebar);
  await expandRows(page, /^Registry Sample/, 'Repository shop/search', 'Repository shop/web');
  await chooseFromMenu(treeRow(page, 'Tag 1.10.1'), 'Copy to Another Place…');
  await answer(page, 'Copy localhost', `localhost:${port}/release/web:1.10.1`);
  const title = sidebar.getByRole('button', { name: 'Transfers Section' });
  await title.waitFor();
  if ((await title.getAttribute('aria-expanded')) !== 'true') await title.click();
  const transfers = page.getByRole('tree', { name: 'Transfers' });
  await transfers.getByRole('treeitem', { name: /, Copied/ }).waitFor();
  await runCommand(page, 'Notifications: Clear All Notifications');
  // The end of the tree says nothing more here.
  await page.locator('.part.sidebar').getByRole('button', { name: 'Collapse All' }).first().click();
  await expandRows(page, /^Registry Sample/, 'Repository shop/search');
  // Alone, so that the dialog has it in sight.
  const folder = join(parent, 'images');
  await mkdir(folder);
  await chooseFromMenu(treeRow(page, 'Tag 3.2.0'), 'Pull…');
  await quickInput(page).getByRole('option', { name: 'Into a Folder, as an OCI Image Layout' }).click();
  await chooseFolder(page, 'Folder for the OCI Image Layout', folder);
  await transfers.getByRole('treeitem', { name: /, Pull · .*\/s · 1\d s left$/ }).waitFor();
  await page.mouse.move(0, 0);
  const [box, done] = [await boxOf(sidebar), await boxOf(transfers.getByRole('treeitem').last())];
  return { ...box, height: done.y + done.height + 8 - box.y };
}

async function widen(page: Page, sidebar: Locator): Promise<void> {
  const { x, width, y } = await boxOf(sidebar);
  await page.mouse.move(x + width, y + 200);
  await page.mouse.down();
  await page.mouse.move(560, y + 200, { steps: 5 });
  await page.mouse.up();
}

/** What a `FROM` line names. */
async function hover(page: Page): Promise<Box> {
  await openFile(page, 'Dockerfile');
  const shown = await hoverOver(page, 'shop/web:1.10.1');
  await shown.getByText('Show image').waitFor();
  const firstLine = await boxOf(page.locator('.editor-instance .line-numbers').first());
  return around(8, { ...firstLine, width: 0 }, await boxOf(shown));
}

/** The question before an image is deleted with all its tags. */
async function deleteDialog(page: Page): Promise<Box> {
  await page.keyboard.press('Escape');
  await chooseFromMenu(treeRow(page, 'Tag 1.10.1'), 'Delete…');
  await modalDialog(page).getByRole('button', { name: 'Delete Digest with All Tags…' }).click();
  await modalDialog(page).getByText('These tags are removed with it').waitFor();
  return around(32, await boxOf(modalDialog(page)));
}

/** The smallest area that holds all of them, with a margin. */
function around(margin: number, ...boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x)) - margin;
  const y = Math.min(...boxes.map((box) => box.y)) - margin;
  const width = Math.max(...boxes.map((box) => box.x + box.width)) - x + margin;
  const height = Math.max(...boxes.map((box) => box.y + box.height)) - y + margin;
  return { x, y, width, height };
}

async function boxOf(locator: Locator): Promise<Box> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error(`${locator} is not shown`);
  return box;
}

import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { seriousViolations } from '../support/accessibility.ts';
import { expandRows, registriesTree, treeRow } from '../support/registriesTree.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { startVendorWorld, type VendorWorld } from '../support/vendorWorld.ts';
import {
  activePanel,
  answer,
  chooseFromMenu,
  inputBox,
  openViewContainer,
  quickInput,
} from '../support/workbenchPage.ts';

const amazon = /^Registry Amazon ECR/;

describe('what only some registries can do', () => {
  let world: VendorWorld;
  const workbench = useSampleWorkbench(async () => {
    world = await startVendorWorld();
    const { connections, env } = world;
    return { seed: () => {}, connections, env, viewport: { width: 1200, height: 1000 } };
  });

  after(() => world.close());

  beforeEach(async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    await page.locator('.part.sidebar').getByRole('button', { name: 'Collapse All' }).click();
  });

  it('is in the menus of their rows, and in no others', async () => {
    const { page } = workbench();
    await expandRows(page, amazon, 'Repository shop/web');
    assert.ok((await menuOf(treeRow(page, 'Repository shop/web'))).includes('Delete Repository…'));
    assert.ok(!(await menuOf(treeRow(page, /^Tag 1\.10\.1,/))).includes('Show Tag History'));
    await expandRows(page, /^Registry Docker Hub/);
    // Its row is drawn anew with the account of the login that it took.
    await treeRow(page, /^Registry Docker Hub, acme/).waitFor();
    await expandRows(page, 'Namespace acme');
    const menu = await menuOf(treeRow(page, 'Repository acme/gateway'));
    assert.ok(menu.includes('Open in Browser') && !menu.includes('Delete Repository…'));
  });

  it('makes a repository once its name is one', async () => {
    const { page } = workbench();
    await expandRows(page, amazon);
    await chooseFromMenu(treeRow(page, amazon), 'Create Repository…');
    await answer(page, 'Create a Repository in Amazon ECR', 'Team App');
    await quickInput(page).getByText('A name has parts of lower-case letters').waitFor();
    await inputBox(page).fill('team/app');
    await page.keyboard.press('Enter');
    await treeRow(page, 'Repository team/app').waitFor();
    assert.ok(world.ecr.store.repositories.has('team/app'));
  });

  it('deletes a repository once its name was typed', async () => {
    const { page } = workbench();
    await expandRows(page, amazon);
    await chooseFromMenu(treeRow(page, 'Repository shop/worker'), 'Delete Repository…');
    await quickInput(page).getByText('will be lost. This cannot be undone.').waitFor();
    await inputBox(page).fill('shop/work');
    await quickInput(page).getByText('Type shop/worker, or press Escape to keep it.').waitFor();
    await page.keyboard.press('Enter');
    assert.ok(world.ecr.store.repositories.has('shop/worker'));
    await inputBox(page).fill('shop/worker');
    await page.keyboard.press('Enter');
    await treeRow(page, 'Repository shop/worker').waitFor({ state: 'detached' });
    assert.ok(!world.ecr.store.repositories.has('shop/worker'));
  });

  it('lists untagged images, and offers none for deletion that an index holds', async () => {
    const { page } = workbench();
    await expandRows(page, amazon, 'Repository shop/web', /^Untagged images/);
    const part = treeRow(page, /^Image sha256:[0-9a-f]{12}, part of sha256:/).first();
    await part.waitFor();
    const menu = await menuOf(part);
    assert.ok(menu.includes('Copy Digest') && !menu.includes('Delete…'));
  });

  it('shows what a scanner found when it is asked for, and not before', async () => {
    const { page } = workbench();
    const repository = world.ecr.store.repositories.get('shop/web');
    const index = repository?.tags.get('1.10.1') ?? '';
    const [child = ''] = repository?.images.get(index)?.children ?? [];
    repository?.scans.set(child, [scan]);
    const asked = (): number => world.ecr.requests.filter(({ headers }) => isScan(headers)).length;
    const before = asked();
    await expandRows(page, amazon, 'Repository shop/web');
    await treeRow(page, /^Tag 1\.10\.1,/).click();
    const panel = activePanel(page);
    await panel.getByRole('heading', { name: 'Layers' }).waitFor();
    await panel.getByText('Last pulled').or(panel.getByText('Pushed')).first().waitFor();
    assert.equal(asked(), before);
    await panel.getByRole('button', { name: 'Vulnerabilities' }).click();
    await panel.getByRole('row', { name: /Critical CVE-2024-3094 xz 5\.6\.0/ }).waitFor();
    await panel.getByText('Critical: 1').waitFor();
    assert.equal(asked(), before + 1);
    assert.deepEqual(await seriousViolations(panel), []);
  });
});

const scan = {
  imageScanStatus: { status: 'COMPLETE' },
  imageScanFindings: {
    imageScanCompletedAt: 1_748_736_000,
    findings: [
      {
        name: 'CVE-2024-3094',
        severity: 'CRITICAL',
        uri: 'https://nvd.example/CVE-2024-3094',
        attributes: [
          { key: 'package_name', value: 'xz' },
          { key: 'package_version', value: '5.6.0' },
        ],
      },
    ],
  },
};

function isScan(headers: Readonly<Record<string, string>>): boolean {
  return headers['x-amz-target']?.endsWith('DescribeImageScanFindings') === true;
}

/** What the context menu of a row offers. */
async function menuOf(row: Locator): Promise<readonly string[]> {
  const page = row.page();
  await row.click({ button: 'right' });
  const menu = page.getByRole('menu');
  await menu.getByRole('menuitem').first().waitFor();
  const labels = await menu.locator('.action-label').allInnerTexts();
  await page.keyboard.press('Escape');
  await menu.waitFor({ state: 'detached' });
  await registriesTree(page).waitFor();
  return labels.map((label) => label.trim());
}

import assert from 'node:assert/strict';
import { seriousViolations } from '../support/accessibility.ts';
import { ecrOrigins } from '../support/ecr/fakeEcr.ts';
import { eventually } from '../support/eventually.ts';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { startVendorWorld, type VendorWorld } from '../support/vendorWorld.ts';
import {
  activePanel,
  answer,
  chooseFromMenu,
  hoverOver,
  menuOf,
  modalDialog,
  openFile,
  openTag,
  openViewContainer,
  quickInput,
} from '../support/workbenchPage.ts';

const ecr = /^Registry Amazon ECR/;
const hub = /^Registry Docker Hub/;
const harbor = /^Registry Harbor/;
const quay = /^Registry Quay/;
const scanned = `${new URL(ecrOrigins.registry).host}/shop/web:1.10.1`;

describe('what only some registries can do, in the view', () => {
  let world: VendorWorld;
  const workbench = useSampleWorkbench(async () => {
    world = await startVendorWorld();
    scan(world);
    const viewport = { width: 1200, height: 1000 };
    const files = (): Record<string, string> => ({ 'Dockerfile.scanned': `FROM ${scanned}\n` });
    return { seed: () => {}, connections: world.connections, env: world.env, viewport, files };
  });

  after(() => world?.close());

  async function collapse(): Promise<void> {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    await page.locator('.part.sidebar').getByRole('button', { name: 'Collapse All' }).click();
  }

  it('opens a namespace right after its registry was opened and logged in to for the first time', async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    await expandRows(page, hub);
    await expandRows(page, 'Namespace acme');
    await treeRow(page, /^Repository acme\/storefront/).waitFor();
    await treeRow(page, /^Repository acme\/gateway/).waitFor();
  });

  it('tells size and date of tags, and lists untagged images in a row of their own', async () => {
    const { page } = workbench();
    await collapse();
    await expandRows(page, ecr, 'Repository shop/web');
    const row = treeRow(page, /^Tag 1\.10\.1,/);
    await row.waitFor();
    assert.match((await row.textContent()) ?? '', /1\.10\.1Jun 1, 2025 · 2\.55 MB/);
    await expandRows(page, /^Untagged images/);
    await treeRow(page, /^Image sha256/)
      .first()
      .waitFor();
  });

  it('shows what the scanner of the registry found, for everybody', async () => {
    const { page } = workbench();
    await collapse();
    await expandRows(page, ecr, 'Repository shop/web');
    await openTag(treeRow(page, /^Tag 1\.10\.1,/), /shop\/web:1\.10\.1/);
    const panel = activePanel(page);
    await panel.getByRole('button', { name: 'Vulnerabilities' }).click();
    await panel.getByText('CVE-2024-3094').waitFor();
    assert.deepEqual(await seriousViolations(panel), []);
  });

  it('shows what the scanner found above the name of an image in a file', async () => {
    const { page } = workbench();
    await openFile(page, 'Dockerfile.scanned');
    const hover = await hoverOver(page, scanned);
    await hover.getByText('1 critical (Amazon ECR, Jun 1, 2025)').waitFor();
  });

  it('shows what a registry tells of a repository on a page of its own', async () => {
    const { page } = workbench();
    await collapse();
    world.quay.store.descriptions.set('shop/web', '# The shop\n\n<b>As customers see it.</b>');
    await expandRows(page, quay, 'Namespace shop');
    await chooseFromMenu(treeRow(page, /^Repository shop\/web/), 'Show Repository');
    const panel = activePanel(page);
    await panel.getByRole('heading', { name: 'quay.io/shop/web', level: 1 }).waitFor();
    // As the text that it is.
    await panel.locator('.readme-text').getByText('<b>As customers see it.</b>').waitFor();
    await panel.getByRole('button', { name: 'Open in Browser' }).waitFor();
    assert.deepEqual(await seriousViolations(panel), []);
  });

  it('offers with a row what its registry can do, and nothing else', async () => {
    const { page } = workbench();
    await collapse();
    await expandRows(page, ecr, 'Repository shop/web');
    const offered = await menuOf(treeRow(page, 'Repository shop/web'));
    for (const item of ['Open in Browser', 'Delete Repository…']) assert.ok(offered.includes(item), `${offered}`);
    const ofTag = await menuOf(treeRow(page, /^Tag 1\.10\.1,/));
    assert.ok(ofTag.includes('Open in Browser'), `${ofTag}`);
    assert.ok(!ofTag.some((item) => /History|Lock/.test(item)), `${ofTag}`);
  });

  it('makes a repository, and deletes it once its name was typed', async () => {
    const { page } = workbench();
    await collapse();
    await expandRows(page, ecr);
    await treeRow(page, 'Repository shop/web').waitFor();
    await chooseFromMenu(treeRow(page, ecr), 'Create Repository…');
    await answer(page, 'Create a Repository in Amazon ECR', 'shop/Kiosk');
    await quickInput(page)
      .getByText(/lower-case letters/)
      .waitFor();
    await answer(page, 'Create a Repository in Amazon ECR', 'shop/kiosk');
    await treeRow(page, 'Repository shop/kiosk').waitFor();
    assert.ok(world.ecr.store.repositories.has('shop/kiosk'));

    await chooseFromMenu(treeRow(page, 'Repository shop/kiosk'), 'Delete Repository…');
    await quickInput(page).getByText('It has no tags, but may have untagged images.').waitFor();
    await answer(page, 'Delete the Repository shop/kiosk of', 'shop/kios');
    assert.ok(world.ecr.store.repositories.has('shop/kiosk'));
    await answer(page, 'Delete the Repository shop/kiosk of', 'shop/kiosk');
    await treeRow(page, 'Repository shop/kiosk').waitFor({ state: 'detached' });
    assert.ok(!world.ecr.store.repositories.has('shop/kiosk'));
  });

  it('shows what a tag has named, and moves it back after a question', async () => {
    const { page } = workbench();
    const held = world.quay.registry.storage.repositories.get('shop/web') ?? assert.fail('no repository');
    const before = held.tags.get('1.10') ?? assert.fail('no tag');
    const other = held.tags.get('1.9.0') ?? assert.fail('no other tag');
    world.quay.store.history('shop/web', world.quay.registry);
    held.tags.set('1.10', other);

    await collapse();
    await expandRows(page, quay, 'Namespace shop', /^Repository shop\/web/);
    await chooseFromMenu(treeRow(page, /^Tag 1\.10,/), 'Show Tag History');
    await quickInput(page).locator('.quick-input-title', { hasText: 'History of quay.io/shop/web:1.10' }).waitFor();
    const older = quickInput(page).getByRole('option', { name: new RegExp(before.slice(7, 15)) });
    await older.click();
    await quickInput(page)
      .getByRole('option', { name: /^Restore: Move the Tag Back/ })
      .click();
    await modalDialog(page).getByRole('button', { name: 'Move Tag' }).click();
    await eventually(async () => assert.equal(held.tags.get('1.10'), before), 20_000);
  });

  it('asks for a login in the words of the kind of registry', async () => {
    const { page } = workbench();
    await collapse();
    await chooseFromMenu(treeRow(page, harbor), 'Sign In…');
    await quickInput(page)
      .getByText(/robot account/)
      .waitFor();
    await answer(page, 'Sign In to harbor.example', 'robot$shop+ci');
    await quickInput(page)
      .getByText(/"CLI secret"/)
      .waitFor();
  });
});

/** What ECR found in the image of the newest release for its first platform. */
function scan({ ecr: { store } }: VendorWorld): void {
  const repository = store.repositories.get('shop/web') ?? assert.fail('no repository');
  const digest = repository.tags.get('1.10.1') ?? assert.fail('no tag');
  const [child = ''] = repository.images.get(digest)?.children ?? [];
  const attributes = { package_name: 'xz', package_version: '5.6.0' };
  const finding = {
    name: 'CVE-2024-3094',
    severity: 'CRITICAL',
    uri: 'https://nvd.nist.gov/vuln/detail/CVE-2024-3094',
    description: 'A door at the back.',
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
  };
  repository.scans.set(child, [
    {
      imageScanStatus: { status: 'COMPLETE' },
      imageScanFindings: { imageScanCompletedAt: 1_748_736_000, findings: [finding] },
    },
  ]);
}

import assert from 'node:assert/strict';
import type { FrameLocator, Locator } from 'playwright-core';
import { seriousViolations } from '../support/accessibility.ts';
import { eventually } from '../support/eventually.ts';
import { writeImage, writeLayer } from '../support/imageWriter.ts';
import type { Descriptor } from '../support/oci.ts';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import { seedCompany } from '../support/sampleImages.ts';
import type { SampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import {
  activePanel,
  modalDialog,
  openViewContainer,
  readClipboard,
  reloadWindow,
  showImage,
} from '../support/workbenchPage.ts';

interface Manifest {
  readonly layers: readonly Descriptor[];
  /** Of an index. */
  readonly manifests: readonly Descriptor[];
}

/** Says what it was built from; its annotation and its labels agree on the title only. */
function seed(registry: SampleRegistry): void {
  seedCompany(registry);
  const { host, storage } = registry;
  const key = (name: string): string => `org.opencontainers.image.${name}`;
  const labels = {
    [key('title')]: 'told',
    [key('version')]: '1',
    [key('revision')]: '0123456789abcdef0123456789abcdef01234567',
    [key('source')]: 'git@gitlab.example.com:shop/told.git',
    [key('licenses')]: 'MIT OR LicenseRef-Shop',
    [key('base.name')]: `${host}/shop/worker:0.11.0`,
    [key('base.digest')]: storage.repositories.get('shop/worker')?.tags.get('0.11.0') ?? '',
    'com.example.team': 'storefront',
  };
  const image = writeImage({
    platform: { os: 'linux', architecture: 'amd64' },
    steps: [{ createdBy: 'COPY . /', layer: writeLayer([file('told', 'told')]) }],
    config: { Labels: labels },
    annotations: { [key('title')]: 'told', [key('version')]: '2' },
  });
  registry.push('shop/told', image, '1.0');
}

describe('the panel of an image', () => {
  const workbench = useSampleWorkbench(() => ({ seed }));

  function reference(name: string): string {
    return `${workbench().registry.host}/${name}`;
  }

  /** What the registry holds under a tag or a digest. */
  function stored(repository: string, name: string): { readonly digest: string; readonly manifest: Manifest } {
    const { tags, manifests } = workbench().registry.storage.repositories.get(repository) ?? {};
    const digest = tags?.get(name) ?? name;
    return { digest, manifest: JSON.parse(String(manifests?.get(digest)?.bytes)) as Manifest };
  }

  /** The digest of the manifest of a platform of an index. */
  function platformDigest(index: Manifest, architecture: string): string {
    return index.manifests.find(({ platform }) => platform?.architecture === architecture)?.digest ?? '';
  }

  function storedLayers(repository: string, tag: string, architecture: string): readonly Descriptor[] {
    const index = stored(repository, tag).manifest;
    return stored(repository, platformDigest(index, architecture)).manifest.layers;
  }

  it('tells platform, size, age, kind and digests', async () => {
    const { page } = workbench();
    const panel = await showImage(page, reference('shop/web:1.10.1'));
    const { digest, manifest } = stored('shop/web', '1.10.1');
    await panel.getByRole('combobox', { name: 'Platform' }).waitFor();
    assert.equal(await panel.getByRole('combobox', { name: 'Platform' }).inputValue(), 'linux/amd64');
    assert.equal(await fact(panel, 'Compressed size').textContent(), '2.54 MB');
    assert.match((await fact(panel, 'Created').textContent()) ?? '', /ago$/);
    assert.equal(await fact(panel, 'Media type').textContent(), 'OCI index');
    assert.equal(await fact(panel, 'Digest').textContent(), digest);
    assert.equal(await fact(panel, 'Platform digest').textContent(), platformDigest(manifest, 'amd64'));
  });

  it('draws the layers to scale', async () => {
    const { page } = workbench();
    const panel = await showImage(page, reference('shop/web:1.10.1'));
    const layers = storedLayers('shop/web', '1.10.1', 'amd64');
    const segments = panel.getByRole('toolbar', { name: 'Layers' }).getByRole('button');
    await segments.last().waitFor();
    const widths = await segments.evaluateAll((nodes) => nodes.map((node) => node.getBoundingClientRect().width));

    assert.equal(widths.length, layers.length);
    const all = layers.reduce((sum, { size }) => sum + size, 0);
    const room = widths.reduce((sum, width) => sum + width, 0);
    for (const [index, { size }] of layers.entries()) {
      const width = widths[index] ?? 0;
      // What is too small to be seen has 2 pixels all the same.
      const expected = Math.max((size / all) * room, 2);
      assert.ok(Math.abs(width - expected) < room / 50, `layer ${index + 1} is ${width} wide, not ${expected}`);
    }
  });

  it('says what a layer is while the bar has the focus, and opens its row on Enter', async () => {
    const { page } = workbench();
    const panel = await showImage(page, reference('shop/web:1.10.1'));
    const layers = panel.getByRole('region', { name: 'Layers' });
    await layers.getByRole('toolbar').getByRole('button').first().focus();
    await page.keyboard.press('ArrowRight');
    await layers.getByText('Layer 2, 1.95 MB, 76.9%: RUN apk add --no-cache ca-certificates libssl3 tzdata').waitFor();
    await page.keyboard.press('Enter');
    assert.ok(await rowToggle(panel, 2).evaluate((node) => node === document.activeElement));
    await page.keyboard.press('Enter');
    await layers.getByText(storedLayers('shop/web', '1.10.1', 'amd64')[1]?.digest ?? '').waitFor();
  });

  it('shows another platform when it is chosen', async () => {
    const { page } = workbench();
    const panel = await showImage(page, reference('shop/web:1.10.1'));
    const { manifest } = stored('shop/web', '1.10.1');
    await panel.getByRole('combobox', { name: 'Platform' }).selectOption('linux/arm64/v8');
    await fact(panel, 'Platform digest').getByText(platformDigest(manifest, 'arm64')).waitFor();
    await panel.getByText('alpine-minirootfs-3.21.0-aarch64.tar.gz').first().waitFor();
  });

  it('opens with the platform that was chosen in the tree', async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    await expandRows(page, /^Registry Sample/, 'Repository shop/web', 'Tag 1.10.1');
    await treeRow(page, 'Platform linux/arm/v7').click();
    const platform = activePanel(page).getByRole('combobox', { name: 'Platform' });
    await platform.waitFor();
    assert.equal(await platform.inputValue(), 'linux/arm/v7');
  });

  it('copies reference, digests and commands', async () => {
    const { page } = workbench();
    const name = reference('shop/web:1.10.1');
    const panel = await showImage(page, name);
    const { digest } = stored('shop/web', '1.10.1');
    await rowToggle(panel, 1).click();
    for (const [button, text] of [
      ['Copy Reference', name],
      ['Copy Digest', digest],
      ['Copy the Command of Layer 1', 'ADD alpine-minirootfs-3.21.0-x86_64.tar.gz /'],
    ] as const) {
      await panel.getByRole('button', { name: button }).click();
      await panel.getByRole('status').getByText('Copied').waitFor();
      await eventually(async () => assert.equal(await readClipboard(page), text));
    }
  });

  it('tells the configuration that a container runs with', async () => {
    const { page } = workbench();
    const panel = await showImage(page, reference('shop/web:1.10.1'));
    const configuration = panel.getByRole('region', { name: 'Configuration' });
    await configuration.getByText('["/usr/local/bin/web"]').waitFor();
    await configuration.getByRole('row', { name: 'NODE_ENV production' }).waitFor();
    await configuration.getByRole('row', { name: 'com.example.team storefront' }).waitFor();
  });

  it('tells what the image says of itself, once where label and annotation agree', async () => {
    const { page } = workbench();
    const panel = await showImage(page, reference('shop/told:1.0'));
    await panel.getByRole('heading', { name: 'About' }).waitFor();
    assert.equal(await fact(panel, 'Title').textContent(), 'told');
    assert.deepEqual(await fact(panel, 'Version').allTextContents(), ['2 (annotation)', '1 (label)']);
    const labels = panel.getByRole('table', { name: 'Other Labels' });
    assert.deepEqual(await labels.getByRole('rowheader').allTextContents(), ['com.example.team']);
    assert.deepEqual(await seriousViolations(panel), []);
    for (const [name, link, host] of [
      ['Revision', /^0123456789abcdef/, 'https://gitlab.example.com'],
      ['Licenses', 'MIT', 'https://spdx.org'],
    ] as const) {
      await fact(panel, name).getByRole('link', { name: link }).click();
      // VS Code asks before it leads anywhere.
      await modalDialog(page).getByText(host).first().waitFor();
      await modalDialog(page).getByRole('button', { name: 'Cancel' }).click();
      await modalDialog(page).waitFor({ state: 'detached' });
    }
  });

  it('leads to the image that another was built from, by its name and as it was', async () => {
    const { page } = workbench();
    const told = await showImage(page, reference('shop/told:1.0'));
    const base = reference('shop/worker:0.11.0');
    await fact(told, 'Built from').getByRole('link', { name: base }).click();
    await page.getByRole('tab', { name: base, selected: true }).waitFor();
    const panel = await showImage(page, reference('shop/told:1.0'));
    const { digest } = stored('shop/worker', '0.11.0');
    await fact(panel, 'Built from').getByRole('link', { name: digest }).click();
    await page.getByRole('tab', { name: `${reference('shop/worker')}@${digest}`, selected: true }).waitFor();
  });

  it('shows an artifact that is no image as what it is', async () => {
    const { page } = workbench();
    const panel = await showImage(page, reference('charts/shop:0.10.0'));
    await panel.getByText('Helm chart', { exact: true }).waitFor();
    assert.equal(await panel.getByRole('combobox', { name: 'Platform' }).count(), 0);
  });

  it('says why an image cannot be shown, and tries again', async () => {
    const { page, registry } = workbench();
    registry.fault = ({ url }) => (url.pathname.includes('/manifests/') ? { reply: { status: 503 } } : undefined);
    const panel = await showImage(page, reference('shop/worker:0.11.0'));
    await panel.getByRole('heading', { name: 'This image cannot be shown' }).waitFor();
    await panel.getByText(`${registry.host} failed on shop/worker:0.11.0 (status 503).`).waitFor();
    registry.fault = undefined;
    await panel.getByRole('button', { name: 'Try Again' }).click();
    await panel.getByRole('heading', { name: 'Layers' }).waitFor();
  });

  it('comes back after a reload as it was', async () => {
    const { page } = workbench();
    const panel = await showImage(page, reference('shop/web:1.10.1'));
    await panel.getByRole('combobox', { name: 'Platform' }).selectOption('linux/arm/v7');
    await panel.getByText('alpine-minirootfs-3.21.0-armv7.tar.gz').first().waitFor();
    await rowToggle(panel, 2).click();
    // The window takes the panel's messages in order: with this one it has what the panel wants to keep.
    await panel.getByRole('button', { name: 'Copy Reference' }).click();
    await eventually(async () => assert.equal(await readClipboard(page), reference('shop/web:1.10.1')));

    await reloadWindow(page);
    await panel.getByRole('heading', { name: 'Layers' }).waitFor();
    assert.equal(await panel.getByRole('combobox', { name: 'Platform' }).inputValue(), 'linux/arm/v7');
    assert.equal(await rowToggle(panel, 2).getAttribute('aria-expanded'), 'true');
  });
});

/** What opens and closes a row of the table of layers. */
function rowToggle(panel: FrameLocator, layer: number): Locator {
  return panel.getByRole('rowheader', { name: String(layer), exact: true }).getByRole('button');
}

/** What stands under a name in the header. */
function fact(panel: FrameLocator, name: string): Locator {
  return panel
    .locator('.fact')
    .filter({ has: panel.getByText(name, { exact: true }) })
    .getByRole('definition');
}

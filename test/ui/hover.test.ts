import type { Locator, Page } from 'playwright-core';
import { seedCompany } from '../support/sampleImages.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { activePanel, hoverOver, openFile } from '../support/workbenchPage.ts';

const files = (host: string): Record<string, string> => ({
  'Dockerfile.default': `ARG VERSION=2.10.0\nFROM ${host}/shop/api:\${VERSION}\n`,
  'Dockerfile.unknown': `ARG VERSION\nFROM ${host}/shop/api:\${VERSION}\n`,
  'Dockerfile.missing': `FROM ${host}/shop/web:9.9.9\n`,
  'Dockerfile.other': 'FROM registry.example.com/team/app:1.0\n',
  'compose.yaml': `services:\n  web:\n    image: ${host}/shop/web:1.9.0\n`,
  'Dockerfile.pin': `FROM ${host}/shop/web:1.10.1\n`,
});

describe('the hover over an image', () => {
  const workbench = useSampleWorkbench(() => ({ seed: seedCompany, files }));

  it('tells digest, platforms, size and date, and opens the image', async () => {
    const { page, registry } = workbench();
    await openFile(page, 'Dockerfile');
    const hover = await hoverOver(page, 'shop/web:1.10.1');
    const digest = registry.storage.repositories.get('shop/web')?.tags.get('1.10.1') ?? '';
    await hover.getByRole('row', { name: `Digest ${digest}` }).waitFor();
    await hover.getByRole('row', { name: 'Platforms linux/amd64 linux/arm64/v8 linux/arm/v7' }).waitFor();
    await hover.getByRole('row', { name: 'Size 2.54 MB (linux/amd64)' }).waitFor();
    await hover.getByRole('row', { name: 'Created Jun 1, 2025' }).waitFor();

    await hover.getByRole('link', { name: 'Show image' }).click();
    await activePanel(page)
      .getByRole('heading', { name: `${registry.host}/shop/web:1.10.1` })
      .waitFor();
  });

  it('fills in the defaults of ARG', async () => {
    const { page, registry } = workbench();
    await openFile(page, 'Dockerfile.default');
    const hover = await hoverOver(page, 'shop/api');
    await hover.getByText(`${registry.host}/shop/api:2.10.0`).waitFor();
  });

  it('says which ARG has no value', async () => {
    const { page } = workbench();
    await openFile(page, 'Dockerfile.unknown');
    const hover = await hoverOver(page, 'shop/api');
    await hover.getByText('VERSION has no value here, so the image is known only when it is built.').waitFor();
  });

  it('says what failed, with the registry and the next step', async () => {
    const { page, registry } = workbench();
    await openFile(page, 'Dockerfile.missing');
    const hover = await hoverOver(page, 'shop/web');
    await hover.getByText(`${registry.host} does not have shop/web:9.9.9.`).waitFor();
    await hover.getByText('Check the name; it may have been deleted.').waitFor();
    await hover.getByRole('link', { name: 'Show log' }).waitFor();
  });

  it('tells what is newer in the same line, and writes it', async () => {
    const { page } = workbench();
    await openFile(page, 'compose.yaml');
    const hover = await hoverOver(page, 'shop/web:1.9.0');
    await hover.getByRole('row', { name: 'Newer' }).getByRole('link', { name: '1.10.1' }).click();
    await editorLine(page, 'shop/web:1.10.1').waitFor();
  });

  it('pins the image to its digest', async () => {
    const { page, registry } = workbench();
    const digest = registry.storage.repositories.get('shop/web')?.tags.get('1.10.1') ?? '';
    await openFile(page, 'Dockerfile.pin');
    const hover = await hoverOver(page, 'shop/web:1.10.1');
    await hover.getByRole('link', { name: 'Pin to digest' }).click();
    await editorLine(page, `shop/web:1.10.1@${digest}`).waitFor();
  });

  it('asks no registry that is not connected, but offers to', async () => {
    const { page } = workbench();
    await openFile(page, 'Dockerfile.other');
    const hover = await hoverOver(page, 'team/app');
    await hover.getByRole('link', { name: 'Look up on registry.example.com' }).waitFor();
  });
});

function editorLine(page: Page, text: string): Locator {
  return page.locator('.editor-instance .view-line').filter({ hasText: text });
}

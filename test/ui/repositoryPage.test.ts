import assert from 'node:assert/strict';
import type { FrameLocator, Page } from 'playwright-core';
import { seriousViolations } from '../support/accessibility.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { activePanel, answer, reloadWindow, runCommand } from '../support/workbenchPage.ts';

describe('the page of a repository', () => {
  const workbench = useSampleWorkbench(() => ({ seed: seedCompany, viewport: { width: 1200, height: 900 } }));

  async function show(page: Page, reference: string): Promise<FrameLocator> {
    await runCommand(page, 'Gantry: Show Repository');
    await answer(page, 'Show Repository', reference);
    const panel = activePanel(page);
    await panel.getByRole('heading', { name: reference, level: 1 }).waitFor();
    return panel;
  }

  it('tells how many tags there are, which is the newest, and what is largest', async () => {
    const { page, registry } = workbench();
    const panel = await show(page, `${registry.host}/shop/web`);
    const tags = registry.storage.repositories.get('shop/web')?.tags.size;
    await panel.locator('.fact').filter({ hasText: 'Tags' }).getByText(String(tags), { exact: true }).waitFor();
    const table = panel.getByRole('table', { name: 'What Is Largest' });
    await table.getByRole('row', { name: /^latest ?, 1\.10, 1\.10\.1 2\.54 MB / }).waitFor();
    await panel.getByText(/^Images: \d+, of \d+ tags looked at\. With each layer counted once they take/).waitFor();
    assert.deepEqual(await seriousViolations(panel), []);
    await panel.locator('.fact').filter({ hasText: 'Newest version' }).getByRole('button', { name: '1.10' }).click();
    await page.getByRole('tab', { name: `${registry.host}/shop/web:1.10`, selected: true }).waitFor();
  });

  it('says what fails, and tries again', async () => {
    const { page, registry } = workbench();
    registry.fault = ({ url }) => (url.pathname.endsWith('/tags/list') ? { reply: { status: 503 } } : undefined);
    const panel = await show(page, `${registry.host}/shop/api`);
    await panel.getByText(`${registry.host} failed on`, { exact: false }).waitFor();
    registry.fault = undefined;
    await panel.getByRole('button', { name: 'Try Again' }).click();
    await panel.getByRole('table', { name: 'What Is Largest' }).waitFor();
  });

  it('comes back after a reload', async () => {
    const { page, registry } = workbench();
    const panel = await show(page, `${registry.host}/shop/web`);
    await panel.getByRole('table', { name: 'What Is Largest' }).waitFor();
    await reloadWindow(page);
    await panel.getByRole('heading', { name: `${registry.host}/shop/web`, level: 1 }).waitFor();
    await panel.getByRole('table', { name: 'What Is Largest' }).waitFor();
  });
});

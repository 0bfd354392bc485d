import { eventually } from '../support/eventually.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { activePanel, runCommand } from '../support/workbenchPage.ts';

describe('images that a program prints in the terminal', () => {
  const workbench = useSampleWorkbench(() => ({
    seed: seedCompany,
    // Rows of text, which the pointer finds, instead of a canvas.
    settings: { 'terminal.integrated.gpuAcceleration': 'off' },
  }));

  it('are opened by a click, where nothing else of Gantry is open', async () => {
    const { page, registry } = workbench();
    const reference = `${registry.host}/shop/web:1.10.1`;
    await runCommand(page, 'Terminal: Create New Terminal');
    const terminal = page.locator('.terminal-wrapper.active');
    await terminal.locator('.xterm-rows').waitFor();
    await page.keyboard.type(`clear; printf 'FROM %s\\n' ${reference}\n`);
    const printed = terminal.locator('.xterm-rows > div').filter({ hasText: new RegExp(`^FROM ${reference}`) });
    await printed.waitFor();
    const heading = activePanel(page).getByRole('heading', { name: reference, level: 1 });
    await eventually(async () => {
      // The terminal looks for links when the pointer moves, and takes a click on those that it has found.
      await page.mouse.move(0, 0);
      await printed.getByText(reference).hover({ modifiers: ['ControlOrMeta'], force: true, timeout: 5_000 });
      await printed.locator('span[style*="underline"]', { hasText: reference }).waitFor({ timeout: 2_000 });
      await page.keyboard.down('ControlOrMeta');
      await page.mouse.down();
      await page.mouse.up();
      await page.keyboard.up('ControlOrMeta');
      await heading.waitFor({ timeout: 5_000 });
    }, 40_000);
  });
});

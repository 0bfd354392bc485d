import assert from 'node:assert/strict';
import { seriousViolations } from '../support/accessibility.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { chooseTheme, showImage } from '../support/workbenchPage.ts';
import { type Theme, themes } from '../support/workbenchSettings.ts';

describe('the accessibility of the image panel', () => {
  const workbench = useSampleWorkbench(() => ({ seed: seedCompany }));

  for (const theme of Object.keys(themes) as Theme[]) {
    it(`has no serious fault in the theme ${theme}`, async () => {
      const { page, registry } = workbench();
      await chooseTheme(page, theme);
      const panel = await showImage(page, `${registry.host}/shop/web:1.10.1`);
      await panel.getByRole('heading', { name: 'Layers' }).waitFor();
      await panel.getByRole('rowheader', { name: '2', exact: true }).getByRole('button').click();
      assert.deepEqual(await seriousViolations(panel), []);
    });

    it(`has no serious fault where an image cannot be shown, in the theme ${theme}`, async () => {
      const { page, registry } = workbench();
      await chooseTheme(page, theme);
      const panel = await showImage(page, `${registry.host}/shop/web:9.9.9`);
      await panel.getByRole('heading', { name: 'This image cannot be shown' }).waitFor();
      assert.deepEqual(await seriousViolations(panel), []);
    });
  }
});

import { join } from 'node:path';
import { writeImage } from '../support/imageWriter.ts';
import { packageExtension } from '../support/packageExtension.ts';
import { openSampleWorkbench, type SampleWorkbench } from '../support/sampleWorkbench.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';
import { openViewContainer } from '../support/workbenchPage.ts';

const image = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [] });

describe('the packaged extension', () => {
  let folder: string;
  let opened: SampleWorkbench | undefined;

  before(async function () {
    // A production build, a package, an installation and the start of a workbench.
    this.timeout(240_000);
    folder = await makeTemporaryFolder();
    const vsix = join(folder, 'gantry.vsix');
    await packageExtension(vsix);
    opened = await openSampleWorkbench({
      extension: { vsix },
      seed: (registry) => registry.push('tool', image, '1.0.0'),
    });
  });

  after(async () => {
    await opened?.dispose();
    await removeFolder(folder);
  });

  it('installs, activates and lists what a registry holds', async () => {
    const { page } = opened as SampleWorkbench;
    await openViewContainer(page, 'Gantry');
    for (const name of [/Sample registry/, /\btool\b/]) await page.getByRole('treeitem', { name }).click();
    await page.getByRole('treeitem', { name: /1\.0\.0/ }).waitFor();
  });
});

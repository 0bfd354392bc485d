import assert from 'node:assert/strict';
import { expandRows, rowNames, treeRow } from '../support/registriesTree.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { openViewContainer, runCommand } from '../support/workbenchPage.ts';

describe('a workspace that nobody has said to trust', () => {
  let hostile: SampleRegistry;
  const workbench = useSampleWorkbench(async () => {
    hostile = await startSampleRegistry();
    const settings = {
      'gantry.connections': [
        { url: hostile.url, label: 'Hostile', tls: { ca: '/tmp/hostile.pem', insecure: true } },
        { url: 'https://registry-1.docker.io', label: 'Hostile hub' },
      ],
      'gantry.api.enabled': false,
    };
    return {
      seed: () => {},
      workspaceTrust: true,
      files: () => ({
        Dockerfile: `FROM ${hostile.host}/shop/web:1\n`,
        '.vscode/settings.json': JSON.stringify(settings),
      }),
    };
  });

  after(() => hostile.close());

  async function assertHarmless(): Promise<void> {
    const { page, registry } = workbench();
    await openViewContainer(page, 'Gantry');
    await treeRow(page, /Docker Hub/).waitFor();
    await expandRows(page, /^Registry Sample registry/);
    assert.deepEqual(
      (await rowNames(page)).filter((name) => name.startsWith('Registry')),
      [`Registry Sample registry, ${registry.url}`, 'Registry Docker Hub, docker.io'],
    );
    assert.deepEqual(hostile.requests, []);
  }

  it('names no registry, no certificate and no host that Gantry asks, and the registries of the user work', async () => {
    const { page } = workbench();
    await page.locator('.part.statusbar').getByText('Restricted Mode').waitFor();
    await assertHarmless();
  });

  it('names none of them either when it is trusted', async () => {
    const { page } = workbench();
    await runCommand(page, 'Workspaces: Manage Workspace Trust');
    await page.getByRole('button', { name: 'Trust', exact: true }).first().click();
    await page.getByText('You trust this folder').first().waitFor();
    await page.locator('.monaco-modal-editor-block').getByRole('button', { name: 'Close' }).first().click();
    await assertHarmless();
  });
});

import assert from 'node:assert/strict';
import { access, chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { registriesTree, treeRow } from '../support/registriesTree.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { accept, inputBox, notification, openViewContainer, quickInput, runCommand } from '../support/workbenchPage.ts';

describe('registries that docker is logged in to', () => {
  let folder: string;
  let good: SampleRegistry;
  let expired: SampleRegistry;
  let later: SampleRegistry;
  const workbench = useSampleWorkbench(async () => {
    folder = await makeTemporaryFolder();
    const auth = { scheme: 'basic', users: { alice: 'correct horse' } } as const;
    good = await startSampleRegistry({ auth });
    expired = await startSampleRegistry({ auth });
    later = await startSampleRegistry({ auth });
    seedCompany(good);
    // It tells that it was asked. VS Code takes the PATH of the login shell for its own.
    const programs = join(folder, '.docker', 'bin');
    await mkdir(programs, { recursive: true });
    await writeFile(join(programs, 'docker-credential-planted'), `#!/bin/sh\necho > '${join(folder, 'asked')}'\n`);
    await chmod(join(programs, 'docker-credential-planted'), 0o755);
    await writeConfig({ [good.host]: 'alice:correct horse', [expired.host]: 'alice:expired' });
    return {
      seed: () => {},
      machineSettings: { 'gantry.connections': [] },
      env: { DOCKER_CONFIG: folder, HOME: folder },
    };
  });

  after(async () => {
    await Promise.all([good, expired, later].map((registry) => registry.close()));
    await removeFolder(folder);
  });

  function writeConfig(logins: Readonly<Record<string, string>>): Promise<void> {
    const auths = Object.entries(logins).map(([host, login]) => [host, { auth: btoa(login) }]);
    const config = { auths: Object.fromEntries(auths), credHelpers: { 'helper.example': 'planted' } };
    return writeFile(join(folder, 'config.json'), JSON.stringify(config));
  }

  function offerRow(): Locator {
    return treeRow(workbench().page, /^Add .*… logged in on /);
  }

  async function look(): Promise<void> {
    const { page } = workbench();
    await page
      .locator('.activitybar')
      .getByRole('tab', { name: /^Explorer/ })
      .click();
    await treeRow(page, /Docker Hub/).waitFor({ state: 'detached' });
    await openViewContainer(page, 'Gantry');
    await treeRow(page, /Docker Hub/).waitFor();
  }

  it('are offered in the last row, without asking them or a helper', async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    await treeRow(page, new RegExp(`^Add ${good.host} and ${expired.host}… logged in on `)).waitFor();
    const names = await registriesTree(page).getByRole('treeitem').allInnerTexts();
    assert.equal(names.length, 2, names.join('\n'));
    assert.deepEqual([good.requests, expired.requests], [[], []]);
  });

  it('are added with their logins, and what does not work is explained', async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    await offerRow().click();
    const boxes = quickInput(page).locator('.quick-input-list .monaco-list-row');
    await boxes.filter({ hasText: good.host }).waitFor();
    const checked = await boxes.and(page.locator('[aria-checked="true"]')).allInnerTexts();
    assert.deepEqual([await boxes.count(), checked.length], [3, 2]);
    await accept(page, treeRow(page, `Registry ${good.host}, alice · ${good.url}`));
    await treeRow(page, new RegExp(`^Add ${expired.host}… logged in on `)).waitFor();
    const message = notification(page, `${expired.host} wants a login, or refuses`);
    await message.waitFor();
    await message.getByRole('button', { name: `Add ${expired.host}…` }).click();
    await quickInput(page).getByText('Add Registry').waitFor();
    assert.equal(await inputBox(page).inputValue(), expired.url);
    await assert.rejects(access(join(folder, 'asked')));
  });

  it('are not offered again after the answer was no', async () => {
    const { page } = workbench();
    await offerRow().hover();
    await offerRow().getByRole('button', { name: 'Not Now' }).click();
    await offerRow().waitFor({ state: 'detached' });
    await writeConfig({ [expired.host]: 'alice:expired', [later.host]: 'alice:correct horse' });
    await look();
    await treeRow(page, new RegExp(`^Add ${later.host}… logged in on `)).waitFor();
  });

  it('can be asked for at any time', async () => {
    const { page } = workbench();
    await runCommand(page, 'Gantry: Add Registries with Logins…');
    for (const { host } of [expired, later])
      await quickInput(page).getByRole('checkbox').filter({ hasText: host }).waitFor();
  });
});

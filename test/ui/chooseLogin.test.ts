import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expandRows, registriesTree, treeRow } from '../support/registriesTree.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import {
  answer,
  chooseFromMenu,
  inputBox,
  modalDialog,
  openViewContainer,
  quickInput,
} from '../support/workbenchPage.ts';

/** Ends while the rows say so: in fifty minutes. */
const token = ['{}', JSON.stringify({ exp: Math.floor(Date.now() / 1000) + 50 * 60 }), '{}']
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');

describe('choosing a login', () => {
  let folder: string;
  let guarded: SampleRegistry;
  const workbench = useSampleWorkbench(async () => {
    folder = await makeTemporaryFolder();
    guarded = await startSampleRegistry({
      auth: { scheme: 'basic', users: { alice: 'correct horse', bob: token, carol: 'battery staple' } },
    });
    seedCompany(guarded);
    const authFile = join(folder, 'auth.json');
    const entry = (login: string): object => ({ auths: { [guarded.host]: { auth: btoa(login) } } });
    await writeFile(join(folder, 'config.json'), JSON.stringify(entry('alice:correct horse')));
    await writeFile(authFile, JSON.stringify(entry(`bob:${token}`)));
    return {
      seed: () => {},
      machineSettings: { 'gantry.connections': [{ url: guarded.url, label: 'Team' }] },
      env: { DOCKER_CONFIG: folder, REGISTRY_AUTH_FILE: authFile },
    };
  });

  after(async () => {
    await guarded.close();
    await removeFolder(folder);
  });

  beforeEach(() => openViewContainer(workbench().page, 'Gantry'));

  async function openPicker(): Promise<void> {
    const { page } = workbench();
    await chooseFromMenu(treeRow(page, /^Registry Team/).first(), 'Choose Login…');
    await quickInput(page).getByText(`Login for ${guarded.host}`).waitFor();
    await quickInput(page).getByRole('option').first().waitFor();
  }

  async function choose(name: RegExp): Promise<void> {
    await quickInput(workbench().page).getByRole('option', { name }).click();
  }

  it("shows the machine's login, whose it is and where it comes from", async () => {
    const { page } = workbench();
    await expandRows(page, /^Registry Team/);
    await treeRow(page, `Registry Team, alice · ${guarded.url}`).waitFor();
    await openPicker();
    const options = await quickInput(page).getByRole('option').allInnerTexts();
    assert.equal(options.length, 4, options.join('\n'));
    assert.match(options[0] ?? '', /alice\s*docker login · in use\s*.*config\.json/);
    assert.match(options[1] ?? '', /bob\s*podman login · expires in \d+ minutes\s*.*auth\.json/);
    assert.match(options[2] ?? '', /Sign in with another account…/);
    assert.match(options[3] ?? '', /Anonymous\s*no login/);
  });

  it('takes another one, and says that it will end soon', async () => {
    const { page } = workbench();
    await openPicker();
    await choose(/bob/);
    await treeRow(page, /^Registry Team, bob · login ends at \d+:\d\d.* · /).waitFor();
    await treeRow(page, 'Repository shop/web').waitFor();
    await openPicker();
    await quickInput(page)
      .getByRole('option', { name: /bob.*in use/ })
      .waitFor();
  });

  it('says what it means to use none', async () => {
    const { page } = workbench();
    await openPicker();
    await choose(/Anonymous/);
    await modalDialog(page).getByText(`${guarded.host} shows nothing by itself without a login.`).waitFor();
    await modalDialog(page).getByRole('button', { name: 'Cancel' }).click();
    await treeRow(page, /^Registry Team, bob · /).waitFor();
  });

  it('puts another account beside the one that is there', async () => {
    const { page } = workbench();
    await openPicker();
    await choose(/another account/);
    await answer(page, `Sign In to ${guarded.host}`, 'carol');
    await quickInput(page).getByText('Password or access token of carol.').waitFor();
    await answer(page, `Sign In to ${guarded.host}`, 'battery staple');
    await treeRow(page, `Registry Team, carol · ${guarded.url}`).waitFor();
    assert.equal(
      await registriesTree(page)
        .getByRole('treeitem', { name: /^Registry Team/ })
        .count(),
      2,
    );
  });

  it('says when a login that was chosen is refused, and lets another be chosen', async () => {
    const { page } = workbench();
    await writeFile(
      join(folder, 'config.json'),
      JSON.stringify({ auths: { [guarded.host]: { auth: btoa('alice:old') } } }),
    );
    await openPicker();
    await choose(/alice/);
    const again = page.locator('.notification-toast').getByRole('button', { name: 'Choose Another Login' });
    await again.click();
    await quickInput(page).getByText(`Login for ${guarded.host}`).waitFor();
    assert.equal(await inputBox(page).inputValue(), '');
    await page.keyboard.press('Escape');
    await treeRow(page, /^Registry Team, bob · /).waitFor();
  });
});

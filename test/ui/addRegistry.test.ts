import assert from 'node:assert/strict';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { htmlReply } from '../support/sampleRegistry/faults.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import {
  accept,
  answer,
  chooseFromMenu,
  inputBox,
  modalDialog,
  openAddRegistry,
  openViewContainer,
  quickInput,
} from '../support/workbenchPage.ts';

describe('adding registries', () => {
  let guarded: SampleRegistry;
  const workbench = useSampleWorkbench(async () => {
    guarded = await startSampleRegistry({ auth: { scheme: 'basic', users: { alice: 'correct horse' } } });
    seedCompany(guarded);
    return { seed: () => {}, machineSettings: { 'gantry.connections': [] } };
  });

  after(() => guarded.close());

  beforeEach(() => openViewContainer(workbench().page, 'Gantry'));

  it('is offered where there is no registry', async () => {
    const { page } = workbench();
    await chooseFromMenu(treeRow(page, /Docker Hub/), 'Remove Registry…');
    await modalDialog(page).getByText('Remove Docker Hub from Gantry?').waitFor();
    await modalDialog(page).getByRole('button', { name: 'Remove' }).click();
    await page.getByText('See what is in your container registries without pulling anything.').waitFor();
    await page.getByRole('button', { name: 'Add Registry', exact: true }).click();
    await quickInput(page).getByText('Add Registry').waitFor();
  });

  it('says while the address is typed why it is none', async () => {
    const { page } = workbench();
    await openAddRegistry(page);
    await inputBox(page).fill('ftp://registry.example.com');
    await quickInput(page)
      .getByText('"ftp://registry.example.com" is not the address of a registry.')
      .first()
      .waitFor();
  });

  it('says why an address is no registry, and lets it be edited', async () => {
    const { page, registry } = workbench();
    registry.fault = () => ({ reply: htmlReply() });
    await openAddRegistry(page);
    await answer(page, 'Add Registry', registry.host);
    const dialog = modalDialog(page);
    await dialog.getByText(`${registry.host} answered with a web page, not as a container registry does.`).waitFor();
    await dialog.getByRole('button', { name: 'Edit Address' }).click();
    await quickInput(page).getByText('Add Registry').waitFor();
    assert.equal(await inputBox(page).inputValue(), registry.host);
    registry.fault = undefined;
    await accept(page, treeRow(page, `Registry ${registry.host}, ${registry.url}`));
  });

  it('asks for a login where it is wanted, and again with the user name when it is wrong', async () => {
    const { page } = workbench();
    await openAddRegistry(page);
    await answer(page, 'Add Registry', guarded.host);
    await quickInput(page).getByText('has none that it takes.').waitFor();
    await answer(page, `Sign In to ${guarded.host}`, 'alice');
    await quickInput(page).getByText('Password or access token of alice.').waitFor();
    await answer(page, `Sign In to ${guarded.host}`, 'wrong');

    await quickInput(page).getByText('Check the user name and the password or token.').waitFor();
    assert.equal(await treeRow(page, new RegExp(guarded.host)).count(), 0);
    // Back leads to the user name, which stands as it was typed.
    await quickInput(page).getByRole('button', { name: 'Back' }).click();
    await quickInput(page).getByText('has none that it takes.').waitFor();
    assert.equal(await inputBox(page).inputValue(), 'alice');
    await accept(page, quickInput(page).getByText('Password or access token of alice.'));
    await answer(page, `Sign In to ${guarded.host}`, 'correct horse');

    // It opens by itself, unless the tree is drawn anew just then.
    await expandRows(page, `Registry ${guarded.host}, alice · ${guarded.url}`);
    await treeRow(page, 'Repository shop/web').waitFor();
  });

  it('takes a login back, and asks for it where it is missed', async () => {
    const { page } = workbench();
    await chooseFromMenu(treeRow(page, `Registry ${guarded.host}, alice · ${guarded.url}`), 'Sign Out');
    // It says that it wants a login as soon as it was asked.
    const signedOut = new RegExp(`^Registry ${guarded.host}, ${guarded.url}`);
    await treeRow(page, signedOut).waitFor();
    await expandRows(page, signedOut);
    await treeRow(page, new RegExp(`^${guarded.host} wants a login`)).click();
    await answer(page, `Sign In to ${guarded.host}`, 'alice');
    await quickInput(page).getByText('Password or access token of alice.').waitFor();
    await answer(page, `Sign In to ${guarded.host}`, 'correct horse');
    await expandRows(page, `Registry ${guarded.host}, alice · ${guarded.url}`);
    await treeRow(page, 'Repository shop/web').waitFor();
  });

  it('forgets a registry after a question', async () => {
    const { page } = workbench();
    const added = treeRow(page, `Registry ${guarded.host}, alice · ${guarded.url}`);
    for (const button of ['Cancel', 'Remove']) {
      await added.waitFor();
      await chooseFromMenu(added, 'Remove Registry…');
      await modalDialog(page).getByText(`Remove ${guarded.host} from Gantry?`).waitFor();
      await modalDialog(page).getByRole('button', { name: button }).click();
      await modalDialog(page).waitFor({ state: 'detached' });
    }
    await added.waitFor({ state: 'detached' });
  });
});

import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import {
  answer,
  chooseFromMenu,
  inputBox,
  menuOf,
  modalDialog,
  notification,
  openViewContainer,
  quickInput,
  readClipboard,
  runCommand,
} from '../support/workbenchPage.ts';

const sample = /^Registry Sample registry/;
/** What the menus of a registry, a repository and a tag offer that changes something there. */
const changes = ['Push Image…', 'Prune…', 'Add Tag…', 'Delete…'];

describe('changing a registry from the tree', () => {
  const workbench = useSampleWorkbench(() => ({ seed: seedCompany, viewport: { width: 1200, height: 1000 } }));

  /** What a tag of a repository names in the registry itself. */
  function digestOf(repository: string, tag: string): string | undefined {
    return workbench().registry.storage.repositories.get(repository)?.tags.get(tag);
  }

  function tagsOf(repository: string): readonly string[] {
    return [...(workbench().registry.storage.repositories.get(repository)?.tags.keys() ?? [])];
  }

  async function openRepository(name: string): Promise<void> {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    await page.locator('.part.sidebar').getByRole('button', { name: 'Collapse All' }).click();
    await expandRows(page, sample, `Repository ${name}`);
  }

  it('deletes nothing when the question is cancelled', async () => {
    const { page, registry } = workbench();
    await openRepository('shop/web');
    const before = tagsOf('shop/web');
    await chooseFromMenu(treeRow(page, 'Tag 1.8.0'), 'Delete…');
    const dialog = modalDialog(page);
    await dialog.getByText(`Delete the tag ${registry.host}/shop/web:1.8.0?`).waitFor();
    await dialog.getByText('Only the tag is removed.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual(tagsOf('shop/web'), before);
  });

  it('deletes one of two tags that share a digest', async () => {
    const { page } = workbench();
    await openRepository('shop/web');
    const digest = digestOf('shop/web', '1.8');
    assert.equal(digestOf('shop/web', '1.8.0'), digest);
    await chooseFromMenu(treeRow(page, 'Tag 1.8'), 'Delete…');
    await modalDialog(page).getByRole('button', { name: 'Delete Tag', exact: true }).click();
    await treeRow(page, 'Tag 1.8').waitFor({ state: 'detached' });
    assert.equal(digestOf('shop/web', '1.8'), undefined);
    assert.equal(digestOf('shop/web', '1.8.0'), digest);
  });

  it('names every tag of a digest before it deletes them all', async () => {
    const { page } = workbench();
    await openRepository('shop/worker');
    const digest = digestOf('shop/worker', 'latest');
    const shared = tagsOf('shop/worker').filter((tag) => digestOf('shop/worker', tag) === digest);
    assert.ok(shared.length > 1);
    await chooseFromMenu(treeRow(page, 'Tag latest'), 'Delete…');
    await modalDialog(page).getByRole('button', { name: 'Delete Digest with All Tags…' }).click();
    const question = modalDialog(page).filter({ hasText: 'with all its tags?' });
    await question.getByText('These tags are removed with it').waitFor();
    const text = (await question.textContent()) ?? '';
    for (const tag of shared) assert.ok(text.includes(tag), `${tag} is not in: ${text}`);
    await question.getByRole('button', { name: 'Delete', exact: true }).click();
    await treeRow(page, 'Tag latest').waitFor({ state: 'detached' });
    assert.ok(tagsOf('shop/worker').every((tag) => !shared.includes(tag)));
  });

  it('brings a deleted tag back', async () => {
    const { page, registry } = workbench();
    await openRepository('shop/web');
    const digest = digestOf('shop/web', '1.9');
    await chooseFromMenu(treeRow(page, 'Tag 1.9'), 'Delete…');
    await modalDialog(page).getByRole('button', { name: 'Delete Tag', exact: true }).click();
    await treeRow(page, 'Tag 1.9').waitFor({ state: 'detached' });
    await notification(page, `${registry.host}/shop/web:1.9 was deleted.`)
      .getByRole('button', { name: 'Undo' })
      .click();
    await treeRow(page, 'Tag 1.9').waitFor();
    assert.equal(digestOf('shop/web', '1.9'), digest);
  });

  it('copies an image to another repository, and asks before a tag there is moved', async () => {
    const { page, registry } = workbench();
    await openRepository('shop/web');
    const digest = digestOf('shop/web', '1.10.1');
    await chooseFromMenu(treeRow(page, 'Tag 1.10.1'), 'Copy to Another Place…');
    await answer(page, 'Copy 127.0.0.1', `${registry.host}/release/web:stable`);
    await notification(page, /release\/web:stable is there now/).waitFor();
    assert.equal(digestOf('release/web', 'stable'), digest);

    await chooseFromMenu(treeRow(page, 'Tag 1.9'), 'Copy to Another Place…');
    await answer(page, 'Copy 127.0.0.1', `${registry.host}/release/web:stable`);
    const dialog = modalDialog(page);
    await dialog.getByText('release/web:stable already names another image. Move it?').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(digestOf('release/web', 'stable'), digest);
  });

  it('gives an image another tag', async () => {
    const { page } = workbench();
    await openRepository('shop/api');
    const digest = digestOf('shop/api', 'latest');
    await chooseFromMenu(treeRow(page, 'Tag latest'), 'Add Tag…');
    await answer(page, 'Add a Tag to', 'stable');
    await treeRow(page, 'Tag stable').waitFor();
    assert.equal(digestOf('shop/api', 'stable'), digest);
  });

  it('asks before it moves a tag, and leaves it where it is when the answer is no', async () => {
    const { page } = workbench();
    await openRepository('shop/web');
    const before = digestOf('shop/web', '1.9');
    await chooseFromMenu(treeRow(page, 'Tag latest'), 'Add Tag…');
    await answer(page, 'Add a Tag to', '1.9');
    const dialog = modalDialog(page);
    await dialog.getByText('1.9 already names another image. Move it?').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(digestOf('shop/web', '1.9'), before);

    await chooseFromMenu(treeRow(page, 'Tag latest'), 'Add Tag…');
    await answer(page, 'Add a Tag to', '1.9');
    await dialog.getByRole('button', { name: 'Move Tag' }).click();
    await eventually(() => assert.equal(digestOf('shop/web', '1.9'), digestOf('shop/web', 'latest')));
    await notification(page, 'shop/web:1.9 names another image now.').getByRole('button', { name: 'Undo' }).click();
    await eventually(() => assert.equal(digestOf('shop/web', '1.9'), before));
  });

  it('tells the line with which another program does the same, before a deletion and after a change', async () => {
    const { page, registry } = workbench();
    await openRepository('shop/web');
    const before = tagsOf('shop/web');
    await chooseFromMenu(treeRow(page, 'Tag 1.8.0'), 'Delete…');
    await modalDialog(page).getByRole('button', { name: 'Copy Command' }).click();
    const deletion = `regctl tag delete ${registry.host}/shop/web:1.8.0`;
    await eventually(async () => assert.equal(await readClipboard(page), deletion));
    assert.deepEqual(tagsOf('shop/web'), before);

    await chooseFromMenu(treeRow(page, 'Tag 1.8.0'), 'Add Tag…');
    await answer(page, 'Add a Tag to', 'kept');
    await notification(page, 'shop/web:kept is there now.').getByRole('button', { name: 'Copy Command' }).click();
    const tagging = `crane tag ${registry.host}/shop/web:1.8.0 kept`;
    await eventually(async () => assert.equal(await readClipboard(page), tagging));
  });

  it('says of a name that is no tag what is wrong with it', async () => {
    const { page } = workbench();
    await openRepository('shop/web');
    await chooseFromMenu(treeRow(page, 'Tag latest'), 'Add Tag…');
    await answer(page, 'Add a Tag to', 'not a tag');
    await quickInput(page).getByText('A tag has at most 128 letters').waitFor();
  });

  it('offers no change in a registry that is read-only, until changes are allowed', async () => {
    const { page, registry } = workbench();
    await openRepository('shop/web');
    const rows = [treeRow(page, sample), treeRow(page, 'Repository shop/web'), treeRow(page, 'Tag 1.10.1')];
    const offered = async (): Promise<readonly string[]> => {
      const menus: string[] = [];
      for (const row of rows) menus.push(...(await menuOf(row)));
      return changes.filter((change) => menus.includes(change));
    };
    assert.deepEqual(await offered(), changes);
    await chooseFromMenu(treeRow(page, sample), 'Make Read-Only');
    await treeRow(page, /^Registry Sample registry, .*read-only/).waitFor();
    await expandRows(page, sample, 'Repository shop/web');
    await eventually(async () => assert.deepEqual(await offered(), []), 60_000);
    // From the palette it is refused while the image is typed, before anything else is asked.
    await runCommand(page, 'Gantry: Add Tag…');
    await inputBox(page).fill(`${registry.host}/shop/web:1.10.1`);
    await quickInput(page).getByText('is set to read-only in Gantry').waitFor();
    await page.keyboard.press('Escape');
    await chooseFromMenu(treeRow(page, sample), 'Allow Changes');
    await treeRow(page, /^Registry Sample registry, (?!.*read-only)/).waitFor();
  });

  it('copies the reference with its digest', async () => {
    const { page, registry } = workbench();
    await openRepository('shop/web');
    await chooseFromMenu(treeRow(page, 'Tag 1.10.1'), 'Copy Reference with Digest');
    const expected = `${registry.host}/shop/web:1.10.1@${digestOf('shop/web', '1.10.1')}`;
    await eventually(async () => assert.equal(await readClipboard(page), expected));
  });
});

import assert from 'node:assert/strict';
import { writeDockerSave } from '../support/dockerSave.ts';
import { writeImage, writeLayer } from '../support/imageWriter.ts';
import { askPodman, loadIntoPodman, type Podman, podmanProgram, startPodman, tagInPodman } from '../support/podman.ts';
import { needsPrograms } from '../support/programs.ts';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import { file } from '../support/tarWriter.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import {
  activePanel,
  chooseFromMenu,
  openAddRegistry,
  openTag,
  openViewContainer,
  quickInput,
  readClipboard,
} from '../support/workbenchPage.ts';

const image = writeImage({
  platform: { os: 'linux', architecture: 'amd64' },
  steps: [
    { createdBy: 'COPY motd /etc/', layer: writeLayer([file('etc/motd', 'Welcome\n')]) },
    { createdBy: 'COPY data /srv/', layer: writeLayer([file('srv/data', 'x'.repeat(200_000))]) },
  ],
});

describe('the images of an engine, in the view', () => {
  let podman: Podman;

  before(function () {
    needsPrograms(this, podmanProgram);
  });

  const workbench = useSampleWorkbench(async () => {
    podman = await startPodman();
    await loadIntoPodman(podman, writeDockerSave(image, 'docker.io/library/nginx:1.27'));
    await tagInPodman(podman, 'docker.io/library/nginx:1.27', 'registry.example.com/shop/web', '2.0.1');
    return { seed: () => {}, machineSettings: { 'gantry.engine.host': `unix://${podman.socket}` } };
  });

  after(() => podman?.close());

  it('are offered where an engine answers, listed, and shown in the panel', async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    await openAddRegistry(page);
    await quickInput(page)
      .getByRole('option', { name: /^Podman on / })
      .click();
    // What was added is opened by itself.
    await treeRow(page, 'Repository registry.example.com/shop/web').waitFor();
    await expandRows(page, 'Repository registry.example.com/shop/web');
    await openTag(treeRow(page, /^Tag 2\.0\.1/), /shop\/web:2\.0\.1/);
    const panel = activePanel(page);
    await panel.getByRole('heading', { name: 'engine:/registry.example.com/shop/web:2.0.1', level: 1 }).waitFor();
    await panel.getByText('COPY data /srv/').first().waitFor();
    // As the engine has it: nothing of it is compressed, and what it is called by its digest no registry knows.
    await panel.getByText('Size', { exact: true }).first().waitFor();
    assert.equal(await panel.getByText('Compressed size').count(), 0);
    assert.equal(await panel.getByRole('button', { name: 'Copy Digest' }).count(), 0);
  });

  it('are copied by the name that other programs take', async () => {
    const { page } = workbench();
    await chooseFromMenu(treeRow(page, /^Tag 2\.0\.1/), 'Copy Reference');
    await page.getByText('Copied registry.example.com/shop/web:2.0.1').waitFor();
    assert.equal(await readClipboard(page), 'registry.example.com/shop/web:2.0.1');
  });

  it('are copied by the digest that the engine knows of a registry, not by one of what is made here', async () => {
    const { page } = workbench();
    const name = 'registry.example.com/shop/web';
    const { RepoDigests } = JSON.parse(await askPodman(podman, 'GET', `/images/${name}:2.0.1/json`));
    const known = (RepoDigests as string[]).find((each) => each.startsWith(`${name}@`)) ?? assert.fail(RepoDigests);
    const digest = known.slice(name.length + 1);
    await chooseFromMenu(treeRow(page, /^Tag 2\.0\.1/), 'Copy Digest');
    await page.getByText(`Copied ${digest}`).waitFor();
    assert.equal(await readClipboard(page), digest);
  });
});

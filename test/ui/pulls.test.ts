import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';
import { writeImage, writeLayer } from '../support/imageWriter.ts';
import { askPodman, type Podman, podmanProgram, startPodman } from '../support/podman.ts';
import { needsPrograms } from '../support/programs.ts';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';
import { pressInRow, transferRow } from '../support/transfersView.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import {
  activePanel,
  chooseFolder,
  chooseFromMenu,
  notification,
  openViewContainer,
  quickInput,
  reloadWindow,
} from '../support/workbenchPage.ts';

const mebibyte = 1024 * 1024;
const [small, large] = [100_000, 40 * mebibyte].map((size) => writeLayer([file('data', randomBytes(size))], 'none'));
const image = writeImage({
  platform: { os: 'linux', architecture: 'amd64' },
  steps: [
    { createdBy: 'COPY data /srv/', layer: small ?? assert.fail() },
    { createdBy: 'COPY data /usr/', layer: large ?? assert.fail() },
  ],
});
const digests = image.blobs.map(({ descriptor }) => descriptor);
const slow = digests.find(({ size }) => size > mebibyte)?.digest ?? '';

/** Sends the beginning of the large layer at once, and the rest so slowly that it takes minutes. */
function slowDown(registry: SampleRegistry): void {
  registry.fault = ({ method, url }) =>
    method === 'GET' && url.pathname.endsWith(slow)
      ? { connection: { kind: 'drip', afterBytes: 5 * mebibyte, bytesAtOnce: 4096 } }
      : undefined;
}

/** Where each request for a blob began, among those that came since. */
function starts({ requests }: SampleRegistry, since: number, digest: string): readonly number[] {
  return requests
    .slice(since)
    .filter(({ method, path }) => method === 'GET' && path.endsWith(digest))
    .map(({ headers }) => Number(/^bytes=(\d+)-/.exec(String(headers['range'] ?? ''))?.[1] ?? 0));
}

describe('a pull into a folder', () => {
  const workbench = useSampleWorkbench(() => ({
    seed: (registry) => registry.push('shop/web', image, '1.0'),
    viewport: { width: 1300, height: 1000 },
  }));
  const folders: string[] = [];

  after(() => Promise.all(folders.map(removeFolder)));

  async function beginPull(): Promise<string> {
    const { page } = workbench();
    const parent = await makeTemporaryFolder();
    folders.push(parent);
    // Alone, so that the dialog has it in sight.
    const folder = join(parent, 'images');
    await mkdir(folder);
    await openViewContainer(page, 'Gantry');
    await expandRows(page, /^Registry Sample registry/, 'Repository shop/web');
    await chooseFromMenu(treeRow(page, 'Tag 1.0'), 'Pull…');
    await quickInput(page).getByRole('option', { name: 'Into a Folder, as an OCI Image Layout' }).click();
    await chooseFolder(page, 'Folder for the OCI Image Layout', folder);
    return folder;
  }

  async function isComplete(folder: string): Promise<void> {
    const { manifests } = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'));
    assert.deepEqual(
      (manifests as { digest: string }[]).map(({ digest }) => digest),
      [image.manifest.descriptor.digest],
    );
  }

  it('shows bytes, speed and what is left, is cancelled by a click, goes on with what has come, and opens', async () => {
    const { page, registry } = workbench();
    slowDown(registry);
    const since = registry.requests.length;
    try {
      const folder = await beginPull();
      const name = `to ${folder}, `;
      await (
        await transferRow(page, new RegExp(`^Pull .*shop/web:1\\.0, ${name}Pull · \\d+ % · .* of .* · .*/s · .* left`))
      ).waitFor();
      await notification(page, /Pulling .*shop\/web:1\.0/).waitFor();
      const running = await transferRow(page, new RegExp(`${name}Pull · `));
      const cancelled = await transferRow(page, new RegExp(`${name}Pull cancelled`));
      await pressInRow(running, 'Cancel', cancelled);
      registry.fault = undefined;
      const done = await transferRow(page, new RegExp(`${name}Pulled`));
      await pressInRow(cancelled, 'Go On', done);
      await isComplete(folder);
      assertContinued(registry, since);
      const heading = activePanel(page).getByRole('heading', { name: new RegExp(`^oci:${folder}`), level: 1 });
      await pressInRow(done, 'Open Result', heading);
    } finally {
      registry.fault = undefined;
    }
  });

  it('is offered again after the window was loaded anew in its middle, and fetches nothing twice', async () => {
    const { page, registry } = workbench();
    slowDown(registry);
    const since = registry.requests.length;
    try {
      const folder = await beginPull();
      const name = `to ${folder}, `;
      await (await transferRow(page, new RegExp(`${name}Pull · \\d+ %`))).waitFor();
      await eventually(() => assert.equal(starts(registry, since, slow).length, 1));
      await reloadWindow(page);
      const interrupted = await transferRow(page, new RegExp(`${name}Pull interrupted when the window was closed`));
      await interrupted.waitFor();
      registry.fault = undefined;
      await chooseFromMenu(interrupted, 'Go On');
      await (await transferRow(page, new RegExp(`${name}Pulled`))).waitFor();
      await isComplete(folder);
      assertContinued(registry, since);
    } finally {
      registry.fault = undefined;
    }
  });

  /** The layer that had come whole was asked for once, and of the large one not what had come. */
  function assertContinued(registry: SampleRegistry, since: number): void {
    const whole = digests.find(({ digest, size }) => digest !== slow && size > 50_000)?.digest ?? '';
    assert.deepEqual(starts(registry, since, whole), [0]);
    const [first, second, ...more] = starts(registry, since, slow);
    assert.deepEqual([first, more], [0, []]);
    assert.ok((second ?? 0) >= 4 * mebibyte, `it went on at ${second}`);
  }
});

describe('a pull by an engine', () => {
  let podman: Podman;
  let registry: SampleRegistry;

  before(function () {
    needsPrograms(this, podmanProgram);
  });

  const workbench = useSampleWorkbench(async () => {
    registry = await startSampleRegistry();
    registry.push('shop/web', image, '1.0');
    podman = await startPodman({ plainRegistries: [registry.host] });
    return {
      seed: () => {},
      connections: [{ label: 'Reached by the engine', url: registry.url }],
      machineSettings: { 'gantry.engine.host': `unix://${podman.socket}` },
    };
  });

  after(async () => {
    await podman?.close();
    await registry?.close();
  });

  it('shows as a transfer, and the engine has the image', async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    await expandRows(page, /^Registry Reached by the engine/, 'Repository shop/web');
    await chooseFromMenu(treeRow(page, 'Tag 1.0'), 'Pull…');
    await quickInput(page)
      .getByRole('option', { name: /^Into Podman, Podman fetches/ })
      .click();
    await notification(page, /shop\/web:1\.0 is in Podman .* now\./).waitFor();
    await (await transferRow(page, /^Pull .*shop\/web:1\.0, to the container engine, Pulled/)).waitFor();
    const { Id } = JSON.parse(await askPodman(podman, 'GET', `/images/${registry.host}/shop/web:1.0/json`));
    assert.equal(Id, digests[0]?.digest);
  });
});

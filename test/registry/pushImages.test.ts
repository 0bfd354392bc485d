import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { TransferProgress } from '../../src/api.ts';
import { createFindEngine } from '../../src/node/engine.ts';
import { createFiles } from '../../src/node/files.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeDockerSave } from '../support/dockerSave.ts';
import { writeImage, writeLayer } from '../support/imageWriter.ts';
import { sha256 } from '../support/oci.ts';
import { loadIntoPodman, podmanProgram, startPodman } from '../support/podman.ts';
import { needsPrograms } from '../support/programs.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';
import { openClient } from './openClient.ts';

const [motd, data] = [
  writeLayer([file('etc/motd', 'Welcome\n')], 'none'),
  writeLayer([file('srv/data', randomBytes(200_000))], 'none'),
];
const image = writeImage({
  platform: { os: 'linux', architecture: 'amd64' },
  steps: [
    { createdBy: 'COPY motd /etc/', layer: motd },
    { createdBy: 'ENV MODE=fast' },
    { createdBy: 'COPY data /srv/', layer: data },
  ],
  config: { Env: ['MODE=fast'] },
});
const name = 'docker.io/library/shop:1.0';

describe('pushing an image of podman', () => {
  const start = closeAfterEach(startSampleRegistry);
  const startEngine = closeAfterEach(startPodman);
  const open = closeAfterEach(openClient);
  let scratchFolder: string;

  before(function () {
    needsPrograms(this, podmanProgram);
  });
  beforeEach(async () => {
    scratchFolder = await makeTemporaryFolder();
  });
  afterEach(() => removeFolder(scratchFolder));

  async function startBoth() {
    const [registry, podman] = await Promise.all([start(), startEngine()]);
    await loadIntoPodman(podman, writeDockerSave(image, name));
    const env = { DOCKER_HOST: `unix://${podman.socket}` };
    const findEngine = createFindEngine(() => ({ env, home: '/', platform: process.platform }));
    const { gantry } = await open({ findEngine, files: createFiles(), scratchFolder });
    return { registry, podman, gantry };
  }

  it('keeps its id, packs its layers, and sends nothing the second time', async () => {
    const { registry, podman, gantry } = await startBoth();
    assert.deepEqual(
      (await gantry.engineImages()).map(({ reference }) => reference),
      [`engine:/${name}`],
    );
    const events: TransferProgress[] = [];
    const target = `${registry.host}/team/shop`;
    const pushed = await gantry.copy(`engine:/${name}`, target, { onProgress: (event) => events.push(event) });

    const details = await gantry.inspect(`${target}:1.0`);
    assert.equal(details.digest, pushed.digest);
    const manifest = JSON.parse(await gantry.manifestText(`${target}:1.0`)) as {
      readonly config: { readonly digest: string };
      readonly layers: readonly { readonly digest: string }[];
    };
    const { stdout } = await promisify(execFile)(podmanProgram, [
      ...['--url', `unix://${podman.socket}`, 'inspect', '--type', 'image', '--format', '{{.Id}}', name],
    ]);
    assert.equal(manifest.config.digest, `sha256:${stdout.trim()}`);
    const layers = manifest.layers.map(({ digest }) => registry.storage.blobs.get(digest) ?? assert.fail(digest));
    assert.deepEqual(
      layers.map((layer) => sha256(gunzipSync(layer))),
      [motd.diffId, data.diffId],
    );
    const dones = events.map(({ done }) => done);
    assert.deepEqual(
      dones,
      dones.toSorted((a, b) => a - b),
    );
    assert.equal(events.at(-1)?.done, events.at(-1)?.total);

    const before = registry.requests.length;
    const again = await gantry.copy(`engine:/${name}`, target);
    assert.deepEqual([again.digest, again.bytesSent], [pushed.digest, 0]);
    assert.deepEqual([...new Set(registry.requests.slice(before).map(({ method }) => method))], ['HEAD']);
    assert.deepEqual(await readdir(scratchFolder), []);
  });

  it('says that the engine does not have it', async () => {
    const { registry, gantry } = await startBoth();
    const error = await rejection(
      gantry.copy('engine:/docker.io/library/other:1.0', `${registry.host}/other`),
      'not-found',
    );
    assert.match(error.message, /does not have engine:\/.*other:1\.0\. Check the name\./);
    assert.deepEqual(await readdir(scratchFolder), []);
  });
});

import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { engineAdapter } from '../../src/core/adapters/engine.ts';
import type { FindEngine } from '../../src/core/ports.ts';
import { createFindEngine } from '../../src/node/engine.ts';
import { createHash } from '../../src/node/hash.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeDockerSave } from '../support/dockerSave.ts';
import { writeImage, writeLayer } from '../support/imageWriter.ts';
import { sha256 } from '../support/oci.ts';
import { askPodman, loadIntoPodman, type Podman, podmanProgram, startPodman, tagInPodman } from '../support/podman.ts';
import { needsPrograms } from '../support/programs.ts';
import { rejection } from '../support/registryErrors.ts';
import { file } from '../support/tarWriter.ts';
import { describeAdapterContract } from './adapterContract.ts';
import { openClient } from './openClient.ts';

const motd = writeLayer([file('etc/motd', 'Welcome\n')]);
const data = writeLayer([file('srv/data', 'x'.repeat(5000))]);
const image = writeImage({
  platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
  steps: [
    { createdBy: 'COPY motd /etc/', layer: motd },
    { createdBy: 'ENV MODE=fast' },
    { createdBy: 'COPY data /srv/', layer: data },
  ],
});

function engineOf({ socket }: Podman): FindEngine {
  const env = { DOCKER_HOST: `unix://${socket}` };
  return createFindEngine(() => ({ env, home: '/', platform: process.platform }));
}

describeAdapterContract({
  name: "an engine's images (Podman)",
  needs: (test) => needsPrograms(test, podmanProgram),
  start: async ({ image: index, repository, tags }) => {
    const podman = await startPodman();
    const name = `docker.io/${repository}`;
    const [first = '', ...others] = tags;
    await loadIntoPodman(podman, writeDockerSave(index.children[0] ?? assert.fail(), `${name}:${first}`));
    for (const tag of others) await tagInPodman(podman, `${name}:${first}`, name, tag);
    return {
      adapter: engineAdapter({ findEngine: engineOf(podman), createHash }),
      connection: { url: 'engine:/' },
      nameOf: (other) => `docker.io/${other}`,
      close: () => podman.close(),
    };
  },
  offers: ['listRepositories'],
  ignoresLimits: true,
  isRemote: false,
  makesManifests: true,
});

describe('the images of an engine', () => {
  const open = closeAfterEach(openClient);
  let podman: Podman;

  before(async function () {
    needsPrograms(this, podmanProgram);
    podman = await startPodman();
    await loadIntoPodman(podman, writeDockerSave(image, 'docker.io/library/shop:1.0'));
    await tagInPodman(podman, 'docker.io/library/shop:1.0', 'registry.example:5000/team/shop', '2.0');
  });

  after(() => podman?.close());

  async function connect() {
    const { gantry } = await open({ findEngine: engineOf(podman) });
    const { id, label, adapterId } = await gantry.addConnection({ url: 'engine:/' });
    assert.deepEqual([id, label, adapterId], ['engine:/', 'Container engine', 'engine']);
    return { gantry, id };
  }

  it('are listed by their names, with sizes and dates', async () => {
    const { gantry, id } = await connect();
    const { items } = await gantry.listRepositories(id);
    assert.deepEqual(items, [
      { name: 'docker.io/library/shop', reference: 'engine:/docker.io/library/shop' },
      { name: 'registry.example:5000/team/shop', reference: 'engine:/registry.example:5000/team/shop' },
    ]);
    const tags = await gantry.listTags('engine:/shop');
    assert.equal(tags.items.length, 1);
    const [tag] = tags.items;
    assert.equal(tag?.name, '1.0');
    assert.ok((tag.size ?? 0) > 5000);
    assert.match(tag.createdAt ?? '', /^\d{4}-\d\d-\d\dT/);
  });

  it('are read as images of registries are, layer by layer', async () => {
    const { gantry } = await connect();
    const details = await gantry.inspect('engine:/registry.example:5000/team/shop:2.0');
    assert.deepEqual(details.platforms.length, 1);
    assert.match(details.platforms[0] ?? '', /^linux\/arm64/);
    assert.deepEqual(
      details.layers.map(({ digest, size, command }) => ({ digest, size, command })),
      [
        { digest: motd.diffId, size: gunzipSync(motd.bytes).length, command: 'COPY motd /etc/' },
        { digest: data.diffId, size: gunzipSync(data.bytes).length, command: 'COPY data /srv/' },
      ],
    );
    assert.deepEqual(await gantry.inspect(`engine:/registry.example:5000/team/shop@${details.digest}`), {
      ...details,
      reference: `engine:/registry.example:5000/team/shop@${details.digest}`,
    });
  });

  it('serve no reference of a registry, whatever its name', async () => {
    const { gantry } = await connect();
    const { registry, repository } = gantry.parseReference('engine:1.0');
    assert.deepEqual([registry, repository], ['docker.io', 'library/engine']);
    await rejection(gantry.inspect('engine:/oci:/folder:1.0'), 'invalid');
  });

  it('that are not there are said to be so, with the engine', async () => {
    const { gantry } = await connect();
    for (const reference of ['engine:/shop:none', `engine:/shop@${sha256(Buffer.from('none'))}`]) {
      const { message } = await rejection(gantry.inspect(reference), 'not-found');
      assert.ok(message.includes(podman.socket), message);
    }
    await rejection(gantry.listTags('engine:/none'), 'not-found');
    const pulling = gantry.pull('engine:/shop:1.0', { destination: 'engine' });
    assert.match((await rejection(pulling, 'unsupported')).message, /is in the engine already/);
  });

  it('without a tag are listed by the digest that they were pulled by', async () => {
    const { gantry } = await connect();
    const [listed] = JSON.parse(await askPodman(podman, 'GET', '/images/json')) as { readonly RepoDigests: string[] }[];
    const name = listed?.RepoDigests.find((each) => each.startsWith('docker.io/library/shop@')) ?? assert.fail();
    const digest = name.slice(name.indexOf('@') + 1);
    assert.equal((await gantry.inspect(`engine:/shop@${digest}`)).layers.length, 2);
    assert.equal((await gantry.inspect(`engine:/shop:${digest}`)).layers.length, 2);
  });

  it('need an engine that answers, and nothing is asked before', async () => {
    let asked = 0;
    const findEngine: FindEngine = async (options) => {
      asked++;
      return createFindEngine(() => ({ env: {}, home: '/none', platform: 'linux' }))({
        ...options,
        host: 'unix:///none.sock',
      });
    };
    const { gantry } = await open({ findEngine });
    gantry.connections();
    gantry.parseReference('engine:/shop:1.0');
    assert.equal(asked, 0);
    const { message } = await rejection(gantry.addConnection({ url: 'engine:/' }), 'not-found');
    assert.match(message, /none\.sock/);
    assert.equal(asked, 1);
  });
});

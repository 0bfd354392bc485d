import assert from 'node:assert/strict';
import { cacheAdapter } from '../../src/core/adapters/cache.ts';
import { kindOfHost } from '../../src/core/adapters/kinds.ts';
import { createTransport } from '../../src/node/transport.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { directNetwork } from '../support/directNetwork.ts';
import { distributionProgram, startDistribution, startDistribution3 } from '../support/distribution.ts';
import { distribution3, needsGoProgram } from '../support/goPrograms.ts';
import { needsPrograms } from '../support/programs.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { content } from './adapterContract/content.ts';
import { describeAdapterContract } from './adapterContract.ts';
import { openClient } from './openClient.ts';

describeAdapterContract({
  name: 'Distribution 3 as a pull-through cache',
  needs: (test) => needsGoProgram(test, distribution3),
  start: async ({ repository, image, tags, untagged, others }) => {
    const source = await startSampleRegistry();
    source.push(repository, image, ...tags);
    for (const name of others) source.push(name, untagged, 'latest');
    const cache = await startDistribution3({ proxyOf: source.url });
    // It lists what was pulled through it.
    for (const name of [repository, ...others]) await pull(cache.url, name, 'latest');
    const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
    return {
      adapter: cacheAdapter,
      connection: { url: cache.url },
      send: transport.open({ registry: new URL(cache.url) }),
      close: async () => {
        await Promise.all([transport.dispose(), cache.close(), source.close()]);
      },
    };
  },
  offers: ['listRepositories', 'listReferrers'],
});

describe('a pull-through cache', () => {
  const startSource = closeAfterEach(startSampleRegistry);
  const start3 = closeAfterEach(startDistribution3);
  const start2 = closeAfterEach(startDistribution);
  const open = closeAfterEach(openClient);

  it('is known when it is added, lists what was pulled through it, and has the tags of the other registry', async function () {
    needsGoProgram(this, distribution3);
    const source = await startSource();
    source.push('shop/web', content.image, '1.0', '2.0');
    const [cache, { gantry }] = await Promise.all([start3({ proxyOf: source.url }), open()]);
    const { id, adapterId } = await gantry.addConnection({ url: cache.url });
    assert.equal(adapterId, 'cache');
    assert.deepEqual((await gantry.listRepositories(id)).items, []);
    const reference = `${cache.host}/shop/web`;
    assert.deepEqual((await gantry.listTags(reference)).items, [{ name: '1.0' }, { name: '2.0' }]);
    assert.equal((await gantry.inspect(`${reference}:1.0`)).digest, content.image.manifest.descriptor.digest);
    const listed = (await gantry.listRepositories(id)).items.map(({ name }) => name);
    assert.deepEqual(listed, ['shop/web']);
    await rejection(gantry.tag(`${reference}:1.0`, 'stable'), 'unsupported');
  });

  it('of Distribution 2 is not to be told from other registries, and says itself that it changes nothing', async function () {
    needsPrograms(this, distributionProgram);
    const source = await startSource();
    source.push('shop/web', content.image, '1.0');
    const [cache, { gantry }] = await Promise.all([start2({ proxyOf: source.url }), open()]);
    const { id, adapterId } = await gantry.addConnection({ url: cache.url });
    assert.equal(adapterId, 'oci');
    const reference = `${cache.host}/shop/web`;
    const { message } = await rejection(gantry.tag(`${reference}:1.0`, 'stable'), 'unsupported');
    assert.match(message, /pull-through cache/);
    await gantry.setKind(id, 'cache');
    assert.deepEqual((await gantry.listTags(reference)).items, [{ name: '1.0' }]);
  });

  it("is Google's mirror of Docker Hub, which has no list", () => {
    assert.equal(kindOfHost('mirror.gcr.io').id, 'cache');
    assert.equal(kindOfHost('eu.gcr.io').id, 'google');
  });
});

async function pull(url: string, repository: string, tag: string): Promise<void> {
  const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
  const response = await fetch(`${url}/v2/${repository}/manifests/${tag}`, { headers: { accept } });
  await response.arrayBuffer();
  assert.equal(response.status, 200);
}

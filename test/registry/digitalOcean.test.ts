import assert from 'node:assert/strict';
import { digitalOceanAdapter } from '../../src/core/adapters/digitalOcean.ts';
import { openSession } from '../../src/core/openSession.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { oceanLogin, oceanOrigins, startFakeDigitalOcean } from '../support/digitalOcean/fakeDigitalOcean.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { describeAdapterContract } from './adapterContract.ts';

const credential = { kind: 'password', ...oceanLogin } as const;

describeAdapterContract({
  name: 'DigitalOcean (emulated)',
  start: async ({ repository, image, tags, untagged, referrer, others }) => {
    const ocean = await startFakeDigitalOcean(['team']);
    const { registry } = ocean;
    registry.push(`team/${repository}`, image, ...tags);
    registry.push(`team/${repository}`, untagged);
    registry.push(`team/${repository}`, referrer);
    for (const name of others) registry.push(`team/${name}`, untagged, 'latest');
    return {
      adapter: digitalOceanAdapter,
      connection: { url: oceanOrigins.registry, account: oceanLogin.username },
      credential,
      send: ocean.send,
      nameOf: (name) => `team/${name}`,
      holdsUntagged: true,
      holdsReferrer: true,
      close: () => ocean.close(),
    };
  },
  offers: [
    'listNamespaces',
    'listRepositories',
    'listReferrers',
    'putManifest',
    'mountBlob',
    'uploadBlob',
    'deleteTag',
    'deleteManifest',
    'listUntagged',
  ],
  tags: { tells: ['digest', 'size', 'pushedAt'], requests: 1 },
  wantsLogin: true,
});

describe('DigitalOcean', () => {
  const start = closeAfterEach((registries: readonly string[] = []) => startFakeDigitalOcean(registries));
  const { signal } = new AbortController();

  it('knows accounts with several registries', async () => {
    const ocean = await start(['one', 'two']);
    const session = openSession(fakePorts({ openTransport: () => ocean.send, now: Date.now }), {
      adapter: digitalOceanAdapter,
      connection: { url: oceanOrigins.registry, account: oceanLogin.username },
      findLogin: async () => credential,
    });
    const namespaces = await session.listNamespaces?.({ signal });
    assert.deepEqual(
      namespaces?.items.map(({ name }) => name),
      ['one', 'two'],
    );
    for (const { origin, authorization } of ocean.requests) {
      assert.equal(authorization, origin === oceanOrigins.api ? `Bearer ${oceanLogin.password}` : undefined);
    }
  });
});

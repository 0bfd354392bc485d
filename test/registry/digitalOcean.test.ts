import assert from 'node:assert/strict';
import { digitalOceanAdapter } from '../../src/core/adapters/digitalOcean.ts';
import { openSession } from '../../src/core/openSession.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { oceanLogin, oceanOrigins, startFakeDigitalOcean } from '../support/digitalOcean/fakeDigitalOcean.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { describeAdapterContract, distributionAbilities, pushContent } from './adapterContract.ts';

const credential = { kind: 'password', ...oceanLogin } as const;

describeAdapterContract({
  name: 'DigitalOcean (emulated)',
  start: async (content) => {
    const ocean = await startFakeDigitalOcean(['team']);
    const nameOf = (name: string): string => `team/${name}`;
    pushContent(content, ocean.registry.push, nameOf);
    return {
      adapter: digitalOceanAdapter,
      connection: { url: oceanOrigins.registry, account: oceanLogin.username },
      credential,
      send: ocean.send,
      nameOf,
      holdsUntagged: true,
      holdsReferrer: true,
      close: () => ocean.close(),
    };
  },
  offers: [...distributionAbilities, 'listNamespaces', 'listUntagged'],
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

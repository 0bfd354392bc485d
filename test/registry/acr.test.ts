import assert from 'node:assert/strict';
import type { RegistrySession } from '../../src/api.ts';
import { acrAdapter } from '../../src/core/adapters/acr.ts';
import { kindOfHost } from '../../src/core/adapters/kinds.ts';
import type { CloudCredential, Credential } from '../../src/core/credential.ts';
import { openSession } from '../../src/core/openSession.ts';
import { acrHost, acrUsers, entraToken, type FakeAcr, startFakeAcr } from '../support/acr/fakeAcr.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { writeImage, writeIndex } from '../support/imageWriter.ts';
import { rejection } from '../support/registryErrors.ts';
import { describeAdapterContract, distributionAbilities, pushContent } from './adapterContract.ts';

const { signal } = new AbortController();
const amd64 = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [] });
const arm64 = writeImage({ platform: { os: 'linux', architecture: 'arm64' }, steps: [] });
const index = writeIndex([amd64, arm64]);
const [digest, child] = [index.manifest.descriptor.digest, amd64.manifest.descriptor.digest];
const admin = { kind: 'password', username: 'admin', password: acrUsers.admin } as const;
const puller = { kind: 'password', username: 'puller', password: acrUsers.puller } as const;

const start = closeAfterEach(startFakeAcr);

describeAdapterContract({
  name: 'Azure Container Registry (emulated)',
  start: async (content) => {
    const acr = await startFakeAcr();
    pushContent(content, acr.push);
    return {
      adapter: acrAdapter,
      connection: { url: `https://${acrHost}`, account: 'admin' },
      credential: admin,
      send: acr.send,
      holdsUntagged: true,
      holdsReferrer: true,
      close: () => acr.close(),
    };
  },
  offers: [...distributionAbilities, 'deleteRepository', 'listUntagged'],
  tags: { tells: ['digest', 'size', 'pushedAt'], requests: 1 },
  wantsLogin: true,
  // A page of manifests has all of their tags.
  ignoresLimits: true,
});

describe('Azure Container Registry', () => {
  it('is known by its hosts in three clouds', () => {
    for (const host of ['shop.azurecr.io', 'shop-a1b2.azurecr.cn', 'shop.azurecr.us']) {
      assert.equal(kindOfHost(host).id, 'acr', host);
    }
    assert.notEqual(kindOfHost('azurecr.io.evil.example').id, 'acr');
  });

  it('tells digest, size, platform, date and lock of a page of tags in one request', async () => {
    const acr = await start();
    acr.push('shop/web', amd64, 'v1', 'latest');
    acr.push('shop/web', arm64, 'arm');
    acr.record('shop/web', child).deleteEnabled = false;
    const repository = open(acr).repository('shop/web');
    await repository.listTags({ signal });
    const before = acr.requests.length;
    const page = await repository.listTags({ signal });
    assert.equal(acr.requests.length - before, 1);
    const size = acr.record('shop/web', child).size;
    const common = { digest: child, size, pushedAt: '2025-06-01T00:00:00.000Z', platforms: ['linux/amd64'] };
    assert.deepEqual(page.items.slice(1), [
      { name: 'v1', ...common, protectedFrom: ['delete'] },
      { name: 'latest', ...common, protectedFrom: ['delete'] },
    ]);
    assert.equal(page.items[0]?.name, 'arm');
    assert.equal(page.items[0]?.protectedFrom, undefined);
  });

  it('asks for what a list of tags needs: to read metadata, which is more than to pull', async () => {
    const acr = await start();
    acr.push('shop/web', index, 'latest');
    await open(acr).repository('shop/web').listTags({ signal });
    const token = acr.requests.find(({ path }) => path.startsWith('/oauth2/token'));
    assert.equal(
      new URL(token?.path ?? '', 'https://x').searchParams.get('scope'),
      'repository:shop/web:metadata_read',
    );
  });

  it('pages through manifests, and lists those without a tag', async () => {
    const acr = await start({ maximumPageSize: 2 });
    acr.push('shop/web', index, 'v1', 'latest');
    acr.push('shop/web', writeImage({ platform: { os: 'linux', architecture: 's390x' }, steps: [] }), 'v2');
    const repository = open(acr).repository('shop/web');
    const names: string[] = [];
    const untagged: string[] = [];
    for (let cursor: string | undefined = '', pages = 0; cursor !== undefined; pages++) {
      const page = await repository.listTags({ signal, ...(cursor !== '' && { cursor }) });
      const others = await repository.listUntagged?.({ signal, ...(cursor !== '' && { cursor }) });
      names.push(...page.items.map(({ name }) => name));
      untagged.push(...(others?.items ?? assert.fail()).map((item) => item.digest));
      assert.ok(pages < 5);
      cursor = page.cursor;
    }
    assert.deepEqual(names.sort(), ['latest', 'v1', 'v2']);
    assert.deepEqual(untagged.sort(), [amd64, arm64].map(({ manifest }) => manifest.descriptor.digest).sort());
  });

  it('takes no cursor that leads elsewhere', async () => {
    const acr = await start();
    const repository = open(acr).repository('shop/web');
    for (const cursor of ['https://evil.example/', '\u0000', '#x', 'n=1 n=2']) {
      await rejection(repository.listTags({ signal, cursor }), 'invalid');
    }
    assert.deepEqual(acr.requests, []);
  });

  it('says that a login may only pull, with which images are still read', async () => {
    const acr = await start();
    acr.push('shop/web', index, 'latest');
    const repository = open(acr, puller).repository('shop/web');
    await rejection(repository.listTags({ signal }), 'unauthorized');
    assert.equal((await repository.resolve('latest', { signal })).digest, digest);
  });

  it('removes a tag and leaves its image, also the last one', async () => {
    const acr = await start();
    acr.push('shop/web', index, 'latest');
    const repository = open(acr).repository('shop/web', 'delete');
    await repository.deleteTag?.('latest', { signal });
    assert.deepEqual((await repository.listTags({ signal })).items, []);
    assert.equal((await repository.resolve(digest, { signal })).digest, digest);
  });

  it('explains locks, and changes nothing', async () => {
    const acr = await start();
    acr.push('shop/web', index, 'v1');
    acr.push('shop/web', amd64, 'v2');
    acr.record('shop/web', digest).writeEnabled = false;
    const repository = open(acr).repository('shop/web', 'delete');
    const other = await repository.fetchManifest('v2', { signal });
    const refusals = [
      () => repository.deleteTag?.('v1', { signal }),
      () => repository.deleteManifest?.(digest, { signal }),
      () => repository.deleteRepository?.({ signal }),
      () => repository.putManifest?.('v1', other, { signal }),
    ];
    for (const refused of refusals) {
      const { message } = await rejection(refused(), 'conflict');
      assert.match(message, /Nothing was (?:changed|removed)\..*shop\/web.* may be locked.*az acr repository update/);
    }
    assert.equal((await repository.resolve('v1', { signal })).digest, digest);
    const tags = (await repository.listTags({ signal })).items;
    assert.deepEqual(tags.find(({ name }) => name === 'v1')?.protectedFrom, ['move', 'delete']);
  });

  it('takes a Microsoft account, whose token goes to the exchange and nowhere else', async () => {
    const acr = await start();
    acr.push('shop/web', index, 'latest');
    const session = open(acr, { kind: 'microsoft', token: entraToken });
    await session.test({ signal });
    assert.equal((await session.repository('shop/web').listTags({ signal })).items[0]?.digest, digest);
    const shown = acr.requests.filter(({ body, path, authorization }) =>
      [body, path, authorization].some((part) => part?.includes(entraToken)),
    );
    assert.deepEqual(
      shown.map(({ path }) => path),
      ['/oauth2/exchange'],
    );
    await rejection(open(acr, { kind: 'microsoft', token: 'another' }).test({ signal }), 'unauthorized');
  });
});

function open(acr: FakeAcr, login: Credential | CloudCredential = admin): RegistrySession {
  return openSession(fakePorts({ openTransport: () => acr.send, now: Date.now }), {
    adapter: acrAdapter,
    connection: { url: `https://${acrHost}` },
    findLogin: async () => login,
  });
}

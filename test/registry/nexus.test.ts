import assert from 'node:assert/strict';
import type { RegistrySession } from '../../src/api.ts';
import { detectKind } from '../../src/core/adapters/detection.ts';
import { adapterKinds } from '../../src/core/adapters/kinds.ts';
import { nexusAdapter } from '../../src/core/adapters/nexus.ts';
import type { Credential } from '../../src/core/credential.ts';
import { openSession } from '../../src/core/openSession.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { writeImage, writeIndex } from '../support/imageWriter.ts';
import { connectorOrigin, nexusOrigin, nexusUsers, startFakeNexus } from '../support/nexus/fakeNexus.ts';
import { rejection } from '../support/registryErrors.ts';
import type { RegistryWithApi } from '../support/registryWithApi.ts';
import { describeAdapterContract, distributionAbilities, pushContent } from './adapterContract.ts';

const { signal } = new AbortController();
const amd64 = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [] });
const index = writeIndex([amd64]);
const { digest } = index.manifest.descriptor;
const ada = { kind: 'password', username: 'ada', password: nexusUsers.ada } as const;

const start = closeAfterEach(startFakeNexus);

for (const isConnector of [false, true]) {
  const nameOf = (name: string): string => (isConnector ? name : `docker-hosted/${name}`);
  describeAdapterContract({
    name: isConnector ? 'Nexus, a connector port (emulated)' : 'Nexus, routed by path (emulated)',
    start: async (content) => {
      const server = await startFakeNexus({ isConnector });
      pushContent(content, (name, image, ...tags) => server.registry.push(name, image, ...tags), nameOf);
      return {
        adapter: nexusAdapter,
        connection: { url: isConnector ? connectorOrigin : nexusOrigin, account: 'ada' },
        credential: ada,
        send: server.send,
        nameOf,
        holdsReferrer: true,
        close: () => server.close(),
      };
    },
    offers: [...distributionAbilities, 'listNamespaces', 'deleteRepository', 'webUrl'],
    // Only the API knows what an image has besides its tags.
    refuses: isConnector ? ['deleteRepository'] : [],
    ...(!isConnector && { tags: { tells: ['digest', 'pushedAt'], requests: 1 } }),
    // The size of a page of a search is the server's.
    ignoresLimits: true,
    wantsLogin: true,
  });
}

describe('Nexus', () => {
  it('is found out by its realm', async () => {
    const server = await start();
    const kinds = adapterKinds.map(({ id }) => id);
    assert.equal(await detectKind(new URL(nexusOrigin), kinds, { send: server.send, signal }), 'nexus');
  });

  it('has its repositories of images for namespaces, with what proxies fetch from', async () => {
    const server = await start({
      repositories: [
        { name: 'docker-hosted', type: 'hosted' },
        { name: 'hub', type: 'proxy', remoteUrl: 'https://registry-1.docker.io' },
      ],
    });
    assert.deepEqual((await open(server).listNamespaces?.({ signal }))?.items, [
      { name: 'docker-hosted' },
      { name: 'hub', upstream: 'https://registry-1.docker.io' },
    ]);
  });

  it('goes on after a page whose link has another path', async () => {
    const server = await start();
    for (const name of ['a', 'b', 'c']) server.registry.push(`docker-hosted/${name}`, amd64, '1.0');
    const session = open(server, { path: '/docker-hosted' });
    const first = await session.listRepositories?.(undefined, { signal, limit: 2 });
    const second = await session.listRepositories?.(undefined, { signal, cursor: first?.cursor ?? assert.fail() });
    const names = [first, second].flatMap((page) => page?.items.map(({ name }) => name) ?? []);
    assert.deepEqual(names, ['docker-hosted/a', 'docker-hosted/b', 'docker-hosted/c']);
  });

  it('tells digests and dates of a page of tags in one request, and goes on by its token', async () => {
    const server = await start({ pageSize: 2 });
    server.registry.push('docker-hosted/shop/web', index, '1.0', '1.1', '1.2');
    const repository = open(server).repository('docker-hosted/shop/web');
    await repository.listTags({ signal });
    const before = server.requests.length;
    const first = await repository.listTags({ signal });
    assert.equal(server.requests.length - before, 1);
    assert.deepEqual(first.items, [
      { name: '1.0', digest, pushedAt: '2025-06-01T00:00:00.000Z' },
      { name: '1.1', digest, pushedAt: '2025-06-01T00:00:00.000Z' },
    ]);
    const second = await repository.listTags({ signal, cursor: first.cursor ?? assert.fail() });
    assert.deepEqual([second.items.map(({ name }) => name), second.cursor], [['1.2'], undefined]);
  });

  it('lists names alone for whoever may not search, and asks once in vain', async () => {
    const server = await start({ allowsSearch: false });
    server.registry.push('docker-hosted/shop/web', index, '1.0');
    const repository = open(server).repository('docker-hosted/shop/web', 'delete');
    await repository.listTags({ signal });
    const before = server.requests.length;
    assert.deepEqual((await repository.listTags({ signal })).items, [{ name: '1.0' }]);
    assert.equal(server.requests.length - before, 1);
    const { message } = await rejection(repository.deleteRepository?.({ signal }) ?? assert.fail(), 'unsupported');
    assert.match(message, /nexus\.example\.com does not tell this login.*Nothing was removed/);
  });

  it('lists a group by the registry, and deletes nothing through it', async () => {
    const members = ['docker-hosted'];
    const server = await start({ repositories: [{ name: 'all', type: 'group', members }] });
    server.registry.push('docker-hosted/shop/web', index, '1.0');
    server.registry.push('all/shop/web', index, '1.0', '2.0');
    const repository = open(server).repository('all/shop/web', 'delete');
    assert.deepEqual(
      (await repository.listTags({ signal })).items.map((tag) => [tag.name, tag.digest]),
      [
        ['1.0', digest],
        ['2.0', undefined],
      ],
    );
    const refusals = [
      () => repository.deleteTag?.('1.0', { signal }),
      () => repository.deleteManifest?.(digest, { signal }),
      () => repository.deleteRepository?.({ signal }),
    ];
    for (const refused of refusals) {
      const { message } = await rejection(refused() ?? assert.fail(), 'unsupported');
      assert.match(message, /all of nexus\.example\.com is a group.*Nothing was removed/);
    }
  });

  it('offers no change of what a proxy has fetched', async () => {
    const server = await start({ repositories: [{ name: 'hub', type: 'proxy' }] });
    const session = open(server);
    await session.listNamespaces?.({ signal });
    const repository = session.repository('hub/library/nginx', 'delete');
    assert.deepEqual(
      [repository.putManifest, repository.deleteTag, repository.deleteRepository],
      [undefined, undefined, undefined],
    );
  });

  it('removes the tags of a digest before the digest, and leaves others', async () => {
    const server = await start({ pageSize: 1 });
    server.registry.push('docker-hosted/shop/web', index, '1.0', 'latest');
    server.registry.push('docker-hosted/shop/web', amd64, 'other');
    await open(server).repository('docker-hosted/shop/web', 'delete').deleteManifest?.(digest, { signal });
    const held = server.registry.storage.repositories.get('docker-hosted/shop/web');
    assert.deepEqual([...(held?.tags.keys() ?? [])], ['other']);
    assert.deepEqual([...(held?.manifests.keys() ?? [])], [amd64.manifest.descriptor.digest]);
  });

  it('has a page for an image and for each tag, once its repository is known', async () => {
    const repository = open(await start(), { path: '/docker-hosted' }).repository('docker-hosted/shop/web');
    const page = `${nexusOrigin}/#browse/browse:docker-hosted:v2%2Fshop%2Fweb`;
    assert.deepEqual([repository.webUrl?.(), repository.webUrl?.('1.0')], [page, `${page}%2Fmanifests%2F1.0`]);
  });
});

function open(server: RegistryWithApi, { path = '', login = ada as Credential } = {}): RegistrySession {
  return openSession(fakePorts({ openTransport: () => server.send, now: Date.now }), {
    adapter: nexusAdapter,
    connection: { url: `${nexusOrigin}${path}` },
    findLogin: async () => login,
  });
}

import assert from 'node:assert/strict';
import type { RegistrySession } from '../../src/api.ts';
import { artifactoryAdapter } from '../../src/core/adapters/artifactory.ts';
import { detectKind } from '../../src/core/adapters/detection.ts';
import { adapterKinds, kindOfHost } from '../../src/core/adapters/kinds.ts';
import type { Credential } from '../../src/core/credential.ts';
import { openSession } from '../../src/core/openSession.ts';
import { artifactoryOrigin, artifactoryUsers, startFakeArtifactory } from '../support/artifactory/fakeArtifactory.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { writeImage, writeIndex } from '../support/imageWriter.ts';
import { rejection } from '../support/registryErrors.ts';
import type { RegistryWithApi } from '../support/registryWithApi.ts';
import { describeAdapterContract, distributionAbilities, pushContent } from './adapterContract.ts';

const { signal } = new AbortController();
const amd64 = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [] });
const arm64 = writeImage({ platform: { os: 'linux', architecture: 'arm64' }, steps: [] });
const index = writeIndex([amd64, arm64]);
const digest = amd64.manifest.descriptor.digest;
const ada = { kind: 'password', username: 'ada', password: artifactoryUsers.ada } as const;
const subdomain = { key: 'docker-local', origin: 'https://docker-local.art.example.com' };

const start = closeAfterEach(startFakeArtifactory);

for (const [name, options] of [
  ['Artifactory (emulated)', {}],
  ['JFrog Container Registry (emulated)', { isContainerRegistry: true }],
  ['Artifactory, on a host of one repository (emulated)', { layout: subdomain }],
] as const) {
  const isPath = !('layout' in options);
  const nameOf = (image: string): string => (isPath ? `docker-local/${image}` : image);
  describeAdapterContract({
    name,
    start: async (content) => {
      const server = await startFakeArtifactory(options);
      pushContent(content, (name, image, ...tags) => server.registry.push(name, image, ...tags), nameOf);
      return {
        adapter: artifactoryAdapter,
        connection: { url: isPath ? artifactoryOrigin : subdomain.origin, account: 'ada' },
        credential: ada,
        send: server.send,
        nameOf,
        holdsReferrer: true,
        close: () => server.close(),
      };
    },
    offers: [...distributionAbilities, 'listNamespaces', 'deleteRepository', 'webUrl'],
    tags: { tells: ['digest', 'pushedAt'], requests: 1 },
    // A query has no pages.
    ignoresLimits: true,
    wantsLogin: true,
  });
}

describe('Artifactory', () => {
  it('is known by its host in the cloud, and found out elsewhere by its realm', async () => {
    assert.equal(kindOfHost('team.jfrog.io').id, 'artifactory');
    const server = await start();
    const kinds = adapterKinds.map(({ id }) => id);
    assert.equal(await detectKind(new URL(artifactoryOrigin), kinds, { send: server.send, signal }), 'artifactory');
  });

  it('has its repositories for namespaces, with what remote ones fetch from', async () => {
    const server = await start({
      repositories: [
        { key: 'docker-local', type: 'LOCAL' },
        { key: 'hub', type: 'REMOTE', url: 'https://registry-1.docker.io/' },
        { key: 'all', type: 'VIRTUAL' },
      ],
    });
    server.registry.push('docker-local/shop/web', amd64, '1.0');
    const namespaces = await open(server).listNamespaces?.({ signal });
    assert.deepEqual(namespaces?.items, [
      { name: 'docker-local', description: 'Images of docker-local' },
      { name: 'hub', description: 'Images of hub', upstream: 'https://registry-1.docker.io/' },
      { name: 'all', description: 'Images of all' },
    ]);
    const listed = await open(server).listRepositories?.('docker-local', { signal });
    assert.deepEqual(listed?.items, [{ name: 'docker-local/shop/web' }]);
  });

  it('goes on after a page whose link lacks the key of the repository', async () => {
    const server = await start();
    for (const name of ['a', 'b', 'c']) server.registry.push(`docker-local/${name}`, amd64, '1.0');
    const session = open(server, '/docker-local');
    assert.equal(session.listNamespaces, undefined);
    const first = await session.listRepositories?.(undefined, { signal, limit: 2 });
    const cursor = first?.cursor ?? assert.fail('one page');
    const second = await session.listRepositories?.(undefined, { signal, cursor });
    const names = [first, second].flatMap((page) => page?.items.map(({ name }) => name) ?? []);
    assert.deepEqual(names, ['docker-local/a', 'docker-local/b', 'docker-local/c']);
  });

  it('tells digest, size and date of all tags in one request, by a query or by a list of files', async () => {
    for (const allowsQueries of [true, false]) {
      const server = await start({ allowsQueries });
      server.registry.push('docker-local/shop/web', amd64, '1.0');
      server.registry.push('docker-local/shop/web', index, 'latest');
      // Not a tag of this image.
      server.registry.push('docker-local/shop/web/deep', amd64, '2.0');
      const repository = open(server).repository('docker-local/shop/web');
      await repository.listTags({ signal });
      const before = server.requests.length;
      const { items } = await repository.listTags({ signal });
      assert.equal(server.requests.length - before, 1);
      const size = [amd64.manifest, ...amd64.blobs].reduce((sum, { descriptor }) => sum + descriptor.size, 0);
      assert.deepEqual(
        items.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        [
          { name: '1.0', digest, size, pushedAt: '2025-06-01T00:00:00.000Z' },
          { name: 'latest', digest: index.manifest.descriptor.digest, pushedAt: '2025-06-01T00:00:00.000Z' },
        ],
      );
    }
  });

  it('lists names alone where neither is allowed, and asks for them once in vain', async () => {
    const server = await start({ allowsQueries: false, isContainerRegistry: true });
    server.registry.push('docker-local/shop/web', amd64, '1.0');
    const repository = open(server).repository('docker-local/shop/web');
    await repository.listTags({ signal });
    const before = server.requests.length;
    assert.deepEqual((await repository.listTags({ signal })).items, [{ name: '1.0' }]);
    assert.equal(server.requests.length - before, 1);
  });

  it('lists what a virtual repository joins by the registry, with the dates of what is there', async () => {
    const server = await start({ repositories: [{ key: 'all', type: 'VIRTUAL' }] });
    server.registry.push('all/shop/web', amd64, '1.0');
    const session = open(server);
    const { items } = await session.repository('all/shop/web').listTags({ signal });
    assert.deepEqual(
      items.map((item) => [item.name, item.digest]),
      [['1.0', digest]],
    );
    const error = await rejection(
      session.repository('all/shop/web', 'delete').deleteTag?.('1.0', { signal }) ?? assert.fail(),
      'unsupported',
    );
    assert.match(error.message, /all of art\.example\.com is a virtual one.*Nothing was removed/);
  });

  it('offers no change of what a remote repository has fetched', async () => {
    const server = await start({ repositories: [{ key: 'hub', type: 'REMOTE' }] });
    server.registry.push('hub/library/nginx', amd64, '1.0');
    const session = open(server);
    await session.listNamespaces?.({ signal });
    const repository = session.repository('hub/library/nginx', 'delete');
    assert.deepEqual(
      [repository.putManifest, repository.deleteTag, repository.deleteManifest, repository.deleteRepository],
      [undefined, undefined, undefined, undefined],
    );
    assert.deepEqual((await repository.listTags({ signal })).items, [{ name: '1.0' }]);
  });

  it('deletes no tag whose folder is that of another image too', async () => {
    const server = await start();
    server.registry.push('docker-local/shop', amd64, 'web', 'api');
    server.registry.push('docker-local/shop/web', arm64, '1.0');
    const repository = open(server).repository('docker-local/shop', 'delete');
    const conflict = await rejection(repository.deleteTag?.('web', { signal }) ?? assert.fail(), 'conflict');
    assert.match(conflict.message, /docker-local\/shop\/web, which would be deleted with it\. Nothing was removed/);
    const whole = await rejection(repository.deleteRepository?.({ signal }) ?? assert.fail(), 'conflict');
    assert.match(whole.message, /holds other images too: shop\/web\. Nothing was removed/);
    await repository.deleteTag?.('api', { signal });
    const { repositories } = server.registry.storage;
    assert.deepEqual([...(repositories.get('docker-local/shop')?.tags.keys() ?? [])], ['web']);
    assert.deepEqual([...(repositories.get('docker-local/shop/web')?.tags.keys() ?? [])], ['1.0']);
  });

  it('groups images by their paths where the host is one repository', async () => {
    const server = await start({ layout: subdomain });
    for (const name of ['shop/web', 'shop/api', 'base']) server.registry.push(name, amd64, '1.0');
    const session = open(server, '', subdomain.origin);
    const groups = await session.listNamespaces?.({ signal });
    assert.deepEqual(groups?.items.map(({ name }) => name).toSorted(), ['base', 'shop']);
    const listed = await session.listRepositories?.('shop', { signal });
    assert.deepEqual(listed?.items.map(({ name }) => name).toSorted(), ['shop/api', 'shop/web']);
    assert.equal((await session.repository('shop/web').listTags({ signal })).items[0]?.digest, digest);
  });

  it('has a page for an image and for each tag, once its repository is known', async () => {
    const repository = open(await start(), '/docker-local').repository('docker-local/shop/web');
    const page = `${artifactoryOrigin}/ui/repos/tree/General/docker-local/shop/web`;
    assert.deepEqual(
      [repository.webUrl?.(), repository.webUrl?.('1.0'), repository.webUrl?.(digest)],
      [page, `${page}/1.0`, page],
    );
    assert.equal(
      open(await start())
        .repository('docker-local/shop/web')
        .webUrl?.(),
      undefined,
    );
  });
});

function open(
  server: RegistryWithApi,
  path = '',
  origin = artifactoryOrigin,
  login: Credential = ada,
): RegistrySession {
  return openSession(fakePorts({ openTransport: () => server.send, now: Date.now }), {
    adapter: artifactoryAdapter,
    connection: { url: `${origin}${path}` },
    findLogin: async () => login,
  });
}

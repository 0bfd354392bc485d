import assert from 'node:assert/strict';
import type { RegistrySession } from '../../src/api.ts';
import { harborAdapter } from '../../src/core/adapters/harbor.ts';
import { Connections } from '../../src/core/connections.ts';
import type { Credential } from '../../src/core/credential.ts';
import { createGantry } from '../../src/core/gantry.ts';
import { openSession } from '../../src/core/openSession.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { type FakeHarbor, harborOrigin, harborUsers, startFakeHarbor } from '../support/harbor/fakeHarbor.ts';
import { genericReport } from '../support/harbor/harborApi.ts';
import { writeImage, writeIndex } from '../support/imageWriter.ts';
import { rejection } from '../support/registryErrors.ts';
import { describeAdapterContract, distributionAbilities, pushContent } from './adapterContract.ts';

const { signal } = new AbortController();
const amd64 = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [] });
const arm64 = writeImage({ platform: { os: 'linux', architecture: 'arm64' }, steps: [] });
const index = writeIndex([amd64, arm64]);
const [digest, child] = [index.manifest.descriptor.digest, amd64.manifest.descriptor.digest];
const admin = login('admin');

const start = closeAfterEach(startFakeHarbor);

describeAdapterContract({
  name: 'Harbor (emulated)',
  start: async (content) => {
    const harbor = await startFakeHarbor();
    pushContent(content, harbor.push);
    return {
      adapter: harborAdapter,
      connection: { url: harborOrigin, account: 'admin' },
      credential: admin,
      send: harbor.send,
      holdsUntagged: true,
      holdsReferrer: true,
      close: () => harbor.close(),
    };
  },
  offers: [
    ...distributionAbilities,
    'listNamespaces',
    'searchRepositories',
    'deleteRepository',
    'listUntagged',
    'vulnerabilities',
    'readme',
    'webUrl',
  ],
  tags: { tells: ['digest', 'size', 'pushedAt', 'platforms'], requests: 1 },
  wantsLogin: true,
  // A page of artifacts has all of their tags.
  ignoresLimits: true,
  hasBareLists: true,
});

describe('Harbor', () => {
  it('tells everything of a page of tags in one request', async () => {
    const harbor = await start();
    harbor.push('shop/team/web', index, 'v1', 'latest');
    harbor.push('shop/team/web', amd64, 'amd');
    harbor.store.immutable.add('shop/team/web:v1');
    const repository = open(harbor).repository('shop/team/web');
    const { items } = await repository.listTags({ signal });
    assert.equal(harbor.requests.length, 1);
    const [path = ''] = harbor.requests[0]?.path.split('?') ?? [];
    assert.equal(path, '/api/v2.0/projects/shop/repositories/team%252Fweb/artifacts');
    const size = harbor.store.records.find('shop/team/web', digest)?.size;
    const common = { digest, size, platforms: ['linux/amd64', 'linux/arm64'], pushedAt: '2025-06-01T00:02:00.000Z' };
    assert.deepEqual(items.slice(1), [
      { name: 'v1', ...common, protectedFrom: ['move', 'delete'] },
      { name: 'latest', ...common, protectedFrom: [] },
    ]);
    assert.deepEqual(items[0]?.platforms, ['linux/amd64']);
    assert.equal(items[0]?.createdAt, '2025-05-31T12:00:00.000Z');
  });

  it('has projects as namespaces, and tells where caches get their images', async () => {
    const harbor = await start({
      projects: [
        { id: 1, name: 'library', isPublic: true },
        { id: 2, name: 'shop', isPublic: false },
        { id: 3, name: 'hub', isPublic: true, upstream: 'https://hub.docker.com' },
        { id: 4, name: '2024', isPublic: true, upstream: 'https://registry.example:5000/x' },
      ],
    });
    harbor.push('hub/library/nginx', amd64, 'latest');
    const session = open(harbor);
    assert.deepEqual((await session.listNamespaces?.({ signal }))?.items, [
      { name: 'library', description: 'Project, public' },
      { name: 'shop', description: 'Project, private' },
      { name: 'hub', description: 'Cache of another registry, public', upstream: 'docker.io' },
      { name: '2024', description: 'Cache of another registry, public', upstream: 'registry.example:5000' },
    ]);
    const listed = await session.listRepositories?.('hub', { signal });
    assert.deepEqual(listed?.items, [
      { name: 'hub/library/nginx', pulls: 41, updatedAt: '2025-06-02T00:00:00.000Z', upstream: 'docker.io' },
    ]);
    const refused = session
      .repository('hub/library/nginx', 'push')
      .putManifest?.('v2', await session.repository('hub/library/nginx').fetchManifest('latest', { signal }), {
        signal,
      });
    assert.match((await rejection(refused, 'conflict')).message, /hub is a cache of another registry/);
  });

  it('shows public projects to everybody, and asks for a login for the others', async () => {
    const harbor = await start();
    harbor.push('library/nginx', index, 'latest');
    harbor.push('shop/web', index, 'latest');
    const session = open(harbor, 'nobody');
    const namespaces = await session.listNamespaces?.({ signal });
    assert.deepEqual(
      namespaces?.items.map(({ name }) => name),
      ['library'],
    );
    const { items } = await session.repository('library/nginx').listTags({ signal });
    assert.equal(items[0]?.digest, digest);
    assert.equal((await session.repository('library/nginx').resolve('latest', { signal })).digest, digest);
    await rejection(session.repository('shop/web').listTags({ signal }), 'unauthorized');
    await rejection(session.listRepositories?.('shop', { signal }), 'unauthorized');
  });

  it('says that a login is refused by now, with which Harbor would show what is public', async () => {
    const harbor = await start();
    harbor.push('library/nginx', index, 'latest');
    const session = open(harbor, { ...admin, password: 'old' });
    await rejection(session.listNamespaces?.({ signal }), 'unauthorized');
    await rejection(session.listRepositories?.('library', { signal }), 'unauthorized');
  });

  it('takes robots, whose name has a dollar, and sends logins to nobody but Harbor', async () => {
    const harbor = await start();
    harbor.push('shop/web', index, 'latest');
    const session = open(harbor, login('robot$shop+ci'));
    assert.equal((await session.listNamespaces?.({ signal }))?.items.length, 2);
    await session.repository('shop/web', 'delete').deleteTag?.('latest', { signal });
    assert.deepEqual((await session.repository('shop/web').listTags({ signal })).items, []);
    for (const { origin } of harbor.requests) assert.equal(origin, harborOrigin);
    // Harbor wants a token against forgery from whoever sends a cookie.
    for (const { headers } of harbor.requests) assert.equal(headers['cookie'], undefined);
  });

  it('lists only what is below the path of a connection', async () => {
    const harbor = await start();
    for (const name of ['shop/team/web', 'shop/team2/web', 'shop/api', 'library/nginx']) harbor.push(name, amd64, 'v1');
    const session = open(harbor, admin, `${harborOrigin}/shop/team`);
    assert.equal(session.listNamespaces, undefined);
    const listed = await session.listRepositories?.(undefined, { signal });
    assert.deepEqual(
      listed?.items.map(({ name }) => name),
      ['shop/team/web'],
    );
  });

  it('removes a tag and leaves its image, also the last one', async () => {
    const harbor = await start();
    harbor.push('shop/web', index, 'latest');
    const repository = open(harbor).repository('shop/web', 'delete');
    await repository.deleteTag?.('latest', { signal });
    assert.equal((await repository.resolve(digest, { signal })).digest, digest);
    assert.deepEqual(
      (await repository.listUntagged?.({ signal }))?.items.map((item) => item.digest),
      [digest],
    );
    await rejection(repository.deleteTag?.('latest', { signal }), 'not-found');
  });

  it('explains rules of immutability, and changes nothing', async () => {
    const harbor = await start();
    harbor.push('shop/web', index, 'v1');
    harbor.push('shop/web', arm64, 'v2');
    harbor.store.immutable.add('shop/web:v1');
    const repository = open(harbor).repository('shop/web', 'delete');
    const other = await repository.fetchManifest('v2', { signal });
    for (const refused of [
      () => repository.deleteTag?.('v1', { signal }),
      () => repository.deleteManifest?.(digest, { signal }),
      () => repository.deleteRepository?.({ signal }),
      () => repository.putManifest?.('v1', other, { signal }),
    ]) {
      const { message } = await rejection(refused(), 'conflict');
      assert.match(message, /immutability rule of the project shop.*Nothing was changed\.$/);
    }
    assert.equal((await repository.resolve('v1', { signal })).digest, digest);
  });

  it('does not delete an image that an index holds, and says so', async () => {
    const harbor = await start();
    harbor.push('shop/web', index, 'v1');
    const repository = open(harbor).repository('shop/web', 'delete');
    const { message } = await rejection(repository.deleteManifest?.(child, { signal }), 'conflict');
    assert.match(message, /several platforms holds it/);
  });

  it('says that somebody who may only read may not delete', async () => {
    const harbor = await start();
    harbor.push('shop/web', index, 'v1');
    const repository = open(harbor, login('guest')).repository('shop/web', 'delete');
    for (const refused of [repository.deleteTag?.('v1', { signal }), repository.deleteRepository?.({ signal })]) {
      await rejection(refused, 'denied');
    }
  });

  it('tells what the scanner found, or why there is nothing', async () => {
    const harbor = await start();
    harbor.push('shop/web', index, 'v1');
    const repository = open(harbor).repository('shop/web');
    const status = async () => (await repository.vulnerabilities?.(digest, { signal }))?.status;
    assert.equal(await status(), 'none');
    for (const [told, expected] of [
      ['Pending', 'pending'],
      ['Running', 'pending'],
      ['Error', 'failed'],
      ['Stopped', 'failed'],
      ['Success', 'pending'],
    ] as const) {
      harbor.store.scans.set(digest, { status: told });
      assert.equal(await status(), expected, told);
    }
    harbor.store.scans.set(digest, { isUnscannable: true });
    assert.equal(await status(), 'unsupported');
    harbor.store.scans.set(digest, { status: 'Success', report: { [genericReport]: report } });
    const before = harbor.requests.length;
    assert.deepEqual(await repository.vulnerabilities?.(digest, { signal }), {
      status: 'done',
      scanner: 'Trivy v0.50.0',
      scannedAt: '2025-06-01T03:00:00.000Z',
      items: [
        {
          id: 'CVE-2024-3094',
          severity: 'critical',
          packageName: 'xz-utils',
          version: '5.6.0',
          fixedVersion: '5.6.2',
          description: 'A backdoor.',
          url: 'https://avd.aquasec.com/nvd/cve-2024-3094',
        },
      ],
    });
    assert.equal(harbor.requests.length - before, 1);
    await rejection(repository.vulnerabilities?.(`sha256:${'0'.repeat(64)}`, { signal }), 'not-found');
  });

  it('has descriptions, and pages of what a list has shown', async () => {
    const harbor = await start();
    harbor.push('shop/team/web', index, 'v1');
    harbor.store.descriptions.set('shop/team/web', '# Web\n');
    const session = open(harbor);
    const repository = session.repository('shop/team/web');
    assert.equal(await repository.readme?.({ signal }), '# Web');
    assert.equal(repository.webUrl?.(), undefined);
    await session.searchRepositories?.('web', { signal });
    const page = `${harborOrigin}/harbor/projects/2/repositories/team%2Fweb`;
    assert.equal(repository.webUrl?.('v1'), page);
    assert.equal(repository.webUrl?.(digest), `${page}/artifacts-tab/artifacts/${digest}`);
  });

  it('is recognised by its answers, without a login', async () => {
    const harbor = await start();
    harbor.push('shop/web', index, 'v1');
    const ports = fakePorts({ openTransport: () => harbor.send, now: Date.now });
    const connections = new Connections({ state: ports.state, secrets: ports.secrets, configured: () => [] });
    const gantry = createGantry(ports, connections);
    const { id, adapterId } = await gantry.addConnection({
      url: harborOrigin,
      username: admin.username,
      password: admin.password,
    });
    assert.equal(adapterId, 'harbor');
    const asked = harbor.requests.filter(({ headers }) => headers['authorization'] === undefined);
    assert.ok(asked.length > 0 && asked.every(({ path }) => path.startsWith('/v2/')));
    assert.deepEqual(
      (await gantry.listNamespaces(id))?.items.map(({ name }) => name),
      ['library', 'shop'],
    );
    assert.equal((await gantry.listTags('harbor.example/shop/web')).items[0]?.digest, digest);
  });

  it('lists the tags by the registry where the API does not know the repository', async () => {
    const harbor = await start();
    harbor.push('shop/web', index, 'v1');
    const session = open(harbor, admin, harborOrigin, (path) => path.includes('/artifacts'));
    assert.deepEqual((await session.repository('shop/web').listTags({ signal })).items, [{ name: 'v1' }]);
  });
});

const report = {
  generated_at: '2025-06-01T03:00:00Z',
  scanner: { name: 'Trivy', vendor: 'Aqua Security', version: 'v0.50.0' },
  severity: 'Critical',
  vulnerabilities: [
    {
      id: 'CVE-2024-3094',
      package: 'xz-utils',
      version: '5.6.0',
      fix_version: '5.6.2',
      severity: 'Critical',
      description: 'A backdoor.',
      links: ['http://insecure.example', 'https://avd.aquasec.com/nvd/cve-2024-3094'],
      artifact_digests: [child],
    },
    { id: 'CVE-2024-0001', severity: 'High' },
  ],
};

function login(username: keyof typeof harborUsers): Extract<Credential, { readonly kind: 'password' }> {
  return { kind: 'password', username, password: harborUsers[username] };
}

function open(
  harbor: FakeHarbor,
  who: Extract<Credential, { readonly kind: 'password' }> | 'nobody' = admin,
  url = harborOrigin,
  isMissing: (path: string) => boolean = () => false,
): RegistrySession {
  const ports = fakePorts({
    openTransport: () => (request, signal) => {
      const url = isMissing(request.url.pathname)
        ? new URL('/api/v2.0/projects/shop/repositories/none', harborOrigin)
        : request.url;
      return harbor.send({ ...request, url }, signal);
    },
    now: Date.now,
  });
  const credential = who === 'nobody' ? undefined : who;
  return openSession(ports, {
    adapter: harborAdapter,
    connection: { url, ...(credential !== undefined && { account: credential.username }) },
    findLogin: async () => credential,
  });
}

import assert from 'node:assert/strict';
import type { GantryErrorCode, RegistrySession } from '../../src/api.ts';
import { kindOfHost } from '../../src/core/adapters/kinds.ts';
import { quayAdapter } from '../../src/core/adapters/quay.ts';
import { Connections } from '../../src/core/connections.ts';
import type { Credential } from '../../src/core/credential.ts';
import { createGantry } from '../../src/core/gantry.ts';
import { openSession } from '../../src/core/openSession.ts';
import { readWebPage } from '../../src/core/webPages.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { writeImage, writeIndex } from '../support/imageWriter.ts';
import { type FakeQuay, quayApplication, quayRobot, startFakeQuay } from '../support/quay/fakeQuay.ts';
import { rejection } from '../support/registryErrors.ts';
import {
  type ContractContent,
  type ContractServer,
  describeAdapterContract,
  distributionAbilities,
  pushContent,
} from './adapterContract.ts';

const { signal } = new AbortController();
const amd64 = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [] });
const arm64 = writeImage({ platform: { os: 'linux', architecture: 'arm64' }, steps: [] });
const index = writeIndex([amd64, arm64]);
const [digest, child] = [index.manifest.descriptor.digest, amd64.manifest.descriptor.digest];

const start = closeAfterEach(startFakeQuay);

const common = {
  offers: [
    ...distributionAbilities,
    'listNamespaces',
    'searchRepositories',
    'deleteRepository',
    'vulnerabilities',
    'tagHistory',
    'readme',
    'webUrl',
  ],
  wantsLogin: true,
  // Pages of repositories have a length of their own.
  ignoresLimits: true,
} as const;

describeAdapterContract({
  ...common,
  name: 'Quay, with the token of an application (emulated)',
  start: (content) => startContract(content, quayApplication),
  // The size of an image for several platforms is told nowhere in the list.
  tags: { tells: ['digest', 'pushedAt'], requests: 1 },
});

describeAdapterContract({
  ...common,
  name: 'Quay at a host of its own, with a robot (emulated)',
  start: async (content) => {
    const server = await startContract(content, quayRobot, 'quay.example');
    // What only the API knows, a robot learns of public repositories.
    server.quay.store.public.add(content.repository);
    for (const name of content.others) server.quay.store.public.add(name);
    return server;
  },
  offers: common.offers,
  tags: { tells: ['digest', 'pushedAt'], requests: 1 },
  refuses: ['deleteRepository'],
});

describe('Quay', () => {
  it('is known by its host, and elsewhere by its answers', async () => {
    assert.equal(kindOfHost('quay.io').id, 'quay');
    assert.equal(kindOfHost('quay.io.evil.example').id, 'oci');
    const quay = await start({ host: 'quay.example' });
    quay.push('shop/web', amd64, 'v1');
    const ports = fakePorts({ openTransport: () => quay.send, now: Date.now });
    const connections = new Connections({ state: ports.state, secrets: ports.secrets, configured: () => [] });
    const gantry = createGantry(ports, connections);
    assert.equal((await gantry.addConnection({ url: quay.origin, ...quayApplication })).adapterId, 'quay');
    assert.equal((await gantry.listTags('quay.example/shop/web')).items[0]?.digest, child);
  });

  it('tells everything of a page of tags in one request', async () => {
    const quay = await start();
    quay.push('shop/web', amd64, 'v1', 'latest');
    quay.push('shop/web', index, 'all');
    const expiring = quay.store.history('shop/web', quay.registry).find(({ name }) => name === 'v1');
    Object.assign(expiring ?? assert.fail(), { end: Date.UTC(2099, 0, 1) / 1000, isImmutable: true });
    const { items } = await open(quay).repository('shop/web').listTags({ signal });
    assert.equal(quay.requests.length, 1);
    const size = quay.store.records.find('shop/web', child)?.size;
    assert.deepEqual(items, [
      { name: 'all', digest, pushedAt: '2025-06-01T00:03:00.000Z', protectedFrom: [] },
      { name: 'latest', digest: child, size, pushedAt: '2025-06-01T00:02:00.000Z', protectedFrom: [] },
      {
        name: 'v1',
        digest: child,
        size,
        pushedAt: '2025-06-01T00:01:00.000Z',
        expiresAt: '2099-01-01T00:00:00.000Z',
        protectedFrom: ['move', 'delete'],
      },
    ]);
  });

  it('shows the API the token of an application, and nobody else what the registry takes', async () => {
    const quay = await start();
    quay.push('shop/web', amd64, 'v1');
    quay.store.public.add('shop/web');
    for (const [login, expected] of [
      [quayApplication, `Bearer ${quayApplication.password}`],
      [quayRobot, undefined],
    ] as const) {
      const session = open(quay, login);
      const from = quay.requests.length;
      await session.listRepositories?.('shop', { signal });
      await session.searchRepositories?.('web', { signal });
      await session.repository('shop/web').listTags({ signal });
      const api = quay.requests.slice(from).filter(({ path }) => path.startsWith('/api/'));
      assert.ok(api.length >= 3);
      for (const { authorization } of api) assert.equal(authorization, expected);
    }
  });

  it('shows what is public to everybody, by namespace', async () => {
    const quay = await start();
    quay.push('prometheus/node-exporter', index, 'v1');
    quay.push('shop/secret', amd64, 'v1');
    quay.store.public.add('prometheus/node-exporter');
    const session = open(quay, 'nobody', '/prometheus');
    assert.equal(session.listNamespaces, undefined);
    assert.deepEqual((await session.listRepositories?.(undefined, { signal }))?.items, [
      { name: 'prometheus/node-exporter', updatedAt: '2025-06-02T00:00:00.000Z' },
    ]);
    const before = quay.requests.length;
    await session.listRepositories?.(undefined, { signal });
    // The registry's list is for nobody, which is asked once.
    assert.equal(quay.requests.length - before, 1);
    const { items } = await session.repository('prometheus/node-exporter').listTags({ signal });
    assert.equal(items[0]?.digest, digest);
    await rejects(session.repository('shop/secret').listTags({ signal }), 'unauthorized');
  });

  it('says what namespaces are told to, where they are told to nobody', async () => {
    const quay = await start();
    quay.push('shop/web', amd64, 'v1');
    const { message } = await rejects(open(quay, 'nobody').listNamespaces?.({ signal }), 'unauthorized');
    assert.match(message, /Sign in as "\$oauthtoken".*quay\.io\/NAMESPACE/);
  });

  it('lists what a robot sees, also what is not public, once', async () => {
    const quay = await start({ pageSize: 2 });
    for (const name of ['shop/api', 'shop/cart', 'shop/web', 'other/tool']) quay.push(name, amd64, 'v1');
    for (const name of ['shop/api', 'shop/cart', 'shop/web']) quay.store.public.add(name);
    quay.push('shop/secret', amd64, 'v1');
    const session = open(quay, quayRobot);
    assert.deepEqual((await session.listNamespaces?.({ signal }))?.items, [{ name: 'other' }, { name: 'shop' }]);
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await open(quay, quayRobot).listRepositories?.('shop', {
        signal,
        ...(cursor !== undefined && { cursor }),
      });
      names.push(...(page?.items.map(({ name }) => name) ?? []));
      cursor = page?.cursor;
      assert.ok(names.length < 20);
    } while (cursor !== undefined);
    assert.deepEqual(names.sort(), ['shop/api', 'shop/cart', 'shop/secret', 'shop/web']);
    assert.deepEqual((await session.repository('shop/secret').listTags({ signal })).items, [{ name: 'v1' }]);
    for (const { origin } of quay.requests) assert.equal(origin, quay.origin);
  });

  it('lists what a robot sees where the API is closed to it, and what a token sees that knows no user', async () => {
    const quay = await start({ host: 'quay.example', isOpen: false, rights: ['repo:read'] });
    quay.push('shop/web', amd64, 'v1');
    for (const login of [quayRobot, quayApplication]) {
      const session = open(quay, login);
      assert.deepEqual((await session.listNamespaces?.({ signal }))?.items, [{ name: 'shop' }]);
      const listed = await session.listRepositories?.('shop', { signal });
      assert.deepEqual(
        listed?.items.map(({ name }) => name),
        ['shop/web'],
      );
    }
  });

  it('lists the namespaces of what is public on a registry of its own to everybody', async () => {
    const quay = await start({ host: 'quay.example', pageSize: 1 });
    for (const name of ['library/nginx', 'shop/web', 'shop/secret']) quay.push(name, amd64, 'v1');
    for (const name of ['library/nginx', 'shop/web']) quay.store.public.add(name);
    const session = open(quay, 'nobody');
    assert.deepEqual((await session.listNamespaces?.({ signal }))?.items, [{ name: 'library' }, { name: 'shop' }]);
  });

  it('says that a login is refused by now, with which Quay would show what is public', async () => {
    const quay = await start();
    quay.push('shop/web', amd64, 'v1');
    quay.store.public.add('shop/web');
    for (const login of [quayApplication, quayRobot]) {
      const session = open(quay, { ...login, password: 'expired' });
      await rejects(session.listNamespaces?.({ signal }), 'unauthorized');
      await rejects(session.listRepositories?.('shop', { signal }), 'unauthorized');
    }
  });

  it('asks for tokens with the scopes that Quay knows, also to delete', async () => {
    const quay = await start();
    quay.push('shop/web', index, 'v1', 'v2');
    const repository = open(quay, quayRobot).repository('shop/web', 'delete');
    await repository.deleteTag?.('v1', { signal });
    assert.equal((await repository.resolve('v2', { signal })).digest, digest);
    await rejects(repository.resolve('v1', { signal }), 'not-found');
    const granted = quay.requests.filter(({ path, status }) => path.startsWith('/v2/auth') && status === 200);
    const scopes = granted.map(({ path }) => new URL(path, quay.origin).searchParams.get('scope'));
    assert.ok(scopes.length > 0);
    for (const scope of scopes) assert.match(scope ?? '', /^repository:shop\/web:pull(?:,push)?$/);
  });

  it('removes a tag by the API in one request, and keeps what it has named', async () => {
    const quay = await start();
    quay.push('shop/web', amd64, 'v1');
    quay.push('shop/web', index, 'v1');
    const repository = open(quay).repository('shop/web', 'delete');
    const history = async () => (await repository.tagHistory?.('v1', { signal }))?.items;
    const [first, second] = ['2025-06-01T00:01:00.000Z', '2025-06-01T00:02:00.000Z'];
    assert.deepEqual(await history(), [
      { digest, from: second },
      { digest: child, from: first, until: second },
    ]);
    const before = quay.requests.length;
    await repository.deleteTag?.('v1', { signal });
    assert.equal(quay.requests.length - before, 1);
    assert.deepEqual(await history(), [
      { digest, from: second, until: '2025-06-01T00:03:00.000Z' },
      { digest: child, from: first, until: second },
    ]);
    await rejects(repository.tagHistory?.('../x', { signal }), 'invalid');
  });

  it('takes an end that is still to come for no end of what a tag names', async () => {
    const quay = await start();
    quay.push('shop/web', index, 'v1');
    const [record] = quay.store.history('shop/web', quay.registry);
    Object.assign(record ?? assert.fail(), { end: Date.UTC(2099, 0, 1) / 1000 });
    const repository = open(quay).repository('shop/web');
    assert.equal((await repository.tagHistory?.('v1', { signal }))?.items[0]?.until, undefined);
  });

  it('explains immutable tags and mirrors, and changes nothing', async () => {
    const quay = await start();
    quay.push('shop/web', index, 'v1');
    quay.push('shop/web', amd64, 'v2');
    const kept = quay.store.history('shop/web', quay.registry).find(({ name }) => name === 'v1');
    Object.assign(kept ?? assert.fail(), { isImmutable: true });
    for (const login of [quayApplication, quayRobot]) {
      const repository = open(quay, login).repository('shop/web', 'delete');
      const other = await repository.fetchManifest('v2', { signal });
      for (const refused of [
        () => repository.deleteTag?.('v1', { signal }),
        () => repository.deleteManifest?.(digest, { signal }),
        () => repository.putManifest?.('v1', other, { signal }),
      ]) {
        assert.match((await rejects(refused(), 'conflict')).message, /immutable.*Nothing was changed\.$/);
      }
      assert.equal((await repository.resolve('v1', { signal })).digest, digest);
    }
    quay.store.mirrors.add('shop/web');
    const mirrored = open(quay).repository('shop/web', 'delete').deleteTag?.('v2', { signal });
    assert.match((await rejects(mirrored, 'conflict')).message, /mirror of another one/);
  });

  it('says that a manifest without a tag cannot be deleted', async () => {
    const quay = await start();
    quay.push('shop/web', index, 'v1');
    const repository = open(quay, quayRobot).repository('shop/web', 'delete');
    const { message } = await rejects(repository.deleteManifest?.(child, { signal }), 'unsupported');
    assert.match(message, /removing its tags.*has none\. Nothing was removed/);
  });

  it('deletes a repository for an application, and says so to others', async () => {
    const quay = await start();
    quay.push('shop/web', index, 'v1');
    const robot = open(quay, quayRobot).repository('shop/web', 'delete');
    assert.match((await rejects(robot.deleteRepository?.({ signal }), 'denied')).message, /"\$oauthtoken"/);
    await open(quay).repository('shop/web', 'delete').deleteRepository?.({ signal });
    await rejects(open(quay).repository('shop/web').resolve('v1', { signal }), 'not-found');
  });

  it('tells what Clair found in the image of a platform, also a robot', async () => {
    const quay = await start();
    quay.push('shop/web', index, 'v1');
    for (const login of [quayApplication, quayRobot]) {
      const repository = open(quay, login).repository('shop/web');
      const status = async (told: string) => {
        quay.store.scans.set(child, { status: told, data: null });
        return (await repository.vulnerabilities?.(child, { signal }))?.status;
      };
      assert.equal(await status('queued'), 'pending');
      assert.equal(await status('failed'), 'failed');
      assert.equal(await status('unsupported'), 'unsupported');
      assert.equal(await status('manifest_layer_too_large'), 'unsupported');
      quay.store.scans.set(child, { status: 'scanned', data: { Layer: { Features: [openssl] } } });
      const report = await repository.vulnerabilities?.(child, { signal });
      assert.deepEqual([report?.status, report?.items.map(({ id }) => id)], ['done', ['CVE-2023-5678']]);
      await rejects(repository.vulnerabilities?.(`sha256:${'0'.repeat(64)}`, { signal }), 'not-found');
    }
    const without = await start({ hasScanner: false });
    without.push('shop/web', index, 'v1');
    const report = await open(without).repository('shop/web').vulnerabilities?.(child, { signal });
    assert.deepEqual(report, { status: 'unsupported', items: [] });
  });

  it('has descriptions, and pages that Gantry itself can read', async () => {
    const quay = await start();
    quay.push('shop/web', index, 'v1');
    const repository = open(quay).repository('shop/web');
    assert.equal(await repository.readme?.({ signal }), undefined);
    quay.store.descriptions.set('shop/web', '# Web');
    assert.equal(await repository.readme?.({ signal }), '# Web');
    const place = (reference?: string) => readWebPage(new URL(repository.webUrl?.(reference) ?? ''))?.[0];
    assert.deepEqual(place('v1'), { address: 'quay.io', repository: 'shop/web', tag: 'v1' });
    assert.deepEqual(place(digest), { address: 'quay.io', repository: 'shop/web', digest });
    assert.deepEqual(place(), { address: 'quay.io', repository: 'shop/web' });
  });
});

const openssl = {
  Name: 'openssl',
  Version: '3.0.7',
  Vulnerabilities: [{ Name: 'CVE-2023-5678', Severity: 'Medium', FixedBy: '3.0.13' }, { Severity: 'High' }],
};

async function startContract(
  content: ContractContent,
  login: Login,
  host?: string,
): Promise<ContractServer & { readonly quay: FakeQuay }> {
  const quay = await startFakeQuay({ ...(host !== undefined && { host }) });
  pushContent(content, quay.push);
  return {
    quay,
    adapter: quayAdapter,
    connection: { url: quay.origin, account: login.username },
    credential: { kind: 'password', ...login },
    send: quay.send,
    holdsReferrer: true,
    close: () => quay.close(),
  };
}

interface Login {
  readonly username: string;
  readonly password: string;
}

function open(quay: FakeQuay, who: Login | 'nobody' = quayApplication, path = ''): RegistrySession {
  const credential: Credential | undefined = who === 'nobody' ? undefined : { kind: 'password', ...who };
  return openSession(fakePorts({ openTransport: () => quay.send, now: Date.now }), {
    adapter: quayAdapter,
    connection: { url: `${quay.origin}${path}`, ...(who !== 'nobody' && { account: who.username }) },
    findLogin: async () => credential,
  });
}

async function rejects(promise: Promise<unknown> | undefined, code: GantryErrorCode): Promise<Error> {
  return rejection(promise ?? assert.fail('is not offered'), code);
}

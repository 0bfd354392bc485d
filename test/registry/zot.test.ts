import assert from 'node:assert/strict';
import type { RegistrySession } from '../../src/api.ts';
import { zotAdapter } from '../../src/core/adapters/zot.ts';
import { openSession } from '../../src/core/openSession.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { needsGoProgram, zot } from '../support/goPrograms.ts';
import { pushOverHttp } from '../support/pushOverHttp.ts';
import { rejection } from '../support/registryErrors.ts';
import { type FakeZotOptions, startFakeZot, zotLogin } from '../support/zot/fakeZot.ts';
import { needsZotExtension, startZot } from '../support/zot.ts';
import { content } from './adapterContract/content.ts';
import { listening } from './adapterContract/listening.ts';
import {
  type ContractContent,
  type ContractServer,
  describeAdapterContract,
  distributionAbilities,
  pushContent,
} from './adapterContract.ts';
import { openClient } from './openClient.ts';

const credential = { kind: 'password', ...zotLogin } as const;
const login = { user: zotLogin.username, password: zotLogin.password };
const offers = [...distributionAbilities, 'searchRepositories', 'vulnerabilities'] as const;
const tags = { tells: ['digest', 'size', 'createdAt', 'pushedAt', 'platforms'], requests: 1 } as const;
const { signal } = new AbortController();

describeAdapterContract({ name: 'zot (emulated)', start: startEmulated, offers, tags, wantsLogin: true });

describeAdapterContract({
  name: 'zot',
  needs: (test) => needsGoProgram(test, zot),
  start: startReal,
  offers,
  wantsLogin: true,
});

describe('the adapter of zot', () => {
  const start = closeAfterEach((options: FakeZotOptions = {}) => startFakeZot(options));
  const open = closeAfterEach(openClient);

  async function connect(options: FakeZotOptions = {}) {
    const fake = await start(options);
    const { image, untagged } = content;
    fake.registry.push('shop/web', image, '1.0', '2.0');
    fake.registry.push('shop/cart', untagged, 'latest');
    const session = openSession(fakePorts({ openTransport: () => fake.send, now: Date.now }), {
      adapter: zotAdapter,
      connection: { url: fake.registry.url, account: zotLogin.username },
      findLogin: async () => credential,
    });
    await session.test({ signal });
    const before = fake.paths().length;
    return { session, asked: () => fake.paths().slice(before) };
  }

  it('tells of repositories when they changed and how often they were pulled, in one request', async () => {
    const { session, asked } = await connect();
    const page = await session.listRepositories?.(undefined, { signal });
    const told = { updatedAt: '2026-05-04T10:00:00.000Z', pulls: 7 };
    assert.deepEqual(page, {
      items: [
        { name: 'shop/cart', ...told },
        { name: 'shop/web', ...told },
      ],
      total: 2,
    });
    assert.deepEqual(asked(), ['/v2/_zot/ext/search']);
  });

  it('asks again without the fields that an older zot does not have, and no third time', async () => {
    const { session, asked } = await connect({ without: ['TaggedTimestamp', 'LastPullTimestamp'] });
    const repository = session.repository('shop/web');
    const { items } = await repository.listTags({ signal });
    assert.equal(items[0]?.pushedAt, '2026-05-03T10:00:00.123Z');
    assert.equal(asked().length, 2);
    await repository.listTags({ signal });
    assert.equal(asked().length, 3);
  });

  it('reads the registry itself where the extension is off, and does not ask the extension twice', async () => {
    const { session, asked } = await connect({ search: false });
    const repository = session.repository('shop/web');
    for (const _ of [1, 2]) {
      assert.deepEqual((await repository.listTags({ signal })).items, [{ name: '1.0' }, { name: '2.0' }]);
    }
    const repositories = await session.listRepositories?.(undefined, { signal });
    assert.deepEqual(repositories?.items, [{ name: 'shop/cart' }, { name: 'shop/web' }]);
    assert.deepEqual(asked(), [
      '/v2/_zot/ext/search',
      '/v2/shop/web/tags/list',
      '/v2/shop/web/tags/list',
      '/v2/_catalog',
    ]);
    const refused = session.searchRepositories?.('web', { signal }) ?? assert.fail();
    assert.match((await rejection(refused, 'unsupported')).message, /"search" switched off/);
  });

  it('asks the registry for what the extension does not tell of', async () => {
    const { session } = await connect({ hides: ['shop/web'] });
    const { items } = await session.repository('shop/web').listTags({ signal });
    assert.deepEqual(items, [{ name: '1.0' }, { name: '2.0' }]);
  });

  it('tells what the scanner found, and that it is off', async () => {
    const off = await connect();
    const { digest } = content.image.manifest.descriptor;
    assert.deepEqual(await scan(off.session, digest), { status: 'none', items: [] });
    const cves = Array.from({ length: 1200 }, (_, index) => ({
      Id: `CVE-2026-${index}`,
      Severity: 'HIGH',
      PackageList: [{ Name: 'openssl', InstalledVersion: '3.0.1', FixedVersion: '3.0.2' }],
    }));
    const on = await connect({ cves });
    const report = await scan(on.session, digest);
    assert.equal(report?.status, 'done');
    assert.equal(report.items.length, 1200);
    assert.deepEqual(report.items[0], {
      id: 'CVE-2026-0',
      severity: 'high',
      packageName: 'openssl',
      version: '3.0.1',
      fixedVersion: '3.0.2',
    });
    assert.equal(on.asked().length, 2);
  });

  it('is chosen for a real zot, and tells of all tags in one request', async function () {
    needsGoProgram(this, zot);
    const [registry, { gantry }] = await Promise.all([startZot({ login }), open()]);
    try {
      needsZotExtension(this, registry, 'search');
      await pushOverHttp(registry, 'shop/web', content.image, '1.0', '2.0');
      const { adapterId } = await gantry.addConnection({ url: registry.url, ...zotLogin });
      assert.equal(adapterId, 'zot');
      const reference = `${registry.host}/shop/web`;
      const { items } = await gantry.listTags(reference);
      assert.deepEqual(
        items.map(({ name, digest, platforms }) => ({ name, digest, platforms })),
        ['1.0', '2.0'].map((name) => ({
          name,
          digest: content.image.manifest.descriptor.digest,
          platforms: ['linux/amd64', 'linux/arm64'],
        })),
      );
      for (const { size, pushedAt } of items) assert.ok((size ?? 0) > 0 && pushedAt !== undefined);
    } finally {
      await registry.close();
    }
  });
});

function scan(session: RegistrySession, digest: string) {
  return session.repository('shop/web').vulnerabilities?.(digest, { signal });
}

async function startEmulated(contents: ContractContent): Promise<ContractServer> {
  const fake = await startFakeZot();
  const { registry } = fake;
  pushContent(contents, registry.push);
  return {
    adapter: zotAdapter,
    connection: { url: registry.url, account: zotLogin.username },
    credential,
    send: fake.send,
    holdsReferrer: true,
    close: () => fake.close(),
  };
}

async function startReal({
  repository,
  image,
  tags: names,
  untagged,
  referrer,
  others,
}: ContractContent): Promise<ContractServer> {
  const registry = await startZot({ login });
  await pushOverHttp(registry, repository, image, ...names);
  await pushOverHttp(registry, repository, referrer);
  await Promise.all(others.map((name) => pushOverHttp(registry, name, untagged, 'latest')));
  return {
    adapter: zotAdapter,
    connection: { url: registry.url, account: zotLogin.username },
    credential,
    ...listening(registry),
    holdsReferrer: true,
  };
}

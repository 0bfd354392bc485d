import assert from 'node:assert/strict';
import type { GantryErrorCode, PageCallOptions, RegistrySession } from '../../src/api.ts';
import { dockerHubAdapter } from '../../src/core/adapters/dockerHub.ts';
import { Connections } from '../../src/core/connections.ts';
import { createGantry } from '../../src/core/gantry.ts';
import { openSession } from '../../src/core/openSession.ts';
import { writeAttestation } from '../support/artifactWriter.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { type FakeDockerHub, hubOrigins, startFakeDockerHub } from '../support/fakeDockerHub.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { rejection } from '../support/registryErrors.ts';
import { json } from '../support/sampleRegistry/http.ts';
import { file } from '../support/tarWriter.ts';

const accounts = {
  alice: { password: 'se:cret', organizations: ['shop'] },
  shop: { password: 'dckr_oat_1', isOrganizationToken: true },
};
const { signal } = new AbortController();

const layer = writeLayer([file('etc/motd', 'Welcome\n')]);
const amd64 = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [{ createdBy: 'COPY', layer }] });
const arm = writeImage({ platform: { os: 'linux', architecture: 'arm', variant: 'v7' }, steps: [] });
const index = writeIndex([amd64, arm, writeAttestation(amd64.manifest.descriptor, [])]);
const amd64Size = amd64.blobs.reduce((size, { descriptor }) => size + descriptor.size, 0);

const start = closeAfterEach(startFakeDockerHub);

describe('Docker Hub: namespaces and repositories', () => {
  it('lists the official images to those without a login', async () => {
    const hub = await start({ accounts });
    hub.createRepository('library/nginx', { description: 'Web server', pulls: 9_000_000_000 });
    hub.createRepository('alice/tool');
    const session = open(hub);

    assert.deepEqual(await session.listNamespaces?.({ signal }), { items: [{ name: 'library' }] });
    assert.deepEqual(await session.listRepositories?.('library', { signal }), {
      items: [{ name: 'library/nginx', description: 'Web server', pulls: 9_000_000_000 }],
      total: 1,
    });
  });

  it('lists the namespaces and private repositories of an account', async () => {
    const hub = await start({ accounts });
    hub.push('shop/web', index, 'latest');
    hub.createRepository('shop/secret', { isPrivate: true });
    const session = open(hub, 'alice');

    const namespaces = await session.listNamespaces?.({ signal });
    assert.deepEqual(namesOf(namespaces), ['alice', 'shop', 'library']);
    const repositories = await session.listRepositories?.('shop', { signal });
    assert.deepEqual(namesOf(repositories), ['shop/web', 'shop/secret']);
    assert.equal(repositories?.items[0]?.updatedAt, '2025-06-01T00:01:00.000Z');
    assert.deepEqual(namesOf(await open(hub).listRepositories?.('shop', { signal })), ['shop/web']);
  });

  it('takes the account for a namespace where the API does not tell, as with an organization access token', async () => {
    const hub = await start({ accounts });
    hub.createRepository('shop/web', { isPrivate: true });
    const session = open(hub, 'shop');
    assert.deepEqual(namesOf(await session.listNamespaces?.({ signal })), ['shop', 'library']);
    assert.deepEqual(namesOf(await session.listRepositories?.(undefined, { signal })), ['shop/web']);
  });

  it('pages by numbers, never by the addresses that the API names', async () => {
    const hub = await start();
    for (let number = 0; number < 250; number++) hub.createRepository(`library/image-${number}`);
    const session = open(hub);
    const { pages, names } = await readAll((options) => session.listRepositories?.('library', options));
    assert.deepEqual([pages, names.length, new Set(names).size], [3, 250, 250]);
    assert.deepEqual(pathsTo(hub, 'api'), [
      '/v2/namespaces/library/repositories?page=1&page_size=100',
      '/v2/namespaces/library/repositories?page=2&page_size=100',
      '/v2/namespaces/library/repositories?page=3&page_size=100',
    ]);
  });

  it('says how to see more of a list that is cut off for those without a login', async () => {
    const hub = await start({ anonymousOffset: 100 });
    for (let number = 0; number < 150; number++) hub.createRepository(`library/image-${number}`);
    const session = open(hub);
    const first = await session.listRepositories?.('library', { signal });
    await rejects(
      session.listRepositories?.('library', { signal, cursor: first?.cursor ?? '' }),
      'denied',
      /sign in to page further/,
    );
  });

  it('refuses cursors and namespaces that are none', async () => {
    const hub = await start();
    const session = open(hub);
    await rejects(
      session.listRepositories?.('library', { signal, cursor: 'https://evil.example/' }),
      'invalid',
      /start/,
    );
    await rejects(session.listRepositories?.('../x', { signal }), 'invalid', /namespace/);
    assert.deepEqual(hub.requests, []);
  });

  it('searches, with official images under their full names', async () => {
    const hub = await start();
    hub.createRepository('library/nginx', { description: 'Official', pulls: 5 });
    hub.createRepository('alice/nginx-extras');
    hub.createRepository('alice/nginx-secret', { isPrivate: true });
    const session = open(hub);
    assert.deepEqual(await session.searchRepositories?.(' nginx ', { signal, limit: 10 }), {
      items: [
        { name: 'library/nginx', description: 'Official', pulls: 5 },
        { name: 'alice/nginx-extras', pulls: 0 },
      ],
      total: 2,
    });
    assert.deepEqual(pathsTo(hub, 'api'), ['/v2/search/repositories/?query=nginx&page=1&page_size=10']);
    assert.deepEqual(await session.searchRepositories?.(' ', { signal }), { items: [] });
  });
});

describe('Docker Hub: tags', () => {
  it('tells digest, size, platforms and date of 100 tags in one request', async () => {
    const hub = await start();
    hub.push('library/nginx', index, ...numberedTags(99), 'latest');
    const page = await open(hub).repository('library/nginx').listTags({ signal });

    assert.equal(page.items.length, 100);
    assert.deepEqual(page.items[0], {
      name: 'latest',
      digest: index.manifest.descriptor.digest,
      size: amd64Size,
      pushedAt: '2025-06-01T01:40:00.000Z',
      platforms: ['linux/amd64', 'linux/arm/v7'],
    });
    assert.equal(page.cursor, undefined);
    assert.equal(hub.requests.length, 1);
    assert.equal(hub.remainingPulls, 100);
  });

  it('goes on with the registry where those without a login may not page on', async () => {
    const hub = await start({ anonymousOffset: 100 });
    hub.push('library/nginx', index, ...numberedTags(250));
    const repository = open(hub).repository('library/nginx');
    const { names } = await readAll((options) => repository.listTags(options));
    assert.deepEqual([...new Set(names)].sort(), numberedTags(250).sort());
    assert.equal(hub.remainingPulls, 100);
  });

  it('pages on with a login', async () => {
    const hub = await start({ accounts, anonymousOffset: 100 });
    hub.push('library/nginx', index, ...numberedTags(250));
    const repository = open(hub, 'alice').repository('library/nginx');
    const { pages, names } = await readAll((options) => repository.listTags(options));
    assert.deepEqual([pages, names.length, new Set(names).size], [3, 250, 250]);
    assert.deepEqual(pathsTo(hub, 'registry'), []);
  });

  for (const status of [401, 403, 404, 429, 500, 503]) {
    it(`lists the names by the registry when the API answers ${status}, page by page`, async () => {
      const hub = await start();
      hub.push('library/nginx', index, ...numberedTags(3));
      hub.answerApi = () => json(status, { message: 'no', errinfo: {} });
      const repository = open(hub).repository('library/nginx');
      const first = await repository.listTags({ signal, limit: 2 });
      assert.deepEqual(first.items, [{ name: '1.0.0' }, { name: '1.0.1' }]);
      hub.answerApi = undefined;
      const second = await repository.listTags({ signal, limit: 2, cursor: first.cursor ?? '' });
      assert.deepEqual(second, { items: [{ name: '1.0.2' }] });
    });
  }

  it('lists the names by the registry when the API is not Docker Hub', async () => {
    const hub = await start();
    hub.push('library/nginx', index, 'latest');
    for (const body of [{ results: 'none' }, '<!doctype html>']) {
      hub.answerApi = () => json(200, body);
      const { items } = await open(hub).repository('library/nginx').listTags({ signal });
      assert.deepEqual(items, [{ name: 'latest' }]);
    }
  });

  it('says that a repository may not exist', async () => {
    const hub = await start();
    const repository = open(hub).repository('alice/missing');
    await rejects(repository.listTags({ signal }), 'unauthorized', /alice\/missing.*not exist/);
  });

  it('resolves and fetches by the registry', async () => {
    const hub = await start();
    const digest = hub.push('library/nginx', index, 'latest');
    const repository = open(hub).repository('library/nginx');
    assert.equal((await repository.resolve('latest', { signal })).digest, digest);
    assert.equal((await repository.fetchManifest('latest', { signal })).descriptor.digest, digest);
    assert.deepEqual(pathsTo(hub, 'api'), []);
  });

  it('tells what a repository says of itself, in whole or else in one line', async () => {
    const hub = await start({ accounts });
    hub.createRepository('library/nginx', { description: 'Web server', fullDescription: '# Quick reference\n' });
    hub.createRepository('alice/tool', { description: 'A tool', isPrivate: true });
    hub.createRepository('alice/bare');
    const readme = (name: string, account?: 'alice' | 'shop') =>
      open(hub, account).repository(name).readme?.({ signal }) ?? assert.fail();
    assert.equal(await readme('library/nginx'), '# Quick reference');
    assert.equal(await readme('library/nginx', 'shop'), '# Quick reference');
    assert.equal(await readme('alice/tool', 'alice'), 'A tool');
    assert.equal(await readme('alice/bare'), undefined);
    await rejects(readme('alice/tool'), 'not-found', /the description of alice\/tool/);
    assert.ok(pathsTo(hub, 'api').includes('/v2/namespaces/library/repositories/nginx'));
    hub.answerApi = () => json(200, []);
    await rejects(readme('library/nginx'), 'protocol', /hub\.docker\.com/);
  });

  it('deletes a tag and nothing else', async () => {
    const hub = await start({ accounts });
    const digest = hub.push('alice/tool', index, '1.0.0', 'latest');
    const repository = open(hub, 'alice').repository('alice/tool');
    await repository.deleteTag?.('1.0.0', { signal });
    assert.deepEqual(namesOf(await repository.listTags({ signal })), ['latest']);
    assert.equal((await repository.resolve('latest', { signal })).digest, digest);
  });

  it('says why a tag cannot be deleted', async () => {
    const hub = await start({ accounts });
    hub.push('library/nginx', index, 'latest');
    const deleting = (account?: 'alice') =>
      open(hub, account).repository('library/nginx').deleteTag?.('latest', { signal }) ?? assert.fail();
    await rejects(deleting(), 'unauthorized', /hub\.docker\.com wants a login/);
    await rejects(deleting('alice'), 'denied', /permission denied/);
    const other = open(hub, 'alice').repository('library/nginx');
    await rejects(other.deleteTag?.('../x', { signal }), 'invalid', /not a tag/);
  });

  it('knows the pages for people', async () => {
    const hub = await start();
    const session = open(hub);
    const official = session.repository('library/nginx');
    assert.equal(official.webUrl?.(), 'https://hub.docker.com/_/nginx');
    assert.equal(official.webUrl?.('1.27'), 'https://hub.docker.com/_/nginx/tags?name=1.27');
    const { digest } = index.manifest.descriptor;
    assert.equal(session.repository('shop/web').webUrl?.(digest), 'https://hub.docker.com/r/shop/web/tags');
    assert.equal(session.repository('no/such/form').webUrl?.(), undefined);
  });
});

describe('Docker Hub: login', () => {
  it('adds a connection with a good login and tells of a wrong one at once', async () => {
    const hub = await start({ accounts });
    const ports = fakePorts({ openTransport: () => hub.send, now: Date.now });
    const connections = new Connections({ state: ports.state, secrets: ports.secrets, configured: () => [] });
    const gantry = createGantry(ports, connections);
    const added = await gantry.addConnection({ url: 'docker.io', username: 'alice', password: 'se:cret' });
    assert.deepEqual([added.adapterId, added.state], ['docker-hub', 'ready']);
    await rejects(
      gantry.addConnection({ url: 'docker.io', username: 'alice', password: 'wrong' }),
      'unauthorized',
      /docker/,
    );
  });

  it('tells when only the API refuses the password, and what to do', async () => {
    const hub = await start({ accounts });
    hub.answerApi = ({ url }) =>
      url.pathname === '/v2/auth/token' ? json(401, { message: 'unauthorized' }) : undefined;
    await rejects(open(hub, 'alice').test({ signal }), 'unauthorized', /hub\.docker\.com refuses.*access token/);
  });

  it('can be used while the API is down', async () => {
    const hub = await start({ accounts });
    hub.answerApi = () => json(503, {});
    await open(hub, 'alice').test({ signal });
  });

  it('sends each secret to where it belongs only', async () => {
    const hub = await start({ accounts });
    hub.push('alice/tool', index, 'latest');
    const session = open(hub, 'alice');
    await session.test({ signal });
    await session.listNamespaces?.({ signal });
    await session.searchRepositories?.('tool', { signal });
    const repository = session.repository('alice/tool');
    await repository.listTags({ signal });
    await repository.fetchManifest('latest', { signal });
    await repository.deleteTag?.('latest', { signal });

    const password = basic('alice', 'se:cret');
    for (const { origin, path, authorization, body } of hub.requests) {
      const isLogin = origin === hubOrigins.api && path === '/v2/auth/token';
      assert.equal(body.includes('se:cret'), isLogin, path);
      assert.equal(authorization === password, origin === hubOrigins.auth, path);
      if (origin === hubOrigins.registry) assert.match(authorization ?? 'none', /^(?:none|Bearer token-[\w-]+)$/, path);
      if (origin === hubOrigins.api) assert.match(authorization ?? 'login', isLogin ? /^login$/ : /^Bearer ey/, path);
    }
    assert.ok(hub.requests.some(({ origin }) => origin === hubOrigins.auth));
  });

  it('keeps the login of a mirror from Docker Hub', async () => {
    const hub = await start({ accounts });
    hub.push('library/nginx', index, 'latest');
    const session = open(hub, 'alice', 'https://mirror.example');
    await session.repository('library/nginx').listTags({ signal });
    assert.deepEqual(
      hub.requests.map(({ origin, authorization, body }) => [origin, authorization, body]),
      [[hubOrigins.api, undefined, '']],
    );
  });

  it('logs in once for requests at the same time, and keeps the token', async () => {
    const hub = await start({ accounts });
    const session = open(hub, 'alice');
    await Promise.all([1, 2, 3].map(() => session.listNamespaces?.({ signal })));
    await session.listNamespaces?.({ signal });
    assert.equal(loginsTo(hub), 1);
  });

  it('logs in anew before a token ends', async () => {
    const hub = await start({ accounts, tokenLifetime: 600 });
    let now = Date.now();
    const session = open(hub, 'alice', hubOrigins.registry, () => now);
    await session.listNamespaces?.({ signal });
    now += 560_000;
    await session.listNamespaces?.({ signal });
    assert.equal(loginsTo(hub), 1);
    now += 20_000;
    await session.listNamespaces?.({ signal });
    assert.equal(loginsTo(hub), 2);
  });

  it('logs in once more when a token is refused', async () => {
    const hub = await start({ accounts });
    const session = open(hub, 'alice');
    await session.listNamespaces?.({ signal });
    hub.revokeTokens();
    assert.deepEqual(namesOf(await session.listNamespaces?.({ signal })), ['alice', 'shop', 'library']);
    assert.equal(loginsTo(hub), 2);
    hub.answerApi = ({ url }) => (url.pathname === '/v2/auth/token' ? undefined : json(401, {}));
    await session.listNamespaces?.({ signal });
    assert.equal(loginsTo(hub), 3);
  });

  it('finds a place for the login when refused requests have taken all', async () => {
    const hub = await start({ accounts });
    const session = open(hub, 'alice');
    await session.listNamespaces?.({ signal });
    hub.revokeTokens();
    await Promise.all(Array.from({ length: 20 }, () => session.listNamespaces?.({ signal })));
  });

  it('does not repeat a refused login for a minute', async () => {
    const hub = await start({ accounts: { alice: { password: 'another' } } });
    let now = 0;
    const session = open(hub, 'alice', hubOrigins.registry, () => now);
    const listing = async () => session.listNamespaces?.({ signal });
    await rejects(listing(), 'unauthorized', /refuses/);
    await rejects(listing(), 'unauthorized', /refuses/);
    assert.equal(loginsTo(hub), 1);
    now += 61_000;
    await rejects(listing(), 'unauthorized', /refuses/);
    assert.equal(loginsTo(hub), 2);
  });

  it('uses the old login where there is no other', async () => {
    const hub = await start({ accounts, hasTokenEndpoint: false });
    assert.deepEqual(namesOf(await open(hub, 'alice').listNamespaces?.({ signal })), ['alice', 'shop', 'library']);
    assert.deepEqual(pathsTo(hub, 'api'), ['/v2/auth/token', '/v2/users/login', '/v2/repositories/namespaces']);
  });
});

describe('Docker Hub: limits', () => {
  it('tells the pull limit without using it up', async () => {
    const hub = await start();
    hub.push('library/nginx', index, 'latest');
    const session = open(hub);
    await session.repository('library/nginx').fetchManifest('latest', { signal });
    const limit = { limit: 100, remaining: 99, windowSeconds: 21_600, source: '192.0.2.7' };
    assert.deepEqual(await session.rateLimit?.({ signal }), limit);
    assert.deepEqual(await session.rateLimit?.({ signal }), limit);
  });

  it('says how many pulls are allowed when there are none left', async () => {
    const hub = await start();
    hub.push('library/nginx', index, 'latest');
    hub.remainingPulls = 0;
    const session = open(hub);
    await rejects(
      session.repository('library/nginx').fetchManifest('latest', { signal }),
      'rate-limited',
      /registry-1\.docker\.io.*100 in 6 hours.*pull rate limit.*sign in/,
    );
    assert.equal((await session.rateLimit?.({ signal }))?.remaining, 0);
  });

  it('says when the API may be asked again', async () => {
    const hub = await start();
    const inOneMinute = String(Math.floor(Date.now() / 1000) + 60);
    hub.answerApi = () => json(429, { detail: 'Rate limit exceeded', error: false }, { 'X-Retry-After': inOneMinute });
    await rejects(
      open(hub).searchRepositories?.('nginx', { signal }),
      'rate-limited',
      /hub\.docker\.com.*Rate limit exceeded.*again at \d\d:\d\d, in (?:1 minute|\d\d seconds)/,
    );
  });
});

function open(
  hub: FakeDockerHub,
  account?: keyof typeof accounts,
  url: string = hubOrigins.registry,
  now: () => number = Date.now,
): RegistrySession {
  const ports = fakePorts({ openTransport: () => hub.send, now });
  return openSession(ports, {
    adapter: dockerHubAdapter,
    connection: { url, ...(account !== undefined && { account }) },
    findLogin: async () =>
      account === undefined ? undefined : { kind: 'password', username: account, password: accounts[account].password },
  });
}

async function readAll(
  list: (options: PageCallOptions) => Promise<{ items: readonly { name: string }[]; cursor?: string }> | undefined,
): Promise<{ readonly pages: number; readonly names: readonly string[] }> {
  const names: string[] = [];
  let cursor: string | undefined;
  for (let pages = 1; pages < 20; pages++) {
    const page = await list({ signal, ...(cursor !== undefined && { cursor }) });
    names.push(...namesOf(page));
    cursor = page?.cursor;
    if (cursor === undefined) return { pages, names };
  }
  return assert.fail('The list has no end');
}

function namesOf(page: { readonly items: readonly { readonly name: string }[] } | undefined): readonly string[] {
  return page?.items.map(({ name }) => name) ?? assert.fail();
}

function numberedTags(count: number): string[] {
  return Array.from({ length: count }, (_, number) => `1.0.${number}`);
}

function pathsTo(hub: FakeDockerHub, part: keyof typeof hubOrigins): readonly string[] {
  return hub.requests.filter(({ origin }) => origin === hubOrigins[part]).map(({ path }) => path);
}

function loginsTo(hub: FakeDockerHub): number {
  return pathsTo(hub, 'api').filter((path) => path === '/v2/auth/token').length;
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

async function rejects(promise: Promise<unknown> | undefined, code: GantryErrorCode, message: RegExp): Promise<void> {
  assert.match((await rejection(promise ?? assert.fail(), code)).message, message);
}

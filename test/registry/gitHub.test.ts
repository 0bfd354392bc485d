import assert from 'node:assert/strict';
import type { RegistrySession } from '../../src/api.ts';
import { gitHubAdapter } from '../../src/core/adapters/gitHub.ts';
import { kindOfHost } from '../../src/core/adapters/kinds.ts';
import type { Credential } from '../../src/core/credential.ts';
import { openSession } from '../../src/core/openSession.ts';
import { deletePlannedTag, planTagDeletion } from '../../src/core/transfer/deletion.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { fakePorts } from '../support/fakePorts.ts';
import {
  type FakeGitHub,
  gitHubOrigins,
  gitHubToken,
  gitHubUser,
  startFakeGitHub,
} from '../support/gitHub/fakeGitHub.ts';
import { writeImage, writeIndex } from '../support/imageWriter.ts';
import { rejection } from '../support/registryErrors.ts';
import { json } from '../support/sampleRegistry/http.ts';
import { describeAdapterContract, pushContent } from './adapterContract.ts';

const { signal } = new AbortController();
const imageFor = (architecture: string) => writeImage({ platform: { os: 'linux', architecture }, steps: [] });
const [amd64, arm64, s390x] = ['amd64', 'arm64', 's390x'].map(imageFor) as [
  ReturnType<typeof imageFor>,
  ReturnType<typeof imageFor>,
  ReturnType<typeof imageFor>,
];
const index = writeIndex([amd64, arm64]);
const digest = index.manifest.descriptor.digest;
const other = s390x.manifest.descriptor.digest;
const credential = { kind: 'password', username: gitHubUser, password: gitHubToken } as const;

const start = closeAfterEach(startFakeGitHub);

describeAdapterContract({
  name: 'GitHub (emulated)',
  start: async (content) => {
    const github = await startFakeGitHub();
    pushContent(content, github.push);
    return {
      adapter: gitHubAdapter,
      connection: { url: gitHubOrigins.registry, account: gitHubUser },
      credential,
      send: github.send,
      holdsUntagged: true,
      close: () => github.close(),
    };
  },
  offers: [
    'listNamespaces',
    'listRepositories',
    'listReferrers',
    'putManifest',
    'mountBlob',
    'uploadBlob',
    'deleteManifest',
    'deleteRepository',
    'listUntagged',
    'webUrl',
  ],
  tags: { tells: ['digest', 'pushedAt'], requests: 1 },
  wantsLogin: true,
  // A version has all of its tags, and the user comes before the first page of organizations.
  ignoresLimits: true,
});

describe("GitHub's registry", () => {
  it('is known by its hosts', () => {
    for (const host of ['ghcr.io', 'containers.octo.ghe.com']) assert.equal(kindOfHost(host).id, 'github', host);
    for (const host of ['ghcr.io.evil.example', 'containers.ghe.com', 'containers.github.example']) {
      assert.notEqual(kindOfHost(host).id, 'github', host);
    }
  });

  it('lists the user and the organizations, with their packages', async () => {
    const github = await start();
    github.push('shop/web', index, 'latest');
    github.push('shop/tools/lint', s390x, 'latest');
    github.packages.publish('shop/tools/lint');
    github.push('octocat/hello', s390x, 'latest');
    const session = open(github);
    assert.deepEqual((await session.listNamespaces?.({ signal }))?.items, [{ name: 'octocat' }, { name: 'shop' }]);
    const before = github.requests.length;
    assert.deepEqual((await session.listRepositories?.('shop', { signal }))?.items, [
      { name: 'shop/web', description: 'private: What we sell', updatedAt: '2025-06-02T22:19:11.000Z' },
      { name: 'shop/tools/lint', description: 'public', updatedAt: '2025-06-02T22:19:11.000Z' },
    ]);
    assert.equal(github.requests.length - before, 1);
    assert.deepEqual(names(await session.listRepositories?.('octocat', { signal })), ['octocat/hello']);
    for (const { origin, authorization, path } of github.requests) {
      assert.equal(origin, gitHubOrigins.api, path);
      assert.equal(authorization, `Bearer ${gitHubToken}`);
    }
  });

  it('lists all packages one after the other for who names no owner', async () => {
    const github = await start();
    for (const name of ['octocat/hello', 'shop/web', 'shop/api']) github.push(name, s390x, 'latest');
    const found: string[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 10; pages++) {
      const page = await open(github).listRepositories?.(undefined, { signal, limit: 1, ...(cursor && { cursor }) });
      found.push(...names(page));
      cursor = page?.cursor;
      if (cursor === undefined) break;
    }
    assert.deepEqual(found, ['octocat/hello', 'shop/web', 'shop/api']);
  });

  it('shows public organizations where the token may not see all, and says so', async () => {
    const github = await start({ scopes: ['read:packages'], publicOrganizations: ['Acme'] });
    const page = await open(github).listNamespaces?.({ signal });
    assert.deepEqual(names(page), ['octocat', 'acme']);
    assert.match(page?.items[1]?.description ?? '', /lacks the scope "read:org"/);
  });

  it('lists what a connection with a path is for, and has no namespaces then', async () => {
    const github = await start();
    for (const name of ['shop/web', 'shop/tools/lint', 'shop/tools/fmt']) github.push(name, s390x, 'latest');
    const session = open(github, { url: `${gitHubOrigins.registry}/shop/tools` });
    assert.equal(session.listNamespaces, undefined);
    assert.deepEqual(names(await session.listRepositories?.(undefined, { signal })), [
      'shop/tools/lint',
      'shop/tools/fmt',
    ]);
  });

  it('tells digest and date of a page of tags in one request, also of names with a slash', async () => {
    const github = await start();
    github.push('shop/tools/lint', index, 'v1', 'latest');
    const repository = open(github).repository('shop/tools/lint');
    const page = await repository.listTags({ signal });
    const pushedAt = '2025-06-01T00:02:00.000Z';
    assert.deepEqual(page.items, [
      { name: 'v1', digest, pushedAt },
      { name: 'latest', digest, pushedAt },
    ]);
    assert.deepEqual(
      github.requests.map(({ path }) => path),
      ['/orgs/shop/packages/container/tools%2Flint/versions?per_page=100&page=1'],
    );
    assert.equal(github.requests[0]?.headers['x-github-api-version'], '2022-11-28');
  });

  it('asks for a user where there is no organization, once', async () => {
    const github = await start();
    github.push('octocat/hello', s390x, 'v1');
    const session = open(github);
    await session.repository('octocat/hello').listTags({ signal });
    assert.equal(github.requests.length, 2);
    await session.repository('octocat/hello').listTags({ signal });
    assert.equal(github.requests.length, 3);
    assert.match(github.requests[2]?.path ?? '', /^\/users\/octocat\//);
  });

  it('reads public packages of others without a login by the registry alone, and asks the API once', async () => {
    const github = await start();
    github.push('acme/tool', index, 'v1');
    github.packages.publish('acme/tool');
    const session = open(github, { login: undefined });
    const repository = session.repository('acme/tool');
    assert.deepEqual((await repository.listTags({ signal })).items, [{ name: 'v1' }]);
    await repository.listTags({ signal });
    assert.equal((await repository.resolve('v1', { signal })).digest, digest);
    assert.equal(github.requests.filter(({ origin }) => origin === gitHubOrigins.api).length, 1);
    const { message } = await rejection(session.listNamespaces?.({ signal }), 'unauthorized');
    assert.match(message, /^api\.github\.com wants a login/);
  });

  it('reads a package that the API hides by the registry', async () => {
    const github = await start();
    github.push('acme/tool', index, 'v1');
    github.answerApi = () => json(404, { message: 'Package not found.' });
    assert.deepEqual((await open(github).repository('acme/tool').listTags({ signal })).items, [{ name: 'v1' }]);
    await rejection(open(github).listRepositories?.('acme', { signal }), 'not-found');
  });

  it('lists versions without a tag, those that an index names among them', async () => {
    const github = await start();
    github.push('shop/web', index, 'latest');
    github.push('shop/web', s390x);
    const untagged = await open(github).repository('shop/web').listUntagged?.({ signal });
    assert.deepEqual(
      untagged?.items.map((item) => item.digest).sort(),
      [amd64, arm64, s390x].map(({ manifest }) => manifest.descriptor.digest).sort(),
    );
  });

  it('deletes a version with all of its tags, found page by page', async () => {
    const github = await start();
    github.push('shop/web', s390x, 'old', 'older');
    for (let number = 0; number < 110; number++) {
      const architecture = `a${number}`;
      github.push('shop/web', writeImage({ platform: { os: 'linux', architecture }, steps: [] }), `v${number}`);
    }
    const repository = open(github).repository('shop/web', 'delete');
    await repository.deleteManifest?.(other, { signal });
    assert.deepEqual(
      github.requests.map(({ method, path }) => `${method} ${path.replace(/^.*versions/, 'versions')}`),
      ['GET versions?per_page=100&page=1', 'GET versions?per_page=100&page=2', 'DELETE versions/700'],
    );
    assert.equal(github.registry.storage.repositories.get('shop/web')?.tags.has('old'), false);
    const { message } = await rejection(repository.deleteManifest?.(other, { signal }), 'not-found');
    assert.match(message, /Nothing was removed/);
  });

  it('explains why a version is not deleted', async () => {
    const github = await start();
    github.push('shop/web', s390x, 'latest');
    const repository = open(github).repository('shop/web', 'delete');
    const last = await rejection(repository.deleteManifest?.(other, { signal }), 'denied');
    assert.match(last.message, /last version of its package\. Nothing was removed; delete the whole package/);
    github.push('shop/web', index, 'v1');
    github.packages.publish('shop/web');
    (github.packages.version('shop/web', other) ?? assert.fail()).downloads = 5001;
    for (const refused of [
      () => repository.deleteManifest?.(other, { signal }),
      () => repository.deleteRepository?.({ signal }),
    ]) {
      const { message } = await rejection(refused(), 'denied');
      assert.match(message, /more than 5,000 times\. Nothing was removed/);
    }
  });

  it('removes no tag alone, and says so', async () => {
    const github = await start();
    github.push('shop/web', index, 'v1');
    const repository = open(github).repository('shop/web', 'delete');
    const plan = await planTagDeletion(repository, { reference: 'ghcr.io/shop/web:v1', tag: 'v1' }, { signal });
    assert.match(
      (await rejection(deletePlannedTag(repository, plan, { signal }), 'unsupported')).message,
      /removed alone.*Nothing was removed; delete its digest/,
    );
  });

  it('says which scope a token lacks', async () => {
    const github = await start({ scopes: ['read:packages'] });
    github.push('shop/web', s390x, 'latest');
    const repository = open(github).repository('shop/web', 'delete');
    const { message } = await rejection(repository.deleteRepository?.({ signal }), 'denied');
    assert.match(message, /needs one of the scopes: delete:packages/);
  });

  it('says when requests are allowed again, and lists tags by the registry until then', async () => {
    const github = await start();
    github.push('shop/web', s390x, 'v1');
    const reset = Math.floor(Date.UTC(2026, 0, 1, 12, 5) / 1000);
    const used = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) };
    github.answerApi = () => json(403, { message: 'API rate limit exceeded for user ID 1.' }, used);
    const session = open(github);
    const { message } = await rejection(session.listRepositories?.('shop', { signal }), 'rate-limited');
    assert.match(message, /api\.github\.com takes no more requests.*5000 an hour.*Try again at \d\d:\d5\.$/);
    await rejection(session.listNamespaces?.({ signal }), 'rate-limited');
    assert.deepEqual((await session.repository('shop/web').listTags({ signal })).items, [{ name: 'v1' }]);
    github.answerApi = () => json(403, { message: 'secondary rate limit' }, { 'retry-after': '120' });
    assert.match(
      (await rejection(session.listRepositories?.('shop', { signal }), 'rate-limited')).message,
      /2 minutes/,
    );
  });

  it('knows the pages of packages and versions', async () => {
    const github = await start();
    github.push('shop/tools/lint', s390x, 'v1');
    const repository = open(github).repository('shop/tools/lint');
    assert.equal(repository.webUrl?.(), 'https://ghcr.io/shop/tools/lint');
    await repository.listTags({ signal });
    const page = 'https://github.com/orgs/shop/packages/container';
    assert.equal(repository.webUrl?.(), `${page}/package/tools%2Flint`);
    assert.equal(repository.webUrl?.('v1'), `${page}/tools%2Flint/700?tag=v1`);
    assert.equal(repository.webUrl?.(other), `${page}/tools%2Flint/700`);
    assert.equal(repository.webUrl?.('v2'), `${page}/tools%2Flint/versions`);
  });

  it('asks the API of a tenant of GHE.com at its own address', async () => {
    const origins = { registry: 'https://containers.octo.ghe.com', api: 'https://api.octo.ghe.com' };
    const github = await start({ origins });
    github.push('shop/web', s390x, 'v1');
    const repository = open(github, { url: origins.registry }).repository('shop/web');
    assert.equal((await repository.listTags({ signal })).items[0]?.digest, other);
    assert.equal(repository.webUrl?.(), 'https://octo.ghe.com/orgs/shop/packages/container/package/web');
  });

  it('asks the API of a server of its own only after the user has said that it belongs to the registry', async () => {
    const origins = { registry: 'https://containers.github.example', api: 'https://github.example' };
    const github = await start({ origins, root: '/api/v3' });
    github.push('shop/web', s390x, 'v1');
    const session = open(github, { url: origins.registry });
    const error = await rejection(session.listNamespaces?.({ signal }), 'untrusted-realm');
    assert.equal((error as { readonly realm?: string }).realm, origins.api);
    assert.deepEqual((await session.repository('shop/web').listTags({ signal })).items, [{ name: 'v1' }]);
    assert.ok(github.requests.every(({ origin }) => origin === origins.registry));
    const trusted = open(github, { url: origins.registry, trustedRealms: [origins.api] });
    assert.equal((await trusted.repository('shop/web').listTags({ signal })).items[0]?.digest, other);
    assert.match(github.requests.at(-1)?.path ?? '', /^\/api\/v3\/orgs\/shop\//);
  });

  it('is plain OCI at a host that does not tell where the API is', async () => {
    const session = openSession(fakePorts({ openTransport: () => () => assert.fail('sent') }), {
      adapter: gitHubAdapter,
      connection: { url: 'https://mirror.example' },
      findLogin: async () => credential,
    });
    assert.equal(session.listNamespaces, undefined);
  });
});

function open(
  github: FakeGitHub,
  options: { readonly url?: string; readonly login?: Credential | undefined; readonly trustedRealms?: string[] } = {},
): RegistrySession {
  const {
    url = gitHubOrigins.registry,
    login = 'login' in options ? undefined : credential,
    trustedRealms = [],
  } = options;
  return openSession(fakePorts({ openTransport: () => github.send, now: Date.now }), {
    adapter: gitHubAdapter,
    connection: { url, trustedRealms },
    findLogin: async () => login,
  });
}

function names(page: { readonly items: readonly { readonly name: string }[] } | undefined): readonly string[] {
  return page?.items.map(({ name }) => name) ?? assert.fail('is not offered');
}

import assert from 'node:assert/strict';
import type { RegistrySession } from '../../src/api.ts';
import { gitLabAdapter } from '../../src/core/adapters/gitLab.ts';
import { kindOfHost } from '../../src/core/adapters/kinds.ts';
import { Connections } from '../../src/core/connections.ts';
import type { Credential } from '../../src/core/credential.ts';
import { createGantry, type Gantry } from '../../src/core/gantry.ts';
import { openSession } from '../../src/core/openSession.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { fakePorts } from '../support/fakePorts.ts';
import {
  type FakeGitLab,
  gitLabOrigins,
  gitLabTokens,
  gitLabUser,
  startFakeGitLab,
} from '../support/gitLab/fakeGitLab.ts';
import { writeImage, writeIndex } from '../support/imageWriter.ts';
import { rejection } from '../support/registryErrors.ts';
import { json } from '../support/sampleRegistry/http.ts';
import { describeAdapterContract, distributionAbilities, pushContent } from './adapterContract.ts';

const { signal } = new AbortController();
const amd64 = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [] });
const arm64 = writeImage({ platform: { os: 'linux', architecture: 'arm64' }, steps: [] });
const index = writeIndex([amd64, arm64]);
const digest = index.manifest.descriptor.digest;
const credential = { kind: 'password', username: gitLabUser, password: gitLabTokens.api } as const;
const reader = { kind: 'password', username: 'reader', password: gitLabTokens.registry } as const;
const deployer = { kind: 'password', username: 'deployer', password: gitLabTokens.deploy } as const;
/** A GitLab of somebody's own. */
const ownOrigins = { registry: 'https://registry.forge.example', gitLab: 'https://forge.example' };

const start = closeAfterEach(startFakeGitLab);

describeAdapterContract({
  name: 'GitLab (emulated)',
  start: async (content) => {
    const gitlab = await startFakeGitLab();
    pushContent(content, gitlab.push);
    return {
      adapter: gitLabAdapter,
      connection: { url: gitLabOrigins.registry, account: gitLabUser },
      credential,
      send: gitlab.send,
      close: () => gitlab.close(),
    };
  },
  offers: [...distributionAbilities, 'listNamespaces', 'searchRepositories', 'deleteRepository', 'webUrl'],
  tags: { tells: ['digest', 'size', 'createdAt', 'pushedAt'], requests: 1 },
  wantsLogin: true,
  // All groups are read, to leave out those inside of others.
  ignoresLimits: true,
});

describe("GitLab's registry", () => {
  it('is known by the host of GitLab.com, and elsewhere by its token server', async () => {
    assert.equal(kindOfHost('registry.gitlab.com').id, 'gitlab');
    assert.equal(kindOfHost('registry.forge.example').id, 'oci');
    const gitlab = await start({ origins: ownOrigins });
    gitlab.push('shop/web', index, 'latest');
    const { gantry } = client(gitlab);
    const login = { username: gitLabUser, password: gitLabTokens.api };
    const url = ownOrigins.registry;
    const untrusted = await rejection(gantry.addConnection({ url, ...login }), 'untrusted-realm');
    assert.equal((untrusted as { readonly realm?: string }).realm, ownOrigins.gitLab);
    const { id, adapterId } = await gantry.addConnection({ url, ...login, trustedRealms: [ownOrigins.gitLab] });
    assert.equal(adapterId, 'gitlab');
    assert.deepEqual(names(await gantry.listNamespaces(id)), ['alice', 'shop']);
    const { items } = await gantry.listTags('registry.forge.example/shop/web');
    assert.equal(items[0]?.size, 2_803_255);
  });

  it('sends no login to the API of a GitLab that the user does not trust, and lists tags by the registry', async () => {
    const gitlab = await start({ origins: ownOrigins });
    gitlab.push('shop/web', index, 'latest');
    const session = open(gitlab, { url: ownOrigins.registry, login: undefined });
    await rejection(session.listNamespaces?.({ signal }), 'untrusted-realm');
    const refused = await rejection(session.repository('shop/web').listTags({ signal }), 'unauthorized');
    assert.match(refused.message, /registry\.forge\.example/);
    assert.ok(gitlab.requests.every(({ path }) => !path.startsWith('/api/')));
  });

  it('asks a registry for its token server once, and not where it is remembered', async () => {
    const gitlab = await start();
    gitlab.push('shop/web', index, 'latest');
    const { gantry } = client(gitlab);
    const { id } = await gantry.addConnection({
      url: gitLabOrigins.registry,
      username: gitLabUser,
      password: gitLabTokens.api,
    });
    await gantry.listRepositories(id, { namespace: 'shop' });
    const before = gitlab.requests.length;
    await gantry.listTags('registry.gitlab.com/shop/web');
    assert.deepEqual(
      gitlab.requests.slice(before).map(({ origin, path }) => `${origin}${path}`),
      ['https://gitlab.com/api/graphql'],
    );
  });

  it('lists groups without those inside of others, and the user', async () => {
    const gitlab = await start({ groups: ['Shop', 'shop/backend', 'acme/tools', 'shopping'] });
    const session = open(gitlab);
    assert.deepEqual(names(await session.listNamespaces?.({ signal })), ['alice', 'shop', 'acme/tools', 'shopping']);
  });

  it('lists the repositories of a group, a project and a user, in one request a page', async () => {
    const gitlab = await start();
    for (const name of ['shop/web', 'shop/web/debug', 'shop/api', 'alice/dot', 'alice/dot/files', 'alice/site']) {
      gitlab.push(name, index, 'latest');
    }
    const session = open(gitlab);
    await session.listNamespaces?.({ signal });
    for (const [path, expected, requests] of [
      ['shop', ['shop/web', 'shop/web/debug', 'shop/api'], 1],
      ['shop/web', ['shop/web', 'shop/web/debug'], 1],
      // It could have been a group.
      ['alice', ['alice/dot', 'alice/dot/files', 'alice/site'], 2],
    ] as const) {
      const before = gitlab.requests.length;
      assert.deepEqual(names(await session.listRepositories?.(path, { signal })), expected);
      assert.equal(gitlab.requests.length - before, requests, path);
    }
    const { message } = await rejection(session.listRepositories?.('nobody', { signal }), 'not-found');
    assert.match(message, /no group, project or user nobody/);
  });

  it('lists all repositories one group after the other for who names none', async () => {
    const gitlab = await start({ groups: ['shop', 'acme'] });
    for (const name of ['acme/tool', 'alice/dot', 'alice/site', 'shop/web', 'shop/api']) gitlab.push(name, index, 'v1');
    const found: string[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 10; pages++) {
      const page = await open(gitlab).listRepositories?.(undefined, { signal, limit: 1, ...(cursor && { cursor }) });
      found.push(...names(page));
      cursor = page?.cursor;
      if (cursor === undefined) break;
    }
    assert.deepEqual(found, ['alice/dot', 'alice/site', 'shop/web', 'shop/api', 'acme/tool']);
  });

  it('lists every repository of a project that has many', async () => {
    const gitlab = await start();
    for (let number = 0; number < 230; number++) gitlab.push(`alice/many/image-${number}`, amd64, 'v1');
    const session = open(gitlab);
    assert.equal((await session.listRepositories?.('alice', { signal }))?.items.length, 230);
    const last = open(gitlab).repository('alice/many/image-229');
    assert.deepEqual(names(await last.listTags({ signal })), ['v1']);
  });

  it('tells digest, size and dates of a page of tags in one request once its repository is known', async () => {
    const gitlab = await start();
    gitlab.push('shop/web/debug', index, 'v1', 'latest');
    const session = open(gitlab);
    await session.listRepositories?.('shop', { signal });
    const before = gitlab.requests.length;
    const page = await session.repository('shop/web/debug').listTags({ signal });
    assert.equal(gitlab.requests.length - before, 1);
    const details = {
      digest,
      size: 2_803_255,
      createdAt: '2025-06-01T09:30:00.000Z',
      pushedAt: '2025-06-02T09:30:00.000Z',
    };
    assert.deepEqual(page.items, [
      { name: 'latest', ...details },
      { name: 'v1', ...details },
    ]);
  });

  it('finds the project of an image that nobody has listed in one request', async () => {
    const gitlab = await start();
    for (const name of ['shop/web', 'shop/web/debug/shell', 'shop/api']) gitlab.push(name, index, 'v1');
    for (const name of ['shop/web', 'shop/web/debug/shell']) {
      const opened = open(gitlab);
      await opened.repository(name).listTags({ signal });
      const asked = gitlab.requests.splice(0).filter(({ path }) => path === '/api/graphql');
      assert.equal(asked.length, 2, name);
    }
  });

  it('leaves out what an older GitLab does not know, and asks for it once', async () => {
    const unknownFields = ['publishedAt', 'containerTagsExpirationPolicy', 'status'];
    const gitlab = await start({ unknownFields });
    gitlab.push('shop/web', index, 'v1');
    const session = open(gitlab);
    assert.deepEqual(names(await session.listRepositories?.('shop', { signal })), ['shop/web']);
    const { items } = await session.repository('shop/web').listTags({ signal });
    assert.deepEqual(items, [{ name: 'v1', digest, size: 2_803_255, createdAt: '2025-06-01T09:30:00.000Z' }]);
    const before = gitlab.requests.length;
    await session.listRepositories?.('shop', { signal });
    await session.repository('shop/web').listTags({ signal });
    assert.equal(gitlab.requests.length - before, 2);
  });

  it('shows what a clean-up policy does, and what is being deleted', async () => {
    const gitlab = await start();
    for (const name of ['shop/web', 'shop/api', 'shop/old']) gitlab.push(name, index, 'v1');
    const nextRunAt = '2026-12-01T04:00:00Z';
    gitlab.policies.set('shop/web', { enabled: true, keepN: 'TEN_TAGS', olderThan: 'NINETY_DAYS', nextRunAt });
    gitlab.policies.set('shop/api', { enabled: true, keepN: null, olderThan: null });
    const session = open(gitlab);
    await session.repository('shop/old', 'delete').deleteRepository?.({ signal });
    const { items } = (await session.listRepositories?.('shop', { signal })) ?? assert.fail();
    assert.deepEqual(
      items.map(({ name, description }) => [name, description]),
      [
        [
          'shop/web',
          'Cleaned up by a policy: keeps ten tags, removes what is older than ninety days, next on 2026-12-01',
        ],
        ['shop/api', 'Cleaned up by a policy'],
        ['shop/old', 'Being deleted'],
      ],
    );
  });

  it('lists tags by the registry for a login that may only read images, and says what is missing', async () => {
    const gitlab = await start();
    gitlab.push('shop/web', index, 'v1');
    for (const [login, code] of [
      [reader, 'denied'],
      [deployer, 'unauthorized'],
    ] as const) {
      const session = open(gitlab, { login });
      const { message } = await rejection(session.listNamespaces?.({ signal }), code);
      assert.match(
        message,
        /^gitlab\.com .*scope "read_api"; with "read_registry" alone, or a deploy token, images can/,
      );
      await rejection(session.listRepositories?.('shop', { signal }), code);
      gitlab.requests.splice(0);
      assert.deepEqual((await session.repository('shop/web').listTags({ signal })).items, [{ name: 'v1' }]);
      // A login that was refused is not tried again and again.
      assert.ok(gitlab.requests.every(({ path }) => path !== '/api/graphql'));
    }
  });

  it('says that a login sees no group, and is no empty tree', async () => {
    const gitlab = await start();
    gitlab.answerApi = () => json(200, []);
    const { message } = await rejection(open(gitlab).listNamespaces?.({ signal }), 'denied');
    assert.match(message, /shows this login no group\. .* pinned by name/);
  });

  it('explains protected tags, and removes a tag alone', async () => {
    const gitlab = await start();
    gitlab.push('shop/web', index, 'v1', 'latest');
    gitlab.protectedTags.add('shop/web:v1');
    const repository = open(gitlab).repository('shop/web', 'delete');
    const { message } = await rejection(repository.deleteTag?.('v1', { signal }), 'denied');
    assert.match(message, /Tag is protected.*Nothing was removed\. The tag may be protected: a rule/);
    await repository.deleteTag?.('latest', { signal });
    assert.deepEqual(names(await repository.listTags({ signal })), ['v1']);
    await rejection(repository.deleteTag?.('latest', { signal }), 'not-found');
  });

  it('finds projects by their path', async () => {
    const gitlab = await start();
    for (const name of ['shop/web', 'shop/web/debug', 'acme/webhook', 'shop/api']) gitlab.push(name, index, 'v1');
    const session = open(gitlab);
    assert.deepEqual(names(await session.searchRepositories?.('web', { signal })), [
      'shop/web',
      'shop/web/debug',
      'acme/webhook',
    ]);
    const membership = (JSON.parse(gitlab.requests.at(-1)?.body ?? '') as { readonly variables: object }).variables;
    assert.deepEqual(membership, { search: 'web', membership: false, first: 20, after: null });
  });

  it('knows the page of a repository that it has seen', async () => {
    const gitlab = await start();
    gitlab.push('shop/web/debug', index, 'v1');
    const repository = open(gitlab).repository('shop/web/debug');
    assert.equal(repository.webUrl?.(), undefined);
    await repository.listTags({ signal });
    assert.equal(repository.webUrl?.(), 'https://gitlab.com/shop/web/container_registry/1');
  });

  it('tells what GitLab says where it cannot answer', async () => {
    const gitlab = await start();
    const message = 'Query has complexity of 300, which exceeds max complexity of 250';
    gitlab.answerApi = () => json(200, { errors: [{ message }] });
    const error = await rejection(open(gitlab).listRepositories?.('shop', { signal }), 'server');
    assert.match(error.message, /The GitLab of registry\.gitlab\.com could not answer.*exceeds max complexity/);
  });
});

function open(
  gitlab: FakeGitLab,
  options: { readonly url?: string; readonly login?: Credential | undefined } = {},
): RegistrySession {
  const { url = gitLabOrigins.registry, login = 'login' in options ? undefined : credential } = options;
  return openSession(fakePorts({ openTransport: () => gitlab.send, now: Date.now }), {
    adapter: gitLabAdapter,
    connection: { url },
    findLogin: async () => login,
  });
}

/** The core, with everything but the network in memory. */
function client(gitlab: FakeGitLab): { readonly gantry: Gantry } {
  const ports = fakePorts({ openTransport: () => gitlab.send, now: Date.now });
  const connections = new Connections({ state: ports.state, secrets: ports.secrets, configured: () => [] });
  return { gantry: createGantry(ports, connections) };
}

function names(page: { readonly items: readonly { readonly name: string }[] } | undefined): readonly string[] {
  return page?.items.map(({ name }) => name) ?? assert.fail('is not offered');
}

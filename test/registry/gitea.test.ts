import assert from 'node:assert/strict';
import type { RegistrySession } from '../../src/api.ts';
import { detectKind } from '../../src/core/adapters/detection.ts';
import { giteaAdapter } from '../../src/core/adapters/gitea.ts';
import { adapterKinds } from '../../src/core/adapters/kinds.ts';
import type { Credential } from '../../src/core/credential.ts';
import { openSession } from '../../src/core/openSession.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { type FakeGitea, giteaOrigin, giteaUsers, startFakeGitea } from '../support/gitea/fakeGitea.ts';
import { writeImage, writeIndex } from '../support/imageWriter.ts';
import { rejection } from '../support/registryErrors.ts';
import { describeAdapterContract, distributionAbilities } from './adapterContract.ts';

const { signal } = new AbortController();
const builds = ['amd64', 'arm64'].map((architecture) =>
  writeImage({ platform: { os: 'linux', architecture }, steps: [] }),
);
const index = writeIndex(builds);
const ada = { kind: 'password', username: 'ada', password: giteaUsers.ada } as const;
const reader = { kind: 'password', username: 'reader', password: giteaUsers.reader } as const;

const start = closeAfterEach(startFakeGitea);

for (const isOld of [false, true]) {
  describeAdapterContract({
    name: isOld ? 'Forgejo (emulated)' : 'Gitea (emulated)',
    start: async ({ repository, image, tags, untagged, others }) => {
      const gitea = await startFakeGitea({ organizations: ['shop'], isOld });
      gitea.push(repository, image, ...tags);
      gitea.push(repository, untagged);
      for (const name of others) gitea.push(name, untagged, 'latest');
      return {
        adapter: giteaAdapter,
        connection: { url: giteaOrigin, account: 'ada' },
        credential: ada,
        send: gitea.send,
        close: () => gitea.close(),
      };
    },
    offers: [...distributionAbilities, 'listNamespaces', 'deleteRepository', 'webUrl'],
    tags: { tells: ['pushedAt'], requests: 1 },
    wantsLogin: true,
  });
}

describe('Gitea', () => {
  it('is found out by its token server', async () => {
    const gitea = await start();
    const kinds = adapterKinds.map(({ id }) => id);
    assert.equal(await detectKind(new URL(giteaOrigin), kinds, { send: gitea.send, signal }), 'gitea');
  });

  it('has the user and the organizations first, then whoever else has images', async () => {
    const gitea = await start({ organizations: ['Team', 'empty'] });
    for (const name of ['ada/web', 'ada/web/deep', 'other/api', 'team/base']) gitea.push(name, index, 'latest');
    const namespaces = await open(gitea).listNamespaces?.({ signal });
    assert.deepEqual(
      namespaces?.items.map(({ name }) => name),
      ['ada', 'team', 'empty', 'other'],
    );
    const listed = await open(gitea).listRepositories?.('ada', { signal });
    assert.deepEqual(
      listed?.items.map(({ name }) => name),
      ['ada/web', 'ada/web/deep'],
    );
    assert.deepEqual((await open(gitea).listRepositories?.('empty', { signal }))?.items, []);
  });

  it('pages through owners, each once', async () => {
    const gitea = await start();
    const names = Array.from({ length: 250 }, (_, number) => `owner${Math.floor(number / 60)}/image${number + 100}`);
    for (const name of names) gitea.push(name, builds[0] ?? assert.fail(), 'latest');
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await open(gitea).listNamespaces?.({ signal, ...(cursor !== undefined && { cursor }) });
      found.push(...(page?.items.map(({ name }) => name) ?? assert.fail()));
      cursor = page?.cursor;
    } while (cursor !== undefined);
    assert.deepEqual(found, ['ada', 'owner0', 'owner1', 'owner2', 'owner3', 'owner4']);
  });

  it('lists an owner in one request, and stops at the next owner', async () => {
    const gitea = await start();
    for (const name of ['ada/web', 'ada-x/web', 'adam/web']) gitea.push(name, index, 'latest');
    const session = open(gitea, ada, '/ada');
    assert.equal(session.listNamespaces, undefined);
    await session.listRepositories?.(undefined, { signal });
    const before = gitea.requests.length;
    const page = await session.listRepositories?.(undefined, { signal });
    assert.deepEqual(page, { items: [{ name: 'ada/web' }] });
    assert.equal(gitea.requests.length - before, 1);
  });

  it('tells the dates of a page of tags in one request, and takes digests for no tags', async () => {
    const gitea = await start();
    gitea.push('ada/web', index, '1.0', 'V2');
    const repository = open(gitea).repository('ada/web');
    await repository.listTags({ signal });
    const before = gitea.requests.length;
    const page = await repository.listTags({ signal });
    assert.deepEqual(
      page.items.map(({ name, pushedAt }) => [name, pushedAt]),
      [
        ['V2', '2025-06-01T00:04:00.000Z'],
        ['1.0', '2025-06-01T00:03:00.000Z'],
      ],
    );
    assert.equal(gitea.requests.length - before, 1);
  });

  it('asks Forgejo for the list of all versions once in vain', async () => {
    const gitea = await start({ isOld: true });
    gitea.push('ada/web', index, '1.0');
    gitea.push('ada/webapp', index, '2.0');
    const repository = open(gitea).repository('ada/web');
    const expected = (await repository.listTags({ signal })).items;
    const before = gitea.requests.length;
    assert.deepEqual((await repository.listTags({ signal })).items, expected);
    assert.deepEqual(
      expected.map(({ name }) => name),
      ['1.0'],
    );
    assert.equal(gitea.requests.length - before, 1);
  });

  it('goes on through pages of the size that the operator allows', async () => {
    const gitea = await start({ largestPage: 3 });
    const tags = ['1', '2', '3', '4', '5', '6', '7'];
    gitea.push('ada/web', builds[0] ?? assert.fail(), ...tags);
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await open(gitea)
        .repository('ada/web')
        .listTags({ signal, ...(cursor !== undefined && { cursor }) });
      found.push(...page.items.map(({ name }) => name));
      cursor = page.cursor;
    } while (cursor !== undefined);
    assert.deepEqual(found.toSorted(), tags);
  });

  it('shows without a login what the registry itself lists, and asks the API once in vain', async () => {
    const gitea = await start();
    gitea.push('ada/web', index, '1.0');
    const session = open(gitea, 'nobody');
    assert.deepEqual((await session.listNamespaces?.({ signal }))?.items, [{ name: 'ada' }]);
    const repository = session.repository('ada/web');
    await repository.listTags({ signal });
    const before = gitea.requests.length;
    assert.deepEqual((await repository.listTags({ signal })).items, [{ name: '1.0' }]);
    assert.equal(gitea.requests.length - before, 1);
  });

  it('logs in anew when a token of the registry has ended', async () => {
    const gitea = await start();
    gitea.push('ada/web', index, '1.0');
    const session = open(gitea);
    await session.listRepositories?.('ada', { signal });
    gitea.registry.revokeTokens();
    assert.deepEqual((await session.listRepositories?.('ada', { signal }))?.items, [{ name: 'ada/web' }]);
  });

  it('says which right a token lacks to delete a package', async () => {
    const gitea = await start();
    gitea.push('ada/web', index, '1.0');
    const error = await rejection(
      open(gitea, reader).repository('ada/web', 'delete').deleteRepository?.({ signal }) ?? assert.fail(),
      'denied',
    );
    assert.match(error.message, /git\.example\.com.*write:package/);
    assert.deepEqual([...gitea.registry.storage.repositories.keys()], ['ada/web']);
  });

  it('deletes all versions of a package where the server knows no packages as a whole', async () => {
    const gitea = await start({ isOld: true, largestPage: 2 });
    gitea.push('ada/web', index, '1.0', '1.1', '1.2');
    gitea.push('ada/webapp', index, '2.0');
    await open(gitea).repository('ada/web', 'delete').deleteRepository?.({ signal });
    const left = gitea.registry.storage.repositories;
    assert.deepEqual([...(left.get('ada/web')?.tags.keys() ?? [])], []);
    assert.deepEqual([...(left.get('ada/webapp')?.tags.keys() ?? [])], ['2.0']);
  });

  it('has a page for a package and for each version', async () => {
    const repository = open(await start()).repository('ada/web/deep');
    assert.equal(repository.webUrl?.(), 'https://git.example.com/ada/-/packages/container/web%2Fdeep');
    assert.equal(repository.webUrl?.('1.0'), 'https://git.example.com/ada/-/packages/container/web%2Fdeep/1.0');
  });
});

function open(gitea: FakeGitea, login: Credential | 'nobody' = ada, path = ''): RegistrySession {
  return openSession(fakePorts({ openTransport: () => gitea.send, now: Date.now }), {
    adapter: giteaAdapter,
    connection: { url: `${giteaOrigin}${path}` },
    findLogin: async () => (login === 'nobody' ? undefined : login),
  });
}

import assert from 'node:assert/strict';
import type { RegistrySession } from '../../src/api.ts';
import { googleAdapter } from '../../src/core/adapters/google.ts';
import { kindOfHost } from '../../src/core/adapters/kinds.ts';
import type { CloudCredential, Credential } from '../../src/core/credential.ts';
import { openSession } from '../../src/core/openSession.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { fakePorts } from '../support/fakePorts.ts';
import {
  accessToken,
  apiError,
  type FakeGoogle,
  type FakeGoogleOptions,
  googleOrigins,
  startFakeGoogle,
} from '../support/google/fakeGoogle.ts';
import { writeImage, writeIndex } from '../support/imageWriter.ts';
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
const digest = index.manifest.descriptor.digest;
const token = { kind: 'password', username: 'oauth2accesstoken', password: accessToken } as const;

const start = closeAfterEach(startFakeGoogle);

for (const [name, root, options, offers] of [
  ['Google Artifact Registry (emulated), a repository', '/acme/images', {}, []],
  ['Google Artifact Registry (emulated), a project', '/acme', {}, ['listNamespaces']],
  ['gcr.io (emulated)', '', { catalog: true }, []],
] as const) {
  describeAdapterContract({
    name,
    start: (content) => startContract(content, root, options),
    offers: [...distributionAbilities, ...offers, 'listUntagged', 'webUrl'],
    tags: { tells: ['digest', 'pushedAt'], requests: 1 },
    wantsLogin: true,
    // All tags come at once.
    ignoresLimits: true,
  });
}

async function startContract(
  content: ContractContent,
  root: string,
  options: FakeGoogleOptions,
): Promise<ContractServer> {
  const google = await startFakeGoogle(options);
  const nameOf = (name: string): string => `acme/images/${name}`;
  pushContent(content, google.push, nameOf);
  const origin = root === '' ? googleOrigins.containerRegistry : googleOrigins.registry;
  return {
    adapter: googleAdapter,
    connection: { url: `${origin}${root}`, account: 'oauth2accesstoken' },
    credential: token,
    send: google.send,
    nameOf,
    holdsUntagged: true,
    holdsReferrer: true,
    close: () => google.close(),
  };
}

describe("Google's registries", () => {
  it('are known by their hosts', () => {
    for (const host of ['europe-west3-docker.pkg.dev', 'us-docker.pkg.dev', 'gcr.io', 'eu.gcr.io']) {
      assert.equal(kindOfHost(host).id, 'google', host);
    }
    for (const host of ['evilgcr.io', 'pkg.dev', 'gcr.io.evil.example']) assert.notEqual(kindOfHost(host).id, 'google');
  });

  it('tell digest, size and dates of all tags in one request, and what no tag names in another', async () => {
    const google = await start();
    google.push('acme/images/web', amd64, 'v1', 'latest');
    google.push('acme/images/web', index, 'all');
    const repository = open(google).repository('acme/images/web');
    await repository.listTags({ signal });
    const before = google.requests.length;
    const page = await repository.listTags({ signal });
    assert.equal(google.requests.length - before, 1);
    const size = amd64.blobs.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
    const uploaded = { createdAt: '2025-06-01T00:00:59.000Z', pushedAt: '2025-06-01T00:01:00.000Z' };
    const common = { digest: amd64.manifest.descriptor.digest, size, ...uploaded };
    assert.deepEqual(page, {
      items: [
        { name: 'all', digest, pushedAt: uploaded.pushedAt },
        { name: 'latest', ...common },
        { name: 'v1', ...common },
      ],
    });
    const untagged = await repository.listUntagged?.({ signal });
    assert.deepEqual(
      untagged?.items.map((item) => item.digest),
      [arm64.manifest.descriptor.digest],
    );
  });

  it('list the repositories of a project, and the images of one, by the API, page by page', async () => {
    const google = await start({ maximumPageSize: 2 });
    for (const name of ['a/one', 'a/team/two', 'a/three', 'b/four']) google.push(`acme/${name}`, amd64, 'latest');
    const session = open(google, token, `${googleOrigins.registry}/acme`);
    assert.deepEqual((await session.listNamespaces?.({ signal }))?.items, [{ name: 'acme/a' }, { name: 'acme/b' }]);
    const first = await session.listRepositories?.('acme/a', { signal });
    const second = await session.listRepositories?.('acme/a', { signal, cursor: first?.cursor ?? assert.fail() });
    assert.deepEqual(
      [...(first?.items ?? []), ...(second?.items ?? [])].map(({ name }) => name),
      ['acme/a/one', 'acme/a/team/two', 'acme/a/three'].sort(),
    );
    assert.equal(first?.items[0]?.updatedAt, '2025-06-02T00:00:00.123Z');
    assert.equal(second?.cursor, undefined);
  });

  it('list what is directly below where there is no access token, as with the key of a service account', async () => {
    const google = await start();
    google.push('acme/images/web', amd64, 'latest');
    google.push('acme/images/team/api', amd64, 'latest');
    google.answerApi = () => apiError(403, 'PERMISSION_DENIED', 'Permission denied on resource.');
    const page = await open(google, token, `${googleOrigins.registry}/acme/images`).listRepositories?.(undefined, {
      signal,
    });
    assert.deepEqual(page?.items, [{ name: 'acme/images/team' }, { name: 'acme/images/web' }]);
  });

  it('say what the API refuses in its words', async () => {
    const google = await start();
    google.answerApi = () =>
      apiError(403, 'PERMISSION_DENIED', 'Artifact Registry API has not been used in project acme.');
    const session = open(google, token, `${googleOrigins.registry}/acme`);
    const { message } = await rejection(session.listNamespaces?.({ signal }), 'denied');
    assert.match(message, /artifactregistry\.googleapis\.com.*repositories of acme.*has not been used in project/);
  });

  it('say how to list anything where no project is named', async () => {
    const google = await start();
    const session = open(google);
    assert.equal(session.listNamespaces, undefined);
    const { message } = await rejection(session.listRepositories?.(undefined, { signal }), 'unsupported');
    assert.match(message, /europe-west3-docker\.pkg\.dev\/PROJECT\/REPOSITORY/);
  });

  it('name projects of a domain as the API does', async () => {
    const google = await start();
    google.push('example.com/shop/images/web', amd64, 'latest');
    const session = open(google, token, `${googleOrigins.registry}/example.com/shop`);
    assert.deepEqual((await session.listNamespaces?.({ signal }))?.items, [{ name: 'example.com/shop/images' }]);
    const path = google.requests.find(({ origin }) => origin === googleOrigins.api)?.path ?? '';
    assert.match(path, /^\/v1\/projects\/example\.com:shop\/locations\/europe-west3\/repositories\?/);
  });

  it('remove the tags before a digest, which is not deleted while one names it', async () => {
    const google = await start();
    google.push('acme/images/web', index, 'v1', 'latest');
    google.push('acme/images/web', amd64, 'other');
    const repository = open(google).repository('acme/images/web', 'delete');
    await repository.deleteManifest?.(digest, { signal });
    assert.deepEqual(
      (await repository.listTags({ signal })).items.map(({ name }) => name),
      ['other'],
    );
    await rejection(repository.resolve(digest, { signal }), 'not-found');
  });

  it('say which tags are gone when the digest then is not deleted', async () => {
    const google = await start();
    google.push('acme/images/web', index, 'v1');
    const repository = open(google).repository('acme/images/web', 'delete');
    const { fault } = google.registry;
    google.registry.fault = (request) =>
      request.method === 'DELETE' && request.url.pathname.includes('sha256:')
        ? { reply: { status: 403 } }
        : fault?.(request);
    const { message } = await rejection(repository.deleteManifest?.(digest, { signal }), 'denied');
    assert.match(message, /manifest is still there, but its tag v1 has been removed/);
  });

  it('explain immutable tags', async () => {
    const google = await start();
    google.push('acme/images/web', index, 'v1');
    google.push('acme/images/web', amd64, 'v2');
    google.immutable.add('acme/images');
    const repository = open(google).repository('acme/images/web', 'push');
    const manifest = await repository.fetchManifest('v1', { signal });
    const { message } = await rejection(repository.putManifest?.('v2', manifest, { signal }), 'conflict');
    assert.match(message, /immutable.*Nothing was changed; use another tag/);
  });

  it('show the access token to the registry and to the API, and to nobody else', async () => {
    const google = await start();
    google.push('acme/images/web', amd64, 'latest');
    const session = open(google, { kind: 'google', token: accessToken }, `${googleOrigins.registry}/acme/images`);
    await session.listRepositories?.(undefined, { signal });
    await session.repository('acme/images/web').listTags({ signal });
    const shown = google.requests.map(({ origin, authorization }) => [origin, authorization?.split(' ')[0]].join(' '));
    assert.deepEqual(
      [...new Set(shown)].sort(),
      [
        `${googleOrigins.api} Bearer`,
        `${googleOrigins.registry} `,
        `${googleOrigins.registry} Basic`,
        `${googleOrigins.registry} Bearer`,
      ].sort(),
    );
  });

  it('lead to their pages', () => {
    const page = (url: string, name: string, reference?: string): string | undefined =>
      open(undefined, token, url).repository(name).webUrl?.(reference);
    const console = 'https://console.cloud.google.com/artifacts/docker/acme/europe-west3/images';
    assert.equal(page(googleOrigins.registry, 'acme/images/team/web', 'v1'), `${console}/team%2Fweb?project=acme`);
    assert.equal(page(googleOrigins.registry, 'acme/images/web', digest), `${console}/web/${digest}?project=acme`);
    assert.equal(page('https://gcr.io', 'acme/web'), 'https://gcr.io/acme/web');
  });
});

function open(
  google: FakeGoogle | undefined,
  login: Credential | CloudCredential = token,
  url: string = googleOrigins.registry,
): RegistrySession {
  const ports = fakePorts({ ...(google !== undefined && { openTransport: () => google.send }), now: Date.now });
  return openSession(ports, { adapter: googleAdapter, connection: { url }, findLogin: async () => login });
}

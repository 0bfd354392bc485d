import assert from 'node:assert/strict';
import { detectKind } from '../../../../src/core/adapters/detection.ts';
import { RegistryError } from '../../../../src/core/errors.ts';
import { rejection } from '../../../support/registryErrors.ts';
import { type FakeAnswer, type FakeSend, fakeResponse, fakeSend, noAbort } from '../registry/fakeHttp.ts';

const registry = new URL('https://registry.example:8443/team');
const all = ['gitlab', 'gitea', 'harbor', 'artifactory', 'nexus', 'quay', 'zot'];

describe('detecting the kind of a registry', () => {
  for (const [title, headers, kind] of [
    ['GitLab', bearer('https://gitlab.example/jwt/auth', 'container_registry'), 'gitlab'],
    [
      'Gitea and Forgejo, which have the service name of GitLab',
      {
        'www-authenticate': [
          'Bearer realm="https://registry.example:8443/v2/token",service="container_registry",scope="*"',
          'Basic realm="Gitea Container Registry"',
        ],
      },
      'gitea',
    ],
    ['Harbor', bearer('https://registry.example:8443/service/token', 'harbor-registry'), 'harbor'],
    ['Quay', bearer('https://registry.example:8443/v2/auth', 'registry.example:8443'), 'quay'],
    ['Artifactory by its header', { 'x-jfrog-version': 'Artifactory/7.90.1 79001900' }, 'artifactory'],
    ['Artifactory by its realm', { 'www-authenticate': 'Basic realm="Artifactory Realm"' }, 'artifactory'],
    ['Nexus by its header', { server: 'Nexus/3.70.1-02 (OSS)' }, 'nexus'],
    ['Nexus by its realm', { 'www-authenticate': 'BASIC realm="Sonatype Nexus Repository Manager"' }, 'nexus'],
  ] as const) {
    it(`knows ${title} by its first answer, and asks nothing more`, async () => {
      const wire = answering({ '/v2/': { status: 401, headers } });
      assert.equal(await detect(wire), kind);
      assert.deepEqual(pathsOf(wire), ['/v2/']);
    });
  }

  for (const [title, headers] of [
    ['Distribution', { 'docker-distribution-api-version': 'registry/2.0', 'www-authenticate': 'Basic realm="x"' }],
    ["another's token server at Quay's path", bearer('https://auth.example/v2/auth', 'auth.example')],
    ['a realm that is no address', { 'www-authenticate': 'Bearer realm="/jwt/auth",service="container_registry"' }],
    ['no headers at all', {}],
  ] as const) {
    it(`takes ${title} for nothing special`, async () => {
      assert.equal(await detect(answering({ '/v2/': { status: 401, headers } })), undefined);
    });
  }

  it('knows zot and Harbor by what paths of their own answer', async () => {
    const mgmt = { distSpecVersion: '1.1.1', binaryType: '-search', http: { auth: {} } };
    assert.equal(await detect(answering({ '/v2/_zot/ext/mgmt': json(mgmt) })), 'zot');
    assert.equal(await detect(answering({ '/api/v2.0/systeminfo': json({ auth_mode: 'db_auth' }) })), 'harbor');
  });

  it('knows a pull-through cache by what it says of an upload that there is not', async () => {
    const path = '/v2/library/none/blobs/uploads/00000000-0000-0000-0000-000000000000';
    const unsupported = { code: 'UNKNOWN', message: 'unknown error', detail: 'operation unsupported' };
    const answer = { ...json({ errors: [unsupported] }), status: 500 };
    assert.equal(await detect(answering({ [path]: answer }), ['cache']), 'cache');
    for (const other of [
      { ...answer, status: 404 },
      { ...json({ errors: [{ code: 'UNKNOWN' }] }), status: 500 },
      { ...json({ errors: [null] }), status: 500 },
      { status: 500 },
    ]) {
      assert.equal(await detect(answering({ [path]: other }), ['cache']), undefined);
    }
  });

  it('takes pages, other JSON, errors and endless answers for nothing', async () => {
    for (const answer of [
      { headers: { 'content-type': 'text/html' }, body: '<!doctype html>' },
      json(null),
      json({ binaryType: 7 }),
      { ...json({ distSpecVersion: '1', binaryType: '' }), status: 404 },
      { body: Array.from({ length: 3 }, () => new Uint8Array(1024 * 1024)) },
    ]) {
      assert.equal(await detect(answering({ '/v2/_zot/ext/mgmt': answer })), undefined);
    }
    const broken = fakeSend(() => {
      throw new RegistryError('unreachable', 'registry.example does not answer.');
    });
    assert.equal(await detect(broken), undefined);
  });

  it('sends no login, stays at the registry, and asks only for kinds that there are', async () => {
    const wire = answering({});
    await detect(wire);
    assert.deepEqual(pathsOf(wire), ['/v2/', '/api/v2.0/systeminfo', '/v2/_zot/ext/mgmt']);
    for (const { headers, url } of wire.requests) {
      assert.deepEqual([headers['authorization'], url.origin], [undefined, registry.origin]);
    }
    const zotOnly = answering({});
    await detect(zotOnly, ['oci', 'zot']);
    assert.deepEqual(pathsOf(zotOnly), ['/v2/', '/v2/_zot/ext/mgmt']);
    const none = answering({});
    assert.equal(await detect(none, ['oci', 'docker-hub']), undefined);
    assert.deepEqual(none.requests, []);
  });

  it('does not take a registry for a kind that there is no adapter for', async () => {
    const wire = answering({ '/v2/': { status: 401, headers: { server: 'Nexus/3.70.1' } } });
    assert.equal(await detect(wire, ['zot']), undefined);
  });

  it('stops when it is cancelled', async () => {
    const wire = fakeSend(() => {
      throw new RegistryError('cancelled', 'Cancelled.');
    });
    await rejection(detect(wire), 'cancelled');
  });
});

function detect({ send }: FakeSend, kinds: readonly string[] = all): Promise<string | undefined> {
  return detectKind(registry, kinds, { send, signal: noAbort() });
}

function answering(answers: Readonly<Record<string, FakeAnswer>>): FakeSend {
  return fakeSend(({ url }) => fakeResponse(answers[url.pathname] ?? { status: url.pathname === '/v2/' ? 200 : 404 }));
}

function bearer(realm: string, service: string): Readonly<Record<string, string>> {
  return { 'www-authenticate': `Bearer realm="${realm}",service="${service}"` };
}

function json(document: unknown): FakeAnswer {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(document) };
}

function pathsOf({ requests }: FakeSend): readonly string[] {
  return requests.map(({ url }) => url.pathname);
}

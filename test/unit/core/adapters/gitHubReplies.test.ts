import assert from 'node:assert/strict';
import fc from 'fast-check';
import { gitHubPlace } from '../../../../src/core/adapters/gitHubApi.ts';
import {
  readLogin,
  readLogins,
  readPackages,
  readVersions,
  tagsOf,
} from '../../../../src/core/adapters/gitHubReplies.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('GitHub replies', () => {
  it('are read as documented', () => {
    const version = {
      id: 836,
      name: digest,
      url: 'https://api.github.com/orgs/octo-org/packages/container/hello/versions/836',
      created_at: '2020-05-19T22:19:11Z',
      updated_at: '2020-05-20T22:19:11Z',
      metadata: { package_type: 'container', container: { tags: ['latest', '../x', 7, 'v1'] } },
    };
    const [read] = readVersions([version]) ?? [];
    assert.deepEqual(read, { id: 836, digest, tags: ['latest', 'v1'], pushedAt: '2020-05-20T22:19:11.000Z' });
    assert.deepEqual(read && tagsOf(read), [
      { name: 'latest', digest, pushedAt: '2020-05-20T22:19:11.000Z' },
      { name: 'v1', digest, pushedAt: '2020-05-20T22:19:11.000Z' },
    ]);
    const found = {
      name: 'Tools/Lint',
      visibility: 'internal',
      updated_at: 'x',
      repository: { description: 'Checks' },
    };
    assert.deepEqual(readPackages([found], 'octo-org'), [
      { name: 'octo-org/tools/lint', description: 'internal: Checks' },
    ]);
    assert.equal(readLogin({ login: 'OctoCat' }), 'octocat');
  });

  it('leave out what is of another form, and items without a name', () => {
    for (const odd of [null, '', -1, {}, [], 'a b']) {
      const fields = { created_at: odd, updated_at: odd, metadata: { container: { tags: odd } } };
      assert.deepEqual(readVersions([{ id: 1, name: digest, ...fields }]), [{ id: 1, digest, tags: [] }]);
      assert.deepEqual(readVersions([{ id: odd, name: digest }, { id: 1, name: odd }, odd]), []);
      assert.deepEqual(readPackages([{ name: 'x', repository: odd, updated_at: odd }, odd, { name: odd }], 'o'), [
        { name: 'o/x' },
      ]);
      assert.deepEqual(readLogins([odd, { login: odd }]), []);
    }
    for (const none of [null, {}, 'x', 7, { items: [] }]) {
      assert.equal(readVersions(none), undefined);
      assert.equal(readPackages(none, 'o'), undefined);
      assert.equal(readLogins(none), undefined);
    }
  });

  it('are read without an exception, whatever came', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const document of [value, [value], [{ id: 1, name: digest, metadata: value }]]) {
          readVersions(document)?.flatMap(tagsOf);
          readPackages(document, 'o');
          readLogins(document);
        }
      }),
    );
  });
});

describe('gitHubPlace', () => {
  const place = (url: string) => gitHubPlace(new URL(url));

  it('knows GitHub.com, tenants of GHE.com and servers of their own', () => {
    assert.deepEqual(place('https://ghcr.io/acme'), {
      api: 'github',
      apiHost: 'api.github.com',
      root: '',
      registry: 'https://ghcr.io',
      web: 'https://github.com',
    });
    assert.equal(place('https://containers.octo.ghe.com')?.apiHost, 'api.octo.ghe.com');
    assert.deepEqual(place('https://containers.git.example'), {
      api: 'server',
      apiHost: 'git.example',
      root: '/api/v3',
      registry: 'https://containers.git.example',
      web: 'https://git.example',
    });
  });

  it('knows none for other hosts', () => {
    for (const url of ['https://mirror.example', 'https://containers.local', 'http://localhost:5000']) {
      assert.equal(place(url), undefined, url);
    }
  });
});

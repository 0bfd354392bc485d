import assert from 'node:assert/strict';
import {
  isHubRepository,
  readNamespaces,
  readRepositories,
  readSearchResults,
  readTags,
} from '../../../../src/core/adapters/dockerHubReplies.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('Docker Hub replies: tags', () => {
  it('reads what Docker Hub tells', () => {
    const tag = {
      name: 'latest',
      digest,
      full_size: 72_955_450,
      last_updated: '2025-05-25T22:27:21.712654Z',
      tag_last_pushed: '2025-05-26T22:27:21.712654Z',
      images: [
        { architecture: 'amd64', os: 'linux', variant: null, size: 72_955_450 },
        { architecture: 'arm64', os: 'linux', variant: 'v8', size: 70_000_000 },
        { architecture: 'amd64', os: 'windows', os_version: '10.0.20348.1' },
        { architecture: 'amd64', os: 'windows', os_version: '10.0.26100.1' },
      ],
    };
    assert.deepEqual(readTags({ count: 1, next: null, previous: null, results: [tag] }), {
      items: [
        {
          name: 'latest',
          digest,
          size: 72_955_450,
          pushedAt: '2025-05-26T22:27:21.712Z',
          platforms: ['linux/amd64', 'linux/arm64/v8', 'windows/amd64'],
        },
      ],
      hasNext: false,
      total: 1,
    });
  });

  it('leaves attestations and images without a platform out of the platforms', () => {
    const images = [
      { architecture: 'unknown', os: 'unknown', variant: '' },
      { architecture: 'amd64', os: 'linux', variant: '' },
      { architecture: '', os: '' },
      { architecture: null, os: 'linux' },
      { architecture: 'amd64', os: '<b>linux</b>' },
      null,
    ];
    assert.deepEqual(itemsOf(readTags(page({ name: 'latest', images }))), [
      { name: 'latest', platforms: ['linux/amd64'] },
    ]);
    assert.deepEqual(itemsOf(readTags(page({ name: 'chart', images: [images[0]] }))), [{ name: 'chart' }]);
  });

  it('drops tags without a name that a tag may have', () => {
    const names = ['../x', 'a b', '', '-x', 'x'.repeat(129), 7, null, undefined, 'v1'];
    const reply = readTags({ results: [...names.map((name) => ({ name })), null, 'v2', []] });
    assert.deepEqual(itemsOf(reply), [{ name: 'v1' }]);
  });

  it('leaves fields of another form out', () => {
    for (const odd of [null, '', 'text', -1, 0.5, 1e300, [], {}, true]) {
      const fields = { digest: odd, full_size: odd, tag_last_pushed: odd, last_updated: odd, images: odd };
      assert.deepEqual(itemsOf(readTags(page({ name: 'v1', ...fields }))), [{ name: 'v1' }], JSON.stringify(odd));
    }
  });

  it('takes the date of the last update where that of the push is missing or the year 1', () => {
    const last_updated = '2025-05-25T22:27:21Z';
    for (const tag_last_pushed of [null, undefined, '0001-01-01T00:00:00Z']) {
      const [tag] = itemsOf(readTags(page({ name: 'v1', last_updated, tag_last_pushed })));
      assert.equal(tag?.pushedAt, '2025-05-25T22:27:21.000Z');
    }
  });
});

describe('Docker Hub replies: pages', () => {
  it('have a successor when one is named and something came', () => {
    const next = 'https://hub.docker.com/v2/namespaces/library/repositories/nginx/tags?page=2';
    assert.equal(readTags({ next, results: [{ name: 'v1' }] })?.hasNext, true);
    assert.equal(readTags({ next, results: [{ name: '../x' }] })?.hasNext, true);
    assert.equal(readTags({ next, results: [] })?.hasNext, false);
    for (const none of [null, '', undefined]) {
      assert.equal(readTags({ next: none, results: [{ name: 'v1' }] })?.hasNext, false);
    }
  });

  it('are nothing else', () => {
    for (const document of [null, [], 'text', {}, { results: null }, { results: {} }, { message: 'no' }]) {
      assert.equal(readTags(document), undefined);
      assert.equal(readNamespaces(document), undefined);
    }
  });
});

describe('Docker Hub replies: repositories', () => {
  it('have the namespace that was asked for', () => {
    const nginx = { name: 'nginx', namespace: 'evil', description: ' Web server ', pull_count: 9_000_000_000 };
    const updated = { name: 'redis', last_updated: '2025-05-25T22:27:21.712654Z', description: '' };
    assert.deepEqual(itemsOf(readRepositories(page(nginx, updated), 'library')), [
      { name: 'library/nginx', description: 'Web server', pulls: 9_000_000_000 },
      { name: 'library/redis', updatedAt: '2025-05-25T22:27:21.712Z' },
    ]);
  });

  it('are dropped with names outside the grammar', () => {
    const names = ['Nginx', '../nginx', 'a/b', '', ' ', 'nginx?x', null];
    assert.deepEqual(itemsOf(readRepositories(page(...names.map((name) => ({ name }))), 'library')), []);
  });

  it('are found by short names when they are official', () => {
    const results = [
      { repo_name: 'nginx' },
      { repo_name: 'library/redis' },
      { repo_name: 'shop/web' },
      { repo_name: 'a/b/c' },
    ];
    assert.deepEqual(
      itemsOf(readSearchResults(page(...results))).map(({ name }) => name),
      ['library/nginx', 'library/redis', 'shop/web'],
    );
  });

  it('have two parts', () => {
    assert.deepEqual(['nginx', 'library/nginx', 'a/b/c', 'a/'].map(isHubRepository), [false, true, false, false]);
  });
});

describe('Docker Hub replies: namespaces', () => {
  it('are those that a name may begin with', () => {
    assert.deepEqual(readNamespaces({ namespaces: ['alice', 'shop', 'a/b', 'A', '', 7] }), ['alice', 'shop']);
  });
});

function page(...results: readonly unknown[]): unknown {
  return { count: results.length, next: null, results };
}

function itemsOf<T>(reply: { readonly items: readonly T[] } | undefined): readonly T[] {
  return reply?.items ?? assert.fail();
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { optionalFields, repositoriesQuery, tagsQuery } from '../../../../src/core/adapters/gitLabQueries.ts';
import {
  readNamespaces,
  readProjects,
  readRepositories,
  readTags,
} from '../../../../src/core/adapters/gitLabReplies.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const repository = {
  id: 'gid://gitlab/ContainerRepository/7',
  path: 'shop/web',
  project: { id: 'gid://gitlab/Project/3', webUrl: 'https://gitlab.com/shop/web' },
};

describe('GitLab replies', () => {
  it('tell of repositories, with their places', () => {
    const pageInfo = { hasNextPage: true, endCursor: 'eyJpZCI6IjcifQ' };
    assert.deepEqual(
      readRepositories({ nodes: [{ ...repository, updatedAt: '2025-06-02T09:30:00+02:00' }], pageInfo }),
      {
        items: [
          {
            listing: { name: 'shop/web', updatedAt: '2025-06-02T07:30:00.000Z' },
            place: {
              globalId: 'gid://gitlab/ContainerRepository/7',
              id: '7',
              projectId: '3',
              projectPage: 'https://gitlab.com/shop/web',
            },
          },
        ],
        next: 'eyJpZCI6IjcifQ',
      },
    );
  });

  it('take no page that is no web page, and no id of another form', () => {
    const pageOf = (webUrl: unknown) =>
      readRepositories({ nodes: [{ ...repository, project: { ...repository.project, webUrl } }] })?.items[0]?.place
        .projectPage;
    for (const odd of ['javascript:alert(1)', 'https://u:p@gitlab.com/x', 'https://gitlab.com/x?y=1', 'x', 7, null]) {
      assert.equal(pageOf(odd), undefined, String(odd));
    }
    for (const id of ['7', 'gid://gitlab/Project/7', 'gid://gitlab/ContainerRepository/7/../8', 7, null]) {
      assert.deepEqual(readRepositories({ nodes: [{ ...repository, id }] })?.items, [], String(id));
    }
  });

  it('say what becomes of repositories', () => {
    const said = (status: unknown, containerTagsExpirationPolicy: unknown) =>
      readRepositories({
        nodes: [{ ...repository, status, project: { ...repository.project, containerTagsExpirationPolicy } }],
      })?.items[0]?.listing.description;
    assert.equal(said('DELETE_ONGOING', null), 'Being deleted');
    assert.equal(said('DELETE_FAILED', null), 'Could not be deleted');
    assert.equal(said(null, { enabled: false, keepN: 'TEN_TAGS' }), undefined);
    // Who may not administer images is not told the rules.
    assert.equal(
      said(null, { enabled: true, keepN: null, olderThan: null, nextRunAt: null }),
      'Cleaned up by a policy',
    );
    assert.equal(said(null, { enabled: true, keepN: 'ONE_TAG' }), 'Cleaned up by a policy: keeps one tag');
    for (const odd of [null, undefined, 7, 'on', { enabled: 'yes' }]) assert.equal(said(odd, odd), undefined);
  });

  it('tell of tags, sizes being text or numbers', () => {
    const tag = { name: 'v1', digest, createdAt: '2025-06-01T09:30:00Z' };
    const sizes: readonly (readonly [unknown, number | undefined])[] = [
      ['2803255', 2_803_255],
      [7, 7],
      [null, undefined],
      ['-1', undefined],
      ['1e3', undefined],
      ['9'.repeat(30), undefined],
    ];
    for (const [totalSize, size] of sizes) {
      assert.deepEqual(readTags({ nodes: [{ ...tag, totalSize }], pageInfo: null })?.items, [
        { name: 'v1', digest, createdAt: '2025-06-01T09:30:00.000Z', ...(size !== undefined && { size }) },
      ]);
    }
    assert.deepEqual(readTags({ nodes: [null, 7, {}, { name: '../x' }, { name: 'v1', digest: 'x' }] })?.items, [
      { name: 'v1' },
    ]);
  });

  it('have a next page only where they name it', () => {
    for (const pageInfo of [
      null,
      {},
      { hasNextPage: true },
      { hasNextPage: true, endCursor: '' },
      { endCursor: 'x' },
    ]) {
      assert.deepEqual(readTags({ nodes: [], pageInfo }), { items: [] });
    }
  });

  it('leave out projects whose registry is hidden', () => {
    const hidden = { fullPath: 'shop/hidden', containerRepositories: null };
    const shown = { fullPath: 'shop/web', containerRepositories: { nodes: [repository] } };
    const { items = [] } = readProjects({ nodes: [hidden, shown, null] }) ?? {};
    assert.deepEqual(
      items.map(({ path }) => path),
      ['shop/web'],
    );
  });

  it('tell of namespaces by their paths in lower case', () => {
    const answer = [{ full_path: 'Shop/Back' }, { full_path: 'a b' }, { full_path: null }, null];
    assert.deepEqual(readNamespaces(answer), ['shop/back']);
    for (const none of [null, {}, 'x', 7]) assert.equal(readNamespaces(none), undefined);
  });

  it('are read without an exception, whatever came', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const document of [value, [value], { nodes: value }, { nodes: [value], pageInfo: value }]) {
          readNamespaces(document);
          readRepositories(document);
          readProjects(document);
          readTags(document);
        }
      }),
    );
  });
});

describe('GitLab queries', () => {
  it('ask for every optional field, and for none that is unknown', () => {
    const asked = `${tagsQuery(() => true)}${repositoriesQuery(() => true)}`;
    const reduced = `${tagsQuery(() => false)}${repositoriesQuery(() => false)}`;
    for (const field of optionalFields) {
      assert.match(asked, new RegExp(`\\b${field}\\b`));
      assert.doesNotMatch(reduced, new RegExp(`\\b${field}\\b`));
    }
  });
});

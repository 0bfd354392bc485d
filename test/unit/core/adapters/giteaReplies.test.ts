import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  isOwner,
  readCatalog,
  readOrganizations,
  readUser,
  readVersions,
} from '../../../../src/core/adapters/giteaReplies.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe("replies of Gitea's API", () => {
  it('are versions of a package, whatever way its name is written', () => {
    const listed = [
      { id: 7, type: 'container', name: 'Web', version: 'V1.0', created_at: '2025-06-01T02:00:00+02:00' },
      { id: 6, type: 'container', name: 'web', version: digest, created_at: '2025-06-01T00:00:00Z' },
      { id: 5, type: 'container', name: 'webapp', version: 'other' },
      { id: 4, type: 'container', name: 'web', version: 'latest', created_at: 'yesterday' },
    ];
    assert.deepEqual(readVersions(listed, 'web'), {
      items: [
        { version: 'V1.0', createdAt: '2025-06-01T00:00:00.000Z' },
        { version: digest, createdAt: '2025-06-01T00:00:00.000Z' },
        { version: 'latest' },
      ],
      received: 4,
    });
  });

  it('leave out what is no version', () => {
    const odd = [null, 7, {}, { name: 'web' }, { name: 'web', version: '../x' }, { name: 'web', version: 7 }];
    assert.deepEqual(readVersions(odd, 'web'), { items: [], received: 6 });
    for (const none of [null, {}, 'x', { items: [] }]) assert.equal(readVersions(none, 'web'), undefined);
  });

  it('are owners as names of repositories have them', () => {
    assert.equal(readUser({ login: 'Ada' }), 'ada');
    for (const none of [{}, [], null, { login: 7 }, { login: 'a/b' }, { login: '..' }]) {
      assert.equal(readUser(none), undefined);
    }
    assert.deepEqual(readOrganizations([{ name: 'Shop', username: 'x' }, { username: 'team' }, {}, null]), [
      'shop',
      'team',
    ]);
    assert.equal(readOrganizations({}), undefined);
  });

  it('are a catalogue, also where it is null', () => {
    const names = ['ada/web', 'ada/web/deep', 'Ada/x', 7, null];
    assert.deepEqual(readCatalog({ repositories: names }), { names: ['ada/web', 'ada/web/deep'], received: 5 });
    assert.deepEqual(readCatalog({ repositories: null }), { names: [], received: 0 });
    for (const none of [{}, [], null, { repositories: {} }]) assert.equal(readCatalog(none), undefined);
  });

  it('are read without an exception, whatever came', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const { version } of readVersions(value, 'web')?.items ?? []) assert.equal(typeof version, 'string');
        for (const owner of [readUser(value), ...(readOrganizations(value) ?? [])]) {
          assert.ok(owner === undefined || isOwner(owner));
        }
        readCatalog(value);
      }),
    );
  });
});

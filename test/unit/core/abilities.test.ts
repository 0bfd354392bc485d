import assert from 'node:assert/strict';
import type { RegistrySession, RepositorySession } from '../../../src/api.ts';
import { isWebPage, registryAbilities, repositoryAbilities } from '../../../src/core/abilities.ts';

const nothing = async (): Promise<void> => {};
const repository: RepositorySession = {
  listTags: async () => ({ items: [] }),
  resolve: () => Promise.reject(new Error('not asked')),
  fetchManifest: () => Promise.reject(new Error('not asked')),
  openBlob: () => Promise.reject(new Error('not asked')),
};
const session: RegistrySession = { test: nothing, repository: () => repository };

describe('the abilities of a session', () => {
  it('are none where it only reads', () => {
    assert.deepEqual([...registryAbilities(session), ...repositoryAbilities(repository)], []);
  });

  it('are the optional methods that it has', () => {
    assert.deepEqual([...registryAbilities({ ...session, createRepository: nothing })], ['createRepository']);
    assert.deepEqual(
      [
        ...repositoryAbilities({
          ...repository,
          deleteTag: nothing,
          protectTag: nothing,
          webUrl: () => 'https://a.b/c',
        }),
      ],
      ['deleteTag', 'protect', 'web'],
    );
  });

  it('have no page where its address is none of the web', () => {
    for (const url of [undefined, '', 'a.b/c', 'file:///etc/passwd', 'command:gantry.delete', 'vscode://x']) {
      assert.equal(isWebPage(url), false, url);
      assert.deepEqual([...repositoryAbilities({ ...repository, webUrl: () => url })], []);
    }
    assert.ok(isWebPage('http://registry.example/r/a'));
  });
});

import assert from 'node:assert/strict';
import type { RepositoryAbility } from '../../../src/core/abilities.ts';
import { contextValue, repositoryFlags, tagFlags, untaggedFlags } from '../../../src/host/tree/flags.ts';

const all: ReadonlySet<RepositoryAbility> = new Set([
  'write',
  'deleteTag',
  'deleteManifest',
  'deleteRepository',
  'history',
  'protect',
  'web',
] as const);
const none: ReadonlySet<RepositoryAbility> = new Set();
const digest = `sha256:${'a'.repeat(64)}`;

describe('flags of rows', () => {
  it('are none where nothing can be done', () => {
    assert.deepEqual(
      [repositoryFlags(none), tagFlags(none, { name: '1.0' }), untaggedFlags(none, { digest, use: 'none' })],
      [[], [], []],
    );
    assert.equal(contextValue('tag', undefined), 'tag');
  });

  it('offer what can be done', () => {
    assert.equal(
      contextValue('repository', 'pinned', ...repositoryFlags(all)),
      'repository+pinned+deletable+prunable+writable+web',
    );
    assert.deepEqual(tagFlags(all, { name: '1.0' }), [
      ...['deletable', 'taggable', 'history', 'protectable', 'protected', 'web'],
    ]);
  });

  it('offer to delete a tag where only digests can be deleted', () => {
    assert.deepEqual(tagFlags(new Set(['deleteManifest']), { name: '1.0' }), ['deletable']);
  });

  it('offer to lock what can be locked further, and to unlock what is locked', () => {
    const flags = (...protectedFrom: readonly ('move' | 'delete')[]): readonly string[] =>
      tagFlags(new Set(['protect']), { name: '1.0', protectedFrom });
    assert.deepEqual(flags(), ['protectable']);
    assert.deepEqual(flags('move'), ['protectable', 'protected']);
    assert.deepEqual(flags('move', 'delete'), ['protected']);
  });

  it('never offer to delete an untagged image that something needs', () => {
    const isOffered = (use: 'part' | 'refers' | 'none' | 'unknown'): boolean =>
      untaggedFlags(all, { digest, use }).includes('deletable');
    assert.deepEqual(
      (['part', 'refers', 'none', 'unknown'] as const).filter((use) => isOffered(use)),
      ['none', 'unknown'],
    );
  });
});

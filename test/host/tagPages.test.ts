import assert from 'node:assert/strict';
import type { Page, TagSummary } from '../../src/api.ts';
import { RegistryError } from '../../src/core/errors.ts';
import { type RepositoryNode, repositoryNode, type TreeNode } from '../../src/host/tree/nodes.ts';
import type { RegistriesTree } from '../../src/host/tree/registriesTree.ts';
import type { TagView } from '../../src/host/tree/tagView.ts';
import { type Change, openTree } from './openTree.ts';

describe('the tags of a repository in the tree', () => {
  it('are shown after the first page, while a slow registry has not answered for the next', async () => {
    const { tree, repository, pages, nextDrawing } = await openRepository();
    const opening = tree.getChildren(repository);
    pages.answer({ items: tags(1, 2), cursor: 'page 2' });
    assert.deepEqual(shown(await opening), ['1.2', '1.1', 'reading']);
    tree.opened(repository);

    await pages.asked(2);
    const drawn = nextDrawing();
    pages.answer({ items: tags(3, 4) });
    assert.equal(await drawn, repository);
    assert.deepEqual(shown(await tree.getChildren(repository)), ['1.4', '1.3', '1.2', '1.1']);
    tree.dispose();
  });

  it('stay when the third page fails; the rows say why, and reading goes on from there', async () => {
    const { tree, repository, pages, nextDrawing } = await openRepository();
    const opening = tree.getChildren(repository);
    pages.answer({ items: tags(1), cursor: 'page 2' });
    await opening;
    tree.opened(repository);
    await pages.asked(2);
    pages.answer({ items: tags(2), cursor: 'page 3' });
    await pages.asked(3);
    const failed = nextDrawing();
    pages.fail(new RegistryError('unreachable', 'one.example cannot be reached: it closed the connection.'));
    await failed;
    const rows = await tree.getChildren(repository);
    assert.deepEqual(shown(rows), ['one.example cannot be reached: it closed the connection.', '1.2', '1.1']);

    const again = tree.tagsOf(repository)?.follow();
    await pages.asked(4);
    assert.equal(pages.cursors.at(-1), 'page 3');
    pages.answer({ items: tags(3) });
    await again;
    assert.deepEqual(shown(await tree.getChildren(repository)), ['1.3', '1.2', '1.1']);
    tree.dispose();
  });

  it('end where a page is repeated for ever, and say so', async () => {
    const { tree, repository, pages, nextDrawing } = await openRepository();
    const opening = tree.getChildren(repository);
    pages.answer({ items: tags(1), cursor: 'page 2' });
    await opening;
    tree.opened(repository);
    await pages.asked(2);
    pages.answer({ items: tags(2), cursor: 'page 2 again' });
    await pages.asked(3);
    const ended = nextDrawing();
    pages.answer({ items: tags(2), cursor: 'and again' });
    await ended;
    const [notice, ...rows] = shown(await tree.getChildren(repository));
    assert.match(notice ?? '', /sends the same page of tags again and again/);
    assert.deepEqual(rows, ['1.2', '1.1']);
    assert.equal(pages.cursors.length, 3);
    tree.dispose();
  });

  it('of others are shown meanwhile', async () => {
    const { tree, repository, pages } = await openRepository();
    const opening = tree.getChildren(repository);
    await pages.asked(1);
    const other = repositoryNode(repository.parent, { name: 'other', reference: 'one.example/other' });
    const openingOther = tree.getChildren(other);
    await pages.asked(2);
    pages.answer({ items: tags(7) });
    assert.deepEqual(shown(await openingOther), ['1.7']);
    tree.dispose();
    await opening;
  });

  it('can be left at what was read, and read to the end later', async () => {
    const { tree, repository, pages, nextDrawing } = await openRepository();
    const opening = tree.getChildren(repository);
    pages.answer({ items: tags(1), cursor: 'page 2' });
    await opening;
    tree.opened(repository);
    await pages.asked(2);
    const stopped = nextDrawing();
    tree.tagsOf(repository)?.stop();
    await stopped;
    assert.deepEqual(shown(await tree.getChildren(repository)), ['unread', '1.1']);

    const rest = tree.tagsOf(repository)?.follow();
    await pages.asked(3);
    pages.answer({ items: tags(2) });
    await rest;
    assert.deepEqual(shown(await tree.getChildren(repository)), ['1.2', '1.1']);
    tree.dispose();
  });

  it('ask for nothing any more when the tree has gone', async () => {
    const { tree, repository, pages } = await openRepository();
    const opening = tree.getChildren(repository);
    pages.answer({ items: tags(1), cursor: 'page 2' });
    await opening;
    tree.opened(repository);
    await pages.asked(2);
    tree.dispose();
    assert.equal(pages.signals.at(-1)?.aborted, true);
  });

  it('are sorted and filtered as the view says, across all pages', async () => {
    const { tree, view, repository, pages, nextDrawing } = await openRepository();
    const opening = tree.getChildren(repository);
    pages.answer({ items: [{ name: 'b' }, { name: 'latest' }, { name: `sha256-${'a'.repeat(64)}.sig` }], cursor: '2' });
    await opening;
    tree.opened(repository);
    await pages.asked(2);
    const read = nextDrawing();
    pages.answer({ items: [{ name: 'a' }] });
    await read;
    assert.deepEqual(shown(await tree.getChildren(repository)), ['latest', 'a', 'b']);

    await view.setOrder('one.example/web', 'name');
    assert.deepEqual(shown(await tree.getChildren(repository)), ['a', 'b', 'latest']);
    view.setFilter('-latest');
    assert.deepEqual(shown(await tree.getChildren(repository)), ['a', 'b']);
    view.setFilter('nothing');
    assert.deepEqual(shown(await tree.getChildren(repository)), ['No tag is as the filter wants it.']);
    view.setFilter('');
    view.showAttachments(true);
    assert.equal((await tree.getChildren(repository)).length, 4);
    tree.dispose();
  });
});

interface Pages {
  /** What was asked for so far. */
  readonly cursors: readonly (string | undefined)[];
  readonly signals: readonly AbortSignal[];
  /** Resolves when so many pages were asked for. */
  asked(count: number): Promise<void>;
  /** Answers the last request. */
  answer(page: Page<TagSummary>): void;
  fail(error: Error): void;
}

/** A tree whose one repository has pages that come when they are told to. */
async function openRepository(): Promise<{
  readonly tree: RegistriesTree;
  readonly view: TagView;
  readonly repository: RepositoryNode;
  readonly pages: Pages;
  readonly nextDrawing: () => Promise<Change>;
}> {
  const cursors: (string | undefined)[] = [];
  const signals: AbortSignal[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let last: { readonly resolve: (page: Page<TagSummary>) => void; readonly reject: (error: Error) => void } | undefined;
  const pages: Pages = {
    cursors,
    signals,
    asked: (count) =>
      new Promise((resolve) => {
        if (cursors.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    answer: (page) => last?.resolve(page),
    fail: (error) => last?.reject(error),
  };
  const { tree, view, nextChange } = openTree({
    listRepositories: async () => ({ items: [{ name: 'web', reference: 'one.example/web' }] }),
    seenDigests: async () => new Map(),
    noteDigests: async () => {},
    tagPage: (_repository, options = {}) =>
      new Promise((resolve, reject) => {
        const { signal, cursor } = options;
        signal?.addEventListener('abort', () => reject(new RegistryError('cancelled', 'Stopped.')));
        if (signal !== undefined) signals.push(signal);
        cursors.push(cursor);
        last = { resolve, reject };
        for (const { count, resolve: tell } of waiting) if (cursors.length >= count) tell();
      }),
  });
  const [registry] = await tree.getChildren();
  const [repository] = await tree.getChildren(registry);
  assert.equal(repository?.kind, 'repository');
  // The rows of the registry are on their way before anything of it is drawn anew.
  await new Promise((resolve) => setTimeout(resolve));
  return {
    tree,
    view,
    repository: repository as RepositoryNode,
    pages,
    // Rows of tags are drawn by themselves when more is known of them.
    nextDrawing: () => nextChange((change) => !Array.isArray(change)),
  };
}

function tags(...minors: readonly number[]): readonly TagSummary[] {
  return minors.map((minor) => ({ name: `1.${minor}` }));
}

/** Names of tags, and what the other rows say. */
function shown(rows: readonly TreeNode[]): readonly string[] {
  return rows.map((row) => {
    if (row.kind === 'tag') return row.tag.name;
    if (row.kind === 'pages') return row.state;
    return row.kind === 'notice' ? row.message : row.kind;
  });
}

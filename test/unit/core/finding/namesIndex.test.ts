import assert from 'node:assert/strict';
import type { Page } from '../../../../src/api.ts';
import { RegistryError } from '../../../../src/core/errors.ts';
import { NameSearch, type SearchFinding } from '../../../../src/core/finding/nameSearch.ts';
import { NamesIndex } from '../../../../src/core/finding/namesIndex.ts';
import { fakePorts } from '../../../support/fakePorts.ts';

const { signal } = new AbortController();
const gone = new RegistryError('unreachable', 'one.example cannot be reached.');

/** Pages by their cursors; an error in the place of one is thrown. */
type Pages = Readonly<Record<string, Page<{ readonly name: string }> | Error>>;

function open(pages: Pages = {}, ports = fakePorts()) {
  const asked: (string | undefined)[] = [];
  const index = new NamesIndex({
    store: ports.data,
    now: () => 1000,
    openList: () => async (cursor) => {
      asked.push(cursor);
      const page = pages[cursor ?? 'first'] ?? { items: [] };
      if (page instanceof Error) throw page;
      return page;
    },
  });
  return { index, asked, ports };
}

function page(names: readonly string[], cursor?: string): Page<{ readonly name: string }> {
  return { items: names.map((name) => ({ name })), ...(cursor !== undefined && { cursor }) };
}

describe('NamesIndex', () => {
  it('keeps the names that were seen, for the next window too', async () => {
    const { index, ports } = open();
    await index.add('one', ['b', 'a']);
    await index.add('one', ['a', 'c']);
    const later = open({}, ports);
    assert.deepEqual(await later.index.of('one'), { names: ['b', 'a', 'c'], isTruncated: true });
    assert.deepEqual((await later.index.of('two')).names, []);
    assert.deepEqual(later.asked, []);
  });

  it('reads all pages, says when, and forgets what is no longer listed', async () => {
    const { index, asked } = open({ first: page(['a'], '2'), 2: page(['b']) });
    await index.add('one', ['old']);
    assert.deepEqual(await index.refresh('one', signal), { names: ['a', 'b'], readAt: 1000, isTruncated: false });
    assert.deepEqual(asked, [undefined, '2']);
    assert.deepEqual((await index.of('one')).names, ['a', 'b']);
  });

  it('keeps what came before a page failed, and says that it is not all', async () => {
    const { index } = open({ first: page(['a'], '2'), 2: gone });
    assert.deepEqual(await index.refresh('one', signal), { names: ['a'], readAt: 1000, isTruncated: true });
  });

  it('leaves the names as they were when a registry does not answer', async () => {
    const { index } = open({ first: gone });
    await index.add('one', ['a']);
    await assert.rejects(index.refresh('one', signal), gone);
    assert.deepEqual((await index.of('one')).names, ['a']);
  });

  it('reads once for several who ask', async () => {
    const { index, asked } = open({ first: page(['a']) });
    await Promise.all([index.refresh('one', signal), index.refresh('one', signal)]);
    assert.deepEqual(asked, [undefined]);
  });

  it('forgets a connection', async () => {
    const { index, ports } = open();
    await index.add('one', ['a']);
    await index.forget('one');
    assert.deepEqual((await index.of('one')).names, []);
    assert.equal(ports.dataValues.size, 0);
  });

  it('takes what it cannot read for nothing', async () => {
    for (const text of ['{', 'null', '{"version":2}', '{"version":1,"names":[1],"isTruncated":false}']) {
      const ports = fakePorts();
      await ports.data.write('names one', text);
      assert.deepEqual(await open({}, ports).index.of('one'), { names: [], isTruncated: true });
    }
  });
});

describe('NameSearch', () => {
  async function search(index: NamesIndex, native: readonly string[] | undefined | Error, query = 'web') {
    const findings: SearchFinding[] = [];
    const names = new NameSearch({
      index,
      now: () => 2000,
      searchNatively: async () => {
        if (native instanceof Error) throw native;
        return native;
      },
    });
    await names.search(['one'], query, { signal, found: (finding) => findings.push(finding) });
    return findings;
  }

  it('tells what is known at once, then what a registry lists', async () => {
    const { index } = open({ first: page(['shop/web', 'other']) });
    await index.add('one', ['old/web']);
    assert.deepEqual(
      (await search(index, undefined)).map(({ isBusy, names }) => ({ isBusy, names })),
      [
        { isBusy: true, names: ['old/web'] },
        { isBusy: false, names: ['shop/web'] },
      ],
    );
  });

  it('asks a registry that searches itself, and no other for names that are fresh', async () => {
    const { index, asked } = open({ first: page(['shop/web']) });
    const [, native] = await search(index, ['library/web']);
    assert.deepEqual(native?.names, ['library/web']);
    assert.deepEqual(asked, []);
    await search(index, undefined);
    await search(index, undefined);
    assert.deepEqual(asked, [undefined]);
  });

  it('says which registry could not be searched, and shows what is known of it', async () => {
    const { index } = open({ first: gone });
    await index.add('one', ['old/web']);
    const [, last] = await search(index, undefined);
    assert.equal(last?.error, gone);
    assert.deepEqual(last?.names, ['old/web']);
  });

  it('asks nobody where only what is known is wanted', async () => {
    const { index, asked } = open();
    const names = new NameSearch({ index, now: () => 0, searchNatively: () => assert.fail('asked') });
    await names.search(['one'], 'web', { signal, found: () => {}, isLocal: true });
    assert.deepEqual(asked, []);
  });
});

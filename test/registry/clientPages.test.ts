import assert from 'node:assert/strict';
import type { Page } from '../../src/api.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage } from '../support/imageWriter.ts';
import { rejection } from '../support/registryErrors.ts';
import { json, type Reply } from '../support/sampleRegistry/http.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { openClient } from './openClient.ts';

const image = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [] });

const start = closeAfterEach(startSampleRegistry);
const open = closeAfterEach(openClient);

describe('Gantry reads lists of names', () => {
  it('of several pages, as versions are read', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', image, ...Array.from({ length: 2500 }, (_, index) => `1.${index}`), 'latest');
    const { tags, isTruncated } = await gantry.tagNames(`${registry.host}/shop/web`);
    assert.deepEqual([tags.length, isTruncated, registry.requests.length], [2501, false, 3]);
    assert.deepEqual(
      tags.slice(0, 3).map(({ name }) => name),
      ['latest', '1.2499', '1.2498'],
    );
  });

  it('page by page, whether the limit is told each time or only once', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    for (const name of ['a', 'b', 'c', 'd', 'e']) registry.push(name, image, 'latest');
    const { id } = await gantry.addConnection({ url: registry.url });
    for (const later of [{ limit: 2 }, {}]) {
      const pages = await allPages((cursor) =>
        gantry.listRepositories(id, cursor === undefined ? { limit: 2 } : { ...later, cursor }),
      );
      assert.deepEqual(
        pages.map(({ items }) => items.map(({ name }) => name)),
        [['a', 'b'], ['c', 'd'], ['e']],
      );
    }
  });

  it('page by page where there are no links, whether the limit is told each time or only once', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', image, 'a', 'b', 'c', 'd', 'e');
    registry.fault = () => ({ alter: ({ headers: _headers, ...reply }) => reply });
    for (const later of [{ limit: 2 }, {}]) {
      const pages = await allPages((cursor) =>
        gantry.listTags(`${registry.host}/shop/web`, cursor === undefined ? { limit: 2 } : { ...later, cursor }),
      );
      assert.deepEqual(
        pages.flatMap(({ items }) => items.map(({ name }) => name)),
        ['a', 'b', 'c', 'd', 'e'],
      );
    }
  });

  it('no more at once than were asked for, where the registry sends all of them', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.fault = always(() => listOf(['a', 'b', 'c', 'd', 'e']));
    const pages = await allPages((cursor) =>
      gantry.listTags(`${registry.host}/shop/web`, { limit: 2, ...(cursor !== undefined && { cursor }) }),
    );
    assert.deepEqual(
      pages.map(({ items }) => items.map(({ name }) => name)),
      [['a', 'b'], ['c', 'd'], ['e']],
    );
  });

  it('from no other place than one that a page before has named', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    const repository = `${registry.host}/shop/web`;
    for (const cursor of ['', 'n=10', '-1:', 'x:n=10'])
      await rejection(gantry.listTags(repository, { cursor }), 'invalid');
    assert.equal(registry.requests.length, 0);
  });

  it('of a registry that knows no pages', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `tag-${String(index).padStart(4, '0')}`);
    const [registry, { gantry }] = await Promise.all([start({ fault: always(() => listOf(names)) }), open()]);
    const { tags, isTruncated } = await gantry.tagNames(`${registry.host}/shop/web`);
    assert.deepEqual([tags.length, isTruncated, registry.requests.length], [1000, false, 2]);
  });

  it('that are empty, or null', async () => {
    for (const tags of [[], null]) {
      const [registry, { gantry }] = await Promise.all([start({ fault: always(() => listOf(tags)) }), open()]);
      assert.deepEqual(await gantry.listTags(`${registry.host}/shop/web`), { items: [] });
    }
  });

  it('past what is no tag, once', async () => {
    const odd = [
      '1.0',
      null,
      7,
      '1.0',
      '../../etc',
      'a b',
      '\u202egnp',
      '-x',
      'x'.repeat(129),
      `sha256:${'0'.repeat(64)}`,
      '2.0',
    ];
    const [registry, { gantry, ports }] = await Promise.all([start({ fault: always(() => listOf(odd)) }), open()]);
    assert.deepEqual(await gantry.listTags(`${registry.host}/shop/web`), { items: [{ name: '1.0' }, { name: '2.0' }] });
    const warnings = ports.logLines.filter((line) => line.startsWith('warn'));
    assert.deepEqual(warnings, [
      `warn: ${registry.host} lists 5 tags with names that no registry may have; they are left out.`,
    ]);
  });

  it('past a page on which nothing is a tag', async () => {
    const digests = Array.from({ length: 3 }, (_, index) => `sha256:${String(index).padStart(64, '0')}`);
    const pages = [['1.0'], digests, ['2.0']];
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.fault = always(() => {
      const page = registry.requests.length;
      return listOf(pages[page] ?? [], page < pages.length - 1 ? `page=${page + 1}` : undefined);
    });
    const { tags } = await gantry.tagNames(`${registry.host}/shop/web`);
    assert.deepEqual(
      tags.map(({ name }) => name),
      ['2.0', '1.0'],
    );
  });

  it('that lead to themselves', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.fault = always(({ search }) => listOf(['a'], search.slice(1)));
    const { tags, isTruncated } = await gantry.tagNames(`${registry.host}/shop/web`);
    assert.deepEqual([tags, isTruncated, registry.requests.length], [[{ name: 'a' }], false, 1]);
  });

  it('that lead in a circle', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.fault = always(({ search }) =>
      listOf([search.includes('last=a') ? 'b' : 'a'], search.includes('last=a') ? 'last=b' : 'last=a'),
    );
    const { tags } = await gantry.tagNames(`${registry.host}/shop/web`);
    assert.deepEqual(
      tags.map(({ name }) => name),
      ['a', 'b'],
    );
    assert.ok(registry.requests.length <= 5, `${registry.requests.length}`);
  });

  it('that never end: up to a bound, and says that there are more', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.fault = always(() => {
      const page = registry.requests.length;
      return listOf(
        Array.from({ length: 10_000 }, (_, index) => `t${page}-${index}`),
        `page=${page + 1}`,
      );
    });
    const { tags, isTruncated } = await gantry.tagNames(`${registry.host}/shop/web`);
    assert.deepEqual([tags.length, isTruncated], [200_000, true]);
    assert.ok(registry.requests.length <= 21, `${registry.requests.length}`);
  });

  it('with a link to another host, of which the query counts only', async () => {
    const [registry, other, { gantry }] = await Promise.all([start(), start(), open()]);
    registry.fault = always(({ search }) =>
      search.includes('page=2') ? listOf(['b']) : listOf(['a'], `page=2`, `${other.url}/v2/shop/web/tags/list`),
    );
    const { tags } = await gantry.tagNames(`${registry.host}/shop/web`);
    assert.equal(tags.length, 2);
    assert.equal(other.requests.length, 0);
  });

  it('below the path of a connection only', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    for (const name of ['team', 'team/app', 'teams/app', 'other']) registry.push(name, image, 'latest');
    const { id } = await gantry.addConnection({ url: `${registry.url}/team` });
    const { items } = await gantry.listRepositories(id);
    assert.deepEqual(items, [
      { name: 'team', reference: `${registry.host}/team` },
      { name: 'team/app', reference: `${registry.host}/team/app` },
    ]);
  });

  it('unless the registry has no catalogue', async () => {
    const [registry, { gantry }] = await Promise.all([start({ catalog: false }), open()]);
    const { id } = await gantry.addConnection({ url: registry.url });
    const { message } = await rejection(gantry.listRepositories(id), 'unsupported');
    assert.match(message, /Its images can still be opened by name\.$/);
  });
});

/** Answers every request in the registry's place. */
function always(answer: (url: URL) => Reply): (request: { readonly url: URL }) => { readonly reply: Reply } {
  return ({ url }) => ({ reply: answer(url) });
}

function listOf(tags: unknown, next?: string, path = ''): Reply {
  return json(200, { name: 'shop/web', tags }, next === undefined ? {} : { Link: `<${path}?${next}>; rel="next"` });
}

async function allPages<T>(read: (cursor: string | undefined) => Promise<Page<T>>): Promise<readonly Page<T>[]> {
  const pages: Page<T>[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    pages.push(page);
    cursor = page.cursor;
  } while (cursor !== undefined && pages.length < 10);
  return pages;
}

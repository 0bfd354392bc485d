import assert from 'node:assert/strict';
import { type AdapterContract, nameOf, type Rule } from '../adapterContract.ts';
import { content } from './content.ts';
import { anySignal, type OpenedSession, open, readPages } from './session.ts';

const isoDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const { digest } = content.image.manifest.descriptor;

/** What lists have to be. */
export function listingRules(contract: AdapterContract, rule: Rule): void {
  const { offers, tags } = contract;

  rule('answers a test of the connection', async (server) => {
    await open(server).session.test(anySignal());
  });

  if (offers.includes('listRepositories')) {
    for (const limit of [undefined, 1]) {
      rule(`lists each repository once, ${limit === undefined ? 'in whole pages' : 'one a page'}`, async (server) => {
        const pages = await repositoryPages(() => open(server), limit);
        const names = pages.flat().map(({ name }) => name);
        // Images of this machine are one repository.
        for (const name of [content.repository, ...(contract.isRemote === false ? [] : content.others)]) {
          assert.equal(names.filter((other) => other === nameOf(server, name)).length, 1, `${name} in ${names}`);
        }
        assert.equal(new Set(names).size, names.length);
        if (limit !== undefined && !contract.ignoresLimits) {
          for (const page of pages) assert.ok(page.length <= limit, `a page of ${page.length}`);
        }
      });
    }
  } else {
    rule('has no list of repositories that would be empty', async (server) => {
      assert.equal(open(server).session.listRepositories, undefined);
    });
  }

  if (offers.includes('searchRepositories')) {
    rule('finds a repository by a part of its name, and nothing for nothing', async (server) => {
      const search = (query: string) => {
        const { session } = open(server);
        return readPages(() => (options) => session.searchRepositories?.(query, options) ?? assert.fail());
      };
      const found = (await search('cart')).flat().map(({ name }) => name);
      assert.ok(found.includes(nameOf(server, 'shop/cart')), `${found}`);
      assert.deepEqual((await search('no-such-name')).flat(), []);
      assert.deepEqual((await search(' ')).flat(), []);
    });
  }

  for (const limit of [undefined, 2]) {
    rule(`lists every tag, ${limit === undefined ? 'in whole pages' : 'two a page'}`, async (server) => {
      const pages = await readPages(
        () => {
          const repository = open(server).session.repository(nameOf(server));
          return (options) => repository.listTags(options);
        },
        { limit },
      );
      const listed = pages.flat();
      assert.deepEqual([...new Set(listed.map(({ name }) => name))].sort(), [...content.tags].sort());
      for (const tag of listed) assertWellFormed(tag);
      if (limit !== undefined && !contract.ignoresLimits) {
        for (const page of pages) assert.ok(page.length <= limit, `a page of ${page.length}`);
      }
    });
  }

  if (contract.isRemote !== false) {
    rule('asks for nothing twice while it lists', async (server) => {
      const opened = open(server);
      const repository = opened.session.repository(nameOf(server));
      await readPages(() => (options) => repository.listTags(options), { limit: 2 });
      const answered = opened.sent
        .filter(({ method, status }) => method === 'GET' && status === 200)
        .map(({ url }) => url);
      assert.deepEqual(
        answered.filter((url, index) => answered.indexOf(url) !== index),
        [],
      );
    });
  }

  rule('takes no cursor of others', async (server) => {
    const { session, sent } = open(server);
    for (const cursor of ['https://evil.example/v2/_catalog', '../../other', '\u0000', '']) {
      const outcome = await session
        .repository(nameOf(server))
        .listTags({ ...anySignal(), cursor })
        .then(
          ({ items }) => items,
          (error: { readonly code?: string }) => error.code,
        );
      assert.ok(Array.isArray(outcome) || outcome !== undefined, `an error without a code for ${cursor}`);
    }
    assert.deepEqual(
      sent.filter(({ url }) => url.includes('evil.example/v2') && new URL(url).host === 'evil.example'),
      [],
    );
  });

  if (tags !== undefined) {
    rule(`tells ${tags.tells.join(', ')} of a page of tags in ${tags.requests} requests`, async (server) => {
      const { session, sent } = open(server);
      const repository = session.repository(nameOf(server));
      await repository.listTags(anySignal());
      const before = sent.length;
      const { items } = await repository.listTags({ ...anySignal(), limit: 100 });
      assert.equal(sent.length - before, tags.requests);
      for (const field of tags.tells) {
        for (const item of items) assert.notEqual(item[field], undefined, `${field} of ${item.name}`);
      }
    });
  }

  if (offers.includes('rateLimit')) {
    rule('tells how much may still be pulled without counting against it', async (server) => {
      const { session } = open(server);
      const first = await session.rateLimit?.(anySignal());
      assert.deepEqual(await session.rateLimit?.(anySignal()), first);
      if (first === undefined) return;
      assert.ok(first.remaining <= first.limit && first.windowSeconds > 0);
    });
  }
}

/** All repositories, by way of the namespaces where there are some. */
async function repositoryPages(
  again: () => OpenedSession,
  limit: number | undefined,
): Promise<readonly (readonly { readonly name: string }[])[]> {
  const list = (namespace: string | undefined) => () => {
    const { session } = again();
    return (options: Parameters<NonNullable<typeof session.listRepositories>>[1]) =>
      session.listRepositories?.(namespace, options) ?? assert.fail();
  };
  if (again().session.listNamespaces === undefined) return readPages(list(undefined), { limit });
  const namespaces = await readPages(() => again().session.listNamespaces, { limit });
  const pages = [];
  for (const { name } of namespaces.flat()) pages.push(...(await readPages(list(name), { limit })));
  return pages;
}

function assertWellFormed(tag: {
  readonly digest?: string;
  readonly size?: number;
  readonly createdAt?: string;
  readonly pushedAt?: string;
  readonly platforms?: readonly string[];
}): void {
  if (tag.digest !== undefined) assert.equal(tag.digest, digest);
  if (tag.size !== undefined) assert.ok(Number.isSafeInteger(tag.size) && tag.size > 0, `size ${tag.size}`);
  for (const date of [tag.createdAt, tag.pushedAt]) if (date !== undefined) assert.match(date, isoDate);
  for (const platform of tag.platforms ?? []) assert.match(platform, /^[^/]+\/[^/]+(?:\/[^/]+)?$/);
}

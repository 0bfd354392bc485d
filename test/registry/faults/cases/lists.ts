import type { FaultPlan } from '../../../support/sampleRegistry/faults.ts';
import { htmlReply } from '../../../support/sampleRegistry/faults.ts';
import { json } from '../../../support/sampleRegistry/http.ts';
import type { FaultCase } from '../faultCase.ts';
import { always, on, replies, withHeaders } from '../plans.ts';
import type { World } from '../world.ts';

/** All tags, over all pages, in the order of their names; and whether there are more. */
async function allTags({ client, repository, signal }: World): Promise<readonly [tags: readonly string[], boolean]> {
  const { tags, isTruncated } = await client.gantry.tagNames(repository, { signal });
  return [tags.map(({ name }) => name).sort(), isTruncated];
}

async function countTags(world: World): Promise<readonly [count: number, boolean]> {
  const [tags, isTruncated] = await allTags(world);
  return [tags.length, isTruncated];
}

/** Pages by the number of the request. */
function pages(
  page: (index: number, url: URL) => { readonly tags: unknown; readonly link?: string | string[] },
): FaultPlan {
  let index = 0;
  return on('/tags/list', ({ url }) => {
    const { tags, link } = page(index++, url);
    return { reply: json(200, { name: 'shop/web', tags }, link === undefined ? {} : { Link: link }) };
  });
}

const next = (query: string): string => `</v2/shop/web/tags/list?${query}>; rel="next"`;
const numbered = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, index) => `1.${from + index}`);

/** 13: lists in pages. */
export const pageCases: readonly FaultCase[] = [
  {
    id: '13-self',
    server: 'links a page to itself',
    expected: 'takes it for the last',
    fault: () => pages((_, url) => ({ tags: ['a'], link: next(url.search.slice(1)) })),
    act: allTags,
    outcome: { value: [['a'], false] },
    requests: 1,
  },
  {
    id: '13-aba',
    server: 'links page A to B and B to A',
    expected: 'ends where a page brings nothing new',
    fault: () =>
      pages((_, url) =>
        url.searchParams.has('b') ? { tags: ['b'], link: next('n=1000') } : { tags: ['a'], link: next('b=1') },
      ),
    act: allTags,
    outcome: { value: [['a', 'b'], false] },
    requests: 3,
  },
  {
    id: '13-endless',
    server: 'always links to one more page with one more tag',
    expected: 'ends at 1,000 pages and says that there are more',
    fault: () => pages((index) => ({ tags: [`1.${index}`], link: next(`page=${index}`) })),
    act: countTags,
    outcome: { value: [1000, true] },
    requests: 1000,
  },
  {
    id: '13-names',
    server: 'always links to one more page with a thousand more tags',
    expected: 'ends at 200,000 names and says that there are more',
    fault: () => pages((index) => ({ tags: numbered(1000, index * 1000), link: next(`page=${index}`) })),
    act: countTags,
    outcome: { value: [200_000, true] },
    requests: 200,
  },
  {
    id: '13-empty',
    server: 'always links to one more page with nothing on it',
    expected: 'ends at 1,000 pages and says that there may be more',
    fault: () => pages((index) => ({ tags: [], link: next(`page=${index}`) })),
    act: countTags,
    outcome: { value: [0, true] },
    requests: 1000,
  },
  {
    id: '13-host',
    server: 'links to a page of another host',
    expected: 'asks its own host for it, the other for nothing',
    fault: (world) =>
      pages((index) =>
        index === 0
          ? { tags: ['a'], link: `<${world.elsewhere.url}/v2/shop/web/tags/list?last=a>; rel="next"` }
          : { tags: ['b'] },
      ),
    act: allTags,
    outcome: { value: [['a', 'b'], false] },
    requests: 2,
  },
  {
    id: '13-relative',
    server: 'links relative to the path',
    expected: 'follows',
    fault: () =>
      pages((index) => (index === 0 ? { tags: ['a'], link: '<list?last=a&n=5>; rel=next' } : { tags: ['b'] })),
    act: allTags,
    outcome: { value: [['a', 'b'], false] },
    requests: 2,
  },
  {
    id: '13-links',
    server: 'sends several links, in one header and in several',
    expected: 'follows the one to the next page',
    fault: () =>
      pages((index) =>
        index === 0
          ? { tags: ['a'], link: [`</v2/x?first>; rel="first", </v2/x?a,b>; rel="prev"`, next('last=a')] }
          : { tags: ['b'] },
      ),
    act: allTags,
    outcome: { value: [['a', 'b'], false] },
    requests: 2,
  },
  {
    id: '13-garbage',
    server: 'sends a Link that is none',
    expected: 'takes the page for the last',
    fault: () => pages(() => ({ tags: ['a'], link: '<<<;;;rel=next"' })),
    act: allTags,
    outcome: { value: [['a'], false] },
    requests: 1,
  },
  {
    id: '13-all',
    server: 'ignores n and sends 2,500 names at once',
    expected: 'takes them all',
    fault: () => pages(() => ({ tags: numbered(2500) })),
    act: countTags,
    outcome: { value: [2500, false] },
    requests: 1,
  },
  {
    id: '13-short',
    server: 'sends a page shorter than was asked for, with a link',
    expected: 'follows',
    fault: () => pages((index) => (index < 3 ? { tags: [`1.${index}`], link: next(`last=1.${index}`) } : { tags: [] })),
    act: countTags,
    outcome: { value: [3, false] },
    requests: 4,
  },
  {
    id: '13-full',
    server: 'sends a full page and no link',
    expected: 'asks once for what comes after the last name',
    fault: () => pages((index) => ({ tags: index === 0 ? numbered(1000) : [] })),
    act: countTags,
    outcome: { value: [1000, false] },
    requests: 2,
  },
  {
    id: '13-doubles',
    server: 'sends names twice and in no order, on two pages',
    expected: 'shows each once',
    fault: () =>
      pages((index) => (index === 0 ? { tags: ['b', 'a', 'b'], link: next('last=b') } : { tags: ['c', 'a'] })),
    act: allTags,
    outcome: { value: [['a', 'b', 'c'], false] },
    requests: 2,
  },
];

const brackets = 100_000;

/** 14: JSON that is made to break its reader. What it costs in memory is measured in a process of its own. */
export const jsonCases: readonly FaultCase[] = [
  ...listCase(
    'deep',
    'a list that is nested 100,000 deep',
    `{"tags":["a",${'['.repeat(brackets)}${']'.repeat(brackets)}]}`,
    ['a'],
  ),
  ...listCase(
    'proto',
    'a list with keys such as __proto__',
    '{"__proto__":{"tags":["evil"],"x":1},"constructor":{},"tags":["a"]}',
    ['a'],
  ),
  ...listCase('duplicate', 'a list with a key twice', '{"tags":["evil"],"tags":["a"]}', ['a']),
  ...listCase('bom', 'a list with a byte order mark', '\uFEFF{"tags":["a"]}', ['a']),
  ...listCase('surrogate', 'a list with half a surrogate pair', '{"tags":["\\ud800","a\\udfff","a"]}', ['a']),
  ...listCase('types', 'a list with what is no name in it', '{"tags":[null,1,{},["x"],"a",true]}', ['a']),
  ...listCase('null', 'null for a list', '{"name":"shop/web","tags":null}', []),
  ...listCase(
    'names',
    'names that no tag can have',
    JSON.stringify({
      tags: ['a', '../../etc', '<b>', '$(id)', '\u001b[2J', '\u202e', 'x'.repeat(300), 'a b', '%2e%2e', '-a', 'a\n'],
    }),
    ['a'],
  ),
  ...(
    [
      ['nan', 'NaN in a list', Buffer.from('{"tags":[NaN]}')],
      ['utf16', 'a list in UTF-16', Buffer.from('\uFEFF{"tags":["a"]}', 'utf16le')],
      ['cut', 'half a list', Buffer.from('{"tags":["a","b')],
      ['array', 'an array', Buffer.from('["a"]')],
      ['other', 'another object', Buffer.from('{"__proto__":{"tags":["evil"]}}')],
      ['none', 'nothing', Buffer.alloc(0)],
    ] as const
  ).map(
    ([variant, what, body]): FaultCase => ({
      id: `14-${variant}`,
      server: `sends ${what}`,
      expected: 'says that no registry answers so, and shows no empty list',
      fault: () => always(replies(200, { 'Content-Type': 'application/json' }, body)),
      outcome: { error: 'protocol', says: /answered with .*, not as a container registry does/ },
      requests: 1,
    }),
  ),
  {
    id: '14-list',
    server: 'announces a list of 300 MB',
    expected: 'does not read it',
    fault: () => always({ raw: 'HTTP/1.1 200 OK\r\nContent-Length: 300000000\r\n\r\n{"tags":[' }),
    outcome: { error: 'too-large', says: /more than 16 MiB/ },
    requests: 1,
  },
  {
    id: '14-error',
    server: 'sends 100 MiB with a refusal',
    expected: 'tells the refusal by its status',
    fault: () => always(replies(403, {}, Buffer.alloc(100 * 1024 * 1024, '{"a":1}'))),
    outcome: { error: 'denied', says: /does not allow this account/ },
    requests: 1,
  },
  {
    id: '14-header',
    server: 'sends headers of a megabyte',
    expected: 'refuses them',
    fault: () => always(withHeaders({ 'X-Large': 'x'.repeat(1024 * 1024) })),
    outcome: { error: 'protocol', says: /headers that are too large/ },
    requests: 1,
  },
];

function listCase(variant: string, what: string, body: string, tags: readonly string[]): readonly FaultCase[] {
  return [
    {
      id: `14-${variant}`,
      server: `sends ${what}`,
      expected: tags.length === 0 ? 'shows no tags' : 'shows the names that can be tags, and only those',
      fault: () => always(replies(200, { 'Content-Type': 'application/json' }, body)),
      act: async (world) => (await allTags(world))[0],
      outcome: { value: tags },
      requests: 1,
    },
  ];
}

/** 15: what is no registry. */
export const pageForPeopleCases: readonly FaultCase[] = [
  {
    id: '15-tags',
    server: 'answers a list with a login page (200, text/html)',
    expected: 'says that no registry answers there, not "no tags"',
    fault: () => always({ reply: htmlReply() }),
    outcome: { error: 'protocol', says: /answered with a web page/ },
    requests: 1,
  },
  {
    id: '15-manifest',
    server: 'answers a manifest with a login page',
    expected: 'says so',
    fault: () => always({ reply: htmlReply() }),
    act: ({ client, repository }) => client.gantry.inspect(`${repository}:1.0`),
    outcome: { error: 'protocol', says: /answered with a web page/ },
    requests: 1,
  },
  {
    id: '15-head',
    server: 'answers HEAD of a manifest with a login page',
    expected: 'says so',
    fault: () => always({ reply: htmlReply() }),
    act: ({ client, repository }) => client.gantry.resolve(`${repository}:1.0`),
    outcome: { error: 'protocol', says: /answered with a web page/ },
    requests: 2,
  },
  {
    id: '15-test',
    server: 'answers /v2/ with a login page',
    expected: 'adds no connection',
    fault: () => always({ reply: htmlReply() }),
    act: ({ client, registry }) => client.gantry.addConnection({ url: `${registry.url}/other` }),
    outcome: { error: 'protocol', says: /answered with a web page/ },
    requests: 1,
  },
  {
    id: '15-redirect',
    server: 'redirects a list to a login page of another host',
    expected: 'says so, and the credential stays',
    fault: (world) => {
      world.elsewhere.fault = always({ reply: htmlReply() });
      return always(replies(302, { Location: `${world.elsewhere.url}/login` }));
    },
    outcome: { error: 'protocol', says: /answered with a web page/ },
    requests: 1,
    elsewhere: 1,
  },
  {
    id: '15-error',
    server: 'refuses with a page for people',
    expected: 'tells the refusal, and nothing of the page',
    fault: () => always({ reply: htmlReply(403) }),
    outcome: { error: 'denied', says: /^(?!.*<)/ },
    requests: 1,
  },
];

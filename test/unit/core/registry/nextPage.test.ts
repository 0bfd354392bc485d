import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ignoresLast, nextPageQuery } from '../../../../src/core/registry/nextPage.ts';
import { fakeResponse } from './fakeHttp.ts';

describe('nextPageQuery', () => {
  const cases: readonly (readonly [title: string, link: string | readonly string[], query: string | undefined])[] = [
    ['a path', '</v2/_catalog?n=100&last=b>; rel="next"', 'n=100&last=b'],
    ['a path below the list', '<list?last=b>; rel=next', 'last=b'],
    ['a query alone', '<?last=b>; rel="next"', 'last=b'],
    ['an address', '<https://registry.example/v2/_catalog?last=b>; rel="next"', 'last=b'],
    [
      'an address of another host, of which the query counts only',
      '<https://evil.example/x?last=b>; rel="next"',
      'last=b',
    ],
    [
      'an opaque cursor',
      '</v2/_catalog?n=50&next_page=gAAAAABo%2B%3D%3D>; rel="next"',
      'n=50&next_page=gAAAAABo%2B%3D%3D',
    ],
    ['a fragment', '<?last=b#top>; rel="next"', 'last=b'],
    ['other relations beside', '<?last=b>; title="x"; rel="last next"', 'last=b'],
    ['spaces and letters in upper case', '  <?last=b> ; REL = "NEXT" ', 'last=b'],
    ['several links in one header', '<?a=1>; rel="first", <?last=b>; rel="next", <?z=1>; rel="last"', 'last=b'],
    ['several headers', ['<?a=1>; rel="first"', '<?last=b>; rel="next"'], 'last=b'],
    ['a target with a comma', '<?last=a,b>; rel="next", <?c=d>; rel="prev"', 'last=a,b'],
    ['no relation of that name', '<?last=b>; rel="nextest"', undefined],
    ['another relation', '<?last=b>; rel="prev"', undefined],
    ['a relation of another parameter', '<?last=b>; anchor="rel=next"', undefined],
    ['a target without a query', '</v2/_catalog>; rel="next"', undefined],
    ['a target with an empty query', '</v2/_catalog?>; rel="next"', undefined],
    ['a target with nothing but a fragment after its mark', '</v2/_catalog?#?a=b>; rel="next"', undefined],
    ['no target', 'rel="next"', undefined],
    ['a target that does not end', '<?last=b; rel="next"', undefined],
  ];
  for (const [title, link, query] of cases) {
    it(`${query === undefined ? 'finds none in' : 'reads'} a link with ${title}`, () => {
      assert.equal(nextPageQuery(page({ link })), query);
    });
  }

  it('ends at a link to the page itself', () => {
    assert.equal(nextPageQuery(page({ link: '<?n=2&last=a>; rel="next"', query: 'n=2&last=a' })), undefined);
  });

  it('follows the link of a page that is not full', () => {
    assert.equal(nextPageQuery(page({ link: '<?last=a>; rel="next"', items: ['a'] })), 'last=a');
  });

  it('asks for what comes after the last item of a full page without a link', () => {
    assert.equal(nextPageQuery(page({ items: ['a', 'b'], query: 'n=2' })), 'n=2&last=b');
    assert.equal(nextPageQuery(page({ items: ['a', 'b&c=d'], query: 'n=2' })), 'n=2&last=b%26c%3Dd');
  });

  it('counts the items of a page as they came', () => {
    assert.equal(nextPageQuery(page({ items: ['a', 'a', 'b', null], query: 'n=4' })), 'n=4&last=b');
    assert.equal(nextPageQuery(page({ items: [null, 7], query: 'n=2' })), undefined);
  });

  it('takes the page of a cursor that says no number for the last, where it has no link', () => {
    assert.equal(nextPageQuery(page({ items: ['a'], query: 'next_page=x' })), undefined);
    assert.equal(nextPageQuery(page({ items: [], query: 'n=0' })), undefined);
  });

  it('takes a page without a link that is not full for the last', () => {
    assert.equal(nextPageQuery(page({ items: ['a'], query: 'n=2' })), undefined);
    assert.equal(nextPageQuery(page({ items: [], query: 'n=2' })), undefined);
  });

  it('reads any link without an error', () => {
    const piece = fc.constantFrom('<', '>', ';', ',', '"', '=', 'rel', 'next', '?', 'last=a', ' ', '#');
    const link = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(link, (text) => {
        const query = nextPageQuery(page({ link: text }));
        assert.ok(query === undefined || query.length > 0);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes no longer for a long link than it has to', () => {
    for (const link of [`<?a>${';rel="'.repeat(20_000)}`, `<?a>;rel="${'a '.repeat(20_000)}`, '<'.repeat(50_000)])
      nextPageQuery(page({ link }));
  }).timeout(1000);
});

describe('ignoresLast', () => {
  it('is so when the item comes again after which the page should begin', () => {
    assert.ok(ignoresLast('n=2&last=b', ['a', 'b']));
    assert.ok(!ignoresLast('n=2&last=b', ['c', 'd']));
    assert.ok(!ignoresLast('n=2', ['a', 'b']));
    assert.ok(ignoresLast('last=a%2Fb', ['a/b']));
  });
});

function page(more: {
  readonly link?: string | readonly string[];
  readonly items?: readonly unknown[];
  readonly query?: string;
}): Parameters<typeof nextPageQuery>[0] {
  const { link, items = ['a', 'b', 'c'], query = 'n=1000' } = more;
  const { headers } = fakeResponse({ headers: link === undefined ? {} : { link } });
  return { headers, query, items };
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dateOf, sortTags, type TagOrder } from '../../../../src/core/oci/tagOrder.ts';
import { compareTags, parseTag } from '../../../../src/core/oci/versionOrder.ts';
import { realTags } from './realTags.ts';

describe('compareTags', () => {
  const orders: readonly (readonly [title: string, tags: readonly string[]])[] = [
    ['counts numbers, not digits', ['1.10', '1.9', '1.2']],
    ['puts newer versions first', ['3.0.0', '2.10.0', '2.9.9', '1.0.0']],
    ['reads past a leading v', ['v2.0', '1.9', 'v1.8']],
    [
      'puts a release before its candidates, the later of them first',
      ['2.0.0', '2.0.0-rc.10', '2.0.0-rc.9', '2.0.0-beta1'],
    ],
    [
      'knows the usual words for a candidate',
      ['1.0', '1.0-snapshot', '1.0-rc1', '1.0-pre', '1.0-m2', '1.0-dev1', '1.0-alpha'],
    ],
    ['takes no flavour for a candidate', ['1.0', '1.0-dev', '1.0-develop', '1.0-marble', '1.0-prefix']],
    [
      'puts a plain version before its flavours, which are in alphabetical order',
      ['1.27', '1.27-alpine', '1.27-bookworm'],
    ],
    ['counts numbers in flavours too, the newest first', ['1.27-alpine3.20', '1.27-alpine3.9']],
    ['puts a moving tag before the versions that it moves along', ['1', '1.27', '1.27.3', '1.27.2', '1.26']],
    ['puts what is no version first, and latest before all', ['latest', 'edge', 'nightly', '2.0', '1.0']],
    ['puts commits last', ['10.0', '1a2b3c4', 'deadb33f']],
    ['puts dates behind versions, the newest first', ['2.0', '20250601', '20250531', '2024-12-31', '20241230']],
    ['counts numbers that are too long for a number', ['20250601123456789012', '20250601123456789011']],
    ['takes a candidate of a short version for one of its first release', ['17', '17.2', '17.0', '17rc1', '16']],
    ['puts words with a number together, the newest first', ['edge', 'nightly', 'nightly-10', 'nightly-9', 'stable']],
    ['tells tags apart whose numbers are the same', ['01.0', '1.0', '1.00', 'v1.0']],
  ];
  for (const [title, tags] of orders) {
    it(title, () => {
      assert.deepEqual([...tags].reverse().sort(compareTags), tags);
      assert.deepEqual([...tags].sort().sort(compareTags), tags);
    });
  }

  it('reads the numbers of a plain version as it reads those of its flavours', () => {
    const number = fc.stringMatching(/^\d{1,7}$/);
    const version = fc.tuple(fc.constantFrom('', 'v'), fc.array(number, { minLength: 1, maxLength: 5 }));
    fc.assert(
      fc.property(version, ([prefix, numbers]) => {
        const name = prefix + numbers.join('.');
        const { key, ...plain } = parseTag(name);
        const { key: flavoured, ...rest } = parseTag(`${name}-x`);
        assert.deepEqual(plain, rest);
        assert.ok(key.endsWith(`\0${name}`));
        assert.ok(flavoured.startsWith(key.slice(0, -1 - name.length)));
      }),
    );
  });

  for (const [image, text] of Object.entries(realTags)) {
    it(`puts the tags of ${image} in order`, () => {
      const tags = text.split(' ');
      assert.deepEqual([...tags].sort().sort(compareTags), tags);
      assert.deepEqual([...tags].reverse().sort(compareTags), tags);
    });
  }

  const words = fc.constantFrom(
    'latest',
    'v',
    '-',
    '.',
    '_',
    'rc',
    'RC',
    'dev',
    'a',
    'b',
    'alpha',
    'nightly-',
    '2025-06-01',
    '20250601',
    'alpine',
    'm',
    '0',
    '00',
    '1',
    '9',
    '10',
    'a1b2c3d',
  );
  const tag = fc.oneof(
    fc.array(words, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')),
    fc.stringMatching(/^v?[0-9]{1,3}(\.[0-9]{1,3}){0,3}(-[a-z0-9.]{1,8})?$/),
    fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/),
  );

  it('is antisymmetric, and equal only for the same tag', () => {
    fc.assert(
      fc.property(tag, tag, (a, b) => {
        assert.equal(Math.sign(compareTags(a, b)), -Math.sign(compareTags(b, a)) || 0);
        assert.equal(compareTags(a, b) === 0, a === b);
      }),
      { numRuns: 2000 },
    );
  });

  it('is transitive', () => {
    fc.assert(
      fc.property(tag, tag, tag, (...tags) => {
        const [a, b, c] = tags.sort(compareTags) as [string, string, string];
        assert.ok(compareTags(a, b) <= 0 && compareTags(b, c) <= 0 && compareTags(a, c) <= 0);
      }),
      { numRuns: 5000 },
    );
  });

  it('is told by texts of one byte a character, which engines compare at once', () => {
    fc.assert(fc.property(tag, (name) => assert.match(parseTag(name).key, /^[\0-\xff]*$/)));
  });

  it('sorts into one order, whatever the order before', () => {
    fc.assert(
      fc.property(fc.array(tag), (tags) => {
        assert.deepEqual([...tags].sort(compareTags), [...tags].sort().reverse().sort(compareTags));
      }),
      { numRuns: 500 },
    );
  });
});

describe('sortTags', () => {
  const pause = (): undefined => undefined;
  const summary = fc.record(
    {
      name: fc.stringMatching(/^[a-z0-9_][a-z0-9_.-]{0,8}$/),
      pushedAt: fc.constantFrom('2025-06-01T00:00:00Z', '2024-06-01T00:00:00Z', 'no date'),
      createdAt: fc.constantFrom('2025-01-01T00:00:00Z', '2023-01-01T00:00:00Z'),
    },
    { requiredKeys: ['name'] },
  );

  it('sorts by version as the comparison of two does, however many there are', async () => {
    const names = Array.from({ length: 5000 }, (_, index) => `${(index * 7919) % 5000}.${index % 7}`);
    const sorted = await sortTags(
      names.map((name) => ({ name })),
      'version',
      pause,
    );
    assert.deepEqual(
      sorted.map(({ name }) => name),
      [...names].sort(compareTags),
    );
  });

  it('sorts by the date of the push, else of the image, the newest first; without one last, by version', async () => {
    const tags = [
      { name: '1.0' },
      { name: 'old', pushedAt: '2024-01-01T00:00:00Z', createdAt: '2025-12-01T00:00:00Z' },
      { name: '2.0', pushedAt: 'no date' },
      { name: 'new', createdAt: '2025-01-01T00:00:00Z' },
    ];
    assert.deepEqual(
      (await sortTags(tags, 'date', pause)).map(({ name }) => name),
      ['new', 'old', '2.0', '1.0'],
    );
    assert.equal(dateOf({ createdAt: 'a' }), 'a');
  });

  it('sorts by name as registries do', async () => {
    const sorted = await sortTags([{ name: 'b' }, { name: 'B' }, { name: '10' }, { name: '9' }], 'name', pause);
    assert.deepEqual(
      sorted.map(({ name }) => name),
      ['10', '9', 'B', 'b'],
    );
  });

  it('keeps every tag, and gives one order whatever the order before', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(summary, { selector: ({ name }) => name }),
        fc.constantFrom<TagOrder>('version', 'date', 'name'),
        async (tags, order) => {
          const sorted = await sortTags(tags, order, pause);
          assert.deepEqual(await sortTags([...tags].reverse(), order, pause), sorted);
          assert.deepEqual(new Set(sorted), new Set(tags));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('asks for a pause every few names, and waits for the ones that are due', async () => {
    let asked = 0;
    const tags = Array.from({ length: 5000 }, (_, index) => ({ name: `1.${index}` }));
    const sorted = await sortTags(tags, 'version', () => (++asked % 2 === 0 ? Promise.resolve() : undefined));
    assert.equal(sorted[0]?.name, '1.4999');
    assert.ok(asked >= 5000 / 256, `${asked}`);
  });
});

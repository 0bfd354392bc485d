import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  decidePrune,
  type PruneFacts,
  type PruneRule,
  type PruneTag,
} from '../../../../src/core/transfer/pruneRule.ts';

const day = 24 * 60 * 60 * 1000;
const now = Date.parse('2026-01-01T00:00:00Z');

const everything: PruneRule = {
  ...{ matching: '', keepNewest: 0, order: 'version', olderThanDays: 0, keep: [], untagged: true },
};

/** Few digests and names, so that they meet. */
const digests = fc.integer({ min: 0, max: 7 }).map((number) => digest(number));
const names = fc.oneof(
  fc.tuple(fc.nat(3), fc.nat(3)).map((numbers) => numbers.join('.')),
  fc.nat(20).map((number) => `pr-${number}`),
  fc.constantFrom('latest', 'main', 'abc1234', 'v1', '1.0-alpine', 'nightly-20250601'),
);
const dates = fc.option(
  fc.nat(400).map((age) => new Date(now - age * day).toISOString()),
  { nil: undefined },
);
const tags = fc
  .uniqueArray(
    fc
      .record({
        name: names,
        digest: digests,
        date: dates,
        verdict: fc.constantFrom('shown' as const, 'shown' as const, 'hidden' as const, 'unknown' as const),
        isAttachment: fc.boolean(),
        isProtected: fc.boolean(),
        isListed: fc.boolean(),
        isLocked: fc.boolean(),
      })
      .map(
        ({ date, isLocked, ...tag }): PruneTag => ({
          ...tag,
          ...(date !== undefined && { date }),
          ...(isLocked && { protectedFrom: ['delete'] }),
        }),
      ),
    { selector: ({ name }) => name, maxLength: 25 },
  )
  // Most of them have nothing that protects them, else little would be left to test.
  .chain((all) =>
    fc.array(fc.integer({ min: 0, max: 4 }), { minLength: all.length, maxLength: all.length }).map((dice) =>
      all.map((tag, index) => {
        if (dice[index] === 0) return tag;
        const { protectedFrom: _locked, ...rest } = tag;
        return { ...rest, isAttachment: false, isProtected: false, isListed: false };
      }),
    ),
  );
const facts = fc.record({
  tags,
  untagged: fc.uniqueArray(fc.record({ digest: digests, isUnused: fc.boolean() }), { selector: (one) => one.digest }),
  attached: fc.uniqueArray(digests, { maxLength: 2 }).map((all): ReadonlySet<string> => new Set(all)),
  members: fc
    .array(fc.tuple(digests, fc.uniqueArray(digests, { maxLength: 2 })), { maxLength: 2 })
    .map((all): PruneFacts['members'] => new Map(all)),
  deletesTags: fc.boolean(),
  deletesDigests: fc.boolean(),
  now: fc.constant(now),
});
const rules = fc.record({
  matching: fc.constant(''),
  keepNewest: fc.nat(4),
  order: fc.constantFrom('version' as const, 'date' as const),
  olderThanDays: fc.constantFrom(0, 0, 30, 365),
  keep: fc.constant([]),
  untagged: fc.boolean(),
});

describe('what a prune takes away', () => {
  it('is never anything that is protected, attached to, held by an index, or named by a tag that stays', () => {
    let taken = 0;
    fc.assert(
      fc.property(rules, facts, (rule, known) => {
        const { entries } = decidePrune(rule, known);
        const tagOf = new Map(known.tags.map((tag) => [tag.name, tag]));
        const going = new Set(entries.flatMap((entry) => entry.tags));
        const held = new Set([...known.members.values()].flat());
        for (const entry of entries) {
          taken++;
          for (const name of entry.tags) {
            const tag = tagOf.get(name);
            assert.ok(tag !== undefined && tag.digest === entry.digest);
            assert.ok(!tag.isProtected && !tag.isListed && !tag.isAttachment && tag.verdict === 'shown');
            assert.ok(!tag.protectedFrom?.includes('delete'));
          }
          assert.ok(!held.has(entry.digest));
          for (const part of [entry.digest, ...(known.members.get(entry.digest) ?? [])])
            assert.ok(!known.attached.has(part));
          if (entry.how !== 'digest') continue;
          for (const tag of known.tags) assert.ok(tag.digest !== entry.digest || going.has(tag.name), tag.name);
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(taken > 100);
  });

  it('and what stays are all of the tags together, each once', () => {
    fc.assert(
      fc.property(rules, facts, (rule, known) => {
        fc.pre(known.deletesTags || known.deletesDigests);
        const { entries, kept } = decidePrune(rule, known);
        const told = [...entries.flatMap((entry) => entry.tags), ...kept.map(({ tag }) => tag).filter(Boolean)];
        assert.deepEqual(told.sort(), known.tags.map(({ name }) => name).sort());
      }),
    );
  });

  it('gets no larger when more is known to be attached or held', () => {
    fc.assert(
      fc.property(rules, facts, fc.array(digests), fc.array(digests), (rule, known, attached, held) => {
        const before = new Set(decidePrune(rule, known).entries.flatMap(({ tags: gone }) => gone));
        const more: PruneFacts = {
          ...known,
          attached: new Set([...known.attached, ...attached]),
          members: new Map([...known.members, ['sha256:other', held]]),
        };
        for (const { tags: gone } of decidePrune(rule, more).entries)
          for (const tag of gone) assert.ok(before.has(tag));
      }),
    );
  });

  it('leaves the newest of each kind of names, with every tag of theirs', () => {
    const { entries, kept } = decidePrune(
      { ...everything, keepNewest: 2 },
      of(
        tag('1.10.1', 1),
        tag('1.10', 1),
        tag('1.9', 2),
        tag('1.8', 3),
        tag('pr-9', 4),
        tag('pr-10', 5),
        tag('pr-11', 6),
        tag('latest', 7),
        tag('main', 8),
        tag('abc1234', 9),
      ),
    );
    assert.deepEqual(
      entries.map(({ tags: gone }) => gone),
      [['1.8'], ['pr-9']],
    );
    assert.deepEqual(reasons(kept), {
      ...{ '1.10.1': 'newest', '1.10': 'newest', '1.9': 'newest', 'pr-10': 'newest', 'pr-11': 'newest' },
      ...{ latest: 'no-version', main: 'no-version', abc1234: 'no-version' },
    });
  });

  it('is told from the oldest on, by version or by date as the rule is', () => {
    const found = of(tag('1.9', 1, 10), tag('1.10', 2, 300), tag('1.2', 3, 20), tag('2.0', 4, 1), tag('1.11', 5));
    const gone = (rule: Partial<PruneRule>): readonly string[] =>
      decidePrune({ ...everything, ...rule }, found).entries.flatMap(({ tags: names }) => names);
    assert.deepEqual(gone({ keepNewest: 1 }), ['1.2', '1.9', '1.10', '1.11']);
    assert.deepEqual(gone({ keepNewest: 1, order: 'date' }), ['1.10', '1.2', '1.9']);
    assert.deepEqual(gone({}), ['1.11', '1.10', '1.2', '1.9', '2.0']);
    const kept = decidePrune({ ...everything, keepNewest: 3 }, found).kept.map(({ tag: name }) => name);
    assert.deepEqual(kept, ['1.10', '1.11', '2.0']);
  });

  it('is the oldest by date, and never what has no date', () => {
    const { entries, kept } = decidePrune(
      { ...everything, keepNewest: 1, order: 'date' },
      of(tag('a', 1, 5), tag('b', 2, 50), tag('c', 3, 500), tag('d', 4)),
    );
    assert.deepEqual(
      entries.map(({ tags: gone }) => gone),
      [['c'], ['b']],
    );
    assert.deepEqual(reasons(kept), { a: 'newest', d: 'no-date' });
  });

  it('is no younger than the rule says', () => {
    const { entries, kept } = decidePrune(
      { ...everything, olderThanDays: 30 },
      of(tag('1.0', 1, 31), tag('1.1', 2, 29), tag('1.2', 3)),
    );
    assert.deepEqual(
      entries.map(({ tags: gone }) => gone),
      [['1.0']],
    );
    assert.deepEqual(reasons(kept), { '1.1': 'young', '1.2': 'no-date' });
  });

  it('is the tag alone where another tag of its image stays, and nothing where a registry cannot do that', () => {
    const shared = of(tag('1.0', 1), { ...tag('stable', 1), isProtected: true });
    assert.deepEqual(
      decidePrune(everything, shared).entries.map(({ how, tags: gone }) => [how, gone]),
      [['tags', ['1.0']]],
    );
    const byDigest = decidePrune(everything, { ...shared, deletesTags: false });
    assert.deepEqual([byDigest.entries, reasons(byDigest.kept)], [[], { '1.0': 'shared', stable: 'protected' }]);
  });

  it('is no image whose platform has a signature', () => {
    const signed = {
      ...of(tag('1.0', 1)),
      members: new Map([[digest(1), [digest(2)]]]),
      attached: new Set([digest(2)]),
    };
    assert.deepEqual(reasons(decidePrune(everything, signed).kept), { '1.0': 'attached' });
  });
});

function digest(number: number): string {
  return `sha256:${String(number).padStart(64, '0')}`;
}

function tag(name: string, image: number, age?: number): PruneTag {
  return {
    ...{ name, digest: digest(image), verdict: 'shown', isAttachment: false, isProtected: false, isListed: false },
    ...(age !== undefined && { date: new Date(now - age * day).toISOString() }),
  };
}

function of(...all: readonly PruneTag[]): PruneFacts {
  return {
    ...{ tags: all, untagged: [], attached: new Set(), members: new Map() },
    ...{ deletesTags: true, deletesDigests: true, now },
  };
}

function reasons(kept: readonly { readonly tag: string; readonly reason: string }[]): Readonly<Record<string, string>> {
  return Object.fromEntries(kept.map((one) => [one.tag, one.reason]));
}

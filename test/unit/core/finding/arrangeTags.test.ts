import assert from 'node:assert/strict';
import {
  arrangeTags,
  sharedDigests,
  type TagArrangement,
  undescribed,
} from '../../../../src/core/finding/arrangeTags.ts';
import { parseAttachmentTag } from '../../../../src/core/finding/attachmentTags.ts';
import type { TagFacts } from '../../../../src/core/finding/tagFacts.ts';
import { parseTagFilter } from '../../../../src/core/finding/tagFilter.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const signature = `sha256-${'a'.repeat(64)}.sig`;
const pause = (): undefined => undefined;
const plain: TagArrangement = {
  order: 'version',
  filter: undefined,
  showsAttachments: false,
  groupsImages: false,
  facts: new Map(),
};

function named(names: readonly string[]): readonly { readonly name: string }[] {
  return names.map((name) => ({ name }));
}

describe('arrangeTags', () => {
  it('folds tags of signatures and other attachments away, and counts them', async () => {
    const tags = named(['1.0', signature, `sha256-${'b'.repeat(64)}`, '2.0']);
    const folded = await arrangeTags(tags, plain, pause);
    assert.deepEqual(folded, { tags: named(['2.0', '1.0']), folded: 2, hidden: 0, unknown: 0, candidates: [] });
    const shown = await arrangeTags(tags, { ...plain, showsAttachments: true }, pause);
    assert.deepEqual([shown.tags.length, shown.folded], [4, 0]);
  });

  it('filters by what lists and images tell, and counts what is not known', async () => {
    const facts = new Map<string, TagFacts>([
      ['1.0', { digest, platforms: ['linux/arm64'] }],
      ['2.0', { digest: other, platforms: ['linux/amd64'] }],
    ]);
    const tags = named(['1.0', '2.0', '3.0', signature]);
    const byPlatform = await arrangeTags(tags, { ...plain, facts, filter: parseTagFilter('platform:arm64', 0) }, pause);
    assert.deepEqual(byPlatform, {
      tags: named(['1.0']),
      folded: 1,
      hidden: 2,
      unknown: 1,
      candidates: named(['3.0']),
    });
  });

  it('filters by signatures: of those of cosign the list has tags, of others is known what was asked', async () => {
    const facts = new Map<string, TagFacts>([
      ['1.0', { digest }],
      ['2.0', { digest: other, isSigned: true }],
      ['3.0', { digest: `sha256:${'c'.repeat(64)}`, isSigned: false }],
      ['4.0', { digest: `sha256:${'d'.repeat(64)}` }],
    ]);
    const tags = named(['1.0', '2.0', '3.0', '4.0', '5.0', signature]);
    const signed = await arrangeTags(tags, { ...plain, facts, filter: parseTagFilter('signed', 0) }, pause);
    const rest = { folded: 1, unknown: 2, candidates: named(['5.0', '4.0']) };
    assert.deepEqual(signed, { tags: named(['2.0', '1.0']), hidden: 3, ...rest });
    const unsigned = await arrangeTags(tags, { ...plain, facts, filter: parseTagFilter('-signed', 0) }, pause);
    assert.deepEqual(unsigned, { tags: named(['3.0']), hidden: 4, ...rest });
    assert.deepEqual(
      undescribed(tags.slice(0, 4), facts, true).map(({ name }) => name),
      ['1.0', '4.0'],
    );
  });

  it('tells the first of those that a filter cannot decide, in their order', async () => {
    const tags = named(Array.from({ length: 100 }, (_, index) => `1.${index}`));
    const { candidates } = await arrangeTags(tags, { ...plain, filter: parseTagFilter('newer:1d', 0) }, pause);
    assert.deepEqual(
      candidates.map(({ name }) => name),
      Array.from({ length: 40 }, (_, index) => `1.${99 - index}`),
    );
  });

  it('shows the tags of an image as one, by the first of them, as far as it is known what they name', async () => {
    const facts = new Map<string, TagFacts>([
      ['1.27', { digest }],
      ['latest', { digest }],
      ['1.26', { digest: other }],
    ]);
    const tags = [...named(['1.26', '1.27', 'latest', '1.25']), { name: '1.27.3', digest }];
    const arranged = await arrangeTags(tags, { ...plain, facts, groupsImages: true }, pause);
    assert.deepEqual(
      arranged.tags.map(({ name }) => name),
      ['latest', '1.26', '1.25'],
    );
  });

  it('sorts by dates that images tell, and counts those without', async () => {
    const facts = new Map<string, TagFacts>([['1.0', { createdAt: '2025-01-01T00:00:00Z' }]]);
    const { tags, unknown } = await arrangeTags(
      named(['3.0', '1.0', '2.0']),
      { ...plain, facts, order: 'date' },
      pause,
    );
    assert.deepEqual(
      tags.map(({ name }) => name),
      ['1.0', '3.0', '2.0'],
    );
    assert.equal(unknown, 2);
  });

  it('leaves room for others in long lists', async () => {
    let pauses = 0;
    const tags = named(Array.from({ length: 10_000 }, (_, index) => `1.${index}`));
    await arrangeTags(tags, plain, () => {
      pauses++;
      return undefined;
    });
    assert.ok(pauses > 100, `${pauses}`);
  });
});

describe('sharedDigests', () => {
  it('names the tags of each image that has several, by the list or by what was looked at', () => {
    const facts = new Map<string, TagFacts>([['latest', { digest }]]);
    const tags = [{ name: '1.0', digest }, { name: 'latest' }, { name: '0.9', digest: other }, { name: 'new' }];
    assert.deepEqual([...sharedDigests(tags, facts)], [[digest, ['1.0', 'latest']]]);
  });
});

describe('undescribed', () => {
  it('names the tags of which the list left something out, and no image told', () => {
    const whole = { digest, size: 1, pushedAt: '2025-01-01T00:00:00Z', platforms: [] };
    const tags = [{ name: 'a', ...whole }, { name: 'b', digest }, { name: 'c' }];
    assert.deepEqual(
      undescribed(tags, new Map([['c', {}]])).map(({ name }) => name),
      ['b'],
    );
  });
});

describe('parseAttachmentTag', () => {
  it('reads what cosign, notation and ORAS write', () => {
    const hex = 'a'.repeat(64);
    assert.deepEqual(parseAttachmentTag(`sha256-${hex}.sig`), { digest, kind: 'signature' });
    assert.deepEqual(parseAttachmentTag(`sha256-${hex}.att`), { digest, kind: 'attestation' });
    assert.deepEqual(parseAttachmentTag(`sha256-${hex}.sbom`), { digest, kind: 'sbom' });
    assert.deepEqual(parseAttachmentTag(`sha256-${hex}`), { digest, kind: 'index' });
    assert.deepEqual(parseAttachmentTag(`sha256-${hex}.cosign`), { digest, kind: 'other' });
    for (const name of ['1.0', 'sha256-abc', `sha256-${hex}.SIG`, `x-sha256-${hex}`, `sha1-${hex}`])
      assert.equal(parseAttachmentTag(name), undefined, name);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RepositorySession } from '../../../src/api.ts';
import { RegistryError } from '../../../src/core/errors.ts';
import type { Manifest } from '../../../src/core/oci/manifest.ts';
import { type PruneContext, planPrune } from '../../../src/core/prunes.ts';
import type { PruneRule } from '../../../src/core/transfer/pruneRule.ts';
import { seededRandom } from '../../bench/random.ts';
import { rejection } from '../../support/registryErrors.ts';

const day = 24 * 60 * 60 * 1000;
const now = Date.parse('2026-01-01T00:00:00Z');
const indexType = 'application/vnd.oci.image.index.v1+json';
const imageType = 'application/vnd.oci.image.manifest.v1+json';
const name = 'registry.example/shop/web';

/** An image as the test knows it. */
interface Known {
  readonly digest: string;
  readonly ageInDays: number;
  readonly members: readonly string[];
  readonly hasSignatureTag: boolean;
  readonly hasReferrer: boolean;
}

interface KnownRepository {
  readonly images: ReadonlyMap<string, Known>;
  readonly tags: ReadonlyMap<string, string>;
}

const rule: PruneRule = {
  matching: '/^(pr-|v?\\d)/',
  ...{ keepNewest: 25, order: 'date', olderThanDays: 90, keep: ['*-lts', 'pr-77'], untagged: false },
};
const protectedTags = ['pr-1*', `${name}:2.*`, 'other.example/*:*'];

describe('a dry run of a prune', () => {
  it('of 5,000 tags finds what a plain look at all of them finds', async function () {
    this.timeout(60_000);
    const repository = makeRepository(2026, 5000);
    const plan = await planPrune(contextOf(repository), rule, { protectedTags });
    const found = plan.entries.flatMap(({ tags }) => tags).sort();
    assert.deepEqual(found, expectedTags(repository));
    assert.ok(found.length > 500 && found.length < 4000, `${found.length} are no test`);
    const kept = plan.kept.map(({ tag }) => tag);
    assert.deepEqual([...found, ...kept].sort(), [...repository.tags.keys()].sort());
    assert.equal(plan.totalTags, repository.tags.size);
  });

  it('never has anything in it that is signed, held by an index, protected, or on the list of what stays', async () => {
    let taken = 0;
    const anyRule = fc.record({
      matching: fc.constantFrom('', 'pr-*', '-pr-', 'older:60d'),
      keepNewest: fc.nat(5),
      order: fc.constantFrom('version' as const, 'date' as const),
      olderThanDays: fc.constantFrom(0, 30),
      keep: fc.subarray(['*-lts', 'pr-7*', '/^3/']),
      untagged: fc.constant(false),
    });
    await fc.assert(
      fc.asyncProperty(fc.nat(), anyRule, async (seed, any) => {
        const repository = makeRepository(seed, 60);
        const { entries } = await planPrune(contextOf(repository), any, { protectedTags });
        const held = heldDigests(repository);
        for (const { digest, tags } of entries) {
          taken++;
          const image = repository.images.get(digest) ?? assert.fail();
          assert.ok(!held.has(digest));
          for (const part of [digest, ...image.members]) assert.ok(!isAttached(repository, part));
          for (const tag of tags) {
            assert.equal(repository.tags.get(tag), digest);
            assert.ok(!isProtected(tag), tag);
            if (any.keep.includes('*-lts')) assert.ok(!tag.endsWith('-lts'));
            if (any.keep.includes('pr-7*')) assert.ok(!tag.startsWith('pr-7'));
            if (any.keep.includes('/^3/')) assert.ok(!tag.startsWith('3'));
          }
        }
      }),
      { numRuns: 60 },
    );
    assert.ok(taken > 100);
  });

  it('reads no image where the rule turns on names only, and looks for attachments only of what would go', async () => {
    const requests: string[] = [];
    const repository = makeRepository(1, 200);
    const { entries } = await planPrune(
      contextOf(repository, (what) => requests.push(what)),
      {
        ...rule,
        ...{ matching: 'pr-3*', keepNewest: 0, olderThanDays: 0, keep: [] },
      },
    );
    assert.ok(entries.length > 0);
    assert.deepEqual(
      requests.filter((what) => what.startsWith('facts')),
      [],
    );
    const asked = requests.filter((what) => what.startsWith('referrers')).length;
    assert.ok(asked < 200, `${asked}`);
  });

  it('ends with the failure of a request, not with less than there is', async () => {
    const repository = makeRepository(1, 50);
    const context = contextOf(repository, (what) => {
      if (what.startsWith('referrers')) throw new RegistryError('rate-limited', 'Too many requests.');
    });
    await rejection(planPrune(context, { ...rule, keepNewest: 0 }), 'rate-limited');
  });

  it('is refused for a list that was not read whole', async () => {
    const context = contextOf(makeRepository(1, 5));
    const listTags: PruneContext['listTags'] = async () => ({ ...(await context.listTags()), isTruncated: true });
    await rejection(planPrune({ ...context, listTags }, rule), 'too-large');
  });
});

/** The same rule, written down as a person would check it. */
function expectedTags({ images, tags }: KnownRepository): readonly string[] {
  const repository = { images, tags };
  const ageOf = (tag: string): number => images.get(tags.get(tag) ?? '')?.ageInDays ?? assert.fail();
  const matching = [...tags.keys()].filter((tag) => tag.startsWith('pr-') || /^v?[0-9]/.test(tag));
  const newest = new Set<string>();
  for (const tag of [...matching].sort((a, b) => ageOf(a) - ageOf(b) || (a < b ? -1 : 1)))
    if (newest.size < 25) newest.add(tags.get(tag) ?? '');
  const held = heldDigests(repository);
  return matching
    .filter((tag) => {
      const image = images.get(tags.get(tag) ?? '') ?? assert.fail();
      if (isProtected(tag) || tag.endsWith('-lts') || tag === 'pr-77') return false;
      if (newest.has(image.digest) || image.ageInDays < 90 || held.has(image.digest)) return false;
      return ![image.digest, ...image.members].some((part) => isAttached(repository, part));
    })
    .sort();
}

function isProtected(tag: string): boolean {
  return tag.startsWith('pr-1') || tag.startsWith('2.');
}

function heldDigests({ images, tags }: KnownRepository): ReadonlySet<string> {
  return new Set([...new Set(tags.values())].flatMap((digest) => images.get(digest)?.members ?? []));
}

function isAttached({ images }: KnownRepository, digest: string): boolean {
  const image = images.get(digest);
  return image !== undefined && (image.hasSignatureTag || image.hasReferrer);
}

/** The same for the same seed. Images have whole days of age, some several tags, and some indexes hold images with tags. */
function makeRepository(seed: number, count: number): KnownRepository {
  const { below } = seededRandom(seed);
  const images = new Map<string, Known>();
  const tags = new Map<string, string>();
  const digestOf = (number: number): string => `sha256:${number.toString(16).padStart(64, '0')}`;
  for (let number = 0; tags.size < count; number++) {
    const others = [...images.keys()].slice(-20);
    const member = others[below(others.length)];
    const image: Known = {
      digest: digestOf(number),
      // No two of the same age: what is the newest of equals is nobody's business.
      ageInDays: below(400) + number / 100_000,
      members: member !== undefined && below(8) === 0 ? [member] : [],
      hasSignatureTag: below(10) === 0,
      hasReferrer: below(10) === 0,
    };
    images.set(image.digest, image);
    for (let left = below(3) + 1; left > 0 && tags.size < count; left--) tags.set(tagName(below), image.digest);
    if (image.hasSignatureTag && tags.size < count) tags.set(`${image.digest.replace(':', '-')}.sig`, signatureDigest);
    else images.set(image.digest, { ...image, hasSignatureTag: false });
  }
  // A tag that has moved leaves its image without one.
  images.set(signatureDigest, { ...noImage, digest: signatureDigest });
  return { images, tags };
}

const signatureDigest = `sha256:${'f'.repeat(64)}`;
const noImage = { ageInDays: 1, members: [], hasSignatureTag: false, hasReferrer: false };

function tagName(below: (bound: number) => number): string {
  switch (below(4)) {
    case 0:
      return `pr-${below(9000)}`;
    case 1:
      return `${below(4)}.${below(100)}.${below(50)}${below(20) === 0 ? '-lts' : ''}`;
    case 2:
      return `v${below(4)}.${below(300)}`;
    default:
      return `branch-${below(3000)}`;
  }
}

/** A registry that lists names alone and deletes both ways. `note` is told each request. */
function contextOf({ images, tags }: KnownRepository, note: (what: string) => void = () => {}): PruneContext {
  const { signal } = new AbortController();
  const nothing = async (): Promise<never> => assert.fail('A dry run changes nothing.');
  const descriptorOf = (reference: string) => {
    const image = images.get(tags.get(reference) ?? reference);
    if (image === undefined) throw new RegistryError('not-found', `${reference} is not there`);
    return { digest: image.digest, mediaType: image.members.length > 0 ? indexType : imageType, size: 1 };
  };
  const repository: RepositorySession = {
    listTags: nothing,
    fetchManifest: nothing,
    openBlob: nothing,
    resolve: async (reference) => {
      note(`resolve ${reference}`);
      return descriptorOf(reference);
    },
    listReferrers: async (digest) => {
      note(`referrers ${digest}`);
      const items = images.get(digest)?.hasReferrer ? [{ mediaType: imageType, digest: signatureDigest, size: 1 }] : [];
      return { items };
    },
    deleteTag: nothing,
    deleteManifest: nothing,
  };
  return {
    ...{ repository, name, now, signal },
    listTags: async () => ({ items: [...tags.keys()].map((tag) => ({ name: tag })), isTruncated: false }),
    listUntagged: nothing,
    fetchManifest: async (digest): Promise<Manifest> => {
      const { mediaType } = descriptorOf(digest);
      const manifests = (images.get(digest)?.members ?? []).map((member) => descriptorOf(member));
      assert.equal(mediaType, indexType);
      return { kind: 'index', mediaType, annotations: {}, manifests };
    },
    readFacts: async (digest) => {
      note(`facts ${digest}`);
      const created = now - (images.get(digest)?.ageInDays ?? 0) * day;
      return { digest, createdAt: new Date(created).toISOString() };
    },
  };
}

import assert from 'node:assert/strict';
import type { TagSummary, UntaggedManifest } from '../../../src/api.ts';
import { RegistryError } from '../../../src/core/errors.ts';
import type { Manifest } from '../../../src/core/oci/manifest.ts';
import { findUntagged, type UntaggedImage } from '../../../src/core/untagged.ts';
import { rejection } from '../../support/registryErrors.ts';

const [index, child, loose, signature, orphan, stale] = ['a', 'b', 'c', 'd', 'e', 'f'].map(
  (letter) => `sha256:${letter.repeat(64)}`,
) as [string, string, string, string, string, string];

const entry = (digest: string) => ({ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 1 });
const indexOf = (...digests: readonly string[]): Manifest => ({
  ...{ kind: 'index', mediaType: 'application/vnd.oci.image.index.v1+json', annotations: {} },
  manifests: digests.map(entry),
});
const image = (subject?: string): Manifest => ({
  ...{ kind: 'image', mediaType: 'application/vnd.oci.image.manifest.v1+json', annotations: {}, layers: [] },
  config: entry(loose),
  ...(subject !== undefined && { subject: entry(subject) }),
});

interface Repository {
  readonly tags: readonly TagSummary[];
  readonly untagged: readonly UntaggedManifest[];
  readonly manifests?: Readonly<Record<string, Manifest>>;
}

describe('the untagged images of a repository', () => {
  it('are none of them rubbish that an index holds or that are about an image', async () => {
    const { uses } = await find({
      tags: [{ name: '1.0', digest: index }],
      untagged: [child, loose, signature, orphan].map((digest) => ({ digest })),
      manifests: {
        [index]: indexOf(child),
        [child]: image(),
        [loose]: image(),
        [signature]: image(child),
        [orphan]: image(stale),
      },
    });
    assert.deepEqual(uses, {
      [child]: `part ${index}`,
      [loose]: 'none',
      [signature]: `refers ${child}`,
      [orphan]: 'none',
    });
  });

  it('are parts of untagged indexes too', async () => {
    const { uses } = await find({
      tags: [],
      untagged: [{ digest: index }, { digest: child }],
      manifests: { [index]: indexOf(child), [child]: image() },
    });
    assert.deepEqual(uses, { [index]: 'none', [child]: `part ${index}` });
  });

  it('come newest first', async () => {
    const { items } = await find({
      tags: [],
      untagged: [
        { digest: child, pushedAt: '2025-01-01T00:00:00Z' },
        { digest: loose },
        { digest: index, pushedAt: '2025-02-01T00:00:00Z' },
      ],
    });
    assert.deepEqual(
      items.map(({ digest }) => digest),
      [index, child, loose],
    );
  });

  it('cost no request but that of their list where there are none', async () => {
    const { items, read } = await find({ tags: [{ name: '1.0', digest: index }], untagged: [] });
    assert.deepEqual([items, read], [[], []]);
  });

  it('are looked up by the names of tags where the list tells no digests', async () => {
    const { uses } = await find({
      tags: [{ name: '1.0' }],
      untagged: [{ digest: child }],
      manifests: { '1.0': indexOf(child) },
    });
    assert.deepEqual(uses, { [child]: 'part 1.0' });
  });

  it('are of unknown use where there is too much to read', async () => {
    const tags = Array.from({ length: 1000 }, (_, number) => ({ name: `${number}` }));
    const { uses, read } = await find({ tags, untagged: [{ digest: loose }] });
    assert.deepEqual(uses, { [loose]: 'unknown' });
    assert.equal(read.length, 400);
  });

  it('are not told when the registry fails meanwhile', async () => {
    const fetchManifest = (): Promise<Manifest> => Promise.reject(new RegistryError('rate-limited', 'Later.'));
    await rejection(find({ tags: [], untagged: [{ digest: loose }] }, fetchManifest), 'rate-limited');
  });
});

async function find(
  { tags, untagged, manifests = {} }: Repository,
  fail?: () => Promise<Manifest>,
): Promise<{
  readonly items: readonly UntaggedImage[];
  readonly uses: Readonly<Record<string, string>>;
  readonly read: readonly string[];
}> {
  const read: string[] = [];
  const { items } = await findUntagged({
    listUntagged: async () => ({ items: untagged }),
    listTags: async () => tags,
    fetchManifest: async (reference) => {
      read.push(reference);
      if (fail !== undefined) return fail();
      const manifest = manifests[reference];
      if (manifest === undefined) throw new RegistryError('not-found', `${reference} has gone.`);
      return manifest;
    },
    signal: new AbortController().signal,
  });
  const uses = items.map(({ digest, use, usedBy }) => [digest, usedBy === undefined ? use : `${use} ${usedBy}`]);
  return { items, uses: Object.fromEntries(uses), read };
}

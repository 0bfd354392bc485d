import assert from 'node:assert/strict';
import type { FetchedManifest } from '../../../../src/api.ts';
import { mediaTypes } from '../../../../src/core/oci/mediaType.ts';
import { fetchParsed, findPlatformImage, type PlatformImage } from '../../../../src/core/oci/platformImage.ts';
import { rejection } from '../../../support/registryErrors.ts';

const image = { config: { mediaType: mediaTypes.ociConfig, digest: digestOf(99), size: 1 }, layers: [] };

describe('findPlatformImage', () => {
  it('takes an image that stands for itself', async () => {
    const { found, asked } = await find({ 1: image });
    assert.deepEqual([found?.descriptor.digest, found?.platform, asked], [digestOf(1), undefined, [digestOf(1)]]);
  });

  it('goes from an index to the image of the platform', async () => {
    const manifests = { 1: indexOf([2, 'linux/amd64'], [3, 'linux/arm64/v8']), 3: image };
    const { found, asked } = await find(manifests, 'linux/arm64');
    assert.deepEqual([found?.descriptor.digest, found?.platform], [digestOf(3), 'linux/arm64/v8']);
    assert.deepEqual(asked, [digestOf(1), digestOf(3)]);
  });

  it('goes through an index of indexes', async () => {
    const manifests = { 1: indexOf([2]), 2: indexOf([3, 'linux/amd64']), 3: image };
    const { found } = await find(manifests);
    assert.deepEqual([found?.descriptor.digest, found?.platform], [digestOf(3), 'linux/amd64']);
  });

  it('finds nothing in an empty index', async () => {
    const { found } = await find({ 1: indexOf() });
    assert.equal(found, undefined);
  });

  it('says which platforms there are, where there is no such one', async () => {
    const manifests = { 1: indexOf([2, 'linux/amd64'], [3, 'linux/arm64']) };
    const { message } = await rejection(find(manifests, 'linux/s390x'), 'not-found');
    assert.equal(message, 'shop/web has no image for linux/s390x. It has: linux/amd64, linux/arm64.');
    assert.match((await rejection(find({ 1: indexOf() }, 'linux/s390x'), 'not-found')).message, /It has: none\./);
  });

  it('keeps odd names of platforms out of the message, and bounds it', async () => {
    const manifests = { 1: indexOf(...Array.from({ length: 100 }, () => [2, 'li\u001b[31mnux/\u202eamd64'] as const)) };
    const { message } = await rejection(find(manifests, 'linux/\u202e\u0007'), 'not-found');
    assert.doesNotMatch(message, /[\p{Cc}\p{Cf}]/u);
    assert.ok(message.length < 500, message);
  });

  it('refuses an index that leads to itself', async () => {
    const manifests = { 1: indexOf([1, 'linux/amd64']) };
    const { message } = await rejection(find(manifests), 'protocol');
    assert.equal(
      message,
      'shop/web is an index of indexes, more than 4 deep. Push the image again, or tell whoever did.',
    );
  });

  it('goes four deep, and no deeper', async () => {
    const manifests = { 1: indexOf([2]), 2: indexOf([3]), 3: indexOf([4]), 4: indexOf([5]), 5: image };
    assert.equal((await find(manifests)).found?.descriptor.digest, digestOf(5));
    await rejection(find({ ...manifests, 5: indexOf([6]), 6: image }), 'protocol');
  });
});

async function find(
  manifests: Readonly<Record<number, object>>,
  platform?: string,
): Promise<{ readonly found: PlatformImage | undefined; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const fetchManifest = async (digest: string): Promise<FetchedManifest> => {
    asked.push(digest);
    const document = manifests[Number.parseInt(digest.slice(-2), 10)];
    const bytes = new TextEncoder().encode(JSON.stringify(document));
    return { descriptor: { mediaType: '', digest, size: bytes.length }, bytes };
  };
  const top = await fetchParsed(fetchManifest, { reference: 'shop/web', tagOrDigest: digestOf(1) });
  const wanted = { reference: 'shop/web', platform, architecture: 'amd64' };
  return { found: await findPlatformImage(fetchManifest, top, wanted), asked };
}

function indexOf(...entries: readonly (readonly [number: number, platform?: string])[]): object {
  return {
    manifests: entries.map(([number, platform]) => {
      const [os, architecture, variant] = platform?.split('/') ?? [];
      const entry = { mediaType: mediaTypes.ociManifest, digest: digestOf(number), size: 1 };
      return platform === undefined ? entry : { ...entry, platform: { os, architecture, variant } };
    }),
  };
}

function digestOf(number: number): string {
  return `sha256:${String(number).padStart(64, '0')}`;
}

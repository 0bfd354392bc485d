import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Gantry } from '../../src/core/gantry.ts';
import type { CountingTransport } from './countingTransport.ts';
import { startFaultProxy } from './faultProxy.ts';
import { writeImage } from './imageWriter.ts';
import { sha256 } from './oci.ts';
import { realRegistryKinds } from './realRegistries.ts';
import type { RealRegistry } from './realRegistry.ts';
import type { SampleRegistry } from './sampleRegistry.ts';

/** Registries that go on with an upload where it broke. */
export const cutTargets = realRegistryKinds.filter(({ name }) => name.startsWith('Distribution'));

export interface CutCopy {
  readonly source: SampleRegistry;
  readonly target: Pick<RealRegistry, 'host' | 'url'>;
  /** On {@link transport}. */
  readonly gantry: Gantry;
  readonly transport: CountingTransport;
  /** Bytes of each of two layers. */
  readonly layerSize: number;
  readonly cuts: number;
  readonly seed: number;
}

/**
 * Copies an image while its connections break at places that the seed chooses, at the source and at the target in turn.
 * Rejects when a digest differs at the end.
 */
export async function copyThroughCuts({ source, target, gantry, transport, layerSize, cuts, seed }: CutCopy): Promise<{
  readonly cuts: number /** Bytes that came from the source more than once. */;
  readonly twice: number;
}> {
  const bytes = [randomBytes(layerSize), randomBytes(layerSize)];
  const image = writeImage({
    platform: { os: 'linux', architecture: 'amd64' },
    steps: bytes.map((layer) => ({
      createdBy: 'COPY',
      layer: { compression: 'none', bytes: layer, diffId: sha256(layer) },
    })),
  });
  source.push('shop/web', image, '1.0');
  const [from, to] = await Promise.all([startFaultProxy(source.host), startFaultProxy(target.host)]);
  const next = randomNumbers(seed);
  try {
    let done = 0;
    const breakNext = (): void => {
      const place = 1 + Math.floor(next() * (layerSize / cuts));
      if (done++ % 2 === 0) from.cutOnce('received', place);
      else to.cutOnce('sent', place);
    };
    breakNext();
    const copied = await gantry.copy(`${from.host}/shop/web:1.0`, `${to.host}/copy/web`, {
      referrers: false,
      onProgress: () => {
        if (from.cuts + to.cuts >= done && done < cuts) breakNext();
      },
    });
    assert.equal(copied.digest, image.manifest.descriptor.digest);
    for (const { descriptor } of image.blobs) {
      const stored = await fetch(`${target.url}/v2/copy/web/blobs/${descriptor.digest}`);
      assert.equal(sha256(Buffer.from(await stored.arrayBuffer())), descriptor.digest);
    }
    const total = [image.manifest, ...image.blobs].reduce((sum, { descriptor }) => sum + descriptor.size, 0);
    return { cuts: from.cuts + to.cuts, twice: Math.max(0, transport.received(from.host) - total) };
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
}

/** Park and Miller's. Between 0 and 1. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

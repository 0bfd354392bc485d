import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TransferProgress } from '../../src/api.ts';
import type { Gantry } from '../../src/core/gantry.ts';
import type { CountingTransport } from './countingTransport.ts';
import { type FaultProxy, startFaultProxy } from './faultProxy.ts';
import { writeImage } from './imageWriter.ts';
import { type Artifact, sha256 } from './oci.ts';
import { realRegistryKinds } from './realRegistries.ts';
import type { RealRegistry } from './realRegistry.ts';
import type { SampleRegistry } from './sampleRegistry.ts';
import { withTemporaryFolder } from './temporaryFolder.ts';

/** Registries that take an upload that broke; Distribution from its start, when a part of a chunk was written. */
export const cutTargets = realRegistryKinds.filter(({ name }) => name.startsWith('Distribution'));

export interface CutTransfer {
  readonly source: SampleRegistry;
  /** On {@link transport}. */
  readonly gantry: Gantry;
  readonly transport: CountingTransport;
  /** Bytes of each of two layers. */
  readonly layerSize: number;
  readonly cuts: number;
  readonly seed: number;
}

export interface CutCount {
  readonly cuts: number;
  /** Bytes that came from the source more than once. */
  readonly twice: number;
  /** All that tells why a run went otherwise than another: the seed, where it was cut, what was asked. */
  readonly story: string;
}

/**
 * Copies an image while its connections break at places that the seed chooses, at the source and at the target in turn.
 * Rejects when a digest differs at the end.
 */
export async function copyThroughCuts(
  transfer: CutTransfer & {
    readonly target: Pick<RealRegistry, 'host' | 'url'>;
    /** Breaks at the target too, unless told. */
    readonly isTargetCut?: boolean;
  },
): Promise<CutCount> {
  const { target, gantry, isTargetCut = true } = transfer;
  const to = await startFaultProxy(target.host);
  try {
    return await throughCuts(transfer, isTargetCut ? to : undefined, async (reference, image, onProgress) => {
      const copied = await gantry.copy(reference, `${to.host}/copy/web`, { referrers: false, onProgress });
      for (const { descriptor } of image.blobs) {
        const stored = await fetch(`${target.url}/v2/copy/web/blobs/${descriptor.digest}`);
        assert.equal(sha256(Buffer.from(await stored.arrayBuffer())), descriptor.digest);
      }
      return copied.digest;
    });
  } finally {
    await to.close();
  }
}

/** Pulls an image into a folder while its connections break. Rejects when a digest differs at the end. */
export function pullThroughCuts(transfer: CutTransfer): Promise<CutCount> {
  return withTemporaryFolder((folder) =>
    throughCuts(transfer, undefined, async (reference, image, onProgress) => {
      const pulled = await transfer.gantry.pull(reference, { destination: { folder }, onProgress });
      for (const { descriptor } of image.blobs) {
        const stored = await readFile(join(folder, 'blobs', descriptor.digest.replace(':', '/')));
        assert.equal(sha256(stored), descriptor.digest);
      }
      return pulled.digest;
    }),
  );
}

/** `run` resolves with the digest that it has at the end. `to` breaks in turn with the source, where there is one. */
async function throughCuts(
  { source, transport, layerSize, cuts, seed }: CutTransfer,
  to: FaultProxy | undefined,
  run: (reference: string, image: Artifact, onProgress: (progress: TransferProgress) => void) => Promise<string>,
): Promise<CutCount> {
  const layers = [randomBytes(layerSize), randomBytes(layerSize)];
  const image = writeImage({
    platform: { os: 'linux', architecture: 'amd64' },
    steps: layers.map((bytes) => ({
      createdBy: 'COPY',
      layer: { compression: 'none', bytes, diffId: sha256(bytes) },
    })),
  });
  source.push('shop/web', image, '1.0');
  const from = await startFaultProxy(source.host);
  const next = randomNumbers(seed);
  const made = (): number => from.cuts + (to?.cuts ?? 0);
  const places: number[] = [];
  let reached: TransferProgress | undefined;
  const tell = (): string =>
    [
      `Seed ${seed}: ${made()} of ${cuts} cuts, ${reached?.done} of ${reached?.total} bytes done.`,
      ...section('Bytes to each cut', places),
      ...section('Cuts', [...from.history, ...(to?.history ?? [])]),
      ...section('Requests', transport.history()),
    ].join('\n');
  const breakNext = (): void => {
    if (places.length === cuts) return;
    // All of them within one of the two layers.
    const place = 1 + Math.floor(next() * (layerSize / cuts));
    const isAtTarget = places.push(place) % 2 === 0;
    if (isAtTarget && to !== undefined) to.cutOnce('sent', place, breakNext);
    else from.cutOnce('received', place, breakNext);
  };
  try {
    breakNext();
    const digest = await run(`${from.host}/shop/web:1.0`, image, (progress) => {
      reached = progress;
    });
    assert.equal(digest, image.manifest.descriptor.digest);
    const total = [image.manifest, ...image.blobs].reduce((sum, { descriptor }) => sum + descriptor.size, 0);
    return { cuts: made(), twice: Math.max(0, transport.received(from.host) - total), story: tell() };
  } catch (error) {
    throw new Error(`${error}\n${tell()}`, { cause: error });
  } finally {
    await from.close();
  }
}

function section(title: string, lines: readonly unknown[]): readonly string[] {
  return [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

/** Between 0 and 1, the same for the same seed. */
function randomNumbers(seed: number): () => number {
  let count = 0;
  return () => createHash('sha256').update(`${seed} ${count++}`).digest().readUInt32BE() / 2 ** 32;
}

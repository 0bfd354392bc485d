import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isRegistryError } from '../../src/core/errors.ts';
import { LayerIndex as Index, type LayerIndex } from '../../src/core/image/layerIndex.ts';
import type { LayerReader } from '../../src/core/image/ports.ts';
import { createContentStore } from '../../src/node/contentStore.ts';
import { createFiles } from '../../src/node/files.ts';
import { createLayerReader } from '../../src/node/layers/layerReader.ts';
import { LayerScan } from '../../src/node/layers/layerScan.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage } from '../support/imageWriter.ts';
import { linesOf } from '../support/indexTar.ts';
import { sha256 } from '../support/oci.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';
import { type HostileImage, hostileImages, type ListedImage } from './hostileLayers.ts';
import { type Client, openClient } from './openClient.ts';

const start = closeAfterEach(startSampleRegistry);
const open = closeAfterEach(openClient);

/** What must never be served: none of it is in an image. */
const outside = [
  '../../../../../../etc/hostname',
  '/proc/self/environ',
  '..\\..\\etc\\hostname',
  'C:\\Windows\\win.ini',
  '\0',
];

/** What the thread does, without a thread: there are many cases. */
const reader: LayerReader = {
  ...createLayerReader(),
  readLayer: async ({ chunks, size, diffId }, { signal }) => {
    const scan = new LayerScan({ size, diffId, limits: { unpacked: 2 ** 34, expansion: 1000 } });
    for await (const chunk of chunks) {
      signal.throwIfAborted();
      await scan.push(chunk);
    }
    const { columns, facts, points } = await scan.finish();
    return { index: new Index(columns, facts), points };
  },
};

describe('layers that are broken or made to do harm', () => {
  for (const image of hostileImages) {
    const { id, what, outcome } = image;
    const end = 'error' in outcome ? `refused with "${outcome.error}"` : outcomeText(outcome);
    it(`${id}: ${what} → ${end}`, function () {
      this.timeout(60_000);
      return withTemporaryFolder(async (parent) => {
        const folder = join(parent, 'store');
        const store = createContentStore(createFiles(), { folder, quota: 2 ** 30 });
        const [registry, client] = await Promise.all([start(), open({ store, layers: reader })]);
        registry.push('shop/web', artifactOf(image), '1');
        await check(client, `${registry.host}/shop/web:1`, outcome);
        // Nothing is written but what is known of the layers, under their digests.
        assert.deepEqual(
          (await readdir(parent)).filter((name) => name !== 'store'),
          [],
        );
        const kept = await readdir(folder).catch(() => []);
        for (const name of kept) assert.match(name, /^(?:index|points|table|file|layer)-sha256-[0-9a-f]{64}(?:-\d+)?$/);
      });
    });
  }
});

async function check({ gantry }: Client, reference: string, outcome: HostileImage['outcome']): Promise<void> {
  if ('error' in outcome) {
    const started = performance.now();
    const error = await rejection(gantry.listFiles(reference, { recursive: true }), outcome.error);
    assert.match(error.message, outcome.says);
    assert.ok(performance.now() - started < 20_000);
    return;
  }
  const { items } = await gantry.listFiles(reference, { recursive: true, limit: 10_000 });
  assert.deepEqual(linesOf(items), outcome.lists);
  const { layers } = (await gantry.openFiles(reference)).tree;
  assert.deepEqual(layers.flatMap(warningsOf), outcome.warns ?? []);
  for (const { path, type } of items) {
    assert.ok(!path.startsWith('/') && !path.split('/').includes('..'), path);
    if (type === 'directory') continue;
    const expected: NonNullable<ListedImage['reads']>[string] = outcome.reads?.[path] ?? 'x';
    if (typeof expected !== 'string') await rejection(gantry.readFile(reference, path), expected.error);
    else assert.equal(Buffer.from(await gantry.readFile(reference, path)).toString(), expected, path);
  }
  for (const path of outside) {
    const error: unknown = await gantry.readFile(reference, path).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(isRegistryError(error, 'not-found', 'invalid'), path);
  }
}

function warningsOf(layer: LayerIndex): readonly string[] {
  return layer.facts.warnings.map(({ kind }) => kind);
}

function artifactOf({ layers }: HostileImage) {
  return writeImage({
    platform: { os: 'linux', architecture: 'amd64' },
    steps: layers.map((bytes) => ({
      createdBy: 'COPY',
      layer: { compression: 'gzip', bytes: Buffer.from(bytes), diffId: sha256(bytes) },
    })),
  });
}

function outcomeText({ lists, warns = [] }: ListedImage): string {
  const said = warns.length === 0 ? '' : `, and said to be ${warns.join(', ')}`;
  return `${lists.length} listed${said}`;
}

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gantry } from '../../src/core/gantry.ts';
import { createContentStore } from '../../src/node/contentStore.ts';
import { createFiles } from '../../src/node/files.ts';
import { createLayerReader } from '../../src/node/layers/layerReader.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { distributionProgram, startDistribution } from '../support/distribution.ts';
import { writeImage, writeLayer } from '../support/imageWriter.ts';
import { needsPrograms, skipBecause } from '../support/programs.ts';
import { rejection } from '../support/registryErrors.ts';
import { runProgram } from '../support/runProgram.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';
import { openClient } from './openClient.ts';

const start = closeAfterEach(startSampleRegistry);
const open = closeAfterEach(openClient);

/** A disk of 256 KiB. */
async function withSmallDisk(use: (folder: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (parent) => {
    const folder = join(parent, 'disk');
    await mkdir(folder);
    await runProgram('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', folder], { output: 'keep' });
    try {
      await use(folder);
    } finally {
      await runProgram('umount', [folder], { output: 'keep' });
    }
  });
}

describe('a disk that is full', () => {
  before(async function () {
    needsPrograms(this, 'mount', 'umount');
    if (process.getuid?.() !== 0) skipBecause(this, 'mounting a disk needs root');
    const isMounted = await withSmallDisk(async () => {}).then(
      () => true,
      () => false,
    );
    if (!isMounted) skipBecause(this, 'this machine mounts no disk');
  });

  it('is reported, and has nothing half-written', () =>
    withSmallDisk(async (folder) => {
      const store = createContentStore(createFiles(), { folder: join(folder, 'store'), quota: 2 ** 30 });
      const { signal } = new AbortController();
      await store.write('before', of('kept'), signal);
      const error = await rejection(
        store.write('large', of(...Array<string>(8).fill('x'.repeat(65_536))), signal),
        'storage',
      );
      assert.match(error.message, /full|space/i);
      assert.deepEqual(await readdir(join(folder, 'store')), ['before']);
    }));

  /** An image whose second layer is as large as told, with what names it. */
  async function withImage(size: number) {
    const [registry, { gantry }] = await Promise.all([start(), open({ files: createFiles() })]);
    const [first, second] = [10_000, size].map((length) => writeLayer([file('data', randomBytes(length))], 'none'));
    const steps = [first, second].flatMap((layer) => (layer === undefined ? [] : [{ createdBy: 'COPY', layer }]));
    const image = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps });
    registry.push('shop/web', image, '1');
    return { registry, gantry, reference: `${registry.host}/shop/web:1`, digest: image.manifest.descriptor.digest };
  }

  async function namedIn(layout: string): Promise<readonly string[]> {
    const { manifests } = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8'));
    return (manifests as readonly { digest: string }[]).map(({ digest }) => digest);
  }

  for (const [what, run] of [
    ['a pull', (gantry, reference, folder) => gantry.pull(reference, { destination: { folder } })],
    ['a copy', (gantry, reference, folder) => gantry.copy(reference, `oci:${folder}:1`)],
  ] as const satisfies readonly (readonly [string, (gantry: Gantry, from: string, folder: string) => unknown])[]) {
    it(`ends ${what} before it begins where it is too small, with how much it lacks`, () =>
      withSmallDisk(async (disk) => {
        const { gantry, reference, registry } = await withImage(400_000);
        const layout = join(disk, 'images');
        const error = await rejection(Promise.resolve(run(gantry, reference, layout)), 'storage');
        assert.match(
          error.message,
          /The disk of .*images has .* free, and .* more are needed\. Free some space, or choose/,
        );
        assert.deepEqual(await namedIn(layout), []);
        const blobs = registry.requests.filter(({ method, path }) => method === 'GET' && path.includes('/blobs/'));
        assert.deepEqual(blobs, []);
      }));

    it(`that somebody else fills breaks ${what} off, names no image there, and the next one ends it`, () =>
      withSmallDisk(async (disk) => {
        const { gantry, reference, registry, digest } = await withImage(150_000);
        const [layout, other] = [join(disk, 'images'), join(disk, 'other')];
        let left = 1;
        registry.fault = ({ method, url }) => {
          if (method === 'GET' && url.pathname.includes('/blobs/') && left-- > 0)
            writeFileSync(other, Buffer.alloc(120 * 1024));
          return undefined;
        };
        const error = await rejection(Promise.resolve(run(gantry, reference, layout)), 'storage');
        assert.ok(error.message.includes(layout), error.message);
        assert.deepEqual(await namedIn(layout), []);
        await rm(other);
        await run(gantry, reference, layout);
        assert.deepEqual(await namedIn(layout), [digest]);
      }));
  }

  it('of a registry leaves no tag there, and the next copy ends it when there is room', function () {
    needsPrograms(this, distributionProgram);
    return withSmallDisk(async (disk) => {
      const { gantry, reference, digest } = await withImage(400_000);
      const target = await startDistribution({ dataFolder: disk });
      try {
        const copy = () => gantry.copy(reference, `${target.host}/web:1`);
        const error = await rejection(copy(), 'server');
        assert.match(error.message, /^127\.0\.0\.1:\d+ failed on an upload to web \(status 500\)\. It said: "/);
        assert.match(error.message, /\d of 3 blobs are at .*, the tag 1 is not\. Copy again to go on\.$/);
        assert.equal((await fetch(`${target.url}/v2/web/manifests/1`)).status, 404);
        await runProgram('mount', ['-o', 'remount,size=4m', disk], { output: 'keep' });
        assert.equal((await copy()).digest, digest);
        assert.equal((await gantry.resolve(`${target.host}/web:1`)).digest, digest);
      } finally {
        await target.close();
      }
    });
  });

  it('keeps nobody from listing and reading files of an image, which the log tells', () =>
    withSmallDisk(async (folder) => {
      await writeFile(join(folder, 'other'), Buffer.alloc(240 * 1024));
      const store = createContentStore(createFiles(), { folder: join(folder, 'store'), quota: 2 ** 30 });
      const [registry, { gantry, ports }] = await Promise.all([start(), open({ store, layers: createLayerReader() })]);
      const content = randomBytes(50_000);
      const layer = writeLayer([file('a', content), ...Array.from({ length: 500 }, (_, at) => file(`f${at}`, 'x'))]);
      const platform = { os: 'linux', architecture: 'amd64' };
      registry.push('shop/web', writeImage({ platform, steps: [{ createdBy: 'COPY', layer }] }), '1');
      const reference = `${registry.host}/shop/web:1`;
      assert.equal((await gantry.listFiles(reference, { recursive: true })).items.length, 501);
      assert.ok(content.equals(await gantry.readFile(reference, 'a')));
      assert.match(ports.logLines.join('\n'), /warn: What was read of a layer is not kept/);
      assert.deepEqual(
        (await readdir(join(folder, 'store'))).filter((name) => !/^[a-z]+-sha256-/.test(name)),
        [],
      );
    }));
});

async function* of(...chunks: readonly string[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

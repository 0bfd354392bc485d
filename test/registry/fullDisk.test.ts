import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createContentStore } from '../../src/node/contentStore.ts';
import { createFiles } from '../../src/node/files.ts';
import { createLayerReader } from '../../src/node/layers/layerReader.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
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

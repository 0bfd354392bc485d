import assert from 'node:assert/strict';
import { lstat, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PullDestination, TransferProgress } from '../../src/api.ts';
import { createFiles } from '../../src/node/files.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { type BuildStep, writeImage, writeLayer } from '../support/imageWriter.ts';
import type { Artifact } from '../support/oci.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { directory, file, hardlink, opaqueWhiteout, symlink, type TarEntry, whiteout } from '../support/tarWriter.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';
import { openClient } from './openClient.ts';

type WrittenFiles = PullDestination & { readonly kind: 'files' };

describe('pulling the files of an image', () => {
  const startRegistry = closeAfterEach(startSampleRegistry);
  const open = closeAfterEach(openClient);

  async function pull(
    image: Artifact,
    folder: string,
    onProgress: (progress: TransferProgress) => void = () => {},
  ): Promise<WrittenFiles> {
    const [registry, { gantry }] = await Promise.all([startRegistry(), open({ files: createFiles() })]);
    registry.push('shop/web', image, '1.0');
    const pulled = await gantry.pull(`${registry.host}/shop/web:1.0`, { destination: { files: folder }, onProgress });
    assert.equal(pulled.digest, image.manifest.descriptor.digest);
    assert.ok(pulled.destination.kind === 'files');
    return pulled.destination;
  }

  it('puts the layers together, each compressed in its own way, as a container sees them', async () => {
    const image = imageOf(
      layer([
        directory('etc'),
        file('etc/hosts', 'localhost'),
        file('etc/old', 'old'),
        directory('cache'),
        file('cache/a', 'a'),
        file('run/tool', '#!/bin/sh\n', { mode: 0o4755, modifiedTime: 1_700_000_000 }),
      ]),
      layer(
        [file('etc/hosts', 'localhost web'), whiteout('etc/old'), opaqueWhiteout('cache'), file('cache/b', 'b')],
        'zstd',
      ),
      layer([file('data', Buffer.alloc(1_000_000, 7)), hardlink('run/other', 'run/tool')], 'none'),
    );
    await withTemporaryFolder(async (parent) => {
      const folder = join(parent, 'root');
      const events: TransferProgress[] = [];
      const written = await pull(image, folder, (event) => events.push(event));
      assert.deepEqual(await everythingIn(folder), [
        'cache',
        'cache/b',
        'data',
        'etc',
        'etc/hosts',
        'run',
        'run/other',
        'run/tool',
      ]);
      assert.equal(await readFile(join(folder, 'etc/hosts'), 'utf8'), 'localhost web');
      assert.deepEqual(await readFile(join(folder, 'data')), Buffer.alloc(1_000_000, 7));
      const tool = await stat(join(folder, 'run/tool'));
      // It runs as nobody but who starts it.
      assert.deepEqual([tool.mode & 0o7777, tool.mtimeMs], [0o755, 1_700_000_000_000]);
      assert.equal((await stat(join(folder, 'run/other'))).ino, tool.ino);
      assert.deepEqual([written.files, written.changedLinks, written.leftOut], [4, 0, []]);
      const last = events.at(-1);
      assert.equal(last?.done, last?.total);
      assert.deepEqual(await readdir(parent), ['root']);
    });
  });

  it('writes nothing outside of its folder, through no link, and says what it left out', async () => {
    const image = imageOf(
      layer([
        symlink('escape', '/tmp'),
        symlink('up', '../../../../etc'),
        symlink('deep/a/b/around', '../../../sub/../../..'),
        symlink('deep/inside', '../sub/file'),
        directory('sub'),
        file('sub/file', 'here'),
        file('../outside', 'kept inside'),
        file('/absolute', 'kept inside'),
        { type: 'character-device', path: 'dev/null', major: 1, minor: 3 },
        { type: 'fifo', path: 'run/pipe' },
        hardlink('gone', 'nowhere'),
      ]),
      // Above the link: a folder in its place.
      layer([file('escape/through', 'not in /tmp')]),
    );
    await withTemporaryFolder(async (parent) => {
      const folder = join(parent, 'root');
      const written = await pull(image, folder);
      assert.deepEqual(await readdir(parent), ['root']);
      assert.ok((await lstat(join(folder, 'escape'))).isDirectory());
      assert.equal(await readFile(join(folder, 'outside'), 'utf8'), 'kept inside');
      assert.equal(await readFile(join(folder, 'absolute'), 'utf8'), 'kept inside');
      assert.equal(await readlink(join(folder, 'up')), 'etc');
      assert.equal(await readlink(join(folder, 'deep/a/b/around')), '../../..');
      assert.equal(await readFile(join(folder, 'deep/inside'), 'utf8'), 'here');
      assert.equal(written.changedLinks, 2);
      assert.deepEqual(written.leftOut, [
        { kind: 'device', count: 1, examples: ['dev/null'] },
        { kind: 'broken-link', count: 1, examples: ['gone'] },
        { kind: 'fifo', count: 1, examples: ['run/pipe'] },
      ]);
    });
  });

  it('leads absolute links to the same place below the folder', async () => {
    const image = imageOf(layer([symlink('usr/bin/sh', '/bin/dash'), file('bin/dash', 'shell')]));
    await withTemporaryFolder(async (parent) => {
      const folder = join(parent, 'root');
      assert.equal((await pull(image, folder)).changedLinks, 1);
      assert.equal(await readlink(join(folder, 'usr/bin/sh')), '../../bin/dash');
      assert.equal(await readFile(join(folder, 'usr/bin/sh'), 'utf8'), 'shell');
    });
  });

  it('writes nothing into a folder that holds other things', async () => {
    await withTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'notes.txt'), 'mine');
      await rejection(pull(imageOf(layer([file('a', 'a')])), folder), 'conflict');
      assert.deepEqual(await readdir(folder), ['notes.txt']);
    });
  });

  it('takes no layer that is not the one of the configuration', async () => {
    const step: BuildStep = {
      createdBy: 'COPY',
      layer: { ...writeLayer([file('a', 'a')]), diffId: `sha256:${'0'.repeat(64)}` },
    };
    const image = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [step] });
    await withTemporaryFolder(async (parent) => {
      const folder = join(parent, 'root');
      await rejection(pull(image, folder), 'digest-mismatch');
      assert.deepEqual(await readdir(parent), ['root.part']);
    });
  });
});

function layer(entries: readonly TarEntry[], compression: 'gzip' | 'zstd' | 'none' = 'gzip'): BuildStep {
  return { createdBy: 'COPY', layer: writeLayer(entries, compression) };
}

function imageOf(...steps: readonly BuildStep[]): Artifact {
  return writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps });
}

async function everythingIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).toSorted();
}

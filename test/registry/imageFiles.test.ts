import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { FileEntry, Page } from '../../src/api.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { type Compression, writeImage, writeLayer } from '../support/imageWriter.ts';
import { content, jsonContent, mediaTypes } from '../support/oci.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { directory, file, hardlink, opaqueWhiteout, symlink, type TarEntry, whiteout } from '../support/tarWriter.ts';
import { openClient } from './openClient.ts';

const start = closeAfterEach(startSampleRegistry);
const open = closeAfterEach(openClient);

const base: readonly TarEntry[] = [
  directory('etc'),
  file('etc/motd', 'Welcome\n'),
  file('etc/passwd', 'root:x:0:0\n', { mode: 0o600, uid: 7, gid: 8 }),
  directory('usr'),
  file('usr/bin/tool', 'tool'.repeat(1000), { mode: 0o755 }),
  symlink('bin', 'usr/bin'),
  hardlink('usr/bin/alias', 'usr/bin/tool'),
  directory('cache'),
  file('cache/old', 'old'),
];
const top: readonly TarEntry[] = [
  whiteout('etc/motd'),
  directory('cache'),
  opaqueWhiteout('cache'),
  file('cache/new', 'new'),
  symlink('etc/escape', '../../../../etc/passwd'),
];

function imageOf(compression: Compression, ...layers: readonly (readonly TarEntry[])[]) {
  return writeImage({
    platform: { os: 'linux', architecture: 'amd64' },
    steps: layers.map((entries) => ({ createdBy: 'COPY', layer: writeLayer(entries, compression) })),
  });
}

describe('files inside images', () => {
  for (const compression of ['gzip', 'zstd', 'none'] as const) {
    it(`are listed and read, verified, with layers of ${compression}, and a second time without a request`, async () => {
      const [registry, { gantry }] = await Promise.all([start(), open()]);
      registry.push('shop/web', imageOf(compression, base, top), '1');
      const reference = `${registry.host}/shop/web:1`;
      assert.deepEqual(paths(await gantry.listFiles(reference, { recursive: true })), [
        'bin',
        'cache',
        'cache/new',
        'etc',
        'etc/escape',
        'etc/passwd',
        'usr',
        'usr/bin',
        'usr/bin/alias',
        'usr/bin/tool',
      ]);
      // Manifest, config, and the two layers.
      assert.equal(registry.requests.length, 4);
      assert.equal(text(await gantry.readFile(reference, 'etc/escape')), 'root:x:0:0\n');
      assert.equal(text(await gantry.readFile(reference, 'bin/alias')), 'tool'.repeat(1000));
      const known = registry.requests.length;
      await gantry.listFiles(reference, { folder: 'etc' });
      await gantry.readFile(reference, '/etc/passwd');
      assert.equal(registry.requests.length, known);
    });
  }

  it('tell what each is', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    const image = imageOf('gzip', base);
    registry.push('shop/web', image, '1');
    const layer = image.blobs[1]?.descriptor.digest;
    const { items } = await gantry.listFiles(`${registry.host}/shop/web:1`, { folder: 'etc' });
    assert.deepEqual(items, [
      { path: 'etc/motd', type: 'file', size: 8, mode: 0o644, uid: 0, gid: 0, mtime: 1_748_779_200, layer },
      { path: 'etc/passwd', type: 'file', size: 11, mode: 0o600, uid: 7, gid: 8, mtime: 1_748_779_200, layer },
    ]);
    const [bin] = (await gantry.listFiles(`${registry.host}/shop/web:1`, { limit: 1 })).items;
    assert.equal(bin?.link, 'usr/bin');
  });

  it('of one layer are what it brings and what it removes', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    const image = imageOf('gzip', base, top);
    registry.push('shop/web', image, '1');
    const reference = `${registry.host}/shop/web:1`;
    const own = await gantry.listFiles(reference, { layer: 1, recursive: true });
    assert.deepEqual(
      own.items.map(({ path, type }) => `${type} ${path}`),
      [
        'directory cache',
        'whiteout cache/.wh..wh..opq',
        'file cache/new',
        'directory etc',
        'symlink etc/escape',
        'whiteout etc/motd',
      ],
    );
    const digest = image.blobs[2]?.descriptor.digest ?? '';
    assert.deepEqual(await gantry.listFiles(reference, { layer: digest, recursive: true }), own);
    assert.equal(text(await gantry.readFile(reference, 'etc/motd', { layer: 0 })), 'Welcome\n');
    await rejection(gantry.listFiles(reference, { layer: 2 }), 'not-found');
  });

  it('come in pages of one image, also when its tag moves', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', imageOf('gzip', base, top), '1');
    const reference = `${registry.host}/shop/web:1`;
    const whole = await gantry.listFiles(reference, { recursive: true });
    for (const limit of [1, 3, 4]) {
      const found: FileEntry[] = [];
      let cursor: string | undefined;
      do {
        const page: Page<FileEntry> = await gantry.listFiles(reference, {
          recursive: true,
          limit,
          ...(cursor !== undefined && { cursor }),
        });
        found.push(...page.items);
        ({ cursor } = page);
        registry.push('shop/web', imageOf('gzip', base), '1');
      } while (cursor !== undefined);
      assert.deepEqual(found, whole.items);
      registry.push('shop/web', imageOf('gzip', base, top), '1');
    }
    await rejection(gantry.listFiles(reference, { cursor: 'nonsense' }), 'invalid');
  });

  it('of an image that has just been looked at are found without asking again what its tag names, until it is moved', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    const references = ['1', '2'].map((tag) => `${registry.host}/shop/web:${tag}`) as [string, string];
    registry.push('shop/web', imageOf('gzip', base), '1');
    registry.push('shop/web', imageOf('gzip', top), '2');
    for (const reference of references) await gantry.inspect(reference);
    const known = registry.requests.length;
    assert.ok(paths(await gantry.listFiles(references[0])).includes('usr'));
    assert.deepEqual(
      registry.requests.slice(known).map(({ path }) => path.includes('/blobs/')),
      [true],
    );
    await gantry.tag(references[1], references[0], { overwrite: true });
    assert.deepEqual(paths(await gantry.listFiles(references[0])), ['cache', 'etc']);
  });

  it('that are not there, or are none, are refused with the reason', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', imageOf('gzip', base, [symlink('a', 'b'), symlink('b', 'a')]), '1');
    const reference = `${registry.host}/shop/web:1`;
    await rejection(gantry.readFile(reference, 'etc/none'), 'not-found');
    await rejection(gantry.readFile(reference, 'etc'), 'invalid');
    await rejection(gantry.readFile(reference, 'a'), 'invalid');
    await rejection(gantry.listFiles(reference, { folder: 'etc/passwd' }), 'invalid');
    await rejection(gantry.listFiles(reference, { platform: 'linux/s390x' }), 'not-found');
  });

  it('of layers that may not be distributed are said to be with their publisher; those of the others are listed', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    const foreign = content('application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', randomBytes(1000), {
      urls: ['https://example.com/layer'],
    });
    const own = content('application/vnd.docker.image.rootfs.diff.tar.gzip', writeLayer([file('a', 'x')]).bytes);
    const config = jsonContent(mediaTypes.dockerConfig, { os: 'windows', architecture: 'amd64', rootfs: {} });
    const manifest = jsonContent(mediaTypes.dockerManifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.dockerManifest,
      config: config.descriptor,
      layers: [foreign.descriptor, own.descriptor],
    });
    registry.push('shop/windows', { manifest, blobs: [config, own], children: [] }, '1');
    const reference = `${registry.host}/shop/windows:1`;
    const platform = 'windows/amd64';
    const error = await rejection(gantry.listFiles(reference, { platform, recursive: true }), 'unsupported');
    assert.match(error.message, /may not be distributed by registries.* its publisher has it/);
    assert.ok(registry.requests.every(({ path }) => !path.includes(foreign.descriptor.digest)));
    assert.deepEqual(paths(await gantry.listFiles(reference, { platform, layer: 1, recursive: true })), ['a']);
  });
});

function paths({ items }: Page<FileEntry>): readonly string[] {
  return items.map(({ path }) => path);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

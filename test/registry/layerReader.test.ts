import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { findSpan, packAccessPoints, unpackAccessPoints, windowOf } from '../../src/core/image/accessPoints.ts';
import { packLayerIndex, unpackLayerIndex } from '../../src/core/image/layerIndexFile.ts';
import { readWhole } from '../../src/core/image/layerSource.ts';
import type { ReadLayer } from '../../src/core/image/ports.ts';
import { createLayerReader, type LayerReaderOptions } from '../../src/node/layers/layerReader.ts';
import { linesOf, listAll } from '../support/indexTar.ts';
import { rejection } from '../support/registryErrors.ts';
import { file, type TarEntry, writeTar } from '../support/tarWriter.ts';

const never = new AbortController().signal;

async function* inPieces(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

function scan(bytes: Uint8Array, options: LayerReaderOptions = {}, diffId?: string): Promise<ReadLayer> {
  const source = { chunks: inPieces(bytes), size: bytes.length, diffId };
  return createLayerReader(options).readLayer(source, { signal: never });
}

/** Words, so that it packs as real files do. */
function someText(length: number): Buffer {
  const words = Array.from({ length: 500 }, () => randomBytes(4).toString('hex'));
  const parts: string[] = [];
  for (let size = 0; size < length; size += 9) parts.push(words[Math.floor(Math.random() * words.length)] ?? '');
  return Buffer.from(parts.join(' ')).subarray(0, length);
}

describe('a layer read in a thread of its own', () => {
  const entries: readonly TarEntry[] = Array.from({ length: 300 }, (_, at) => file(`f${at}`, someText(at * 150)));
  const tar = writeTar(entries);
  const half = Math.floor(tar.length / 2);
  const packed = {
    gzip: gzipSync(tar),
    'two members of gzip': Buffer.concat([gzipSync(tar.subarray(0, half)), gzipSync(tar.subarray(half))]),
    'gzip with zeros behind': Buffer.concat([gzipSync(tar), Buffer.alloc(1000)]),
    zstd: zstdCompressSync(tar),
    'two frames of zstd': Buffer.concat([
      zstdCompressSync(tar.subarray(0, half)),
      zstdCompressSync(tar.subarray(half)),
    ]),
    none: tar,
  };

  it('is listed however it is packed, also by the streams that Node documents, with the digest of its archive', async function () {
    this.timeout(90_000);
    const diffId = `sha256:${createHash('sha256').update(tar).digest('hex')}`;
    const expected = linesOf(listAll((await scan(tar)).index));
    assert.equal(expected.length, 300);
    for (const [name, bytes] of Object.entries(packed)) {
      for (const usesStreams of [false, true]) {
        const { index } = await scan(bytes, { usesStreams }, diffId);
        assert.deepEqual(linesOf(listAll(index)), expected, name);
        assert.deepEqual([index.facts.isDiffIdRight, index.facts.warnings], [true, []], name);
      }
    }
    assert.equal((await scan(packed.gzip, {}, `sha256:${'0'.repeat(64)}`)).index.facts.isDiffIdRight, false);
  });

  it('can be read from any place on, from the point before it', async function () {
    this.timeout(60_000);
    const reader = createLayerReader();
    const text = someText(6 * 1024 * 1024);
    const archive = writeTar([
      file('text', text),
      file('noise', randomBytes(2_000_000)),
      file('zeros', Buffer.alloc(4_000_000)),
    ]);
    const middle = Math.floor(archive.length / 3);
    const members = Buffer.concat([
      gzipSync(archive.subarray(0, middle)),
      gzipSync(archive.subarray(middle), { level: 1 }),
    ]);
    for (const bytes of [gzipSync(archive), members, archive]) {
      const { points } = await scan(bytes);
      assert.ok(points !== undefined && points.stored.length > 4);
      assert.deepEqual(unpackAccessPoints(Buffer.concat([...packAccessPoints(points)])), points);
      await fc.assert(
        fc.asyncProperty(fc.nat(archive.length - 1), fc.integer({ min: 1, max: 300_000 }), async (offset, wanted) => {
          const length = Math.min(wanted, archive.length - offset);
          const span = findSpan(points, offset, length);
          const part = bytes.subarray(span.stored.start, span.stored.end);
          const unpacked =
            points.kind === 'none'
              ? part
              : await readWhole(
                  reader.unpackFrom(
                    span.first === 0
                      ? { kind: 'gzip', chunks: [part] }
                      : {
                          kind: 'deflate',
                          chunks: [part],
                          window: windowOf(points, span.first),
                          bits: points.bits[span.first] ?? 0,
                          previousByte: points.previousBytes[span.first] ?? 0,
                        },
                  ),
                );
          const found = unpacked.subarray(span.skipped, span.skipped + length);
          assert.ok(Buffer.from(found).equals(archive.subarray(offset, offset + length)), `${offset} ${length}`);
        }),
        { numRuns: 25 },
      );
    }
  });

  it('is unpacked through all frames of Zstandard, in pieces of any size', async () => {
    const parts = [randomBytes(50_000), Buffer.alloc(300_000), Buffer.from('end')];
    const frames = Buffer.concat(parts.map((part) => zstdCompressSync(part)));
    for (const size of [1, 1000, 4096, frames.length]) {
      const chunks = inPieces(size === 1 ? frames.subarray(0, 3000) : frames, size);
      const unpacked = await readWhole(createLayerReader().unpackFrom({ kind: 'zstd', chunks }));
      if (size > 1) assert.ok(Buffer.concat(parts).equals(unpacked), `${size}`);
    }
  });

  it('is kept as bytes that give the same list, and no list when they are damaged', async () => {
    const { index } = await scan(packed.gzip);
    const bytes = Buffer.concat([...packLayerIndex(index)]);
    assert.deepEqual(linesOf(listAll((await unpackLayerIndex(bytes)) ?? index)), linesOf(listAll(index)));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (at, value) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = value;
        const read = await unpackLayerIndex(damaged);
        if (read !== undefined) listAll(read);
        assert.equal(await unpackLayerIndex(bytes.subarray(0, at)), undefined);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a layer that is made to do harm', () => {
  it('is not read on when it becomes too large', async function () {
    this.timeout(60_000);
    const zeros = writeTar([file('zeros', Buffer.alloc(100 * 1024 * 1024))]);
    const bomb = gzipSync(zeros, { level: 9 });
    const limits = { unpacked: 50 * 1024 * 1024, expansion: 100_000 };
    for (const usesStreams of [false, true]) {
      await rejection(scan(bomb, { limits, usesStreams }), 'too-large');
      await rejection(scan(bomb, { limits: { unpacked: 2 ** 40, expansion: 500 }, usesStreams }), 'too-large');
    }
    await rejection(scan(zstdCompressSync(zeros)), 'too-large');
  });

  it('is refused with the reason when it is no archive or cannot be unpacked', async function () {
    this.timeout(60_000);
    const text = Buffer.from('<!DOCTYPE html>'.repeat(100));
    await rejection(scan(text), 'protocol');
    await rejection(scan(gzipSync(text)), 'protocol');
    const broken = Buffer.from(gzipSync(writeTar([file('a', randomBytes(100_000))])));
    broken.fill(0xff, 50_000, 50_100);
    for (const usesStreams of [false, true]) await rejection(scan(broken, { usesStreams }), 'protocol');
    // A window of 2 GiB would take as much memory.
    const huge = zstdCompressSync(writeTar([file('a', 'x')]), { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
    huge[4] = (huge[4] ?? 0) & ~0x20;
    huge[5] = 0xff;
    await rejection(scan(huge), 'protocol');
  });

  it('is listed as far as it goes when its end is missing', async () => {
    const bytes = gzipSync(writeTar([file('a', 'x'), file('b', randomBytes(100_000))]));
    for (const usesStreams of [false, true]) {
      const { index } = await scan(bytes.subarray(0, 50_000), { usesStreams });
      assert.deepEqual(linesOf(listAll(index)), ['file a', 'file b']);
      assert.ok(index.facts.warnings.some(({ kind }) => kind === 'truncated'));
    }
  });

  it('is left at once when nobody waits for it', async () => {
    const controller = new AbortController();
    let isClosed = false;
    async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
      try {
        yield gzipSync(writeTar([file('a', randomBytes(1000))])).subarray(0, 500);
        controller.abort();
        for (;;) yield randomBytes(65_536);
      } finally {
        isClosed = true;
      }
    }
    const source = { chunks: endless(), size: 2 ** 40, diffId: undefined };
    await rejection(createLayerReader().readLayer(source, { signal: controller.signal }), 'cancelled');
    assert.ok(isClosed);
  });
});

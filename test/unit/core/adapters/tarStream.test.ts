import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findInTarStream } from '../../../../src/core/adapters/tarStream.ts';
import { directory, file, symlink, writeTar } from '../../../support/tarWriter.ts';

const archive = writeTar([
  directory('a/'),
  file('a/first', 'one'),
  symlink('link', 'a/first'),
  file('wanted', 'x'.repeat(1500)),
  file('last', 'end'),
]);

describe('a file in a stream of a tar archive', () => {
  it('is found and read, however the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2000 }), async (length) => {
        const stream = inPieces(archive, length);
        const found = await findInTarStream(stream.chunks, ['wanted']);
        assert.equal(found?.size, 1500);
        assert.equal((await read(found.chunks)).toString(), 'x'.repeat(1500));
        assert.ok(stream.isOver());
      }),
      { numRuns: 40 },
    );
  });

  it('is not there in an archive without it, a broken one, and one that ends early', async () => {
    for (const bytes of [archive, Buffer.from('no archive'.repeat(100)), archive.subarray(0, 700), Buffer.alloc(0)]) {
      const stream = inPieces(bytes, 512);
      assert.equal(await findInTarStream(stream.chunks, ['missing', 'link']), undefined);
      assert.ok(stream.isOver());
    }
  });

  it('ends the stream when it is left', async () => {
    const stream = inPieces(archive, 100);
    const found = await findInTarStream(stream.chunks, ['wanted']);
    assert.ok(found !== undefined && !stream.isOver());
    for await (const _ of found.chunks) break;
    assert.ok(stream.isOver());
  });
});

function inPieces(bytes: Buffer, length: number) {
  let isOver = false;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length);
    } finally {
      isOver = true;
    }
  }
  return { chunks: chunks(), isOver: () => isOver };
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

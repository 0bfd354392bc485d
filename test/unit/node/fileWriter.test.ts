import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileWriter } from '../../../src/node/fileWriter.ts';
import { rejection } from '../../support/registryErrors.ts';
import { withTemporaryFolder } from '../../support/temporaryFolder.ts';

const { signal } = new AbortController();
const content = randomBytes(5 * 1024 * 1024 + 17);

describe('FileWriter', () => {
  for (const size of [1, 7000, 65_536, 1024 * 1024, content.length]) {
    const part = content.subarray(0, Math.min(content.length, 2000 * size));
    it(`writes pieces of ${size} bytes one behind the other`, async () => {
      assert.ok((await written(0, inPieces(part, size))).equals(part));
    });
  }

  for (const size of [1000, 200_000]) {
    it(`is done with a piece of ${size} bytes when the next but one is asked for`, async () => {
      assert.ok((await written(0, forgotten(content, size))).equals(content));
    });
  }

  it('is done with a large piece too when a small one and another have been asked for', async () => {
    const sizes = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? 170_000 : 10));
    assert.ok((await written(0, forgotten(content, 170_000, sizes))).equals(content));
  });

  it('goes on at a position, and cuts off what is behind', async () => {
    const text = await written(3, inPieces(Buffer.from('xyz'), 2), '0123456789');
    assert.equal(text.toString(), '012xyz');
  });

  it('writes what had come when the source fails, and rejects as it did', async () => {
    await withTemporaryFolder(async (folder) => {
      const handle = await open(join(folder, 'file'), 'w+');
      const writer = new FileWriter(handle, 0);
      const failing = async function* (): AsyncGenerator<Uint8Array> {
        yield* inPieces(content, 100_000);
        throw new Error('the source broke');
      };
      await assert.rejects(writer.writeAll(failing(), signal), /the source broke/);
      await handle.close();
      assert.equal(writer.position, content.length);
      assert.ok((await readFile(join(folder, 'file'))).equals(content));
    });
  });

  it('stops when it is cancelled', async () => {
    await withTemporaryFolder(async (folder) => {
      const handle = await open(join(folder, 'file'), 'w+');
      const cancelled = new FileWriter(handle, 0).writeAll(inPieces(content, 1000), AbortSignal.abort());
      await rejection(cancelled, 'cancelled');
      await handle.close();
    });
  });

  it('rejects when a file cannot be written', async () => {
    await withTemporaryFolder(async (folder) => {
      const path = join(folder, 'file');
      await (await open(path, 'w')).close();
      const handle = await open(path, 'r');
      await assert.rejects(new FileWriter(handle, 0).writeAll(inPieces(content, 70_000), signal), { code: 'EBADF' });
      await handle.close();
    });
  });
});

async function written(position: number, chunks: AsyncIterable<Uint8Array>, before = ''): Promise<Buffer> {
  return withTemporaryFolder(async (folder) => {
    const path = join(folder, 'file');
    const handle = await open(path, 'w+');
    await handle.write(before);
    const writer = new FileWriter(handle, position);
    await writer.writeAll(chunks, signal);
    await writer.finish();
    await handle.close();
    return readFile(path);
  });
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** Two pieces take turns. */
async function* forgotten(bytes: Uint8Array, size: number, sizes: number[] = []): AsyncGenerator<Uint8Array> {
  const memory = [new Uint8Array(size), new Uint8Array(size)];
  for (let start = 0; start < bytes.length; ) {
    const [piece = new Uint8Array()] = memory.splice(0, 1);
    memory.push(piece);
    const part = bytes.subarray(start, start + (sizes.shift() ?? size));
    start += part.length;
    piece.fill(0);
    piece.set(part);
    yield piece.subarray(0, part.length);
  }
}

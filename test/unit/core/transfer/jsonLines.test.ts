import assert from 'node:assert/strict';
import { readJsonLines } from '../../../../src/core/transfer/jsonLines.ts';
import { rejection } from '../../../support/registryErrors.ts';

describe('a stream of JSON lines', () => {
  it('is read whatever the chunks are', async () => {
    const bytes = Buffer.from('{"a":"ü"}\r\n\n{"b":1}\nnonsense\n[1]\nnull\n{"c":2}');
    for (const size of [1, 2, 7, bytes.length]) {
      assert.deepEqual(await collect(chunksOf(bytes, size)), [{ a: 'ü' }, { b: 1 }, { c: 2 }]);
    }
  });

  it('is not kept in memory for a line without an end', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.alloc(64 * 1024, 'x');
    }
    const error = await rejection(collect(endless()), 'protocol');
    assert.equal(error.message, 'the engine sent a line without an end.');
  });
});

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<readonly unknown[]> {
  const values: unknown[] = [];
  for await (const value of readJsonLines(chunks, 'the engine')) values.push(value);
  return values;
}

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

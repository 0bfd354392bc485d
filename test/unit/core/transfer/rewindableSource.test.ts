import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { limits } from '../../../../src/core/registry/limits.ts';
import { RewindableSource } from '../../../../src/core/transfer/rewindableSource.ts';

const { signal } = new AbortController();

describe('the source of an upload', () => {
  it('gives the same bytes from any place, and reads each of them once', async () => {
    const places = fc.array(fc.record({ offset: fc.nat(400), length: fc.nat(400) }), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 })), places, async (chunks, reads) => {
        const whole = Buffer.concat(chunks);
        let opened = 0;
        let counted = 0;
        const source = new RewindableSource({
          size: whole.length,
          open: async (offset) => {
            assert.equal(offset, 0);
            opened++;
            return from(chunks);
          },
          onRead: (bytes) => {
            counted += bytes;
          },
        });
        // Up to where something was read an upload may go back, and no farther.
        let furthest = 0;
        for (const { offset, length } of reads) {
          const start = Math.min(offset, furthest);
          const part = await take(source, start, length);
          assert.deepEqual(part, whole.subarray(start, start + length));
          furthest = Math.max(furthest, start + part.length);
        }
        assert.deepEqual(await take(source, 0, whole.length + 1), whole);
        assert.deepEqual([opened, counted], [1, whole.length]);
      }),
    );
  });

  it('keeps what may have to be sent again, of any size and pieces, and may use the memory of another', async () => {
    const whole = randomBytes(20 * 1024 * 1024);
    const spare: Uint8Array[] = [];
    for (const length of [300_001, 3_000_000, whole.length]) {
      const memory = [new Uint8Array(length), new Uint8Array(length)];
      let opened = 0;
      const source = new RewindableSource({
        size: whole.length,
        spare,
        open: async () => {
          opened++;
          return forgotten(whole, memory);
        },
        onRead: () => {},
      });
      for (let start = 0; start < whole.length; start += limits.chunk) {
        const part = whole.subarray(start, start + limits.chunk);
        for (let time = 0; time < 2; time++) assert.ok((await take(source, start, part.length)).equals(part));
      }
      source.close();
      assert.deepEqual([opened, spare.length], [1, 1]);
    }
  });

  it('holds the end back until the whole is known to be right', async () => {
    const source = new RewindableSource({
      size: 10,
      open: async () =>
        (async function* () {
          yield Buffer.from('begin');
          yield Buffer.from('end');
          throw new Error('not what its digest names');
        })(),
      onRead: () => {},
    });
    const read: string[] = [];
    await assert.rejects(async () => {
      for await (const chunk of source.read(0, { signal })) read.push(Buffer.from(chunk).toString());
    }, /not what its digest names/);
    assert.deepEqual(read, ['begin']);
  });

  it('asks for the rest after its own end broke', async () => {
    const asked: number[] = [];
    const source = new RewindableSource({
      size: 10,
      open: async (offset) => {
        asked.push(offset);
        return (async function* (): AsyncGenerator<Uint8Array, void, undefined> {
          if (offset > 0) return void (yield Buffer.from('cdef'));
          yield Buffer.from('ab');
          yield Buffer.from('cd');
          throw new Error('broke');
        })();
      },
      onRead: () => {},
    });
    await assert.rejects(take(source, 0, 10), /broke/);
    assert.equal((await take(source, 2, 10)).toString(), 'cdef');
    assert.deepEqual(asked, [0, 2]);
  });

  it('lets a reader go on with what another one was waiting for', async () => {
    let arrive = (): void => {};
    const arrival = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const source = new RewindableSource({
      size: 10,
      open: async () =>
        (async function* () {
          await arrival;
          yield Buffer.from('abc');
        })(),
      onRead: () => {},
    });
    const first = source.read(0, { signal })[Symbol.asyncIterator]();
    void first.next();
    const second = take(source, 0, 3);
    arrive();
    assert.equal((await second).toString(), 'abc');
  });
});

async function* from(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** Pieces that take turns in the same memory. */
async function* forgotten(bytes: Uint8Array, memory: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; ) {
    const [piece = new Uint8Array()] = memory.splice(0, 1);
    memory.push(piece);
    const part = bytes.subarray(start, start + piece.length);
    piece.set(part);
    start += part.length;
    yield piece.subarray(0, part.length);
  }
}

async function take(source: RewindableSource, offset: number, length: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let missing = length;
  for await (const chunk of source.read(offset, { signal })) {
    parts.push(Buffer.from(chunk.subarray(0, missing)));
    missing -= chunk.length;
    if (missing <= 0) break;
  }
  return Buffer.concat(parts);
}

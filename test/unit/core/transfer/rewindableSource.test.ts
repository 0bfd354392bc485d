import assert from 'node:assert/strict';
import fc from 'fast-check';
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

  it('holds the end back until the whole is known to be right', async () => {
    const source = new RewindableSource({
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

async function take(source: RewindableSource, offset: number, length: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let missing = length;
  for await (const chunk of source.read(offset, { signal })) {
    parts.push(chunk.subarray(0, missing));
    missing -= chunk.length;
    if (missing <= 0) break;
  }
  return Buffer.concat(parts);
}

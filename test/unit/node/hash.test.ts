import assert from 'node:assert/strict';
import { createHash as createNodeHash, randomBytes } from 'node:crypto';
import type { HashAlgorithm } from '../../../src/core/ports.ts';
import { createHash } from '../../../src/node/hash.ts';

const content = randomBytes(9 * 1024 * 1024 + 5);
/** Enough for a thread of its own, or not. */
const sizes = { here: 100_000, inThread: content.length };

describe('the hash of a stream', () => {
  for (const algorithm of ['sha256', 'sha512'] as const) {
    for (const [where, size] of Object.entries(sizes)) {
      for (const piece of [9973, 3 * 1024 * 1024]) {
        it(`is that of its bytes: ${algorithm}, ${where}, in pieces of ${piece}`, async () => {
          const bytes = content.subarray(0, size);
          assert.equal(await hashed(algorithm, bytes, piece), expected(algorithm, bytes));
        });
      }
    }
  }

  it('is that of its own bytes when several are hashed at once', async () => {
    const parts = [0, 1, 2, 3, 4].map((start) => content.subarray(start));
    const digests = await Promise.all(parts.map((bytes, index) => hashed('sha256', bytes, 100_000 * (index + 1))));
    assert.deepEqual(
      digests,
      parts.map((bytes) => expected('sha256', bytes)),
    );
  });

  it('does not look at a piece again when the next is asked for', async () => {
    const hash = createHash.ofStream('sha256', content.length);
    for await (const piece of hash.through(pieces(Buffer.from(content), 1000))) piece.fill(0);
    assert.equal(await hash.hex(), expected('sha256', content));
    hash.close();
  });

  it('can be left in the middle, which others do not notice', async () => {
    const left = createHash.ofStream('sha256', content.length);
    for await (const _piece of left.through(pieces(content, 100_000))) break;
    left.close();
    left.close();
    assert.equal(await hashed('sha256', content, 65_536), expected('sha256', content));
  });

  for (const piece of [9973, 3 * 1024 * 1024]) {
    it(`passes all on where pieces are forgotten, each for as long as the one behind it: pieces of ${piece}`, async () => {
      const hash = createHash.ofStream('sha256', content.length);
      const passed: Buffer[] = [];
      let before: Uint8Array = new Uint8Array();
      for await (const one of hash.through(pieces(content, piece), { forgetsChunks: true })) {
        passed.push(Buffer.from(before));
        before = one;
      }
      passed.push(Buffer.from(before));
      assert.ok(content.equals(Buffer.concat(passed)));
      assert.equal(await hash.hex(), expected('sha256', content));
      hash.close();
    });
  }

  it('passes on what had come when its source fails, and rejects as it did', async () => {
    const hash = createHash.ofStream('sha256', content.length);
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield* pieces(content.subarray(0, 1_000_001), 1000);
      throw new Error('the source broke');
    };
    let length = 0;
    const reading = (async (): Promise<void> => {
      for await (const piece of hash.through(failing(), { forgetsChunks: true })) length += piece.length;
    })();
    await assert.rejects(reading, /the source broke/);
    assert.equal(length, 1_000_001);
    hash.close();
  });
});

async function hashed(algorithm: HashAlgorithm, bytes: Uint8Array, piece: number): Promise<string> {
  const hash = createHash.ofStream(algorithm, bytes.length);
  const passed: Uint8Array[] = [];
  for await (const one of hash.through(pieces(bytes, piece))) passed.push(one);
  assert.ok(Buffer.concat(passed).equals(bytes));
  const hex = await hash.hex();
  hash.close();
  return hex;
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

function expected(algorithm: string, bytes: Uint8Array): string {
  return createNodeHash(algorithm).update(bytes).digest('hex');
}

import assert from 'node:assert/strict';
import { createHash as createNodeHash, randomBytes } from 'node:crypto';
import type { HashAlgorithm, StreamHash } from '../../../src/core/ports.ts';
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

  it('does not look at a piece again that it has taken', async () => {
    const hash = createHash.ofStream('sha256', content.length);
    const piece = new Uint8Array(content.subarray(0, 1000));
    await hash.update(piece);
    piece.fill(0);
    assert.equal(await hash.hex(), expected('sha256', content.subarray(0, 1000)));
    hash.close();
  });

  it('can be left in the middle, which others do not notice', async () => {
    const left = createHash.ofStream('sha256', content.length);
    await left.update(content);
    left.close();
    left.close();
    assert.equal(await hashed('sha256', content, 65_536), expected('sha256', content));
  });
});

async function hashed(algorithm: HashAlgorithm, bytes: Uint8Array, piece: number): Promise<string> {
  const hash: StreamHash = createHash.ofStream(algorithm, bytes.length);
  for (let start = 0; start < bytes.length; start += piece) await hash.update(bytes.subarray(start, start + piece));
  const hex = await hash.hex();
  hash.close();
  return hex;
}

function expected(algorithm: string, bytes: Uint8Array): string {
  return createNodeHash(algorithm).update(bytes).digest('hex');
}

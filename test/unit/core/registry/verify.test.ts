import assert from 'node:assert/strict';
import { digestOf, verifiedChunks } from '../../../../src/core/registry/verify.ts';
import { createHash } from '../../../../src/node/hash.ts';
import { rejection } from '../../../support/registryErrors.ts';

/** Of `abc`, from FIPS 180-2. */
const sha256 = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const sha512 =
  'sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f';

describe('digestOf', () => {
  it('takes the algorithm of the digest that is expected', () => {
    assert.equal(digestOf(bytes('abc'), createHash), sha256);
    assert.equal(digestOf(bytes('abc'), createHash, sha256), sha256);
    assert.equal(digestOf(bytes('abc'), createHash, sha512), sha512);
  });
});

describe('verifiedChunks', () => {
  for (const digest of [sha256, sha512]) {
    it(`passes on what ${digest.slice(0, 6)} names`, async () => {
      assert.equal(await read(['a', '', 'bc'], { digest, size: 3 }), 'abc');
    });
  }

  it('ends with an error when the bytes are others', async () => {
    const { message } = await rejection(read(['abd'], { digest: sha256, size: 3 }), 'digest-mismatch');
    assert.match(message, /^What registry\.example sent is not what its digest names: asked for sha256:ba78/);
  });

  it('ends with an error when bytes are missing', async () => {
    const { message } = await rejection(read(['ab'], { digest: sha256, size: 3 }), 'digest-mismatch');
    assert.match(message, /of 3 bytes, 2 came/);
  });

  it('ends with an error when nothing came', async () => {
    await rejection(read([], { digest: sha256, size: 3 }), 'digest-mismatch');
  });

  it('stops reading when there is more than was said', async () => {
    let read = 0;
    let isOver = false;
    const endless = (async function* () {
      try {
        for (;;) {
          read++;
          yield bytes('abc');
        }
      } finally {
        isOver = true;
      }
    })();
    const seen: string[] = [];
    const run = async (): Promise<void> => {
      for await (const chunk of verifiedChunks(endless, { digest: sha256, size: 4 }, context)) seen.push(text(chunk));
    };
    const { message } = await rejection(run(), 'digest-mismatch');
    assert.match(message, /of 4 bytes, more came/);
    assert.deepEqual([read, isOver, seen], [2, true, ['abc']]);
  });

  it('lets go of the source when the reader leaves', async () => {
    let isOver = false;
    const source = (async function* () {
      try {
        yield bytes('a');
        yield bytes('bc');
      } finally {
        isOver = true;
      }
    })();
    for await (const _chunk of verifiedChunks(source, { digest: sha256, size: 3 }, context)) break;
    assert.ok(isOver);
  });
});

const context = { createHash, host: 'registry.example' };

async function read(chunks: readonly string[], expected: { digest: string; size: number }): Promise<string> {
  const source = (async function* () {
    for (const chunk of chunks) yield bytes(chunk);
  })();
  let all = '';
  for await (const chunk of verifiedChunks(source, expected, context)) all += text(chunk);
  return all;
}

function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function text(value: Uint8Array): string {
  return new TextDecoder().decode(value);
}

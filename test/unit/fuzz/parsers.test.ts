import assert from 'node:assert/strict';
import { mutate, randomFrom } from '../../fuzz/mutate.ts';
import { targets } from '../../fuzz/targets.ts';

const runs = 1000;
const seed = 20_261_124;

describe('parsers of what others write, fed with broken texts,', () => {
  for (const target of targets) {
    it(`throw nothing but their own errors: ${target.name}`, async () => {
      const random = randomFrom(seed);
      for (let run = 0; run < runs; run++) {
        const text = mutate(target, random);
        try {
          await target.parse(text);
        } catch (error) {
          throw new Error(`${JSON.stringify(text)}: ${error}`, { cause: error });
        }
      }
    });

    it(`read long texts: ${target.name}`, async () => {
      for (const [before, after] of target.frames) {
        for (const piece of target.pieces) {
          const repeats = target.longText === undefined ? 10_000 : target.longText / piece.length;
          await target.parse(`${before}${piece.repeat(repeats)}${after}`);
        }
      }
    });
  }

  it('take what they are meant for', () => {
    assert.ok(targets.every(({ examples }) => examples.length > 1));
  });
});

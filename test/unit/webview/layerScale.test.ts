import assert from 'node:assert/strict';
import fc from 'fast-check';
import { layoutBar, shares } from '../../../src/webview/image/layerScale.ts';

const room = { width: 1000, gap: 1, minimum: 2 };

describe('shares of layers', () => {
  it('are of the sum', () => assert.deepEqual(shares([1, 3, 4]), [0.125, 0.375, 0.5]));

  it('are 0 for what is no size, and where nothing has a size', () => {
    assert.deepEqual(shares([Number.NaN, -1, Number.POSITIVE_INFINITY, 2]), [0, 0, 0, 1]);
    assert.deepEqual(shares([0, 0]), [0, 0]);
    assert.deepEqual(shares([]), []);
  });
});

describe('the bar of layers', () => {
  it('is to scale', () => {
    const { widths, gap } = layoutBar([100, 300, 100], { ...room, width: 502 });
    assert.deepEqual(widths, [100, 300, 100]);
    assert.equal(gap, 1);
  });

  it('keeps tiny and empty layers visible, at the cost of the others in proportion', () => {
    const { widths } = layoutBar([1, 0, 3e9, 1e9], { width: 807, gap: 1, minimum: 2 });
    assert.deepEqual(widths, [2, 2, 600, 200]);
  });

  it('raises what only then becomes too narrow', () => {
    const { widths } = layoutBar([0, 0, 0, 2.05, 97.95], { width: 100, gap: 0, minimum: 2 });
    assert.deepEqual(widths, [2, 2, 2, 2, 92]);
  });

  it('gives equal widths when nothing has a size', () => {
    assert.deepEqual(layoutBar([0, 0], { ...room, gap: 0 }).widths, [500, 500]);
  });

  it('does without gaps, then without the minimum, where there is no room', () => {
    const gapless = layoutBar(Array(400).fill(1), room);
    assert.equal(gapless.gap, 0);
    assert.equal(gapless.widths[0]?.toFixed(6), '2.500000');
    const crowded = layoutBar([1, ...Array(999).fill(0)], { ...room, width: 500 });
    assert.equal(crowded.widths[999], 0.5);
  });

  it('takes no layers and no room', () => {
    assert.deepEqual(layoutBar([], room).widths, []);
    assert.deepEqual(layoutBar([1, 2], { ...room, width: 0 }).widths, [0, 0]);
  });

  it('always fills the room, never falls below the minimum and keeps the order of sizes', () => {
    const size = fc.oneof(fc.constant(0), fc.maxSafeNat(), fc.nat(1000));
    const sizes = fc.array(size, { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 320, max: 4000 }), (sizes, width) => {
        const { widths, gap } = layoutBar(sizes, { ...room, width });
        const filled = widths.reduce((sum, each) => sum + each, 0) + gap * (sizes.length - 1);
        assert.ok(Math.abs(filled - width) < 1e-6, `fills ${filled} of ${width}`);
        const minimum = Math.min(2, width / sizes.length);
        for (const [index, each] of widths.entries()) {
          assert.ok(each >= minimum - 1e-6, `${each} is below the minimum`);
          const next = sizes[index + 1];
          const nextWidth = widths[index + 1];
          if (next === undefined || nextWidth === undefined) continue;
          if ((sizes[index] ?? 0) >= next) assert.ok(each >= nextWidth - 1e-6);
        }
      }),
    );
  });
});

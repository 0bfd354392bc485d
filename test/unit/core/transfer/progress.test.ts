import assert from 'node:assert/strict';
import { paced } from '../../../../src/core/transfer/pacedProgress.ts';
import { ProgressMeter } from '../../../../src/core/transfer/progress.ts';
import { RateMeter } from '../../../../src/core/transfer/rateMeter.ts';

describe('the progress of a transfer', () => {
  it('is told as bytes come, also where they are a small part of the whole', () => {
    const told: number[] = [];
    const meter = new ProgressMeter(100e9, ({ done }) => told.push(done));
    for (let chunk = 0; chunk < 10; chunk++) meter.add(20_000, 'a');
    assert.equal(told.length, 10);
  });

  it('never goes back or past the total, and ends there', () => {
    const told: number[] = [];
    const meter = new ProgressMeter(100, ({ done }) => told.push(done));
    meter.reach(60, 'a');
    meter.reach(20, 'a');
    meter.reach(500, 'a');
    meter.finish('a');
    assert.deepEqual(told, [60, 100]);
  });

  it('is passed on some times a second, the first and the end always', () => {
    let now = 0;
    const told: number[] = [];
    const report = paced(
      ({ done }) => told.push(done),
      () => now,
    );
    for (let done = 1; done <= 100; done++) {
      report({ done, total: 100, item: 'a' });
      now += 10;
    }
    assert.deepEqual(told, [1, 6, 11, 16, 21, 26, 31, 36, 41, 46, 51, 56, 61, 66, 71, 76, 81, 86, 91, 96, 100]);
  });
});

describe('a speed', () => {
  it('is that of the last ten seconds, however often it is told how far it is', () => {
    const meter = new RateMeter();
    for (let at = 0; at <= 30_000; at++) meter.add(at < 15_000 ? at * 100 : 1_500_000 + (at - 15_000), at);
    assert.ok(Math.abs((meter.perSecond ?? 0) - 1000) < 20, `${meter.perSecond}`);
  });

  it('is not known of half a second', () => {
    const meter = new RateMeter();
    meter.add(0, 0);
    meter.add(100, 400);
    assert.equal(meter.perSecond, undefined);
    assert.equal(meter.secondsLeft(200), undefined);
  });
});

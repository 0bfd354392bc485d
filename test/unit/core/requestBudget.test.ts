import assert from 'node:assert/strict';
import { RequestBudget } from '../../../src/core/requestBudget.ts';

const minute = 60_000;

describe('RequestBudget', () => {
  it('gives each host so many a minute, and tells when there are more', () => {
    const clock = { now: 1_000_000 };
    const budget = new RequestBudget({ perHost: 2, inAll: 100 }, () => clock.now);
    assert.equal(budget.take('a'), 0);
    clock.now += 10_000;
    assert.equal(budget.take('a'), 0);
    assert.equal(budget.take('a'), minute - 10_000);
    assert.equal(budget.take('b'), 0);
    clock.now += minute - 10_000;
    assert.equal(budget.take('a'), 0);
    assert.equal(budget.take('a'), 10_000);
  });

  it('gives all of them together no more than that', () => {
    const budget = new RequestBudget({ perHost: 10, inAll: 3 }, () => 0);
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((host) => budget.take(host)),
      [0, 0, 0, minute],
    );
  });
});

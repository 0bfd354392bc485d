import assert from 'node:assert/strict';
import { SharedWork } from '../../../src/core/sharedWork.ts';
import { rejection, thrown } from '../../support/registryErrors.ts';

describe('SharedWork', () => {
  it('is done once for all who wait for it', async () => {
    const shared = new SharedWork<string>();
    const work = heldWork();
    const callers = [shared.run('a', noAbort(), work.run), shared.run('a', noAbort(), work.run)];
    work.finish('done');
    assert.deepEqual(await Promise.all(callers), ['done', 'done']);
    assert.equal(work.signals.length, 1);
  });

  it('is done apart for each key', async () => {
    const shared = new SharedWork<string>();
    const results = ['a', 'b'].map((key) => shared.run(key, noAbort(), async () => key));
    assert.deepEqual(await Promise.all(results), ['a', 'b']);
  });

  it('is done anew when it has ended', async () => {
    const shared = new SharedWork<number>();
    let count = 0;
    for (const expected of [1, 2]) assert.equal(await shared.run('a', noAbort(), async () => ++count), expected);
  });

  it('fails for all who wait, and is done anew', async () => {
    const shared = new SharedWork<string>();
    const work = heldWork();
    const callers = [shared.run('a', noAbort(), work.run), shared.run('a', noAbort(), work.run)];
    work.fail(new Error('broken'));
    for (const caller of callers) await assert.rejects(caller, /broken/);
    assert.equal(await shared.run('a', noAbort(), async () => 'again'), 'again');
  });

  it('goes on for the others when one leaves', async () => {
    const shared = new SharedWork<string>();
    const work = heldWork();
    const controller = new AbortController();
    const leaves = shared.run('a', controller.signal, work.run);
    const stays = shared.run('a', noAbort(), work.run);
    controller.abort();
    await rejection(leaves, 'cancelled');
    assert.equal(work.signals[0]?.aborted, false);
    work.finish('done');
    assert.equal(await stays, 'done');
  });

  it('is stopped when the last has left', async () => {
    const shared = new SharedWork<string>();
    const work = heldWork();
    const controllers = [new AbortController(), new AbortController()];
    const callers = controllers.map(({ signal }) => shared.run('a', signal, work.run));
    for (const controller of controllers) controller.abort();
    for (const caller of callers) await rejection(caller, 'cancelled');
    assert.equal(work.signals[0]?.aborted, true);
  });

  it('is begun anew by those who come after it was stopped, whatever becomes of the old', async () => {
    const shared = new SharedWork<string>();
    const old = heldWork();
    const controller = new AbortController();
    const left = shared.run('a', controller.signal, old.run);
    controller.abort();
    await rejection(left, 'cancelled');
    const work = heldWork();
    const callers = [shared.run('a', noAbort(), work.run)];
    old.fail(new Error('stopped'));
    await settled();
    callers.push(shared.run('a', noAbort(), work.run));
    work.finish('done');
    assert.deepEqual(await Promise.all(callers), ['done', 'done']);
    assert.equal(work.signals.length, 1);
  });

  it('is not begun for one who has left before', () => {
    thrown(() => new SharedWork().run('a', AbortSignal.abort(), async () => assert.fail('it was begun')), 'cancelled');
  });

  it('says why it was cancelled', async () => {
    const shared = new SharedWork<string>();
    const controller = new AbortController();
    const caller = shared.run('a', controller.signal, heldWork().run);
    const reason = new Error('the view was closed');
    controller.abort(reason);
    assert.equal((await rejection(caller, 'cancelled')).cause, reason);
  });
});

interface HeldWork {
  readonly run: (signal: AbortSignal) => Promise<string>;
  readonly signals: readonly AbortSignal[];
  finish(value: string): void;
  fail(error: Error): void;
}

/** Work that goes on until the test ends it. */
function heldWork(): HeldWork {
  const signals: AbortSignal[] = [];
  let finish: HeldWork['finish'] = () => {};
  let fail: HeldWork['fail'] = () => {};
  const promise = new Promise<string>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  return {
    run: (signal) => {
      signals.push(signal);
      return promise;
    },
    signals,
    finish: (value) => finish(value),
    fail: (error) => fail(error),
  };
}

function noAbort(): AbortSignal {
  return new AbortController().signal;
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

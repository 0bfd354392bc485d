import assert from 'node:assert/strict';
import { RegistryError } from '../../../src/core/errors.ts';
import { hasUnfinished, TransferJobs, type TransferRequest } from '../../../src/core/transferJobs.ts';
import { fakePorts } from '../../support/fakePorts.ts';
import { rejection } from '../../support/registryErrors.ts';
import { VirtualClock } from '../../support/virtualClock.ts';

const { signal } = new AbortController();
const pull: TransferRequest = { kind: 'pull', source: 'registry.example/shop/web:1.0', target: 'Podman' };
const deletion: TransferRequest = { kind: 'delete', source: 'registry.example/shop/web:1.0' };
const hosts = ['registry.example'];

/** Ends when it is told. */
function pending<T = void>() {
  let end: (value: T) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const work = new Promise<T>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  return { work, end, fail };
}

const states = (jobs: TransferJobs): readonly string[] => jobs.all().map(({ state }) => state);
/** Until what is due has run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('transfers', () => {
  it('run, tell how far they are, and end with what came of them', async () => {
    let now = 0;
    const jobs = new TransferJobs(fakePorts().state, () => now);
    const { work, end } = pending<string>();
    const running = jobs.run(
      pull,
      { hosts, signal, outcomeOf: (path: string) => ({ kind: 'path', path }) },
      async ({ onProgress }) => {
        onProgress({ done: 0, total: 100, item: 'a' });
        now = 2000;
        onProgress({ done: 40, total: 100, item: 'a' });
        return work;
      },
    );
    await settled();
    const [transfer] = jobs.all();
    assert.deepEqual([transfer?.state, transfer?.perSecond, transfer?.secondsLeft], ['running', 20, 3]);
    end('/tmp/web');
    assert.equal(await running, '/tmp/web');
    assert.deepEqual(jobs.all()[0]?.outcome, { kind: 'path', path: '/tmp/web' });
  });

  it('are two at once with a host, and the next begins when one ends; deletions do not wait for them', async () => {
    const jobs = new TransferJobs(fakePorts().state, () => 0);
    const [first, second, third, gone, other] = [pending(), pending(), pending(), pending(), pending()];
    const run = (request: TransferRequest, { work }: typeof first, on = hosts): Promise<void> =>
      jobs.run(request, { hosts: on, signal }, () => work);
    const all = [run(pull, first), run(pull, second), run(pull, third), run(deletion, gone), run(pull, other, ['b'])];
    await settled();
    assert.deepEqual(states(jobs), ['running', 'running', 'waiting', 'running', 'running']);
    first.end();
    await settled();
    assert.deepEqual(states(jobs), ['running', 'running', 'running', 'running', 'done']);
    for (const one of [second, third, gone, other]) one.end();
    await Promise.all(all);
  });

  it('are cancelled one by one, also while they wait', async () => {
    const jobs = new TransferJobs(fakePorts().state, () => 0);
    const until = (stop: AbortSignal): Promise<void> =>
      new Promise((_, reject) => {
        stop.addEventListener('abort', () => reject(new RegistryError('cancelled', 'Cancelled.')));
      });
    const runs = [1, 2, 3].map(() => jobs.run(pull, { hosts, signal }, (run) => until(run.signal)));
    await settled();
    const [waiting, running] = jobs.all();
    jobs.cancel(waiting?.id ?? '');
    await rejection(runs[2] ?? assert.fail(), 'cancelled');
    jobs.cancel(running?.id ?? '');
    await rejection(runs[1] ?? assert.fail(), 'cancelled');
    assert.deepEqual(states(jobs), ['cancelled', 'cancelled', 'running']);
    jobs.clear();
    assert.deepEqual(states(jobs), ['running']);
    jobs.cancel(jobs.all()[0]?.id ?? '');
    await rejection(runs[0] ?? assert.fail(), 'cancelled');
  });

  it('tell no speed any more once nothing has come for some seconds, but for how long', async () => {
    const clock = new VirtualClock();
    clock.isManual = true;
    const jobs = new TransferJobs(fakePorts().state, clock.now);
    const { work, end } = pending();
    const running = jobs.run(pull, { hosts, signal }, async ({ onProgress }) => {
      onProgress({ done: 0, total: 100, item: 'a' });
      clock.advance(2000);
      onProgress({ done: 40, total: 100, item: 'a' });
      await work;
      onProgress({ done: 50, total: 100, item: 'a' });
    });
    await settled();
    const told = () =>
      jobs.all().map(({ perSecond, secondsLeft, secondsStalled }) => [perSecond, secondsLeft, secondsStalled]);
    assert.deepEqual(told(), [[20, 3, undefined]]);
    clock.advance(4000);
    assert.deepEqual(told(), [[20, 3, undefined]]);
    clock.advance(3000);
    assert.deepEqual(told(), [[undefined, undefined, 7]]);
    // Another report of the same is no byte.
    const { id = '' } = jobs.all()[0] ?? {};
    clock.advance(60_000);
    assert.equal(jobs.get(id)?.secondsStalled, 67);
    end();
    await running;
    assert.deepEqual(told(), [[undefined, undefined, undefined]]);
    assert.equal(jobs.get(id)?.took, 69_000);
  });

  it('that go on after a stall tell the speed of what comes since', async () => {
    const clock = new VirtualClock();
    clock.isManual = true;
    const jobs = new TransferJobs(fakePorts().state, clock.now);
    const { work, end } = pending();
    const running = jobs.run(pull, { hosts, signal }, async ({ onProgress }) => {
      onProgress({ done: 40, total: 100, item: 'a' });
      clock.advance(30_000);
      onProgress({ done: 50, total: 100, item: 'a' });
      clock.advance(1000);
      onProgress({ done: 60, total: 100, item: 'a' });
      await work;
    });
    await settled();
    assert.deepEqual([jobs.all()[0]?.perSecond, jobs.all()[0]?.secondsStalled], [10, undefined]);
    end();
    await running;
  });

  it('take the place of what failed or was stopped of the same before; what was done stays, and what is of another kind', async () => {
    const jobs = new TransferJobs(fakePorts().state, () => 0);
    const fail = (request: TransferRequest, code: 'conflict' | 'cancelled' = 'conflict') =>
      rejection(
        jobs.run(request, { hosts, signal }, async () => {
          throw new RegistryError(code, 'No.');
        }),
        code,
      );
    const succeed = (request: TransferRequest) => jobs.run(request, { hosts, signal }, async () => {});
    const to = (platform: string, more = {}): TransferRequest => ({ ...pull, options: { platform, ...more } });
    await succeed(to('linux/amd64'));
    await fail(to('linux/arm64'));
    await fail(to('linux/amd64'));
    await fail(to('linux/amd64'), 'cancelled');
    assert.deepEqual(states(jobs), ['cancelled', 'failed', 'done']);
    // Now the tag may be moved: the same all the same.
    await succeed(to('linux/amd64', { expected: 'sha256:1', overwrite: true }));
    assert.deepEqual(states(jobs), ['done', 'failed', 'done']);
    jobs.forget(to('linux/arm64'));
    assert.deepEqual(states(jobs), ['done', 'done']);
  });

  it('say what was done', async () => {
    const jobs = new TransferJobs(fakePorts().state, () => 0);
    await jobs.run(pull, { hosts, signal, summaryOf: (count: number) => `${count} files` }, async () => 3);
    assert.equal(jobs.all()[0]?.summary, '3 files');
  });

  it('say why they failed', async () => {
    const jobs = new TransferJobs(fakePorts().state, () => 0);
    const failing = jobs.run(pull, { hosts, signal }, async () => {
      throw new RegistryError('unreachable', 'registry.example does not answer.');
    });
    await rejection(failing, 'unreachable');
    assert.deepEqual(
      jobs.all().map(({ state, message }) => [state, message]),
      [['failed', 'registry.example does not answer.']],
    );
  });

  it('that were under way are there again in the next session, deletions aside, with what their source named', async () => {
    const { state, stateValues } = fakePorts();
    const before = new TransferJobs(state, () => 0);
    const [kept, gone, ended] = [pending(), pending(), pending()];
    const findDigest = async (): Promise<string> => 'sha256:1';
    void before.run({ ...pull, options: { platform: 'linux/arm64' } }, { hosts, signal, findDigest }, () => kept.work);
    void before.run(deletion, { hosts, signal }, () => gone.work);
    const done = before.run(pull, { hosts, signal }, () => ended.work);
    ended.end();
    await done;
    await settled();
    assert.ok(hasUnfinished(state));
    const after = new TransferJobs(state, () => 0);
    assert.deepEqual(
      after.all().map(({ request, state: how, digest }) => [request.options, how, digest]),
      [[{ platform: 'linux/arm64' }, 'interrupted', 'sha256:1']],
    );
    after.remove(after.all()[0]?.id ?? '');
    assert.deepEqual([...stateValues.values()], [[]]);
    assert.ok(!hasUnfinished(state));
  });

  it('that another version has written down otherwise are left out', () => {
    const { state } = fakePorts();
    for (const stored of [null, 'x', [1, {}, { id: '1', request: { kind: 'delete', source: 'a' }, startedAt: 0 }]]) {
      void state.set('unfinishedTransfers', stored);
      assert.deepEqual(new TransferJobs(state, () => 0).all(), []);
      assert.ok(!hasUnfinished(state));
    }
  });
});

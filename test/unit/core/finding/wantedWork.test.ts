import assert from 'node:assert/strict';
import { WantedWork } from '../../../../src/core/finding/wantedWork.ts';

interface Piece {
  readonly key: string;
  readonly signal: AbortSignal;
  end(): void;
}

/** Work whose pieces end when they are told to. */
function open(atOnce: number): { readonly work: WantedWork; readonly begun: Piece[] } {
  const begun: Piece[] = [];
  const work = new WantedWork(atOnce, (key, signal) => {
    return new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve());
      begun.push({ key, signal, end: resolve });
    });
  });
  return { work, begun };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('WantedWork', () => {
  it('does a few pieces at a time, in the order in which they are wanted', async () => {
    const { work, begun } = open(2);
    work.want(['a', 'b', 'c']);
    assert.deepEqual(keys(begun), ['a', 'b']);
    begun[0]?.end();
    await turn();
    assert.deepEqual(keys(begun), ['a', 'b', 'c']);
  });

  it('stops what is no longer wanted, and begins nothing of it', async () => {
    const { work, begun } = open(2);
    work.want(['a', 'b', 'c', 'd']);
    work.want(['b', 'x']);
    assert.deepEqual([begun[0]?.signal.aborted, begun[1]?.signal.aborted], [true, false]);
    await turn();
    assert.deepEqual(keys(begun), ['a', 'b', 'x']);
  });

  it('does again what was stopped, and not what was done', async () => {
    const { work, begun } = open(1);
    work.want(['a']);
    begun[0]?.end();
    await turn();
    work.want(['a', 'b']);
    work.want([]);
    work.want(['b']);
    await turn();
    assert.deepEqual(keys(begun), ['a', 'b', 'b']);
  });

  it('does anew what was forgotten', async () => {
    const { work, begun } = open(1);
    work.want(['a']);
    begun[0]?.end();
    await turn();
    work.forget((key) => key === 'a');
    work.want(['a']);
    assert.deepEqual(keys(begun), ['a', 'a']);
  });

  it('goes on after a piece that failed, and is idle at the end', async () => {
    const done: string[] = [];
    const work = new WantedWork(1, async (key) => {
      done.push(key);
      if (key === 'a') throw new Error('no');
    });
    work.want(['a', 'b']);
    await work.idle();
    assert.deepEqual(done, ['a', 'b']);
    await work.idle();
  });

  it('stops everything when it is disposed', async () => {
    const { work, begun } = open(1);
    work.want(['a', 'b']);
    work.dispose();
    await turn();
    assert.deepEqual(keys(begun), ['a']);
    assert.equal(begun[0]?.signal.aborted, true);
  });
});

function keys(pieces: readonly Piece[]): readonly string[] {
  return pieces.map(({ key }) => key);
}

import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Memento } from 'vscode';
import { stateStore } from '../../../src/host/stores.ts';

/**
 * As VS Code's extension host has it: an update changes the values at once and sends all of them a little later; once they
 * are stored, they come back and take the place of all values. https://github.com/microsoft/vscode, extHostMemento.ts
 */
function mementoOfVsCode(): Memento & { readonly stored: () => unknown } {
  let values: Record<string, unknown> = {};
  let stored = '{}';
  return {
    stored: () => JSON.parse(stored),
    keys: () => Object.keys(values),
    get: (key: string, fallback?: unknown) => values[key] ?? fallback,
    update: async (key: string, value: unknown) => {
      values[key] = value;
      await turn();
      const sent = JSON.stringify(values);
      await turn();
      stored = sent;
      await turn();
      values = JSON.parse(sent) as Record<string, unknown>;
      await turn();
    },
  } as Memento & { readonly stored: () => unknown };
}

describe('the state that VS Code keeps', () => {
  it('keeps every value that is set while another one is on its way', async () => {
    const memento = mementoOfVsCode();
    const state = stateStore(memento);
    const writes: Promise<void>[] = [];
    for (let index = 0; index < 8; index++) {
      writes.push(state.set(`key${index % 3}`, index));
      await turn();
    }
    await Promise.all(writes);
    assert.deepEqual(memento.stored(), { key0: 6, key1: 7, key2: 5 });
  });

  it('gives back what was set last, at every moment', async () => {
    const state = stateStore(mementoOfVsCode());
    const first = state.set('connections', ['a']);
    await turn();
    await turn();
    const second = state.set('connections', []);
    while (await Promise.race([second.then(() => false), turn(true)])) assert.deepEqual(state.get('connections'), []);
    await first;
    assert.deepEqual(state.get('connections'), []);
  });

  it('says which write failed, and goes on with the next', async () => {
    const memento = mementoOfVsCode();
    const update = memento.update.bind(memento);
    let failures = 1;
    memento.update = async (key, value) => {
      if (failures-- > 0) throw new Error('no space');
      await update(key, value);
    };
    const state = stateStore(memento);
    const failed = state.set('a', 1);
    const kept = state.set('b', 2);
    await assert.rejects(failed, /no space/);
    await kept;
    assert.equal(state.get('a'), undefined);
    assert.deepEqual(memento.stored(), { b: 2 });
  });
});

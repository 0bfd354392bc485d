import assert from 'node:assert/strict';
import { Pins } from '../../../src/core/pins.ts';
import { fakePorts } from '../../support/fakePorts.ts';

describe('pinned repositories', () => {
  const [one, other] = ['https://one.example', 'https://other.example'];

  it('are remembered by registry, in the order in which they were named, each once', async () => {
    const state = fakePorts().state;
    const pins = new Pins(state);
    for (const name of ['team/b', 'team/a', 'team/b']) await pins.add(one, name);
    await pins.add(other, 'app');
    assert.deepEqual(new Pins(state).of(one), ['team/b', 'team/a']);
    assert.deepEqual(pins.of(other), ['app']);
  });

  it('are forgotten one by one, or with their registry', async () => {
    const pins = new Pins(fakePorts().state);
    for (const name of ['a', 'b', 'c']) await pins.add(one, name);
    await pins.remove(one, 'b');
    await pins.remove(one, 'unknown');
    assert.deepEqual(pins.of(one), ['a', 'c']);
    await pins.forget(one);
    assert.deepEqual(pins.of(one), []);
  });

  it('hold no name that a repository cannot have, and only the newest of too many', async () => {
    const pins = new Pins(fakePorts().state);
    for (const name of ['', 'Team/App', '../etc', 'a b']) await pins.add(one, name);
    assert.deepEqual(pins.of(one), []);
    for (let number = 0; number < 510; number++) await pins.add(one, `app-${number}`);
    assert.equal(pins.of(one).length, 500);
    assert.equal(pins.of(one)[0], 'app-10');
  });

  it('stand a state that something else has written', () => {
    for (const stored of [undefined, null, 'text', 7, [], { [one]: 'team/app' }, { [one]: [1, 'a', null] }]) {
      const pins = new Pins({ get: () => stored, set: async () => {} });
      assert.deepEqual(pins.of(one), Array.isArray(Object(stored)[one]) ? ['a'] : []);
    }
  });
});

import assert from 'node:assert/strict';
import type { GantryErrorCode } from '../../../src/api.ts';
import { RegistryError } from '../../../src/core/errors.ts';
import type { Question } from '../../../src/core/mentions/checkFacts.ts';
import { CheckLookups } from '../../../src/host/editor/checks/checkLookups.ts';
import type { Services } from '../../../src/host/services.ts';
import { silentLog } from '../../support/silentLog.ts';

const signal = new AbortController().signal;
const minute = 60_000;

describe('CheckLookups', () => {
  it('asks for an image once, however many ask, and not again for a quarter of an hour', async () => {
    const { lookups, asked, clock } = make();
    const ask = (): Promise<unknown> =>
      Promise.all(
        Array.from({ length: 200 }, (_, index) => lookups.ask(question(`r.example/a:${index % 20}`), signal)),
      );
    await ask();
    clock.now += 14 * minute;
    await ask();
    assert.equal(asked.length, 20);
    clock.now += 2 * minute;
    await ask();
    assert.equal(asked.length, 40);
  });

  it('asks one registry sixty times a minute, and tells how long the rest waits', async () => {
    const { lookups, asked, clock } = make();
    for (let index = 0; index < 60; index++) await lookups.ask(question(`r.example/a:${index}`), signal);
    assert.deepEqual(await lookups.ask(question('r.example/a:60'), signal), { waits: minute });
    assert.ok('answer' in (await lookups.ask(question('other.example/a:1'), signal)));
    clock.now += minute;
    assert.ok('answer' in (await lookups.ask(question('r.example/a:60'), signal)));
    assert.equal(asked.length, 62);
  });

  it('leaves a registry alone that failed, until it is told to try again or some minutes are over', async () => {
    const { lookups, asked, clock, answers } = make();
    answers.code = 'unreachable';
    assert.deepEqual(await lookups.ask(question('r.example/a:1'), signal), { isFailing: true });
    assert.deepEqual(await lookups.ask(question('r.example/a:2'), signal), { isFailing: true });
    assert.equal(asked.length, 1);
    assert.deepEqual([...lookups.failing().keys()], ['r.example']);
    assert.equal(lookups.untilNextTry(), 5 * minute);
    answers.code = undefined;
    lookups.retry();
    assert.ok('answer' in (await lookups.ask(question('r.example/a:1'), signal)));
    assert.deepEqual([lookups.failing().size, lookups.untilNextTry()], [0, 0]);

    answers.code = 'timeout';
    await lookups.ask(question('r.example/a:2'), signal);
    clock.now += 6 * minute;
    assert.equal(lookups.failing().size, 0);
    answers.code = undefined;
    assert.ok('answer' in (await lookups.ask(question('r.example/a:2'), signal)));
  });

  const outcomes: readonly (readonly [registry: string, code: GantryErrorCode, answer: string | undefined])[] = [
    ['r.example', 'not-found', 'missing'],
    ['docker.io', 'not-found', 'missing'],
    // Docker Hub tells nobody apart what is private and what is not there.
    ['docker.io', 'unauthorized', 'hidden'],
    ['docker.io', 'denied', 'hidden'],
    ['r.example', 'unauthorized', undefined],
    ['r.example', 'denied', undefined],
    ['r.example', 'too-large', undefined],
  ];
  for (const [registry, code, answer] of outcomes) {
    it(`takes ${code} of ${registry} for ${answer ?? 'nothing known'}`, async () => {
      const { lookups, answers } = make();
      answers.code = code;
      const outcome = await lookups.ask(question(`${registry}/a:1`), signal);
      assert.ok('answer' in outcome);
      assert.equal(outcome.answer, answer);
      assert.equal(lookups.failing().size, 0);
    });
  }

  it('asks with HEAD what no manifest is wanted of', async () => {
    const { lookups, asked } = make();
    await lookups.ask({ ...question('docker.io/library/a:1'), wantsManifest: false }, signal);
    assert.deepEqual(asked, ['HEAD docker.io/library/a:1']);
  });
});

function question(reference: string): Question {
  return { registry: reference.slice(0, reference.indexOf('/')), reference, wantsManifest: true };
}

function make(): {
  readonly lookups: CheckLookups;
  readonly asked: readonly string[];
  readonly clock: { now: number };
  /** What each question fails with. */
  readonly answers: { code: GantryErrorCode | undefined };
} {
  const asked: string[] = [];
  const clock = { now: 0 };
  const answers: { code: GantryErrorCode | undefined } = { code: undefined };
  const answer = async (name: string): Promise<{ digest: string }> => {
    asked.push(name);
    if (answers.code !== undefined) throw new RegistryError(answers.code, 'It failed.');
    return { digest: name };
  };
  const gantry = { summarize: answer, resolve: (reference: string) => answer(`HEAD ${reference}`) };
  const services = { gantry, log: silentLog } as unknown as Services;
  return { lookups: new CheckLookups(services, () => clock.now), asked, clock, answers };
}

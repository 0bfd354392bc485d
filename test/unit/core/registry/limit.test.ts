import assert from 'node:assert/strict';
import type { HttpRequest, HttpResponse } from '../../../../src/core/ports.ts';
import { limit } from '../../../../src/core/registry/limit.ts';
import { rejection } from '../../../support/registryErrors.ts';
import { type FakeSend, fakeResponse, fakeSend, getRequest, noAbort, readText } from './fakeHttp.ts';

const url = 'https://registry.example/x';

describe('limit', () => {
  it('lets no more requests through at once than it has places', async () => {
    const { wire, send } = limited(2);
    const answers = [send(), send(), send()];
    await settled();
    assert.equal(wire.requests.length, 2);
    await readText(await first(answers));
    await settled();
    assert.equal(wire.requests.length, 3);
  });

  it('keeps the place until the body has been read', async () => {
    const { wire, send } = limited(1);
    const response = await send();
    const waiting = send();
    await settled();
    assert.equal(wire.requests.length, 1);
    await readText(response);
    await waiting;
    assert.equal(wire.requests.length, 2);
  });

  const endings: readonly (readonly [title: string, end: (response: HttpResponse) => unknown])[] = [
    ['is thrown away', (response) => response.discard()],
    [
      'is left early',
      async (response) => {
        for await (const _chunk of response.body) break;
      },
    ],
    [
      'is thrown away twice, and counts once',
      (response) => {
        response.discard();
        response.discard();
      },
    ],
    [
      'is read and thrown away, and counts once',
      async (response) => {
        await readText(response);
        response.discard();
      },
    ],
  ];
  for (const [title, end] of endings) {
    it(`gives the place back when the body ${title}`, async () => {
      const { wire, send } = limited(1);
      await end(await send());
      const answers = [send(), send()];
      await settled();
      assert.equal(wire.requests.length, 2);
      await readText(await first(answers));
      await Promise.all(answers);
    });
  }

  it('gives the place back when the body breaks off', async () => {
    const body = (async function* () {
      yield new Uint8Array(1);
      throw new Error('broken');
    })();
    const { send } = limited(1, () => fakeResponse({ body }));
    const response = await send();
    await assert.rejects(readText(response), /broken/);
    await send();
  });

  it('gives the place back when the request fails', async () => {
    const { send } = limited(1, () => {
      throw new Error('unreachable');
    });
    await assert.rejects(send(), /unreachable/);
    await assert.rejects(send(), /unreachable/);
  });

  it('gives the place back when the request is cancelled while its body waits to be read', async () => {
    const { send } = limited(1);
    const controller = new AbortController();
    await send(controller.signal);
    controller.abort();
    await send();
  });

  it('lets go of those that are cancelled while they wait, and of no others', async () => {
    const { wire, send } = limited(1);
    const response = await send();
    const controller = new AbortController();
    const before = send();
    const cancelled = send(controller.signal);
    const after = send();
    controller.abort();
    await rejection(cancelled, 'cancelled');
    await readText(response);
    await readText(await before);
    await after;
    assert.equal(wire.requests.length, 3);
  });

  it('sends nothing for what was cancelled before', async () => {
    const { wire, send } = limited(1);
    await rejection(send(AbortSignal.abort()), 'cancelled');
    assert.equal(wire.requests.length, 0);
  });

  it('serves those who wait in their order', async () => {
    const { wire, send } = limited(1);
    const response = await send();
    const answers = ['/a', '/b', '/c'].map((path) => send(noAbort(), `https://registry.example${path}`));
    response.discard();
    for (const answer of answers) (await answer).discard();
    assert.deepEqual(
      wire.requests.map((request) => request.url.pathname),
      ['/x', '/a', '/b', '/c'],
    );
  });

  it('lets nothing in the background hold the last two places', async () => {
    const { wire, send } = limited(6);
    for (let count = 0; count < 10; count++) void send(noAbort(), url, { priority: 'background' });
    await settled();
    assert.equal(wire.requests.length, 4);
    for (let count = 0; count < 5; count++) void send();
    await settled();
    assert.deepEqual(
      wire.requests.map(({ priority }) => priority),
      [...Array(4).fill('background'), undefined, undefined],
    );
  });

  it('lets the background go on with one place, and by turns', async () => {
    const { wire, send } = limited(1);
    for (let count = 0; count < 3; count++) (await send(noAbort(), url, { priority: 'background' })).discard();
    assert.equal(wire.requests.length, 3);
  });

  it('serves whom somebody waits for before those in the background', async () => {
    const { wire, send } = limited(1);
    const held = await send();
    const answers = [
      send(noAbort(), `${url}/1`, { priority: 'background' }),
      send(noAbort(), `${url}/2`),
      send(noAbort(), `${url}/3`, { priority: 'background' }),
      send(noAbort(), `${url}/4`),
    ];
    for (const answer of answers) void answer.then((response) => response.discard());
    held.discard();
    await Promise.all(answers);
    assert.deepEqual(
      wire.requests.map((request) => request.url.pathname),
      ['/x', '/x/2', '/x/4', '/x/1', '/x/3'],
    );
  });

  it('keeps places for token requests, for which those that hold the others may be waiting', async () => {
    const { wire, send } = limited(1);
    await send();
    await send(noAbort(), url, { isTokenRequest: true });
    void send(noAbort(), url, { isTokenRequest: true });
    await settled();
    assert.equal(wire.requests.length, 2);
  });

  it('counts each host for itself', async () => {
    const { wire, send } = limited(1);
    await send();
    await send(noAbort(), 'https://cdn.example/x');
    await send(noAbort(), 'https://registry.example:8443/x');
    assert.equal(wire.requests.length, 3);
  });

  it('leaves no listener on the signal of a request that is over', async () => {
    const { send } = limited(1);
    const { signal, listeners } = countedSignal();
    await readText(await send(signal));
    assert.equal(listeners(), 0);
  });
});

interface Limited {
  readonly wire: FakeSend;
  readonly send: (signal?: AbortSignal, address?: string, more?: Partial<HttpRequest>) => Promise<HttpResponse>;
}

function limited(places: number, answer: () => HttpResponse = () => fakeResponse({ body: 'x' })): Limited {
  const wire = fakeSend(answer);
  const send = limit(places)(wire.send);
  return { wire, send: (signal = noAbort(), address = url, more = {}) => send(getRequest(address, more), signal) };
}

async function first(answers: readonly Promise<HttpResponse>[]): Promise<HttpResponse> {
  const [answer] = answers;
  assert.ok(answer);
  return answer;
}

/** All that can go on without anything from outside has gone on. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** A signal that counts who listens to it. */
function countedSignal(): { readonly signal: AbortSignal; readonly listeners: () => number } {
  const { signal } = new AbortController();
  let count = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    count++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    count--;
    removeEventListener.apply(signal, args);
  };
  return { signal, listeners: () => count };
}

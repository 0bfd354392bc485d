import assert from 'node:assert/strict';
import { RegistryError } from '../../../../src/core/errors.ts';
import type { HttpRequest, HttpResponse } from '../../../../src/core/ports.ts';
import { retry } from '../../../../src/core/registry/retry.ts';

const signal = new AbortController().signal;

function request(method: HttpRequest['method']): HttpRequest {
  return { method, url: new URL('https://registry.example.com/v2/'), headers: {} };
}

function response(status: number, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return {
    status,
    headers: { get: (name) => headers[name], all: (name) => [headers[name] ?? []].flat() },
    body: (async function* (): AsyncGenerator<Uint8Array> {})(),
    discard: () => {},
  };
}

/** Answers in this order, the last one for ever; tells how often it was asked and how long was waited. */
function registry(...answers: readonly (HttpResponse | Error)[]): {
  readonly send: (method?: HttpRequest['method']) => Promise<HttpResponse>;
  readonly waits: readonly number[];
  readonly count: () => number;
} {
  const waits: number[] = [];
  let count = 0;
  const sleep = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
  const send = retry({ sleep, now: () => 0 })(async () => {
    const answer = answers[Math.min(count++, answers.length - 1)];
    if (answer instanceof Error || answer === undefined) throw answer;
    return answer;
  });
  return { send: (method = 'GET') => send(request(method), signal), waits, count: () => count };
}

const broken = new RegistryError('unreachable', 'registry.example.com cannot be reached.', { isPassing: true });

describe('retry', () => {
  for (const status of [408, 429, 500, 502, 503, 504]) {
    it(`repeats a read that was answered ${status}`, async () => {
      const { send, count } = registry(response(status), response(200));
      assert.equal((await send()).status, 200);
      assert.equal(count(), 2);
    });
  }

  it('repeats a read whose connection broke', async () => {
    const { send, count } = registry(broken, response(200));
    assert.equal((await send('HEAD')).status, 200);
    assert.equal(count(), 2);
  });

  it('gives up after four attempts, with the last answer', async () => {
    const { send, count } = registry(response(503));
    assert.equal((await send()).status, 503);
    assert.equal(count(), 4);
  });

  it('waits longer each time', async () => {
    const { send, waits } = registry(response(500));
    await send();
    assert.equal(waits.length, 3);
    assert.ok(
      waits.every((wait, index) => wait >= 250 * 2 ** index * 0.75 && wait <= 250 * 2 ** index * 1.25),
      String(waits),
    );
  });

  it('waits as long as the registry asks for', async () => {
    const { send, waits } = registry(response(429, { 'retry-after': '7' }), response(200));
    await send();
    assert.deepEqual(waits, [7000]);
  });

  it('gives up at once when it would have to wait for more than a minute', async () => {
    const { send, count } = registry(response(429, { 'retry-after': '3600' }));
    assert.equal((await send()).status, 429);
    assert.equal(count(), 1);
  });

  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    it(`never sends a ${method} twice`, async () => {
      const { send, count } = registry(response(503));
      assert.equal((await send(method)).status, 503);
      assert.equal(count(), 1);
    });
  }

  it('leaves refusals and lasting failures alone', async () => {
    for (const answer of [response(404), response(401), response(501)]) {
      const { send, count } = registry(answer);
      await send();
      assert.equal(count(), 1);
    }
    const { send, count } = registry(new RegistryError('tls', 'Its certificate has expired.'));
    await assert.rejects(send(), /expired/);
    assert.equal(count(), 1);
  });
});

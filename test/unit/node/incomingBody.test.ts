import assert from 'node:assert/strict';
import { type Flow, IncomingBody } from '../../../src/node/incomingBody.ts';

const kibibyte = 1024;

describe('the body of an answer', () => {
  it('is read in order, whether its reader or its bytes come first', async () => {
    const { body } = open();
    body.push(Uint8Array.of(1));
    const first = body.next();
    const second = body.next();
    body.push(Uint8Array.of(2));
    const third = body.next();
    body.complete();
    assert.deepEqual(await Promise.all([first, second, third]), [
      { done: false, value: Uint8Array.of(1) },
      { done: false, value: Uint8Array.of(2) },
      { done: true, value: undefined },
    ]);
  });

  it('ends with the error that broke it off, after what had come', async () => {
    const { body } = open();
    body.push(Uint8Array.of(1));
    body.fail(new Error('broken'));
    assert.deepEqual(await body.next(), { done: false, value: Uint8Array.of(1) });
    await assert.rejects(body.next(), /broken/);
  });

  it('breaks off for a reader who waits', async () => {
    const { body } = open();
    const chunk = body.next();
    body.fail(new Error('broken'));
    await assert.rejects(chunk, /broken/);
  });

  it('holds the connection back while nobody reads, and lets it go on', async () => {
    const { body, calls } = open();
    body.push(new Uint8Array(63 * kibibyte));
    assert.deepEqual(calls, []);
    body.push(new Uint8Array(kibibyte));
    assert.deepEqual(calls, ['pause']);
    await body.next();
    assert.deepEqual(calls, ['pause', 'resume']);
  });

  it('breaks the connection off when it is left early, and only then', async () => {
    const left = open();
    left.body.push(Uint8Array.of(1));
    for await (const _chunk of left.body) break;
    assert.deepEqual(left.calls, ['resume', 'abort']);
    const whole = open();
    whole.body.push(Uint8Array.of(1));
    whole.body.complete();
    for await (const _chunk of whole.body) break;
    assert.deepEqual(whole.calls, ['resume']);
  });

  it('is read to its end for nobody when little of it is left', () => {
    const { body, calls } = open(`${64 * kibibyte}`);
    body.discard();
    body.push(new Uint8Array(64 * kibibyte));
    body.complete();
    assert.deepEqual(calls, ['resume']);
  });

  it('is cut for nobody when it says that much is left', () => {
    const { body, calls } = open(`${64 * kibibyte + 1}`);
    body.discard();
    assert.deepEqual(calls, ['abort']);
  });

  it('is cut for nobody when much comes that was not told', () => {
    const { body, calls } = open();
    body.push(new Uint8Array(32 * kibibyte));
    body.discard();
    body.push(new Uint8Array(32 * kibibyte));
    assert.deepEqual(calls, ['resume']);
    body.push(Uint8Array.of(1));
    assert.deepEqual(calls, ['resume', 'abort']);
  });
});

describe('the body of content whose chunks are forgotten', () => {
  it('frees a chunk when the next but one is asked for', async () => {
    const { body } = open(undefined, true);
    const chunks = [1, 2, 3].map((byte) => Uint8Array.of(byte));
    const lengths: number[][] = [];
    for (const chunk of chunks) {
      body.push(chunk);
      await body.next();
      lengths.push(chunks.map(({ length }) => length));
    }
    assert.deepEqual(lengths, [
      [1, 1, 1],
      [1, 1, 1],
      [0, 1, 1],
    ]);
  });

  it('forgets nothing for a chunk without bytes', async () => {
    const { body } = open(undefined, true);
    const first = Uint8Array.of(1);
    for (const chunk of [first, new Uint8Array(), Uint8Array.of(2)]) body.push(chunk);
    await body.next();
    assert.deepEqual(await body.next(), { done: false, value: Uint8Array.of(2) });
    assert.equal(first.length, 1);
  });

  it('holds more of them before the connection is held back', () => {
    const { body, calls } = open(undefined, true);
    body.push(new Uint8Array(511 * kibibyte));
    assert.deepEqual(calls, []);
    body.push(new Uint8Array(kibibyte));
    assert.deepEqual(calls, ['pause']);
  });
});

function open(
  contentLength?: string,
  forgetsChunks = false,
): { readonly body: IncomingBody; readonly calls: readonly string[] } {
  const calls: string[] = [];
  const flow: Flow = {
    pause: () => calls.push('pause'),
    resume: () => calls.push('resume'),
    abort: () => calls.push('abort'),
  };
  return { body: new IncomingBody(flow, { contentLength, forgetsChunks }), calls };
}

import assert from 'node:assert/strict';
import { buffered, readBody, readJson } from '../../../../src/core/registry/body.ts';
import { rejection } from '../../../support/registryErrors.ts';
import { type FakeResponse, fakeResponse, readText } from './fakeHttp.ts';

const host = 'registry.example';

describe('readBody', () => {
  it('puts the chunks together', async () => {
    const response = fakeResponse({ body: [bytes('ab'), bytes(''), bytes('c')] });
    assert.deepEqual(await readBody(response, 3, host), bytes('abc'));
  });

  it('reads an empty body', async () => {
    assert.deepEqual(await readBody(fakeResponse({ body: [] }), 3, host), new Uint8Array());
  });

  it('reads nothing of a body that announces too much', async () => {
    const response = fakeResponse({ headers: { 'content-length': '4' }, body: 'abcd' });
    const { message } = await rejection(readBody(response, 3, host), 'too-large');
    assert.match(message, /^registry\.example sent more than/);
    assert.deepEqual([response.bytesRead, response.isOver], [0, true]);
  });

  it('stops reading at the limit where no length is announced', async () => {
    const response = endless();
    await rejection(readBody(response, 2500, host), 'too-large');
    assert.deepEqual([response.bytesRead, response.isOver], [3000, true]);
  });

  it('stops reading at the limit where the announced length is a lie', async () => {
    for (const length of ['1', '-1', 'many', '', '1, 1']) {
      const response = endless({ 'content-length': length });
      await rejection(readBody(response, 2500, host), 'too-large');
      assert.equal(response.bytesRead, 3000);
    }
  });

  it('says the limit in MiB', async () => {
    const response = fakeResponse({ headers: { 'content-length': String(5 * 1024 * 1024) } });
    const { message } = await rejection(readBody(response, 4 * 1024 * 1024, host), 'too-large');
    assert.match(message, /more than 4 MiB/);
  });

  it('passes the error on with which a body breaks off', async () => {
    const broken = new Error('broken');
    const body = (async function* () {
      yield bytes('a');
      throw broken;
    })();
    await assert.rejects(readBody(fakeResponse({ body }), 3, host), broken);
  });
});

describe('buffered', () => {
  it('gives the same answer, with its connection free', async () => {
    const original = fakeResponse({ status: 401, headers: { 'www-authenticate': 'Basic' }, body: 'who?' });
    const response = await buffered(original, 10, host);
    assert.equal(original.isOver, true);
    assert.deepEqual([response.status, response.headers.get('www-authenticate')], [401, 'Basic']);
    assert.equal(await readText(response), 'who?');
  });
});

describe('readJson', () => {
  it('reads an object', async () => {
    assert.deepEqual(await readJson(fakeResponse({ body: '{"tags":["a"]}' }), 100, host), { tags: ['a'] });
  });

  it('tells a page for people from other things that are no JSON', async () => {
    const page = fakeResponse({ headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<!doctype html>' });
    assert.match((await rejection(readJson(page, 100, host), 'protocol')).message, /^registry\.example .* a web page/);
    const text = fakeResponse({ headers: { 'content-type': 'text/plain' }, body: 'hello' });
    assert.match((await rejection(readJson(text, 100, host), 'protocol')).message, /something that is not JSON/);
  });

  it('refuses JSON that is no object', async () => {
    for (const body of ['null', '[]', '"a"', '1', 'true'])
      assert.match((await rejection(readJson(fakeResponse({ body }), 100, host), 'protocol')).message, /another form/);
  });

  it('stops at the limit', async () => {
    await rejection(readJson(endless(), 2500, host), 'too-large');
  });
});

/** Sends chunks of 1,000 bytes for as long as anybody reads. */
function endless(headers: Readonly<Record<string, string>> = {}): FakeResponse {
  return fakeResponse({
    headers,
    body: (function* () {
      for (;;) yield new Uint8Array(1000);
    })(),
  });
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

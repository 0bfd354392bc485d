import assert from 'node:assert/strict';
import { logging, redactedUrl } from '../../../../src/core/registry/logging.ts';
import { fakePorts } from '../../../support/fakePorts.ts';
import { fakeResponse, fakeSend, getRequest, noAbort } from './fakeHttp.ts';

describe('logging', () => {
  it('writes a numbered line for each request, with its outcome and time', async () => {
    const { log, logLines } = fakePorts();
    let now = 0;
    const { send } = fakeSend(({ url }) => {
      now += 7;
      if (url.pathname === '/broken') throw new Error('the connection broke');
      return fakeResponse({ status: 404 });
    });
    const logged = logging(log, () => now)(send);
    await logged(getRequest('https://registry.example/v2/'), noAbort());
    await assert.rejects(logged(getRequest('https://registry.example/broken', { method: 'HEAD' }), noAbort()));
    assert.deepEqual(logLines, [
      'debug: #1 GET https://registry.example/v2/ → 404 (7 ms)',
      'debug: #2 HEAD https://registry.example/broken → the connection broke (7 ms)',
    ]);
  });

  it('writes no headers and no body', async () => {
    const { log, logLines } = fakePorts();
    const logged = logging(log, () => 0)(fakeSend(() => fakeResponse({ headers: { 'set-cookie': 'canary' } })).send);
    const headers = { authorization: 'Bearer canary', cookie: 'canary', 'x-jfrog-art-api': 'canary' };
    const body = new TextEncoder().encode('password=canary');
    await logged(getRequest('https://registry.example/token', { method: 'POST', headers, body }), noAbort());
    assert.ok(!logLines.join('\n').includes('canary'), logLines.join('\n'));
  });
});

describe('redactedUrl', () => {
  const cases: readonly (readonly [url: string, shown: string])[] = [
    ['https://registry.example/v2/_catalog?n=100&last=a%2Fb', 'https://registry.example/v2/_catalog?n=100&last=a/b'],
    [
      'https://auth.example/token?service=s&scope=repository%3Aa:pull',
      'https://auth.example/token?service=s&scope=repository:a:pull',
    ],
    [
      'https://cdn.example/x?X-Amz-Signature=canary&sig=canary&n=1',
      'https://cdn.example/x?X-Amz-Signature=…&sig=…&n=1',
    ],
    ['https://registry.example/v2/a/tags/list?next_page=canary', 'https://registry.example/v2/a/tags/list?next_page=…'],
    [
      'https://registry.example/?token=canary&refresh_token=canary&access_token=canary',
      'https://registry.example/?token=…&refresh_token=…&access_token=…',
    ],
    ['https://user:canary@registry.example/x#canary', 'https://registry.example/x'],
    ['https://registry.example/x?', 'https://registry.example/x'],
    ['https://registry.example/x?canary', 'https://registry.example/x?…'],
  ];
  for (const [url, shown] of cases) {
    it(`shows ${shown}`, () => assert.equal(redactedUrl(new URL(url)), shown));
  }

  it('keeps to one line, whatever a server has put into the address', () => {
    const shown = redactedUrl(new URL('https://registry.example/a%0Ab?last=x%0A%230%20GET&a%0d%0ab=c&n=%E2%80%AE%1b'));
    assert.match(shown, /^[\x21-\x7e…]+$/);
  });
});

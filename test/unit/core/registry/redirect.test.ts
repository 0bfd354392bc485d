import assert from 'node:assert/strict';
import { redirect } from '../../../../src/core/registry/redirect.ts';
import { rejection } from '../../../support/registryErrors.ts';
import { answersInTurn, type FakeResponse, fakeResponse, fakeSend, getRequest, noAbort, readText } from './fakeHttp.ts';

const blobUrl = 'https://registry.example/v2/a/blobs/x';

describe('redirect', () => {
  for (const status of [301, 302, 303, 307, 308]) {
    it(`follows ${status}`, async () => {
      const { send, requests } = answersInTurn(
        to('https://cdn.example/x?sig=y', status),
        fakeResponse({ body: 'blob' }),
      );
      const response = await redirect()(send)(getRequest(blobUrl), noAbort());
      assert.equal(await readText(response), 'blob');
      assert.deepEqual(
        requests.map(({ url }) => url.href),
        [blobUrl, 'https://cdn.example/x?sig=y'],
      );
    });
  }

  it('keeps what says who asks from another origin', async () => {
    const headers = {
      accept: 'application/json',
      range: 'bytes=0-9',
      'if-range': '"etag"',
      authorization: 'Bearer canary',
      cookie: 'canary',
      'x-jfrog-art-api': 'canary',
      'user-agent': 'gantry',
    };
    for (const elsewhere of [
      'https://cdn.example/x',
      'https://registry.example:8443/x',
      'https://sub.registry.example/x',
    ]) {
      const { send, requests } = answersInTurn(to(elsewhere), fakeResponse());
      await redirect()(send)(getRequest(blobUrl, { headers, scopes: ['repository:a:pull'] }), noAbort());
      assert.deepEqual(requests[1]?.headers, { accept: 'application/json', range: 'bytes=0-9', 'if-range': '"etag"' });
      assert.equal(requests[1]?.scopes, undefined);
    }
  });

  it('gives nothing back to an origin that it comes back to', async () => {
    const { send, requests } = answersInTurn(to('https://cdn.example/x'), to(blobUrl), fakeResponse());
    await redirect()(send)(getRequest(blobUrl, { headers: { authorization: 'Bearer canary' } }), noAbort());
    assert.deepEqual(requests[2]?.headers, {});
  });

  it('stays the same request on the same origin', async () => {
    const headers = { accept: 'application/json', authorization: 'Bearer token' };
    const request = getRequest(blobUrl, { headers, scopes: ['repository:a:pull'] });
    const { send, requests } = answersInTurn(to('/v2/b/blobs/x'), fakeResponse());
    await redirect()(send)(request, noAbort());
    assert.deepEqual(requests[1], { ...request, url: new URL('https://registry.example/v2/b/blobs/x') });
  });

  it('reads a location against the address that named it', async () => {
    const { send, requests } = answersInTurn(
      to('https://cdn.example/a/b'),
      to('../c'),
      to('//other.example/d'),
      fakeResponse(),
    );
    await redirect()(send)(getRequest(blobUrl), noAbort());
    assert.deepEqual(
      requests.slice(2).map(({ url }) => url.href),
      ['https://cdn.example/c', 'https://other.example/d'],
    );
  });

  it('frees the connection of every hop', async () => {
    const hops = [to('/a'), to('/b')];
    await redirect()(answersInTurn(...hops, fakeResponse()).send)(getRequest(blobUrl), noAbort());
    assert.deepEqual(
      hops.map(({ isOver }) => isOver),
      [true, true],
    );
  });

  it('follows five and refuses the sixth', async () => {
    const five = answersInTurn(...Array.from({ length: 5 }, () => to('/x')), fakeResponse({ body: 'blob' }));
    assert.equal((await redirect()(five.send)(getRequest(blobUrl), noAbort())).status, 200);
    const endless = fakeSend(() => to('/x'));
    const { message } = await rejection(redirect()(endless.send)(getRequest(blobUrl), noAbort()), 'protocol');
    assert.match(message, /^registry\.example redirected more than 5 times/);
    assert.equal(endless.requests.length, 6);
  });

  const refusals: readonly (readonly [title: string, location: string, message: RegExp])[] = [
    ['from https to http', 'http://registry.example/x', /to registry\.example without encryption/],
    ['to an address with a user name', 'https://user:canary@cdn.example/x', /to an address with a user name/],
    ['to a file', 'file:///etc/passwd', /to an address of the kind file:/],
    ['to data', 'data:text/plain,x', /to an address of the kind data:/],
    ['to a script', 'javascript:alert(1)', /to an address of the kind javascript:/],
    ['to what is no address', 'https://', /to what is no address/],
  ];
  for (const [title, location, pattern] of refusals) {
    it(`refuses to go ${title}`, async () => {
      const hop = to(location);
      const { send, requests } = answersInTurn(hop);
      const { message } = await rejection(redirect()(send)(getRequest(blobUrl), noAbort()), 'protocol');
      assert.match(message, pattern);
      assert.ok(!message.includes('canary'), message);
      assert.deepEqual([requests.length, hop.isOver], [1, true]);
    });
  }

  it('refuses to lose the encryption that it gained on the way', async () => {
    const { send } = answersInTurn(to('https://cdn.example/x'), to('http://cdn.example/x'));
    await rejection(redirect()(send)(getRequest('http://registry.example/x'), noAbort()), 'protocol');
  });

  it('leaves the redirects of writes to those who write', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      const { send, requests } = answersInTurn(to('https://cdn.example/x', 307));
      const response = await redirect()(send)(getRequest(blobUrl, { method }), noAbort());
      assert.deepEqual([response.status, requests.length], [307, 1]);
    }
  });

  it('passes on what is no redirect', async () => {
    for (const response of [
      fakeResponse({ status: 304 }),
      fakeResponse({ status: 300, headers: { location: '/x' } }),
      fakeResponse({ status: 302 }),
    ]) {
      assert.equal(await redirect()(answersInTurn(response).send)(getRequest(blobUrl), noAbort()), response);
      assert.equal(response.isOver, false);
    }
  });
});

function to(location: string, status = 307): FakeResponse {
  return fakeResponse({ status, headers: { location }, body: 'moved' });
}

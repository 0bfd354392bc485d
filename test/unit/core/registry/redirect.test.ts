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

  it('sends a change nowhere but to the origin that it was meant for', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      for (const [location, status] of [
        ['https://cdn.example/x', 307],
        ['https://registry.example:8443/x', 308],
        ['/x', 301],
        ['/x', 302],
        ['/x', 303],
      ] as const) {
        const { send, requests } = answersInTurn(to(location, status));
        const { message } = await rejection(redirect()(send)(getRequest(blobUrl, { method }), noAbort()), 'protocol');
        assert.match(message, /^registry\.example redirected a change to /);
        assert.equal(requests.length, 1);
      }
    }
  });

  it('repeats a change on its own origin where it is told to', async () => {
    const body = new TextEncoder().encode('{}');
    for (const status of [307, 308]) {
      const request = getRequest(blobUrl, { method: 'PUT', body, scopes: ['repository:a:pull,push'] });
      const { send, requests } = answersInTurn(to('/v2/b', status), fakeResponse({ status: 201 }));
      assert.equal((await redirect()(send)(request, noAbort())).status, 201);
      assert.deepEqual(requests[1], { ...request, url: new URL('https://registry.example/v2/b') });
    }
  });

  it('goes on by https where a server of http sends to it, and goes there at once from then on', async () => {
    const plain = 'http://registry.example/v2/a/blobs/x';
    const request = getRequest(plain, { headers: { accept: '*/*' }, scopes: ['repository:a:pull'] });
    const { send, requests } = answersInTurn(to(blobUrl, 301), fakeResponse(), fakeResponse({ status: 201 }));
    const redirecting = redirect()(send);
    await redirecting(request, noAbort());
    await redirecting({ ...request, method: 'PUT' }, noAbort());
    const encrypted = { ...request, url: new URL(blobUrl) };
    assert.deepEqual(requests, [request, encrypted, { ...encrypted, method: 'PUT' }]);
  });

  it('takes https on another port for another origin', async () => {
    const request = getRequest('http://registry.example:5000/x', { headers: { 'x-secret': 'canary' } });
    const { send, requests } = answersInTurn(to('https://registry.example:5443/x'), fakeResponse());
    await redirect()(send)(request, noAbort());
    assert.deepEqual([requests[1]?.headers, requests[1]?.namedBy?.origin], [{}, 'http://registry.example:5000']);
  });

  it('says whose login is wanted where another host answers', async () => {
    const refusal = fakeResponse({ status: 401, body: 'who?' });
    const { send } = answersInTurn(to('https://other.example/x'), refusal);
    const { message } = await rejection(redirect()(send)(getRequest(blobUrl), noAbort()), 'unauthorized');
    assert.match(message, /^registry\.example redirected to other\.example, which wants a login\./);
    assert.ok(refusal.isOver);
  });

  for (const [title, from, location] of [
    ['metadata services', 'https://registry.example', 'http://169.254.169.254/latest/meta-data'],
    ['metadata services', 'https://registry.example', 'https://[::ffff:169.254.169.254]/'],
    ['metadata services by a number', 'http://127.0.0.1:5000', 'http://2852039166/'],
    ['its own machine from an address of another', 'https://8.8.8.8', 'https://127.0.0.1/'],
    ['its own machine from an address of another', 'https://10.0.0.1', 'https://0.0.0.0/'],
    ['its own network from an address of another', 'https://8.8.8.8', 'https://192.168.0.1/'],
  ] as const) {
    it(`lets nobody lead it to ${title}: ${location}`, async () => {
      const { send, requests } = answersInTurn(to(location));
      await rejection(redirect()(send)(getRequest(`${from}/x`), noAbort()), 'protocol');
      assert.equal(requests.length, 1);
    });
  }

  it('names to the transport the origin that has named the address', async () => {
    const { send, requests } = answersInTurn(to('https://a.example/x'), to('https://b.example/y'), fakeResponse());
    await redirect()(send)(getRequest(blobUrl, { priority: 'background' }), noAbort());
    assert.deepEqual(
      requests.map(({ namedBy, priority }) => [namedBy?.origin, priority]),
      [
        [undefined, 'background'],
        ['https://registry.example', 'background'],
        ['https://a.example', 'background'],
      ],
    );
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

import assert from 'node:assert/strict';
import type { Credential } from '../../../../src/core/credential.ts';
import type { HttpRequest, HttpResponse, Middleware, Send } from '../../../../src/core/ports.ts';
import { authorize } from '../../../../src/core/registry/authorize.ts';
import { redirect } from '../../../../src/core/registry/redirect.ts';
import { retry } from '../../../../src/core/registry/retry.ts';
import { rejection } from '../../../support/registryErrors.ts';
import { fakeBearerRegistry, registryUrl } from './fakeBearerRegistry.ts';
import { type FakeSend, fakeResponse, fakeSend, getRequest, jsonResponse, noAbort } from './fakeHttp.ts';

const login: Credential = { kind: 'password', username: 'alice', password: 'canary-5d1e' };
const identity: Credential = { kind: 'identity-token', token: 'canary-7c2f' };
const basicHeader = `Basic ${btoa('alice:canary-5d1e')}`;
const tags = getRequest('https://registry.example/v2/a/tags/list', { scopes: ['repository:a:pull'] });

describe('authorize, of a registry whose 401 asks for nothing,', () => {
  it('asks it at /v2/ what it wants, and takes the scopes of the operation', async () => {
    const wire = fakeSend(({ url, headers }) => {
      if (url.pathname === '/token') return jsonResponse({ token: 'good' });
      if (headers['authorization'] === 'Bearer good') return fakeResponse();
      return url.pathname === '/v2/'
        ? challenged('Bearer realm="/token",scope="a:b:c"')
        : fakeResponse({ status: 401 });
    });
    const send = authorized(wire, undefined);
    assert.equal((await send(tags)).status, 200);
    assert.equal((await send(tags)).status, 200);
    assert.deepEqual(paths(wire), [
      '/v2/a/tags/list',
      '/v2/',
      '/token?scope=repository%3Aa%3Apull',
      '/v2/a/tags/list',
      '/v2/a/tags/list',
    ]);
  });

  it('gives the 401 back when /v2/ asks for nothing either', async () => {
    const wire = fakeSend(() => fakeResponse({ status: 401 }));
    const send = authorized(wire, login);
    assert.equal((await send(tags)).status, 401);
    assert.equal((await send(getRequest('https://registry.example/v2/'))).status, 401);
    assert.deepEqual(paths(wire), ['/v2/a/tags/list', '/v2/', '/v2/']);
  });

  it('renews a token that has ended', async () => {
    let good = 'token-1';
    const wire = fakeSend(({ url, headers }) => {
      if (url.pathname === '/token') return jsonResponse({ token: good });
      if (headers['authorization'] === `Bearer ${good}`) return fakeResponse();
      return url.pathname === '/v2/' ? challenged('Bearer realm="/token"') : fakeResponse({ status: 401 });
    });
    const send = authorized(wire, undefined);
    assert.equal((await send(tags)).status, 200);
    good = 'token-2';
    assert.equal((await send(tags)).status, 200);
  });
});

describe('authorize, of a registry that names another token server for a token that has ended,', () => {
  it('goes on with the one that it names to who has none', async () => {
    let good = 'token-1';
    const wire = fakeSend(({ url, headers }) => {
      const { authorization } = headers;
      if (url.host === 'authn.example') return fakeResponse({ status: 403 });
      if (url.pathname === '/proxy_auth')
        return jsonResponse({ token: good }, { headers: { 'content-type': 'text/plain' } });
      if (authorization === `Bearer ${good}`) return fakeResponse();
      const realm = authorization === undefined ? '/proxy_auth' : 'https://authn.example/token';
      return challenged(`Bearer realm="${realm}",scope="repository:a:pull"`);
    });
    const send = authorized(wire, undefined);
    assert.equal((await send(tags)).status, 200);
    good = 'token-2';
    assert.equal((await send(tags)).status, 200);
    assert.ok(wire.requests.every(({ url }) => url.host === 'registry.example'));
  });

  it('goes over to a new one that who has none is sent to as well', async () => {
    let realm = '/old';
    const wire = fakeSend(({ url, headers }) => {
      if (url.pathname === '/old' || url.pathname === '/new') return jsonResponse({ token: url.pathname.slice(1) });
      if (headers['authorization'] === `Bearer ${realm.slice(1)}`) return fakeResponse();
      return challenged(`Bearer realm="${realm}"`);
    });
    const send = authorized(wire, undefined);
    assert.equal((await send(tags)).status, 200);
    realm = '/new';
    assert.equal((await send(tags)).status, 200);
  });
});

describe('authorize, and the forms of a token request,', () => {
  for (const status of [404, 405]) {
    it(`sends a password by POST where GET is refused with ${status}, and by POST at once the next time`, async () => {
      const wire = tokenServer(({ method }) => (method === 'GET' ? fakeResponse({ status }) : undefined));
      const send = authorized(wire, login);
      assert.equal((await send(tags)).status, 200);
      assert.equal((await send({ ...tags, scopes: ['repository:b:pull'] })).status, 200);
      assert.deepEqual(
        wire.tokenRequests.map(({ method }) => method),
        ['GET', 'POST', 'POST'],
      );
      const [, post] = wire.tokenRequests;
      assert.deepEqual(formOf(post), {
        grant_type: 'password',
        username: 'alice',
        password: 'canary-5d1e',
        client_id: 'gantry',
        service: 'registry',
        scope: 'repository:a:pull',
      });
      assert.equal(post?.headers['authorization'], undefined);
    });
  }

  for (const status of [400, 401, 404, 405]) {
    it(`sends an identity token by GET where POST is refused with ${status}`, async () => {
      const wire = tokenServer(({ method }) => (method === 'POST' ? fakeResponse({ status }) : undefined));
      const send = authorized(wire, identity);
      assert.equal((await send(tags)).status, 200);
      assert.equal((await send({ ...tags, scopes: ['repository:b:pull'] })).status, 200);
      assert.deepEqual(
        wire.tokenRequests.map(({ method, headers }) => [method, headers['authorization']]),
        [
          ['POST', undefined],
          ['GET', `Basic ${btoa('<token>:canary-7c2f')}`],
          ['GET', `Basic ${btoa('<token>:canary-7c2f')}`],
        ],
      );
    });
  }

  it('says that a login is refused when it is so in every form', async () => {
    const wire = tokenServer(() => fakeResponse({ status: 401 }));
    await rejection(authorized(wire, identity)(tags), 'unauthorized');
    assert.equal(wire.tokenRequests.length, 2);
  });

  it('asks without a login by GET only', async () => {
    const wire = tokenServer(() => fakeResponse({ status: 405 }));
    await rejection(authorized(wire, undefined)(tags), 'unsupported');
    assert.equal(wire.tokenRequests.length, 1);
  });

  it('asks once more for what every server knows where a scope is refused', async () => {
    const wire = tokenServer(({ url }) =>
      url.searchParams.getAll('scope').some((scope) => /delete|registry:/.test(scope))
        ? fakeResponse({ status: 400 })
        : undefined,
    );
    const scopes = ['repository:a:pull,delete', 'registry:catalog:*'];
    const send = authorized(wire, login);
    assert.equal((await send({ ...tags, scopes })).status, 200);
    assert.equal((await send({ ...tags, scopes })).status, 200);
    assert.deepEqual(
      wire.tokenRequests.map(({ url }) => url.searchParams.getAll('scope')),
      [scopes, ['repository:a:pull,push']],
    );
  });

  it('does not repeat what a server refuses for another reason', async () => {
    const wire = tokenServer(() => fakeResponse({ status: 400 }));
    await rejection(authorized(wire, login)(tags), 'invalid');
    assert.equal(wire.tokenRequests.length, 1);
  });

  it('takes a lifetime that is written as text', async () => {
    let now = 0;
    const wire = tokenServer((_request, token) => jsonResponse({ token, expires_in: '300' }));
    const send = authorized(wire, login, { now: () => now });
    await send(tags);
    now = 280_000;
    await send(tags);
    assert.equal(wire.tokenRequests.length, 1);
  });

  it('tries a token server again that breaks for a moment, once for all who wait', async () => {
    let tries = 0;
    const wire = tokenServer(() => (++tries < 3 ? fakeResponse({ status: 503 }) : undefined));
    const send = authorized(wire, login, { aroundTokens: retry({ sleep: async () => {}, now: () => 0 }) });
    const statuses = await Promise.all(Array.from({ length: 50 }, async () => (await send(tags)).status));
    assert.deepEqual(new Set(statuses), new Set([200]));
    assert.equal(wire.tokenRequests.length, 3);
  });
});

describe('authorize, and a token server that redirects,', () => {
  it('follows it on its own origin, with the login', async () => {
    const wire = tokenServer(({ url }) => (url.pathname === '/token' ? moved(`/token/${url.search}`, 301) : undefined));
    assert.equal((await authorized(wire, login)(tags)).status, 200);
    assert.deepEqual(
      wire.tokenRequests.map(({ headers }) => headers['authorization']),
      [basicHeader, basicHeader],
    );
  });

  for (const [title, location] of [
    ['to another origin', 'https://evil.example/token'],
    ['to another port', 'https://registry.example:8443/token'],
    ['to http', 'http://registry.example/token'],
    ['with a user name', 'https://a:b@registry.example/token'],
    ['to what is no address', 'https://'],
    ['to itself', '/token'],
  ] as const) {
    it(`follows it nowhere else: ${title}`, async () => {
      for (const credential of [login, identity, undefined]) {
        const wire = tokenServer(() => moved(location, 307));
        const { message } = await rejection(authorized(wire, credential)(tags), 'protocol');
        assert.match(message, /^registry\.example redirects the login to /);
        assert.ok(wire.requests.every(({ url }) => url.origin === registryUrl.origin));
        assert.ok(wire.tokenRequests.length <= 6);
      }
    });
  }

  it('repeats no POST as another', async () => {
    const wire = tokenServer(() => moved('/token/', 302));
    await rejection(authorized(wire, identity)(tags), 'protocol');
    assert.equal(wire.tokenRequests.length, 1);
  });
});

describe('authorize, and scopes,', () => {
  it('only adds to those of an operation, whatever challenge comes next', async () => {
    const asked: string[][] = [];
    const wanted: Readonly<Record<string, string>> = { '/v2/a/x': 'repository:a:one', '/v2/a/y': 'repository:a:two' };
    const wire = fakeSend(({ url, headers }) => {
      if (url.pathname === '/token') {
        asked.push(url.searchParams.getAll('scope'));
        return jsonResponse({ token: btoa(asked.at(-1)?.join(' ') ?? '') });
      }
      const scope = wanted[url.pathname] ?? '';
      const granted = atob(headers['authorization']?.replace('Bearer ', '') ?? '');
      return granted.includes(scope) ? fakeResponse() : challenged(`Bearer realm="/token",scope="${scope}"`);
    });
    const send = authorized(wire, undefined);
    for (let count = 0; count < 3; count++) {
      for (const path of Object.keys(wanted)) {
        const request = getRequest(`https://registry.example${path}`, { scopes: ['repository:a:pull'] });
        assert.equal((await send(request)).status, 200);
      }
    }
    assert.deepEqual(asked, [
      ['repository:a:one', 'repository:a:pull'],
      ['repository:a:two', 'repository:a:one', 'repository:a:pull'],
    ]);
  });

  it('asks for both repositories of a mount, also where the challenge names one', async () => {
    const wire = fakeBearerRegistry({ scope: 'repository:b:pull,push' });
    const mount = getRequest('https://registry.example/v2/b/blobs/uploads/?mount=x&from=a', {
      method: 'POST',
      scopes: ['repository:b:pull,push', 'repository:a:pull'],
    });
    assert.equal((await authorized(wire, login)(mount)).status, 200);
    assert.deepEqual(wire.tokenRequests[0]?.url.searchParams.getAll('scope'), mount.scopes);
  });

  it('asks for no more than twenty, of however many challenges', async () => {
    let count = 0;
    const wire = fakeSend(({ url }) => {
      if (url.pathname === '/token') return jsonResponse({ token: `token-${++count}` });
      const scopes = Array.from({ length: 15 }, (_, index) => `repository:${count}-${index}:pull`);
      return challenged(`Bearer realm="/token",scope="${scopes.join(' ')}"`);
    });
    const send = authorized(wire, undefined);
    for (let asked = 0; asked < 5; asked++) assert.equal((await send(tags)).status, 401);
    for (const { url } of wire.requests) assert.ok(url.searchParams.getAll('scope').length <= 20);
  });

  it('sends a token no second time that the server gives again', async () => {
    const wire = fakeSend(({ url }) =>
      url.pathname === '/token' ? jsonResponse({ token: 'same' }) : challenged('Bearer realm="/token"'),
    );
    const send = authorized(wire, undefined);
    assert.equal((await send(tags)).status, 401);
    assert.equal((await send(tags)).status, 401);
    assert.equal(wire.requests.filter(({ headers }) => headers['authorization'] === 'Bearer same').length, 2);
  });

  it('sends a refused registry token no second time', async () => {
    const wire = fakeBearerRegistry({ refusesAll: true });
    const send = authorized(wire, { kind: 'registry-token', token: 'given' });
    await send(tags);
    await send(tags);
    assert.deepEqual(
      wire.requests.map(({ headers }) => headers['authorization']),
      [undefined, 'Bearer given', 'Bearer given'],
    );
  });
});

describe('authorize, where the registry sends to another one,', () => {
  const start = getRequest('https://front.example/v2/a/manifests/latest', { scopes: ['repository:a:pull'] });

  it('gets a token there for nobody, and sends its login nowhere', async () => {
    const wire = fakeSend(({ url, headers }) => {
      if (url.host === 'front.example') return moved(`https://registry.example${url.pathname}`, 307);
      if (url.pathname === '/token') return jsonResponse({ token: 'anonymous' });
      return headers['authorization'] === 'Bearer anonymous'
        ? fakeResponse()
        : challenged('Bearer realm="/token",scope="repository:a:pull"');
    });
    const send = redirecting(wire);
    assert.equal((await send(start)).status, 200);
    assert.equal((await send(start)).status, 200);
    assert.equal(wire.requests.filter(({ url }) => url.pathname === '/token').length, 1);
    assert.ok(wire.requests.every(({ headers }) => headers['authorization'] !== basicHeader));
  });

  it('says that the other one wants a login', async () => {
    const wire = fakeSend(({ url }) =>
      url.host === 'front.example' ? moved('https://registry.example/v2/', 307) : challenged('Basic realm="a"'),
    );
    const { message } = await rejection(redirecting(wire)(start), 'unauthorized');
    assert.match(message, /^front\.example redirected to registry\.example, which wants a login\./);
    assert.ok(wire.requests.every(({ headers }) => headers['authorization'] === undefined));
  });

  function redirecting(wire: FakeSend): (request: HttpRequest) => Promise<HttpResponse> {
    const registry = new URL('https://front.example');
    const send = redirect()(authorize({ registry, findCredential: async () => login, now: () => 0 })(wire.send));
    return (request) => send(request, noAbort());
  }
});

describe('authorize, of a registry of http that sends to https,', () => {
  it('logs in there, and nowhere without encryption', async () => {
    const wire = fakeSend(({ url, headers }) => {
      if (url.protocol === 'http:') return moved(url.href.replace('http:', 'https:'), 301);
      return headers['authorization'] === basicHeader ? fakeResponse() : challenged('Basic realm="a"');
    });
    const registry = new URL('http://registry.example');
    const send = redirect()(authorize({ registry, findCredential: async () => login, now: () => 0 })(wire.send));
    for (let count = 0; count < 2; count++) {
      assert.equal((await send(getRequest('http://registry.example/v2/'), noAbort())).status, 200);
    }
    assert.deepEqual(
      wire.requests.map(({ url, headers }) => [url.protocol, headers['authorization']]),
      [
        ['http:', undefined],
        ['https:', undefined],
        ['https:', basicHeader],
        ['https:', basicHeader],
      ],
    );
  });
});

function authorized(
  wire: FakeSend,
  credential: Credential | undefined,
  more: { readonly now?: () => number; readonly aroundTokens?: Middleware } = {},
): (request: HttpRequest) => Promise<HttpResponse> {
  const findCredential = async (): Promise<Credential | undefined> => credential;
  const send: Send = authorize({ registry: registryUrl, findCredential, now: () => 0, ...more })(wire.send);
  return (request) => send(request, noAbort());
}

/** A registry whose token server answers so, or with a token. */
function tokenServer(
  answer: (request: HttpRequest, token: string) => HttpResponse | undefined,
): ReturnType<typeof fakeBearerRegistry> {
  return fakeBearerRegistry({
    scope: '',
    tokenPaths: ['/token', '/token/'],
    tokenAnswer: (request, token) => answer(request, token) ?? jsonResponse({ token, expires_in: 300 }),
  });
}

function challenged(challenge: string): HttpResponse {
  return fakeResponse({ status: 401, headers: { 'www-authenticate': challenge } });
}

function moved(location: string, status: number): HttpResponse {
  return fakeResponse({ status, headers: { location } });
}

function paths({ requests }: FakeSend): readonly string[] {
  return requests.map(({ url }) => `${url.pathname}${url.search}`);
}

function formOf(request: HttpRequest | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(new TextDecoder().decode(request?.body)));
}

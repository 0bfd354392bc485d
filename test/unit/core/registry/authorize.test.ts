import assert from 'node:assert/strict';
import type { Credential, FindCredential } from '../../../../src/core/credential.ts';
import type { HttpRequest, HttpResponse, Send } from '../../../../src/core/ports.ts';
import { authorize } from '../../../../src/core/registry/authorize.ts';
import { limit } from '../../../../src/core/registry/limit.ts';
import { logging } from '../../../../src/core/registry/logging.ts';
import { fakePorts } from '../../../support/fakePorts.ts';
import { rejection } from '../../../support/registryErrors.ts';
import { fakeBearerRegistry, registryUrl } from './fakeBearerRegistry.ts';
import { type FakeSend, fakeResponse, fakeSend, getRequest, noAbort, readText } from './fakeHttp.ts';

const login: Credential = { kind: 'password', username: 'alice', password: 'canary-5d1e' };
const basicHeader = `Basic ${btoa('alice:canary-5d1e')}`;
const tagsRequest = getRequest('https://registry.example/v2/a/tags/list', { scopes: ['repository:a:pull'] });

describe('authorize', () => {
  it('sends nothing before it was asked', async () => {
    const wire = fakeSend(() => fakeResponse({ body: 'content' }));
    const { send, lookUps } = authorized(wire, login);
    assert.equal(await readText(await send(tagsRequest)), 'content');
    assert.deepEqual(wire.requests, [tagsRequest]);
    assert.equal(lookUps(), 0);
  });

  it('gives a 401 back that asks for nothing, or for what it does not speak', async () => {
    for (const headers of [
      { 'www-authenticate': '' },
      { 'www-authenticate': 'Negotiate' },
      { 'www-authenticate': ['NTLM', 'Digest realm="a"'] },
    ]) {
      const wire = fakeSend(() => fakeResponse({ status: 401, headers, body: 'who?' }));
      const { send } = authorized(wire, login);
      const response = await send(tagsRequest);
      assert.deepEqual([response.status, await readText(response), wire.requests.length], [401, 'who?', 1]);
    }
  });

  it('never sends anything to another origin than the registry', async () => {
    const elsewhere = ['https://cdn.example/x', 'http://registry.example/x', 'https://registry.example:8443/x'];
    for (const challenge of ['Basic realm="a"', 'Bearer realm="/token"']) {
      const wire = fakeSend(() => fakeResponse({ status: 401, headers: { 'www-authenticate': challenge } }));
      const { send, lookUps } = authorized(wire, login);
      for (const url of elsewhere) assert.equal((await send(getRequest(url))).status, 401);
      assert.ok(wire.requests.every(({ headers }) => headers['authorization'] === undefined));
      assert.deepEqual([wire.requests.length, lookUps()], [elsewhere.length, 0]);
    }
  });
});

describe('authorize, where the registry asks by Basic', () => {
  it('answers with the password, and from then on at once', async () => {
    const wire = basicRegistry();
    const { send, lookUps } = authorized(wire, login);
    for (let count = 0; count < 3; count++) assert.equal((await send(tagsRequest)).status, 200);
    assert.deepEqual(
      wire.requests.map(({ headers }) => headers['authorization']),
      [undefined, basicHeader, basicHeader, basicHeader],
    );
    assert.equal(lookUps(), 1);
  });

  it('gives the 401 back where there is no password', async () => {
    const wire = basicRegistry();
    const { send } = authorized(wire, undefined);
    assert.equal((await send(tagsRequest)).status, 401);
    assert.equal(wire.requests.length, 1);
  });

  it('sends a refused password no second time, and looks it up anew for the next request', async () => {
    const wire = basicRegistry('another');
    const { send, lookUps } = authorized(wire, login);
    assert.equal((await send(tagsRequest)).status, 401);
    assert.equal(wire.requests.length, 2);
    assert.equal((await send(tagsRequest)).status, 401);
    assert.equal(wire.requests.length, 3);
    assert.equal((await send(tagsRequest)).status, 401);
    assert.equal(lookUps(), 2);
  });

  it('prefers a token where both are offered, in whatever order', async () => {
    const wire = fakeBearerRegistry();
    const { send } = authorized(
      fakeSend(async (request, signal) => {
        const response = await wire.send(request, signal);
        if (response.status !== 401) return response;
        const bearer = response.headers.get('www-authenticate') ?? '';
        return fakeResponse({ status: 401, headers: { 'www-authenticate': `Basic realm="a", ${bearer}` } });
      }),
      login,
    );
    assert.equal((await send(tagsRequest)).status, 200);
    assert.equal(wire.tokenRequests.length, 1);
    assert.ok(wire.registryRequests.every(({ headers }) => headers['authorization'] !== basicHeader));
  });
});

describe('authorize, where the registry asks for a token', () => {
  it('gets one for the password, which the registry itself never sees', async () => {
    const wire = fakeBearerRegistry({ service: 'registry.example' });
    const { send } = authorized(wire, login);
    assert.equal(await readText(await send(tagsRequest)), 'content');
    assert.deepEqual(
      wire.tokenRequests.map(({ method, url, headers }) => [method, url.href, headers['authorization']]),
      [['GET', 'https://registry.example/token?service=registry.example&scope=repository%3Aa%3Apull', basicHeader]],
    );
    assert.deepEqual(
      wire.registryRequests.map(({ headers }) => headers['authorization']),
      [undefined, 'Bearer token-1'],
    );
  });

  it('gets one without a login where there is none', async () => {
    const wire = fakeBearerRegistry();
    const { send } = authorized(wire, undefined);
    assert.equal((await send(tagsRequest)).status, 200);
    assert.equal(wire.tokenRequests[0]?.headers['authorization'], undefined);
  });

  it('keeps what the realm has in its query, and names no service where none is named', async () => {
    const wire = fakeBearerRegistry({ realm: 'https://registry.example/token?tenant=a', service: '' });
    await authorized(wire, undefined).send(tagsRequest);
    assert.equal(wire.tokenRequests[0]?.url.search, '?tenant=a&scope=repository%3Aa%3Apull');
  });

  it('asks for the scopes of the challenge first, then for those of the operation, once each', async () => {
    const wire = fakeBearerRegistry({ scope: 'repository:a:metadata_read  repository:a:pull' });
    const request = { ...tagsRequest, scopes: ['repository:a:pull', 'repository:b:pull'] };
    const { send } = authorized(wire, undefined);
    await send(request);
    assert.deepEqual(wire.tokenRequests[0]?.url.searchParams.getAll('scope'), [
      'repository:a:metadata_read',
      'repository:a:pull',
      'repository:b:pull',
    ]);
    await send(request);
    assert.deepEqual([wire.tokenRequests.length, wire.registryRequests.length], [1, 3]);
  });

  it('uses a token for what it was made for only', async () => {
    const wire = fakeBearerRegistry({ scope: '' });
    const { send } = authorized(wire, undefined);
    await send(tagsRequest);
    await send({ ...tagsRequest, scopes: ['repository:b:pull'] });
    await send(tagsRequest);
    assert.equal(wire.tokenRequests.length, 2);
    assert.deepEqual(
      wire.registryRequests.map(({ headers }) => headers['authorization']),
      [undefined, 'Bearer token-1', 'Bearer token-2', 'Bearer token-1'],
    );
  });

  it('asks once for fifty that wait, even where the token server shares their few places', async () => {
    const wire = fakeBearerRegistry();
    const { send, lookUps } = authorized({ ...wire, send: limit(2)(wire.send) }, login);
    const responses = Promise.all(Array.from({ length: 50 }, async () => readText(await send(tagsRequest))));
    assert.deepEqual(new Set(await responses), new Set(['content']));
    assert.deepEqual([wire.tokenRequests.length, lookUps()], [1, 1]);
    assert.equal(wire.registryRequests.length, 100);
  });

  it('renews a token once for fifty whose token has become stale', async () => {
    const wire = fakeBearerRegistry();
    const { send } = authorized({ ...wire, send: limit(6)(wire.send) }, login);
    await readText(await send(tagsRequest));
    wire.revoke();
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const response = await send(tagsRequest);
        await readText(response);
        return response.status;
      }),
    );
    assert.deepEqual(new Set(statuses), new Set([200]));
    assert.equal(wire.tokenRequests.length, 2);
  });

  it('renews a stale token once, and tries once more', async () => {
    const wire = fakeBearerRegistry();
    const { send } = authorized(wire, login);
    await send(tagsRequest);
    wire.revoke();
    assert.equal((await send(tagsRequest)).status, 200);
    assert.deepEqual(
      wire.registryRequests.map(({ headers }) => headers['authorization']),
      [undefined, 'Bearer token-1', 'Bearer token-1', 'Bearer token-2'],
    );
  });

  it('gives the second 401 back', async () => {
    const wire = fakeBearerRegistry({ refusesAll: true });
    const { send } = authorized(wire, login);
    assert.equal((await send(tagsRequest)).status, 401);
    assert.deepEqual([wire.tokenRequests.length, wire.registryRequests.length], [1, 2]);
    assert.equal((await send(tagsRequest)).status, 401);
    assert.deepEqual([wire.tokenRequests.length, wire.registryRequests.length], [2, 4]);
  });

  it('asks for the wider scope that a challenge names', async () => {
    const scopes: string[][] = [];
    const wire = fakeSend((request) => {
      if (request.url.pathname === '/token') {
        scopes.push(request.url.searchParams.getAll('scope'));
        return fakeResponse({ body: JSON.stringify({ token: `for-${scopes.at(-1)?.join('+')}` }) });
      }
      const isAllowed = request.headers['authorization']?.includes('metadata_read');
      const challenge = 'Bearer realm="/token",scope="repository:a:metadata_read",error="insufficient_scope"';
      return isAllowed ? fakeResponse() : fakeResponse({ status: 401, headers: { 'www-authenticate': challenge } });
    });
    const { send } = authorized(wire, undefined);
    assert.equal((await send(tagsRequest)).status, 200);
    assert.equal((await send(tagsRequest)).status, 200);
    assert.deepEqual(scopes, [['repository:a:metadata_read', 'repository:a:pull']]);
  });

  const lifetimes: readonly (readonly [title: string, reply: object, seconds: number])[] = [
    ['keeps a token until 15 seconds before its end', { expires_in: 300 }, 285],
    ['takes a token without a lifetime for one of a minute', {}, 45],
    ['takes no lifetime for shorter than a minute', { expires_in: 5 }, 45],
    ['takes no lifetime for negative', { expires_in: -1 }, 45],
    ['takes a lifetime that is no number for none', { expires_in: 'long' }, 45],
  ];
  for (const [title, reply, seconds] of lifetimes) {
    it(title, async () => {
      const wire = fakeBearerRegistry({ tokenAnswer: (_request, token) => jsonToken({ token, ...reply }) });
      let now = 1_000_000;
      const { send } = authorized(wire, undefined, () => now);
      await send(tagsRequest);
      now += seconds * 1000 - 1;
      await send(tagsRequest);
      assert.equal(wire.tokenRequests.length, 1);
      now += 1;
      await send(tagsRequest);
      assert.equal(wire.tokenRequests.length, 2);
    });
  }

  it('takes a token by its other name', async () => {
    const wire = fakeBearerRegistry({
      tokenAnswer: (_request, token) => jsonToken({ access_token: token, token: '' }),
    });
    assert.equal((await authorized(wire, undefined).send(tagsRequest)).status, 200);
  });

  it('goes on for the others when one of those who wait for a token leaves', async () => {
    let answer: ((response: HttpResponse) => void) | undefined;
    const wire = fakeBearerRegistry({
      tokenAnswer: (_request, token) =>
        new Promise((resolve) => {
          answer = () => resolve(jsonToken({ token }));
        }),
    });
    const { send } = authorized(wire, undefined);
    const controller = new AbortController();
    const leaves = send(tagsRequest, controller.signal);
    const stays = send(tagsRequest);
    while (answer === undefined) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await rejection(leaves, 'cancelled');
    answer(fakeResponse());
    assert.equal((await stays).status, 200);
    assert.equal(wire.tokenRequests.length, 1);
  });

  it('exchanges an identity token by the OAuth2 form', async () => {
    const wire = fakeBearerRegistry();
    const { send } = authorized(wire, { kind: 'identity-token', token: 'canary-5d1e' });
    assert.equal((await send(tagsRequest)).status, 200);
    const [request] = wire.tokenRequests;
    assert.deepEqual(
      [request?.method, request?.url.search, request?.headers['authorization']],
      ['POST', '', undefined],
    );
    assert.deepEqual(Object.fromEntries(new URLSearchParams(new TextDecoder().decode(request?.body))), {
      grant_type: 'refresh_token',
      refresh_token: 'canary-5d1e',
      client_id: 'gantry',
      service: 'registry',
      scope: 'repository:a:pull',
    });
  });

  it('writes no secret into the log', async () => {
    const wire = fakeBearerRegistry();
    const { send, logLines } = authorized(wire, login);
    await send(tagsRequest);
    wire.revoke();
    await send(tagsRequest);
    assert.ok(logLines.length > 4);
    assertNoSecret(logLines);
    assert.ok(!logLines.join('\n').includes('token-'), logLines.join('\n'));
  });

  it('sends a registry token as it is, to the registry only', async () => {
    const wire = fakeBearerRegistry({ refusesAll: true });
    const { send } = authorized(wire, { kind: 'registry-token', token: 'given' });
    assert.equal((await send(tagsRequest)).status, 401);
    assert.deepEqual(
      wire.requests.map(({ url, headers }) => [url.pathname, headers['authorization']]),
      [
        ['/v2/a/tags/list', undefined],
        ['/v2/a/tags/list', 'Bearer given'],
      ],
    );
  });
});

describe('authorize, where the token server is of another origin', () => {
  const realm = 'https://auth.example/token';

  it('sends it no password, and says so', async () => {
    for (const credential of [login, { kind: 'identity-token', token: 'canary-5d1e' }] as const) {
      const wire = fakeBearerRegistry({ realm });
      const error = await rejection(authorized(wire, credential).send(tagsRequest), 'untrusted-realm');
      assert.match(error.message, /^registry\.example asks to send your password to https:\/\/auth\.example\./);
      assert.equal(error.realm, 'https://auth.example');
      assert.equal(wire.tokenRequests.length, 0);
    }
  });

  it('sends the password where the user has said that the two belong together, and to no other', async () => {
    const findCredential: FindCredential = async () => login;
    const trustedRealms = ['https://auth.example'];
    for (const [named, isSent] of [
      [realm, true],
      ['https://auth.example:8443/token', false],
      ['https://auth.example.evil.example/token', false],
    ] as const) {
      const wire = fakeBearerRegistry({ realm: named });
      const send = authorize({ registry: registryUrl, findCredential, now: () => 0, trustedRealms })(wire.send);
      if (isSent) assert.equal((await send(tagsRequest, noAbort())).status, 200);
      else await rejection(send(tagsRequest, noAbort()), 'untrusted-realm');
      assert.deepEqual(
        wire.tokenRequests.map(({ headers, namedBy }) => [headers['authorization'], namedBy]),
        isSent ? [[basicHeader, undefined]] : [],
      );
    }
  });

  it('tells the transport which origin has named it', async () => {
    const wire = fakeBearerRegistry({ realm });
    await authorized(wire, undefined).send(tagsRequest);
    assert.deepEqual(
      wire.tokenRequests.map(({ namedBy, isTokenRequest }) => [namedBy?.origin, isTokenRequest]),
      [['https://registry.example', true]],
    );
  });

  it('gets a token there where there is no login', async () => {
    const wire = fakeBearerRegistry({ realm });
    assert.equal((await authorized(wire, undefined).send(tagsRequest)).status, 200);
    assert.equal(wire.tokenRequests[0]?.headers['authorization'], undefined);
  });

  it("sends Docker Hub's password to Docker Hub's token server", async () => {
    const wire = fakeBearerRegistry({ realm: 'https://auth.docker.io/token' });
    const hub = new URL('https://registry-1.docker.io');
    const { send } = authorized(wire, login, () => 0, hub);
    assert.equal((await send({ ...tagsRequest, url: new URL('/v2/a/tags/list', hub) })).status, 200);
    assert.equal(wire.tokenRequests[0]?.headers['authorization'], basicHeader);
  });

  it('refuses an address that no registry should name', async () => {
    const wire = fakeBearerRegistry({ realm: 'http://registry.example/token' });
    await rejection(authorized(wire, login).send(tagsRequest), 'protocol');
    assert.equal(wire.tokenRequests.length, 0);
  });
});

describe('authorize, where the token server fails', () => {
  const answers: readonly (readonly [
    title: string,
    answer: () => HttpResponse,
    code: Parameters<typeof rejection>[1],
  ])[] = [
    [
      'refuses the login',
      () => fakeResponse({ status: 401, body: '{"errors":[{"code":"UNAUTHORIZED"}]}' }),
      'unauthorized',
    ],
    ['forbids', () => fakeResponse({ status: 403 }), 'denied'],
    ['is busy', () => fakeResponse({ status: 429 }), 'rate-limited'],
    ['breaks', () => fakeResponse({ status: 500 }), 'server'],
    ['goes elsewhere', () => fakeResponse({ status: 302, headers: { location: 'https://evil.example/' } }), 'protocol'],
    ['answers with a page', () => fakeResponse({ headers: { 'content-type': 'text/html' }, body: '<p>' }), 'protocol'],
    ['answers without a token', () => jsonToken({ expires_in: 300 }), 'protocol'],
    ['answers with an empty token', () => jsonToken({ token: '' }), 'protocol'],
    ['answers with a token that is no text', () => jsonToken({ token: 7 }), 'protocol'],
    ['answers with a token of two lines', () => jsonToken({ token: 'a\r\nx-evil: b' }), 'protocol'],
    ['answers with a token that is no ASCII', () => jsonToken({ token: 'tökén' }), 'protocol'],
    ['answers without an end', () => fakeResponse({ body: endless() }), 'too-large'],
  ];
  for (const [title, answer, code] of answers) {
    it(`is ${code} when it ${title}`, async () => {
      const wire = fakeBearerRegistry({ tokenAnswer: answer });
      const { send, logLines } = authorized(wire, login);
      const error = await rejection(send(tagsRequest), code);
      assert.equal(error.host, 'registry.example');
      assertNoSecret([error.message, ...logLines]);
      assert.deepEqual([wire.tokenRequests.length, wire.registryRequests.length], [1, 1]);
    });
  }

  it('tries again with the next request, with a login looked up anew', async () => {
    let isBroken = true;
    const wire = fakeBearerRegistry({
      tokenAnswer: (_request, token) => (isBroken ? fakeResponse({ status: 403 }) : jsonToken({ token })),
    });
    const { send, lookUps } = authorized(wire, login);
    await rejection(send(tagsRequest), 'denied');
    isBroken = false;
    assert.equal((await send(tagsRequest)).status, 200);
    assert.equal(lookUps(), 2);
  });

  it('sends a refused login no second time for a minute, and another one at once', async () => {
    let now = 0;
    const wire = fakeBearerRegistry({ tokenAnswer: () => fakeResponse({ status: 401 }) });
    const logins: Credential[] = [login, login, { ...login, password: 'another' }, login];
    const findCredential: FindCredential = async () => logins.shift();
    const send = authorize({ registry: registryUrl, findCredential, now: () => now })(wire.send);
    const ask = (): Promise<unknown> => rejection(send(tagsRequest, noAbort()), 'unauthorized');
    await ask();
    await ask();
    assert.equal(wire.tokenRequests.length, 1);
    now += 60_000 * 5;
    await ask();
    assert.equal(wire.tokenRequests.length, 2);
  });

  it('asks on for other repositories with a login that was good', async () => {
    const wire = fakeBearerRegistry({
      scope: '',
      tokenAnswer: (request, token) =>
        request.url.search.includes('secret') ? fakeResponse({ status: 401 }) : jsonToken({ token }),
    });
    const { send } = authorized(wire, login);
    assert.equal((await send(tagsRequest)).status, 200);
    for (let count = 0; count < 2; count++) {
      await rejection(send({ ...tagsRequest, scopes: ['repository:secret:pull'] }), 'unauthorized');
    }
    assert.equal((await send({ ...tagsRequest, scopes: ['repository:b:pull'] })).status, 200);
    assert.equal(wire.tokenRequests.length, 4);
  });
});

interface Authorized {
  readonly send: (request: HttpRequest, signal?: AbortSignal) => Promise<HttpResponse>;
  /** How often the credential was looked up. */
  readonly lookUps: () => number;
  readonly logLines: readonly string[];
}

function authorized(
  wire: Pick<FakeSend, 'send'>,
  credential: Credential | undefined,
  now: () => number = () => 0,
  registry: URL = registryUrl,
): Authorized {
  let count = 0;
  const findCredential: FindCredential = async () => {
    count++;
    return credential;
  };
  const { log, logLines } = fakePorts();
  const send: Send = authorize({ registry, findCredential, now })(logging(log, now)(wire.send));
  return { send: (request, signal = noAbort()) => send(request, signal), lookUps: () => count, logLines };
}

function basicRegistry(password = 'canary-5d1e'): FakeSend {
  const expected = `Basic ${btoa(`alice:${password}`)}`;
  return fakeSend(({ headers }) =>
    headers['authorization'] === expected
      ? fakeResponse()
      : fakeResponse({ status: 401, headers: { 'www-authenticate': 'Basic realm="Registry"' } }),
  );
}

function jsonToken(reply: object): HttpResponse {
  // Some token servers call their JSON text.
  return fakeResponse({ headers: { 'content-type': 'text/plain' }, body: JSON.stringify(reply) });
}

function* endless(): Generator<Uint8Array> {
  for (;;) yield new Uint8Array(100_000);
}

function assertNoSecret(texts: readonly string[]): void {
  const text = texts.join('\n');
  for (const secret of ['canary', btoa('alice:canary-5d1e')]) assert.ok(!text.includes(secret), text);
}

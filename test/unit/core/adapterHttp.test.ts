import assert from 'node:assert/strict';
import type { AdapterHttp, AdapterRequest, ApiOrigin } from '../../../src/api.ts';
import { openSession } from '../../../src/core/openSession.ts';
import type { HttpRequest, HttpResponse } from '../../../src/core/ports.ts';
import { fakePorts } from '../../support/fakePorts.ts';
import { rejection } from '../../support/registryErrors.ts';
import { fakeResponse, fakeSend, jsonResponse, noAbort } from './registry/fakeHttp.ts';

const apis: readonly ApiOrigin[] = [
  { id: 'public', origin: 'https://status.vendor.example', auth: 'none' },
  { id: 'basic', origin: 'https://api.vendor.example', auth: 'basic' },
  { id: 'token', origin: 'https://token.vendor.example', auth: 'bearer' },
  { id: 'own', origin: '{origin}', auth: 'registry' },
];

describe('what an adapter sends', () => {
  it('goes to the registry, and to the APIs that it declares by their ids', async () => {
    const { http, requests } = connect();
    await http.send(get('/api/v2/tags?page=1'));
    await http.send(get('/state', { api: 'public' }));
    assert.deepEqual(urlsOf(requests), [
      'https://registry.vendor.example/api/v2/tags?page=1',
      'https://status.vendor.example/state',
    ]);
    assert.equal(requests[0]?.headers['accept'], 'application/json');
  });

  for (const path of ['//evil.example/x', 'https://evil.example/x', '/\\evil.example', 'relative', '']) {
    it(`cannot lead away: ${path}`, async () => {
      const { http, requests } = connect();
      await rejection(http.send(get(path)), 'invalid');
      assert.deepEqual(requests, []);
    });
  }

  it('reaches no API that the adapter has not declared', async () => {
    const { http } = connect();
    assert.match((await rejection(http.send(get('/', { api: 'other' })), 'invalid')).message, /Vendor.*"other"/);
  });

  for (const name of ['Authorization', 'cookie', 'Host', 'content-length']) {
    it(`has no header "${name}" of the adapter's`, async () => {
      const { http, requests } = connect();
      await rejection(http.send(get('/', { headers: { [name]: 'x' } })), 'invalid');
      assert.deepEqual(requests, []);
    });
  }

  it('has a body as JSON, as a form or as text', async () => {
    const { http, requests } = connect();
    await http.send({ ...get('/'), method: 'POST', json: { a: 1 } });
    await http.send({ ...get('/'), method: 'POST', form: { grant_type: 'refresh token' } });
    await http.send({ ...get('/'), method: 'POST', text: 'items.find()' });
    await http.send({
      ...get('/'),
      method: 'POST',
      json: {},
      headers: { 'Content-Type': 'application/x-amz-json-1.1' },
    });
    assert.deepEqual(
      requests.map(({ headers, body }) => [headers['content-type'], new TextDecoder().decode(body)]),
      [
        ['application/json', '{"a":1}'],
        ['application/x-www-form-urlencoded', 'grant_type=refresh+token'],
        ['text/plain', 'items.find()'],
        ['application/x-amz-json-1.1', '{}'],
      ],
    );
  });
});

describe("an adapter's answer", () => {
  it('can be read in every way, more than once', async () => {
    const { http } = connect({
      answer: () => jsonResponse({ errors: [{ code: 'DENIED', message: 'no' }] }, { status: 403 }),
    });
    const response = await http.send(get('/'));
    assert.equal(response.status, 403);
    assert.equal(response.header('Content-Type'), 'application/json');
    assert.deepEqual(await response.json(), JSON.parse(await response.text()));
    assert.equal((await response.bytes()).length, (await response.text()).length);
    const error = await response.error('the tags of shop/web');
    assert.equal(error.code, 'denied');
    assert.match(error.message, /registry\.vendor\.example.*the tags of shop\/web.*"no"/);
  });

  it('is no JSON when a login page stands in between', async () => {
    const { http } = connect({
      answer: () => fakeResponse({ headers: { 'content-type': 'text/html' }, body: '<html>' }),
    });
    const response = await http.send(get('/'));
    assert.match((await rejection(response.json(), 'protocol')).message, /a web page/);
  });

  it('is not taken when it is larger than any registry needs', async () => {
    const endless = (): HttpResponse =>
      fakeResponse({ body: Array.from({ length: 40 }, () => new Uint8Array(1024 * 1024)) });
    const { http } = connect({ answer: endless });
    await rejection(http.send(get('/')), 'too-large');
  });
});

describe("a connection's login", () => {
  it('goes to each API of the vendor in the way that it takes', async () => {
    const { http, requests } = connect();
    await http.send(get('/', { api: 'basic' }));
    await http.send(get('/', { api: 'token' }));
    await http.send(get('/', { api: 'public' }));
    assert.deepEqual(
      requests.map(({ headers }) => headers['authorization']),
      [`Basic ${btoa('alice:secret')}`, 'Bearer secret', undefined],
    );
  });

  it('does not go along when the API leads elsewhere', async () => {
    const { http, requests } = connect({
      answer: ({ url }) =>
        url.host === 'api.vendor.example'
          ? fakeResponse({ status: 302, headers: { location: 'https://files.example/x' } })
          : fakeResponse(),
    });
    await http.send(get('/', { api: 'basic' }));
    assert.deepEqual(urlsOf(requests), ['https://api.vendor.example/', 'https://files.example/x']);
    assert.equal(requests[1]?.headers['authorization'], undefined);
  });

  it("stays away from the vendor's APIs when the registry is not the vendor's", async () => {
    const { http, requests } = connect({ url: 'https://mirror.example' });
    for (const api of ['basic', 'token']) await http.send(get('/', { api }));
    assert.deepEqual(
      requests.map(({ headers }) => headers['authorization']),
      [undefined, undefined],
    );
  });

  it('is looked up anew after it was refused, and not sent twice for one request', async () => {
    let lookups = 0;
    const { http, requests } = connect({ answer: () => fakeResponse({ status: 401 }), onLookup: () => lookups++ });
    await http.send(get('/', { api: 'basic' }));
    await http.send(get('/', { api: 'basic' }));
    assert.deepEqual([requests.length, lookups], [2, 2]);
  });

  it("is the registry's own way of asking where an API is part of the registry", async () => {
    const { http, requests } = connect({
      answer: ({ headers }) =>
        headers['authorization'] === undefined
          ? fakeResponse({ status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } })
          : fakeResponse(),
    });
    assert.equal((await http.send(get('/api', { api: 'own' }))).status, 200);
    assert.deepEqual(
      requests.map(({ headers }) => headers['authorization']),
      [undefined, `Basic ${btoa('alice:secret')}`],
    );
  });

  it("goes to an API of another extension's adapter only when the user trusts its origin for the connection", async () => {
    const untrusted = connect({ isForeign: true });
    const error = await rejection(untrusted.http.send(get('/', { api: 'token' })), 'untrusted-realm');
    assert.equal(error.realm, 'https://token.vendor.example');
    assert.match(
      error.message,
      /registry\.vendor\.example.*Vendor of another extension.*https:\/\/token\.vendor\.example/,
    );
    await untrusted.http.send(get('/'));
    assert.deepEqual(urlsOf(untrusted.requests), ['https://registry.vendor.example/']);
    const trusted = connect({ isForeign: true, trustedRealms: ['https://token.vendor.example'] });
    await trusted.http.send(get('/', { api: 'token' }));
    assert.equal(trusted.requests[0]?.headers['authorization'], 'Bearer secret');
  });

  it('is never told to the adapter', () => {
    const { context } = connect();
    const seen = JSON.stringify(context, (_key, value: unknown) =>
      typeof value === 'function' ? String(value) : value,
    );
    assert.doesNotMatch(seen, /secret/);
  });
});

/** An adapter of a vendor, connected to one of its registries with a login. */
function connect(
  options: {
    readonly url?: string;
    readonly answer?: (request: HttpRequest) => HttpResponse;
    readonly onLookup?: () => void;
    readonly isForeign?: boolean;
    readonly trustedRealms?: readonly string[];
  } = {},
): { readonly http: AdapterHttp; readonly requests: readonly HttpRequest[]; readonly context: unknown } {
  const {
    url = 'https://registry.vendor.example',
    answer = () => fakeResponse(),
    onLookup = () => {},
    isForeign = false,
    trustedRealms = [],
  } = options;
  const { send, requests } = fakeSend(answer);
  let given: { readonly http: AdapterHttp } | undefined;
  let target: unknown;
  openSession(fakePorts({ openTransport: () => send }), {
    adapter: {
      id: 'vendor',
      label: 'Vendor',
      hosts: ['registry.vendor.example'],
      apis,
      open: (connection, context) => {
        [given, target] = [context, connection];
        return context.oci();
      },
    },
    connection: { url, account: 'alice', trustedRealms },
    isForeign,
    findLogin: async () => {
      onLookup();
      return { kind: 'password', username: 'alice', password: 'secret' };
    },
  });
  return { http: given?.http ?? assert.fail(), requests, context: [target, given] };
}

function get(path: string, more: Partial<AdapterRequest> = {}): AdapterRequest {
  return { method: 'GET', path, signal: noAbort(), ...more };
}

function urlsOf(requests: readonly HttpRequest[]): readonly string[] {
  return requests.map(({ url }) => url.href);
}

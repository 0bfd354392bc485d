import assert from 'node:assert/strict';
import type { HttpRequest, HttpResponse } from '../../../../src/core/ports.ts';
import { namedRealm } from '../../../../src/core/registry/namedRealm.ts';
import { rejection } from '../../../support/registryErrors.ts';
import { fakeResponse } from './fakeHttp.ts';

const registry = new URL('https://registry.forge.example/shop');
const { signal } = new AbortController();
const challenge = (realm: string): HttpResponse =>
  fakeResponse({ status: 401, headers: { 'www-authenticate': `Bearer realm="${realm}",service="x"` } });

describe('namedRealm', () => {
  it('asks the registry without a login, once for all who want to know', async () => {
    const { find, requests } = finder(() => challenge('https://forge.example/jwt/auth'));
    const [one, two] = await Promise.all([find(signal), find(signal)]);
    assert.equal(one.url.href, 'https://forge.example/jwt/auth');
    assert.equal(one.isTrusted, false);
    assert.deepEqual(two, one);
    assert.deepEqual(await find(signal), one);
    assert.deepEqual(
      requests.map(({ method, url, headers }) => [method, url.href, headers['authorization']]),
      [['GET', 'https://registry.forge.example/v2/', undefined]],
    );
  });

  it('trusts what the user trusts', async () => {
    const { find } = finder(() => challenge('https://forge.example/jwt/auth'), {
      trustedRealms: ['https://forge.example'],
    });
    assert.equal((await find(signal)).isTrusted, true);
  });

  it('takes what is remembered, and asks nothing', async () => {
    const { find, requests } = finder(() => assert.fail(), {
      memory: {
        get: () => ({ kind: 'bearer', realm: 'https://forge.example/jwt/auth', service: 'x' }),
        set: () => assert.fail(),
      },
    });
    assert.equal((await find(signal)).url.origin, 'https://forge.example');
    assert.deepEqual(requests, []);
  });

  it('says that a registry names none, or cannot be asked, and asks again then', async () => {
    const answers = [
      fakeResponse(),
      fakeResponse({ status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }),
      fakeResponse({ status: 429, headers: { 'retry-after': '120' } }),
      challenge('https://forge.example/jwt/auth'),
    ];
    const { find } = finder(() => answers.shift() ?? assert.fail());
    assert.match((await rejection(find(signal), 'protocol')).message, /registry\.forge\.example names no token server/);
    await rejection(find(signal), 'unauthorized');
    await rejection(find(signal), 'rate-limited');
    assert.equal((await find(signal)).url.origin, 'https://forge.example');
  });

  it('takes no token server that no registry should name', async () => {
    for (const realm of ['http://forge.example/jwt/auth', 'https://u:p@forge.example/', 'https://169.254.169.254/']) {
      await rejection(finder(() => challenge(realm)).find(signal), 'protocol');
    }
  });
});

function finder(answer: () => HttpResponse, more: Partial<Parameters<typeof namedRealm>[0]> = {}) {
  const requests: HttpRequest[] = [];
  const find = namedRealm({
    registry,
    send: async (request) => {
      requests.push(request);
      return answer();
    },
    trustedRealms: [],
    memory: undefined,
    ...more,
  });
  return { find, requests };
}

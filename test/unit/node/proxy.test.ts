import assert from 'node:assert/strict';
import { findProxy, type HttpProxy } from '../../../src/node/proxy.ts';
import { proxyRefusal } from '../../../src/node/proxyError.ts';
import { directNetwork } from '../../support/directNetwork.ts';
import { thrown } from '../../support/registryErrors.ts';

const https = new URL('https://registry.example/v2/');
const http = new URL('http://registry.example:5000/v2/');

describe('findProxy', () => {
  it('is none unless somebody names one', () => {
    assert.equal(findProxy(https, directNetwork, {}), undefined);
  });

  it("takes VS Code's setting before the variables", () => {
    const settings = { ...directNetwork, proxy: 'http://proxy.example:3128' };
    const proxy = findProxy(https, settings, { HTTPS_PROXY: 'http://other.example' });
    assert.deepEqual([proxy?.url.href, proxy?.namedBy], ['http://proxy.example:3128/', 'the setting http.proxy']);
  });

  const variables: readonly (readonly [
    target: URL,
    env: Readonly<Record<string, string>>,
    name: string | undefined,
  ])[] = [
    [https, { HTTPS_PROXY: 'http://p.example' }, 'HTTPS_PROXY'],
    [https, { https_proxy: 'p.example:3128' }, 'https_proxy'],
    [https, { HTTP_PROXY: 'http://p.example' }, undefined],
    [https, { ALL_PROXY: 'http://p.example' }, 'ALL_PROXY'],
    [https, { all_proxy: 'http://p.example', HTTPS_PROXY: '' }, 'all_proxy'],
    [http, { HTTP_PROXY: 'https://p.example' }, 'HTTP_PROXY'],
    [http, { http_proxy: 'http://p.example' }, 'http_proxy'],
    [http, { HTTPS_PROXY: 'http://p.example' }, undefined],
    [https, { HTTPS_PROXY: 'http://p.example', NO_PROXY: '.example' }, undefined],
    [https, { HTTPS_PROXY: 'http://p.example', no_proxy: 'other, registry.example' }, undefined],
  ];
  for (const [target, env, name] of variables) {
    it(`reads ${JSON.stringify(env)} for ${target.protocol}`, () => {
      const proxy = findProxy(target, directNetwork, env);
      assert.equal(proxy?.namedBy, name && `the variable ${name}`);
    });
  }

  it('keeps from it what the setting or the variable lists, whoever named the proxy', () => {
    const settings = { ...directNetwork, proxy: 'http://p.example' };
    assert.equal(findProxy(https, { ...settings, noProxy: ['registry.example'] }, {}), undefined);
    assert.equal(findProxy(https, settings, { NO_PROXY: 'registry.example' }), undefined);
    assert.equal(
      findProxy(https, { ...directNetwork, noProxy: ['*'] }, { HTTPS_PROXY: 'http://p.example' }),
      undefined,
    );
  });

  it('is none when it is switched off, and none for this machine', () => {
    const settings = { ...directNetwork, proxy: 'http://p.example' };
    assert.equal(findProxy(https, { ...settings, proxySupport: 'off' }, { ALL_PROXY: 'http://p.example' }), undefined);
    for (const host of ['localhost:5000', '127.0.0.1:5000', '[::1]:5000'])
      assert.equal(findProxy(new URL(`https://${host}`), settings, {}), undefined);
  });

  it('logs in with what the address holds, else with the setting, and keeps it out of the address', () => {
    const authorization = (proxy: string, proxyAuthorization?: string): HttpProxy | undefined =>
      findProxy(https, { ...directNetwork, proxy, ...(proxyAuthorization && { proxyAuthorization }) }, {});
    const named = authorization('http://me:p%40ss%20%C3%A4@p.example:3128', 'Basic other');
    assert.equal(named?.authorization, `Basic ${Buffer.from('me:p@ss ä').toString('base64')}`);
    assert.equal(named?.url.href, 'http://p.example:3128/');
    assert.equal(authorization('http://p.example', 'Bearer abc')?.authorization, 'Bearer abc');
    assert.equal(authorization('http://p.example')?.authorization, undefined);
    const odd = authorization('http://me:50%@p.example')?.authorization;
    assert.equal(odd, `Basic ${Buffer.from('me:50%').toString('base64')}`);
  });

  for (const [value, says] of [
    ['socks5://me:canary@p.example', 'a SOCKS proxy'],
    ['socks://p.example:1080', 'a SOCKS proxy'],
    ['http://wpad.example/wpad.dat', 'a script that chooses proxies (PAC), which Gantry does not run'],
    ['pac+https://me:canary@p.example/x', 'a script that chooses proxies (PAC), which Gantry does not run'],
    ['file:///etc/proxy.pac', 'a script that chooses proxies (PAC), which Gantry does not run'],
    ['ftp://p.example', 'a proxy of the kind ftp:'],
    ['http://', 'no address'],
    ['http://me:canary@:99999', 'no address'],
  ] as const) {
    it(`says who names ${value.replace('canary', '…')}, which cannot be used, and no password`, () => {
      const { message } = thrown(() => findProxy(https, directNetwork, { HTTPS_PROXY: value }), 'proxy');
      assert.ok(message.includes(`: the variable HTTPS_PROXY names ${says}. Gantry takes`), message);
      assert.doesNotMatch(message, /canary/);
    });
  }
});

describe('what a proxy refuses', () => {
  const proxy: HttpProxy = {
    url: new URL('http://p.example:3128'),
    isVerified: true,
    namedBy: 'the setting http.proxy',
  };
  const statuses: readonly (readonly [status: number, says: RegExp])[] = [
    [407, /It wants a login: write user name and password into the setting http\.proxy/],
    [403, /It does not allow this host or port/],
    [502, /It did not reach the registry itself/],
    [400, /Check the setting http\.proxy/],
  ];
  for (const [status, says] of statuses) {
    it(`is explained for status ${status}`, () => {
      const error = proxyRefusal(proxy, 'registry.example', status, 'No\nway');
      assert.equal(error.code, 'proxy');
      assert.match(
        error.message,
        /^registry\.example cannot be reached: the proxy p\.example:3128 answered with status/,
      );
      assert.match(error.message, says);
    });
  }

  it('is another matter when a login was sent', () => {
    const { message } = proxyRefusal({ ...proxy, authorization: 'Basic canary' }, 'registry.example', 407, '');
    assert.match(message, /does not take the login/);
    assert.doesNotMatch(message, /canary/);
  });
});

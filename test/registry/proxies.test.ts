import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { type ForwardProxyOptions, startForwardProxy } from '../support/forwardProxy.ts';
import { needsPrograms } from '../support/programs.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { makeTestCertificates, type TestCertificates } from '../support/testCertificates.ts';
import { startTinyproxy, tinyproxyProgram } from '../support/tinyproxy.ts';
import { transportsForEach } from './transportWorld.ts';

const login = { user: 'me', password: 'canary' };
const startRegistry = closeAfterEach(startSampleRegistry);
const startProxy = closeAfterEach((options?: ForwardProxyOptions) => startForwardProxy(options ?? { names: {} }));
const startTiny = closeAfterEach((options?: Parameters<typeof startTinyproxy>[0]) =>
  startTinyproxy(options ?? { upstream: '127.0.0.1:1', ports: [] }),
);
const open = transportsForEach();

describe('proxies', () => {
  let certificates: TestCertificates;
  before(async function () {
    needsPrograms(this, 'openssl');
    certificates = await makeTestCertificates({ names: ['DNS:registry.test', 'DNS:proxy.test'] });
  });
  after(() => certificates?.close());

  const startTlsRegistry = async () =>
    startRegistry({ tls: { key: certificates.key, cert: certificates.certificate } });
  const trusting = () => ({ NODE_EXTRA_CA_CERTS: certificates.authorityFile });
  const port = (host: string): number => Number(host.split(':').at(-1));

  it('lead to an encrypted registry by CONNECT, once for several requests', async () => {
    const registry = await startTlsRegistry();
    const proxy = await startProxy({ names: { 'registry.test': port(registry.host) } });
    const { get } = await open({ env: { ...trusting(), HTTPS_PROXY: `http://${proxy.host}` } });
    for (let count = 0; count < 3; count++) {
      assert.equal((await get('https://registry.test/v2/')).status, 200);
      // The connection is free a turn after the body has ended.
      await setImmediate();
    }
    assert.deepEqual(proxy.requests, ['CONNECT registry.test:443']);
    assert.equal(registry.requests.length, 3);
    assert.equal(registry.requests[0]?.headers['proxy-authorization'], undefined);
  });

  it('lead to a registry without encryption by whole addresses', async () => {
    const registry = await startRegistry();
    const proxy = await startProxy({ names: { 'registry.test': port(registry.host) }, login });
    const { get } = await open({ network: { proxy: `http://me:canary@${proxy.host}` } });
    assert.equal((await get('http://registry.test/v2/?n=1')).status, 200);
    assert.deepEqual(proxy.requests, ['GET http://registry.test/v2/?n=1']);
    assert.equal(registry.requests[0]?.headers.host, 'registry.test');
    assert.equal(registry.requests[0]?.headers['proxy-authorization'], undefined);
  });

  it('are reached by https too, and only their own certificate is left unverified when VS Code says so', async () => {
    const registry = await startTlsRegistry();
    const tls = { key: certificates.key, cert: certificates.certificate };
    const proxy = await startProxy({ names: { 'registry.test': port(registry.host) }, tls });
    const network = { proxy: `https://${proxy.host}` };
    // The certificate of the proxy is for another name than 127.0.0.1.
    const strict = await open({ network, env: trusting() });
    const { message } = await rejection(strict.get('https://registry.test/v2/'), 'proxy');
    assert.match(
      message,
      /the proxy 127\.0\.0\.1:\d+, which the setting http\.proxy names, .* is for registry\.test, proxy\.test/,
    );
    const lenient = await open({ network: { ...network, proxyStrictSSL: false }, env: trusting() });
    assert.equal((await lenient.get('https://registry.test/v2/')).status, 200);
    const untrusting = await open({ network: { ...network, proxyStrictSSL: false } });
    await rejection(untrusting.get('https://registry.test/v2/'), 'tls');
  });

  it('are left aside for what NO_PROXY lists, and for this machine', async () => {
    const [registry, proxy] = await Promise.all([startRegistry(), startProxy()]);
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const { get } = await open({ resolve, env: { HTTP_PROXY: `http://${proxy.host}`, NO_PROXY: '.test' } });
    assert.equal((await get(`http://registry.test:${port(registry.host)}/v2/`)).status, 200);
    assert.equal((await get(`${registry.url}/v2/`)).status, 200);
    assert.deepEqual(proxy.logins, []);
  });

  const refusals = [
    ['wants a login', { login }, 407, /It wants a login/],
    ['does not know the registry', {}, 502, /did not reach the registry itself/],
    ['forbids it', { answer: 'HTTP/1.1 403 Forbidden\r\n\r\n' }, 403, /does not allow this host/],
    ['is no proxy', { answer: 'SSH-2.0-OpenSSH_9\r\n\r\n' }, undefined, /did not answer as a proxy does/],
    ['hangs up', { answer: '' }, undefined, /closed the connection instead/],
    ['never stops', { answer: `HTTP/1.1 200 ${'x'.repeat(20_000)}` }, undefined, /answered with too much/],
  ] as const;
  for (const [title, options, status, says] of refusals) {
    it(`are named when one ${title}`, async () => {
      const proxy = await startProxy({ names: {}, ...options });
      const { get } = await open({ env: { HTTPS_PROXY: `http://${proxy.host}` } });
      const error = await rejection(get('https://registry.test/v2/'), 'proxy');
      assert.match(error.message, new RegExp(`the proxy ${proxy.host}`));
      assert.match(error.message, says);
      assert.equal(error.status, status);
    });
  }

  it('are named when one takes no login, without the login', async () => {
    const proxy = await startProxy({ names: {}, login });
    for (const url of ['https://registry.test/v2/', 'http://registry.test/v2/']) {
      const { get } = await open({ env: { ALL_PROXY: `http://me:wrong-canary@${proxy.host}` } });
      const error = await rejection(get(url), 'proxy');
      assert.match(error.message, /It does not take the login that the variable ALL_PROXY/);
      assert.doesNotMatch(`${error.stack}${JSON.stringify(error)}`, /canary/);
    }
  });

  it('are named when one is not there', async () => {
    const proxy = await startProxy();
    await proxy.close();
    const { get } = await open({ network: { proxy: `http://${proxy.host}` } });
    const { message } = await rejection(get('https://registry.test/v2/'), 'proxy').finally(() => startProxy());
    assert.match(message, /which the setting http\.proxy names, cannot be reached: nothing answers on this port/);
  });

  for (const isAuthenticated of [false, true]) {
    it(`work with tinyproxy ${isAuthenticated ? 'and its login' : 'without a login'}`, async function () {
      needsPrograms(this, tinyproxyProgram);
      const [encrypted, plain] = await Promise.all([startTlsRegistry(), startRegistry()]);
      const names = { 'registry.test': port(encrypted.host), 'plain.test': port(plain.host) };
      const upstream = await startProxy({ names });
      const tiny = await startTiny({ upstream: upstream.host, ports: [443], ...(isAuthenticated && { login }) });
      const userInfo = isAuthenticated ? 'me:canary@' : '';
      const { get } = await open({ env: { ...trusting(), ALL_PROXY: `http://${userInfo}${tiny.host}` } });
      assert.equal((await get('https://registry.test/v2/')).status, 200);
      assert.equal((await get('http://plain.test/v2/')).status, 200);
      assert.deepEqual(tiny.requests(), ['CONNECT registry.test:443', 'GET http://plain.test/v2/']);
      const { message } = await rejection(get('https://registry.test:5000/v2/'), 'proxy');
      assert.match(message, /does not allow this host or port/);
      if (!isAuthenticated) return;
      const stranger = await open({ env: { ALL_PROXY: `http://${tiny.host}` } });
      assert.match((await rejection(stranger.get('https://registry.test/v2/'), 'proxy')).message, /It wants a login/);
      assert.match((await rejection(stranger.get('http://plain.test/v2/'), 'proxy')).message, /It wants a login/);
      assert.deepEqual([encrypted.requests.length, plain.requests.length], [1, 1]);
    });
  }
});

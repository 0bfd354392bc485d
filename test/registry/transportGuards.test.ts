import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTcp } from 'node:net';
import { standardDeadlines } from '../../src/node/deadlines.ts';
import { createTransport } from '../../src/node/transport.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { directNetwork } from '../support/directNetwork.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { transportsForEach } from './transportWorld.ts';

const start = closeAfterEach(startSampleRegistry);
const open = transportsForEach();

describe('addresses that a server names', () => {
  /** Names of the test, and how often each was looked up. */
  function names(table: Readonly<Record<string, readonly string[]>>) {
    const asked: string[] = [];
    const resolve = async (host: string): Promise<readonly LookupAddress[]> => {
      asked.push(host);
      return (table[host] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    };
    return { asked, resolve };
  }

  const far = new URL('https://registry.test');
  const refused: readonly (readonly [what: string, host: string, addresses: readonly string[]])[] = [
    ['this machine', 'inside.test', ['127.0.0.1']],
    ['this machine as another kind of address', 'inside.test', ['::ffff:127.0.0.1']],
    ['this machine by its address', '127.0.0.1', []],
    ['this machine by its name', 'localhost', ['127.0.0.1', '::1']],
    ['a private network', 'inside.test', ['10.0.0.1']],
    ['a credential server of a cloud', 'metadata.test', ['169.254.169.254']],
  ];
  for (const [what, host, addresses] of refused) {
    it(`are not asked when they are of ${what} and the server is not`, async () => {
      const registry = await start();
      const { resolve } = names({ 'registry.test': ['203.0.113.5'], [host]: addresses });
      const { get } = await open({ resolve });
      const url = `http://${host}:${new URL(registry.url).port}/v2/`;
      const error = await rejection(get(url, { namedBy: far }), 'protocol');
      assert.match(error.message, new RegExp(`^registry\\.test leads to ${host}`));
      const { realm } = await rejection(get(url, { namedBy: far, isTokenRequest: true }), 'untrusted-realm');
      // What the user may be asked about; nobody's servers are where clouds hand out credentials.
      assert.equal(realm, host === 'metadata.test' ? undefined : new URL(url).origin);
      assert.equal(registry.requests.length, 0);
    });
  }

  it('are asked at the address that was looked at, whatever the name means a moment later', async () => {
    const registry = await start();
    const { port } = new URL(registry.url);
    let count = 0;
    const resolve = async (): Promise<readonly LookupAddress[]> => [
      { address: count++ === 0 ? '127.0.0.1' : '10.0.0.1', family: 4 },
    ];
    const { get } = await open({ resolve });
    assert.equal(
      (await get(`http://storage.test:${port}/v2/`, { namedBy: new URL('http://127.0.0.1:1') })).status,
      200,
    );
    assert.equal(count, 1);
  });

  it('are judged by where the server answered from, not by what its name says afterwards', async () => {
    const registry = await start();
    const { port } = new URL(registry.url);
    const table: Record<string, readonly string[]> = { 'registry.test': ['127.0.0.1'], 'storage.test': ['127.0.0.1'] };
    const { resolve, asked } = names(table);
    const { get } = await open({ resolve });
    const namedBy = new URL(`http://registry.test:${port}`);
    assert.equal((await get(`${namedBy.origin}/v2/`)).status, 200);
    table['registry.test'] = ['203.0.113.5'];
    assert.equal((await get(`http://storage.test:${port}/v2/`, { namedBy })).status, 200);
    assert.deepEqual(asked, ['registry.test', 'storage.test']);
  });

  it('are asked on connections of their own, so that none is used that was opened without a look', async () => {
    const registry = await start();
    const { get } = await open({ resolve: names({ 'registry.test': ['203.0.113.5'] }).resolve });
    assert.equal((await get(`${registry.url}/v2/`)).status, 200);
    await rejection(get(`${registry.url}/v2/`, { namedBy: far }), 'protocol');
    assert.equal(registry.requests.length, 1);
  });

  it('may be near ones for a server that is as near', async () => {
    const [registry, storage] = await Promise.all([start(), start()]);
    const { get } = await open();
    assert.equal((await get(`${registry.url}/v2/`)).status, 200);
    assert.equal((await get(`${storage.url}/v2/`, { namedBy: new URL(registry.url) })).status, 200);
  });
});

describe('deadlines', () => {
  const short = { ...standardDeadlines, headers: { metadata: 40, transfer: 40 } };

  it('end a request whose answer never begins', async () => {
    const registry = await start();
    registry.fault = () => ({ hold: new Promise(() => {}) });
    const { get } = await open({ deadlines: short });
    assert.match((await rejection(get(registry.url), 'timeout')).message, /did not answer in time/);
  });

  it('end an answer that drips, but no transfer that does', async () => {
    const server = await startDripping(20);
    try {
      const rate = { bytesPerSecond: 1024, window: 60 };
      const { get } = await open({ deadlines: { ...standardDeadlines, rate } });
      const { message } = await rejection(get(server.url), 'timeout');
      assert.match(message, /sends its answer too slowly to wait for it/);
      assert.equal((await get(server.url, { isTransfer: true })).text, '.'.repeat(20));
    } finally {
      await server.close();
    }
  });

  it('end an answer that takes too long in all', async () => {
    const server = await startDripping(Number.POSITIVE_INFINITY);
    try {
      const { get } = await open({ deadlines: { ...standardDeadlines, metadata: 100 } });
      assert.match((await rejection(get(server.url), 'timeout')).message, /did not answer in full within 0\.1 seconds/);
    } finally {
      await server.close();
    }
  });

  it('end a connection that is not accepted, TLS included', async () => {
    const silent = createTcp((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    assert.ok(typeof address === 'object' && address !== null);
    const { get } = await open({ deadlines: { ...standardDeadlines, connect: 50 } });
    const { message } = await rejection(get(`https://127.0.0.1:${address.port}/`), 'timeout');
    assert.match(message, /did not accept the connection in time/);
    silent.close();
    await once(silent, 'close');
  });

  it('end with what nobody waits for any more: a cancelled handshake leaves no socket', async () => {
    const silent = createTcp().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    assert.ok(typeof address === 'object' && address !== null);
    // Only the cancellation can end it before the test is given up.
    const deadlines = { ...standardDeadlines, connect: 3_600_000 };
    const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork }, { deadlines });
    const url = new URL(`https://127.0.0.1:${address.port}/`);
    const cancel = new AbortController();
    const accepted = once(silent, 'connection');
    const sending = transport.open({ registry: url })({ method: 'GET', url, headers: {} }, cancel.signal);
    const [socket] = await accepted;
    socket.on('error', () => {}).resume();
    const closed = once(socket, 'close');
    cancel.abort();
    await rejection(sending, 'cancelled');
    await closed;
    await transport.dispose();
    silent.close();
    await once(silent, 'close');
  });

  it('matter no more after the end: nothing is sent by a transport that was disposed of', async () => {
    const registry = await start();
    const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
    const send = transport.open({ registry: new URL(registry.url) });
    await transport.dispose();
    const message = { method: 'GET', url: new URL(registry.url), headers: {} } as const;
    await rejection(send(message, new AbortController().signal), 'cancelled');
    assert.equal(registry.requests.length, 0);
  });
});

/** Sends a byte every ten milliseconds. */
async function startDripping(bytes: number): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server: Server = createServer((_request, response) => {
    response.flushHeaders();
    let sent = 0;
    const timer = setInterval(() => {
      response.write('.');
      if (++sent >= bytes) response.end();
    }, 10);
    response.on('close', () => clearInterval(timer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

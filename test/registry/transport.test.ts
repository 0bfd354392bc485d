import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { HttpRequest } from '../../src/core/ports.ts';
import { createTransport } from '../../src/node/transport.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { directNetwork } from '../support/directNetwork.ts';
import { needsPrograms } from '../support/programs.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { makeTestCertificates } from '../support/testCertificates.ts';
import type { SlotsInput, SlotsOutput } from './dispatcherSlotsWorker.ts';

const start = closeAfterEach(startSampleRegistry);
const open = closeAfterEach(async () => {
  const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
  const send = transport.open({ registry: new URL('http://registry.example') });
  return { ...transport, send, close: transport.dispose };
});

describe('the transport', () => {
  it('sends what it is given, and says who it is', async () => {
    const [registry, { send }] = await Promise.all([start(), open()]);
    const response = await send(get(`${registry.url}/v2/?a=b`, { headers: { accept: 'application/json' } }), noAbort());
    assert.equal(response.status, 200);
    response.discard();
    const [request] = registry.requests;
    assert.deepEqual([request?.method, request?.path], ['GET', '/v2/?a=b']);
    assert.deepEqual([request?.headers.accept, request?.headers['user-agent']], ['application/json', 'gantry/test']);
    assert.equal(request?.headers.authorization, undefined);
  });

  it('keeps the lines of a repeated header apart', async () => {
    const lines = ['Bearer realm="a"', 'Basic realm="b, c"'];
    const server = createServer((socket) => {
      socket.end(
        `HTTP/1.1 401 No\r\n${lines.map((line) => `WWW-Authenticate: ${line}\r\n`).join('')}Content-Length: 0\r\n\r\n`,
      );
    });
    await withServer(server, async (url) => {
      const { send } = await open();
      const { headers } = await send(get(url), noAbort());
      assert.deepEqual(headers.all('WWW-Authenticate'), lines);
      assert.equal(headers.get('www-authenticate'), lines.join(', '));
      assert.deepEqual([headers.all('x-absent'), headers.get('x-absent')], [[], undefined]);
    });
  });

  it('follows no redirect by itself', async () => {
    const [registry, { send }] = await Promise.all([start(), open()]);
    registry.fault = () => ({ reply: { status: 307, headers: { Location: '/elsewhere' } } });
    assert.equal((await send(get(registry.url), noAbort())).status, 307);
    assert.equal(registry.requests.length, 1);
  });

  it('says so when a body breaks off', async () => {
    const [registry, { send }] = await Promise.all([start(), open()]);
    for (const kind of ['reset', 'close'] as const) {
      registry.fault = () => ({
        reply: { status: 200, body: Buffer.alloc(1000) },
        connection: { kind, afterBytes: 10 },
      });
      const { body } = await send(get(registry.url), noAbort());
      const { host } = await rejection(drain(body), 'unreachable');
      assert.equal(host, registry.host);
    }
  });

  it('says so when there is no answer but an end', async () => {
    const [registry, { send }] = await Promise.all([start(), open()]);
    registry.fault = () => ({ connection: { kind: 'close' } });
    await rejection(send(get(registry.url), noAbort()), 'unreachable');
  });

  it('says so when what answers speaks another language', async () => {
    const server = createServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
    await withServer(server, async (url) => {
      const { send } = await open();
      const { message } = await rejection(send(get(url), noAbort()), 'protocol');
      assert.match(message, /it does not speak HTTP/);
    });
  });

  it('says so when there is no encryption where it should be', async () => {
    const [registry, { send }] = await Promise.all([start(), open()]);
    const { message } = await rejection(send(get(registry.url.replace('http:', 'https:')), noAbort()), 'tls');
    assert.match(message, /begin the address with http:\/\//);
  });

  it('trusts no certificate that this machine does not trust', async function () {
    needsPrograms(this, 'openssl');
    const certificates = await makeTestCertificates();
    try {
      const tls = { key: certificates.key, cert: certificates.certificate };
      const [registry, { send }] = await Promise.all([start({ tls }), open()]);
      const { message } = await rejection(send(get(registry.url), noAbort()), 'tls');
      assert.match(
        message,
        /^127\.0\.0\.1:\d+ cannot be trusted: its certificate \(localhost, .* issued by Test CA, which this machine does not trust/,
      );
      assert.equal(registry.requests.length, 0);
    } finally {
      await certificates.close();
    }
  });

  it('frees or fills anew the memory of chunks that nobody looks at again, and of no others', async () => {
    const [registry, { send }] = await Promise.all([start(), open()]);
    const sent = randomBytes(2 * 1024 * 1024);
    registry.fault = () => ({ reply: { status: 200, body: sent } });
    for (const forgetsChunks of [true, false]) {
      const { body } = await send(get(registry.url, { isTransfer: true, forgetsChunks }), noAbort());
      const chunks: Uint8Array[] = [];
      const copies: Buffer[] = [];
      for await (const chunk of body) {
        chunks.push(chunk);
        copies.push(Buffer.from(chunk));
      }
      assert.ok(sent.equals(Buffer.concat(copies)));
      const isAnyGone = chunks.some((chunk, index) => copies[index]?.equals(chunk) === false);
      assert.equal(isAnyGone, forgetsChunks);
    }
  });

  it('breaks off what is under way when it is disposed of', async () => {
    const [registry, transport] = await Promise.all([start(), open()]);
    registry.fault = () => ({ hold: new Promise(() => {}) });
    const arrived = registry.nextRequest(() => true);
    const sending = rejection(transport.send(get(registry.url), noAbort()), 'cancelled');
    const request = await arrived;
    await transport.dispose();
    await sending;
    await request.closed;
    assert.equal(request.isAborted, true);
  });

  for (const isFetchUsed of [false, true]) {
    it(`leaves the process-wide agent alone, ${isFetchUsed ? 'which fetch has put there' : 'where there is none'}`, async () => {
      const registry = await start();
      const input: SlotsInput = { url: `${registry.url}/v2/`, isFetchUsed };
      const worker = new Worker(new URL('./dispatcherSlotsWorker.ts', import.meta.url), { workerData: input });
      // Both from the start: a thread may have ended by the time that its message is read.
      const [[output]] = (await Promise.all([once(worker, 'message'), once(worker, 'exit')])) as [
        [SlotsOutput],
        unknown,
      ];
      assert.deepEqual(output.changed, []);
      assert.equal(output.filledBefore.length > 0, isFetchUsed);
    });
  }
});

function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url: new URL(url), headers: {}, ...more };
}

function noAbort(): AbortSignal {
  return new AbortController().signal;
}

async function drain(body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _chunk of body);
}

async function withServer(server: ReturnType<typeof createServer>, use: (url: string) => Promise<void>): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    await use(`http://127.0.0.1:${address.port}/`);
  } finally {
    server.close();
  }
}

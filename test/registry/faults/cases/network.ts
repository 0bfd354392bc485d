import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import { directNetwork } from '../../../support/directNetwork.ts';
import { eventually } from '../../../support/eventually.ts';
import { rejection } from '../../../support/registryErrors.ts';
import { json } from '../../../support/sampleRegistry/http.ts';
import { startSampleRegistry } from '../../../support/sampleRegistry.ts';
import { makeTestCertificates } from '../../../support/testCertificates.ts';
import { openClient } from '../../openClient.ts';
import { type FaultCase, webTags } from '../faultCase.ts';
import { always, on, replies, times } from '../plans.ts';
import { listTags } from '../runCase.ts';
import { layer, type World } from '../world.ts';
import { readLayer } from './blobs.ts';

/** 10: servers that take their time. The deadlines are a second or so here. */
export const timeCases: readonly FaultCase[] = [
  {
    id: '10-never',
    server: 'never answers',
    expected: 'gives up at its deadline and says so',
    hasShortDeadlines: true,
    fault: () => always({ connection: { kind: 'stall' } }),
    outcome: { error: 'timeout', says: /did not answer/ },
    requests: 1,
  },
  {
    id: '10-blob-never',
    server: 'never answers for a blob',
    expected: 'gives up at its deadline and says so',
    hasShortDeadlines: true,
    fault: () => on('/blobs/', always({ connection: { kind: 'stall' } })),
    act: readLayer,
    outcome: { error: 'timeout', says: /did not answer/ },
    requests: 1,
  },
  {
    id: '10-loris',
    server: 'sends a list a byte at a time',
    expected: 'gives up and says so',
    hasShortDeadlines: true,
    fault: () => always({ connection: { kind: 'drip', afterBytes: 1 } }),
    outcome: { error: 'timeout', says: /too slowly|within/ },
    requests: 1,
  },
  {
    id: '10-stall',
    server: 'stops in the middle of a blob, once',
    expected: 'takes it for broken, reads on',
    hasShortDeadlines: true,
    fault: () => on('/blobs/', times(1, { connection: { kind: 'stall', afterBytes: 100_000 } })),
    act: readLayer,
    outcome: { value: layer.descriptor.digest },
    requests: 2,
  },
  {
    id: '10-storage',
    server: 'sends a blob from storage, slower than a list may be',
    expected: 'waits as long as it goes on',
    hasShortDeadlines: true,
    fault: (world) => {
      world.elsewhere.fault = () => ({
        reply: { status: 200, body: layer.bytes },
        connection: { kind: 'drip', afterBytes: layer.bytes.length - 100 },
      });
      return on('/blobs/', always(replies(307, { Location: `${world.elsewhere.url}/layer` })));
    },
    act: readLayer,
    outcome: { value: layer.descriptor.digest },
    requests: 1,
    elsewhere: 1,
  },
];

/** A registry of its own with TLS, with a certificate that nobody else knows. */
async function startEncrypted(world: World) {
  const certificates = await world.use(makeTestCertificates());
  const { key, certificate: cert } = certificates;
  const registry = await world.use(startSampleRegistry({ tls: { key, cert } }));
  return { certificates, registry };
}

async function startBehindProxy(world: World, proxy: string, more: Partial<typeof directNetwork> = {}) {
  return world.use(openClient({}, { settings: { ...directNetwork, proxy, ...more } }));
}

/** 19: certificates and proxies. */
export const networkCases: readonly FaultCase[] = [
  {
    id: '19-unknown',
    server: 'has a certificate of an authority that nobody knows',
    expected: 'refuses it, and never asks without encryption',
    act: async (world) => {
      const { registry } = await startEncrypted(world);
      const error = await rejection(world.client.gantry.addConnection({ url: registry.url }), 'tls');
      assert.equal(registry.requests.length, 0);
      assert.ok(error.message.includes(registry.host));
      throw error;
    },
    outcome: { error: 'tls', says: /certificate/, host: () => '127.0.0.1' },
    requests: 0,
  },
  {
    id: '19-ca',
    server: 'has a certificate of an authority that the connection names',
    expected: 'takes it',
    act: async (world) => {
      const { certificates, registry } = await startEncrypted(world);
      const tls = { ca: certificates.authorityFile };
      return (await world.client.gantry.addConnection({ url: registry.url, tls })).state;
    },
    outcome: { value: 'ready' },
    requests: 0,
  },
  {
    id: '19-plain',
    server: 'has no encryption where https is asked for',
    expected: 'says so, and never asks without encryption',
    act: ({ client, registry }) => client.gantry.addConnection({ url: registry.url.replace('http:', 'https:') }),
    outcome: { error: 'tls', says: /does not speak TLS/ },
    requests: 0,
  },
  {
    id: '19-proxy-down',
    server: 'is behind a proxy that is down',
    expected: 'names the proxy and the registry',
    act: async (world) => {
      const client = await startBehindProxy(world, 'http://127.0.0.1:1');
      return client.gantry.addConnection({ url: world.registry.url.replace('127.0.0.1', 'registry.test') });
    },
    outcome: { error: 'proxy', says: /proxy 127\.0\.0\.1:1\b/, host: () => 'registry.test' },
    requests: 0,
  },
  {
    id: '19-proxy-407',
    server: 'is behind a proxy that wants a login (407)',
    expected: 'says so, and how to give it one',
    act: async (world) => {
      world.elsewhere.fault = always(replies(407, { 'Proxy-Authenticate': 'Basic realm="proxy"' }));
      const client = await startBehindProxy(world, world.elsewhere.url);
      return client.gantry.addConnection({ url: 'http://registry.test' });
    },
    outcome: { error: 'proxy', says: /407.*user name and password/, host: () => 'registry.test' },
    requests: 0,
    elsewhere: 1,
  },
  {
    id: '19-no-proxy',
    server: 'is excepted from a proxy that is down',
    expected: 'is asked without it',
    auth: false,
    act: async (world) => {
      const client = await startBehindProxy(world, 'http://127.0.0.1:1', { noProxy: ['127.0.0.1'] });
      return (await client.gantry.addConnection({ url: world.registry.url, adapterId: 'oci' })).state;
    },
    outcome: { value: 'ready' },
    requests: 1,
  },
];

/** 20: what is cancelled, and what comes after the end. */
export const endingCases: readonly FaultCase[] = [
  {
    id: '20-cancel',
    server: 'takes its time; the user cancels',
    expected: 'leaves at once: the connection ends',
    fault: () => always({ hold: new Promise(() => {}) }),
    act: async ({ client, repository, registry }) => {
      const stop = new AbortController();
      const arriving = registry.nextRequest(() => true);
      const ended = rejection(client.gantry.listTags(repository, { signal: stop.signal }), 'cancelled');
      const request = await arriving;
      stop.abort();
      const error = await ended;
      await request.closed;
      assert.equal(request.isAborted, true);
      throw error;
    },
    outcome: { error: 'cancelled', says: /Cancelled/ },
    requests: 1,
  },
  {
    id: '20-cancel-body',
    server: 'is in the middle of a blob; the user cancels',
    expected: 'leaves at once: the connection ends, nothing is resumed',
    fault: () => on('/blobs/', always({ connection: { kind: 'stall', afterBytes: 100_000 } })),
    act: async (world) => {
      const stop = new AbortController();
      const session = await world.session();
      const { chunks } = await session.openBlob(layer.descriptor, { signal: stop.signal });
      const read = async (): Promise<never> => {
        for await (const _chunk of chunks) stop.abort();
        assert.fail('it ended');
      };
      const error = await rejection(read(), 'cancelled');
      const [request] = world.requests();
      await request?.closed;
      throw error;
    },
    outcome: { error: 'cancelled', says: /Cancelled/ },
    requests: 1,
  },
  {
    id: '20-dispose',
    server: 'holds requests while Gantry is shut down',
    expected: 'ends them all, sends nothing afterwards, leaves no connection',
    fault: () => always({ hold: new Promise(() => {}) }),
    act: async (world) => {
      const { client, registry } = world;
      const listing = Promise.allSettled([listTags(world), listTags(world), listTags(world)]);
      await eventually(() => assert.ok(world.requests().length >= 3));
      await client.close();
      const ended = await listing;
      assert.ok(ended.every(({ status }) => status === 'rejected'));
      await Promise.all(registry.requests.map(({ closed }) => closed));
      return listTags(world);
    },
    outcome: { error: 'cancelled', says: /shut down/ },
    requests: 3,
  },
];

/** 25: secrets. 26: what the extension host is after Gantry was used. */
export const secretCases: readonly FaultCase[] = [
  {
    id: '25-echo',
    server: 'repeats the credential in its error, in every form',
    expected: 'shows the error without it',
    fault:
      (world) =>
      ({ headers }) => {
        const [password = ''] = world.credentials;
        const message = `no access with ${headers.authorization} at https://user:${encodeURIComponent(password)}@host/?token=${password}`;
        return { reply: json(403, { errors: [{ code: 'DENIED', message }] }) };
      },
    outcome: { error: 'denied', says: /no access with Basic …/ },
    requests: 1,
  },
  {
    id: '25-signed',
    server: 'redirects to a signed address that breaks',
    expected: 'shows and logs nothing of the signature',
    fault: (world) => {
      const signature = world.secret('signature');
      world.elsewhere.fault = always({ connection: { kind: 'reset' } });
      return on('/blobs/', always(replies(307, { Location: `${world.elsewhere.url}/x?X-Amz-Signature=${signature}` })));
    },
    act: readLayer,
    outcome: { error: 'unreachable', says: /connection/, host: ({ elsewhere }) => elsewhere.host },
    requests: 4,
    elsewhere: [4, 8],
    waits: [1, 2],
  },
  {
    id: '25-header',
    server: 'sends secrets in headers of its answers',
    expected: 'logs and keeps none of them',
    fault: (world) => {
      const secret = world.secret('cookie');
      return always({
        alter: (reply) => ({
          ...reply,
          headers: { ...reply.headers, 'Set-Cookie': `a=${secret}`, Warning: `299 - "see https://a:${secret}@host"` },
        }),
      });
    },
    outcome: webTags,
    requests: 1,
  },
  {
    id: '25-parts',
    server: 'takes a login, a token and a copy of what is shown',
    expected: 'has them in the secret storage and nowhere else',
    auth: 'bearer',
    act: async (world) => {
      await listTags(world);
      const { secretValues } = world.client.ports;
      return world.credentials.some((credential) =>
        [...secretValues.values()].some((value) => value.includes(credential)),
      );
    },
    outcome: { value: true },
    requests: 2,
  },
  {
    id: '26',
    server: 'answers as it should',
    expected: 'leaves the dispatchers, agents, environment and fetch of the process as they were',
    act: async (world) => {
      const before = processWide();
      await listTags(world);
      await readLayer(world);
      const after = processWide();
      return Object.keys(before).filter((name) => before[name] !== after[name]);
    },
    outcome: { value: [] },
    requests: 2,
  },
  {
    id: '26-tls',
    server: 'is connected without verification of its certificate',
    expected: 'changes nothing for the rest of the process',
    act: async (world) => {
      const { registry } = await startEncrypted(world);
      const before = processWide();
      await world.client.gantry.addConnection({ url: registry.url, tls: { insecure: true } });
      const after = processWide();
      await assert.rejects(fetch(`${registry.url}/v2/`), 'the built-in fetch verifies as before');
      return Object.keys(before).filter((name) => before[name] !== after[name]);
    },
    outcome: { value: [] },
    requests: 0,
  },
];

function processWide(): Readonly<Record<string, unknown>> {
  return {
    'undici.globalDispatcher.1': Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.1')),
    'undici.globalDispatcher.2': Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.2')),
    fetch: globalThis.fetch,
    'http.globalAgent': http.globalAgent,
    'https.globalAgent': https.globalAgent,
    'https.globalAgent.options': JSON.stringify(https.globalAgent.options),
    'http.request': http.request,
    'https.request': https.request,
    environment: JSON.stringify(process.env),
    exceptions: process.listenerCount('uncaughtException'),
    rejections: process.listenerCount('unhandledRejection'),
  };
}

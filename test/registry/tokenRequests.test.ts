import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Credential } from '../../src/core/credential.ts';
import type { Middleware } from '../../src/core/ports.ts';
import { createOciSession } from '../../src/core/registry/ociSession.ts';
import { createPipeline } from '../../src/core/registry/pipeline.ts';
import { createTransport, type Transport } from '../../src/node/transport.ts';
import { writeArtifact } from '../support/artifactWriter.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { directNetwork } from '../support/directNetwork.ts';
import { writeImage, writeLayer } from '../support/imageWriter.ts';
import { content } from '../support/oci.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { type Client, openClient } from './openClient.ts';

const login = { username: 'ada', password: 'secret' };
const bearer = { auth: { scheme: 'bearer', users: { ada: login.password } } } as const;
const requestsAtOnce = 6;

const transports: Transport[] = [];
const start = closeAfterEach(startSampleRegistry);
const open = closeAfterEach(openClient);

describe('the requests of many at once', () => {
  afterEach(async () => {
    for (const transport of transports.splice(0)) await transport.dispose();
  });

  it('take one token for a list of a hundred tags and the digests and dates of all of them', async () => {
    const [registry, { gantry }] = await Promise.all([start(bearer), open()]);
    const names = pushImages(registry, 100);
    await gantry.addConnection({ url: registry.url, ...login });
    const before = registry.requests.length;
    const { tags } = await gantry.tagNames(`${registry.host}/shop/web`);
    assert.equal(tags.length, 100);
    await Promise.all(names.map((tag) => gantry.inspect(`${registry.host}/shop/web:${tag}`)));
    assert.equal(tokenRequests(registry, before), 1);
    // The first list without a token, the list, and a manifest and a config for each.
    assert.equal(registry.requests.length - before, 1 + 1 + 1 + 200);
  });

  it('are never more than the limit under way: two hundred inspections, with and without tokens', async () => {
    for (const options of [{}, bearer]) {
      const [registry, { client, most }] = await Promise.all([start(options), openCounting()]);
      const { gantry } = client;
      const names = pushImages(registry, 200);
      await gantry.addConnection({ url: registry.url, ...('auth' in options ? login : {}) });
      const before = registry.requests.length;
      await Promise.all(names.map((tag) => gantry.inspect(`${registry.host}/shop/web:${tag}`)));
      assert.equal(most(), requestsAtOnce);
      assert.ok(tokenRequests(registry, before) <= 1);
    }
  });

  it('take one token when fifty find theirs ended at the same time', async () => {
    const [registry, { gantry }] = await Promise.all([start(bearer), open()]);
    const names = pushImages(registry, 50);
    await gantry.addConnection({ url: registry.url, ...login });
    await gantry.tagNames(`${registry.host}/shop/web`);
    registry.revokeTokens();
    const before = registry.requests.length;
    await Promise.all(names.map((tag) => gantry.inspect(`${registry.host}/shop/web:${tag}`)));
    assert.equal(tokenRequests(registry, before), 1);
    // Each is repeated once: a manifest and a config for each, and what was refused.
    const refused = registry.requests.slice(before).filter(({ status }) => status === 401);
    assert.ok(refused.length <= 50);
    assert.equal(registry.requests.length - before, 1 + 100 + refused.length);
  });

  it('leave room for what somebody waits for while a search in the background goes on', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    const names = pushImages(registry, 20);
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    registry.fault = ({ method }) => (method === 'HEAD' ? { hold: held } : undefined);
    const target = await gantry.inspect(`${registry.host}/shop/web:${names[0]}`);
    const before = registry.requests.length;
    const plan = gantry.planDelete(`${registry.host}/shop/web@${target.digest}`);
    for (let count = 0; count < 4; count++) await registry.nextRequest(({ method }) => method === 'HEAD');
    assert.equal((await gantry.inspect(`${registry.host}/shop/web:${names[1]}`)).layers.length, 1);
    const heads = registry.requests.slice(before).filter(({ method }) => method === 'HEAD');
    assert.equal(heads.length, requestsAtOnce - 2);
    letGo();
    assert.equal((await plan).checkedTags, 20);
  });
});

describe('a download whose token ends while it is under way', () => {
  it('goes on where it broke, with a token of its own', async () => {
    const layer = randomBytes(3 * 1024 * 1024);
    const artifact = writeArtifact({
      artifactType: 'application/vnd.example.data',
      layers: [content('application/octet-stream', layer)],
    });
    const blob = artifact.blobs.find(({ bytes }) => bytes.length === layer.length);
    assert.ok(blob);
    const [registry, { ports }] = await Promise.all([start(bearer), open()]);
    registry.push('data', artifact, 'latest');
    registry.fault = ({ url, headers }) => {
      if (!url.pathname.includes('/blobs/') || headers.authorization === undefined || headers.range !== undefined)
        return undefined;
      return { connection: { kind: 'reset', afterBytes: 1024 * 1024 } };
    };
    const url = new URL(registry.url);
    const findCredential = async (): Promise<Credential> => ({ kind: 'password', ...login });
    const transport = ports.openTransport({ registry: url });
    const send = createPipeline({ ...ports, registry: url, findCredential, transport });
    const session = createOciSession({ url, send, createHash: ports.createHash, log: ports.log, sleep: ports.sleep });
    const { signal } = new AbortController();
    const { chunks } = await session.repository('data').openBlob(blob.descriptor, { signal });
    registry.revokeTokens();
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    assert.deepEqual(Buffer.concat(parts), layer);
    assert.equal(tokenRequests(registry, 0), 2);
    assert.deepEqual(
      registry.requests.filter(({ headers }) => headers.range !== undefined).map(({ status }) => status),
      [401, 206],
    );
  });
});

/** Images that differ, each with a tag of its own. */
function pushImages(registry: SampleRegistry, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const layer = writeLayer([file('srv/app', `${index}`)]);
    const image = writeImage({
      platform: { os: 'linux', architecture: 'amd64' },
      steps: [{ createdBy: 'COPY', layer }],
    });
    registry.push('shop/web', image, `1.${index}`);
    return `1.${index}`;
  });
}

function tokenRequests(registry: SampleRegistry, since: number): number {
  return registry.requests.slice(since).filter(({ server }) => server === 'token').length;
}

/** A client that knows how many requests were ever under way at once, apart from those for tokens, to the end of their bodies. */
async function openCounting(): Promise<{ readonly client: Client; readonly most: () => number }> {
  const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
  let underWay = 0;
  let most = 0;
  const counting: Middleware = (next) => async (request, signal) => {
    if (request.isTokenRequest === true) return next(request, signal);
    most = Math.max(most, ++underWay);
    const response = await next(request, signal);
    let isOver = false;
    const end = (): void => {
      if (!isOver) underWay--;
      isOver = true;
    };
    const body = (async function* () {
      try {
        yield* response.body;
      } finally {
        end();
      }
    })();
    return {
      ...response,
      body,
      discard: () => {
        response.discard();
        end();
      },
    };
  };
  const client = await open({ openTransport: (options) => counting(transport.open(options)) });
  transports.push(transport);
  return { client, most: () => most };
}

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { TransferProgress } from '../../src/api.ts';
import type { ImagePorts } from '../../src/core/image/ports.ts';
import type { Engine, HttpResponse } from '../../src/core/ports.ts';
import { createFindEngine } from '../../src/node/engine.ts';
import { createFiles } from '../../src/node/files.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { distributionProgram, startDistribution } from '../support/distribution.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import type { Artifact } from '../support/oci.ts';
import { type Podman, podmanProgram, startPodman } from '../support/podman.ts';
import { needsPrograms } from '../support/programs.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { pushWithSkopeo, skopeoProgram } from '../support/skopeo.ts';
import { file } from '../support/tarWriter.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';
import { openClient } from './openClient.ts';

const image = imageFor('amd64');
const index = writeIndex([image, imageFor('arm64')]);
const digest = index.manifest.descriptor.digest;
const login = { user: 'alice', password: 'canary-5d1e' };

describe('pulling into podman', () => {
  const startSample = closeAfterEach(startSampleRegistry);
  const startReal = closeAfterEach(startDistribution);
  const start = closeAfterEach(startPodman);
  const open = closeAfterEach(openClient);

  before(function () {
    needsPrograms(this, podmanProgram);
  });

  /** A client that finds this engine and no other. */
  function openWith({ socket }: Podman, more: Partial<ImagePorts> = {}): ReturnType<typeof open> {
    const env = { DOCKER_HOST: `unix://${socket}` };
    return open({ ...more, findEngine: createFindEngine(() => ({ env, home: '/', platform: process.platform })) });
  }

  it('gives the image the name and the digest that it has in the registry', async function () {
    needsPrograms(this, distributionProgram, skopeoProgram);
    const registry = await startReal();
    await pushWithSkopeo(registry, 'shop/web', index, '1.0.0');
    const podman = await start({ plainRegistries: [registry.host] });
    const { gantry } = await openWith(podman);
    const reference = `${registry.host}/shop/web:1.0.0`;

    const events: TransferProgress[] = [];
    const result = await gantry.pull(reference, { destination: 'engine', onProgress: (event) => events.push(event) });

    const found = await inspectImage(podman, reference);
    assert.deepEqual(found.RepoTags, [reference]);
    assert.ok(found.RepoDigests.includes(`${registry.host}/shop/web@${digest}`), String(found.RepoDigests));
    assert.deepEqual(result, {
      reference,
      digest,
      destination: { kind: 'engine', engine: await versionOf(podman), imageId: `sha256:${found.Id}` },
    });
    assertProgress(events, sizeOf(image));
  });

  it('pulls a digest by digest, without inventing a tag', async () => {
    const registry = await startSample();
    registry.push('shop/web', index, '1.0.0');
    const podman = await start({ plainRegistries: [registry.host] });
    const { gantry } = await openWith(podman);
    const reference = `${registry.host}/shop/web@${image.manifest.descriptor.digest}`;
    const result = await gantry.pull(reference, { destination: 'engine' });
    assert.equal(result.digest, image.manifest.descriptor.digest);
    assert.deepEqual((await inspectImage(podman, reference)).RepoTags ?? [], []);
  });

  it('loads what it cannot reach, as the same image that it pulls by itself', async () => {
    const registry = await startSample({ auth: { scheme: 'basic', users: { [login.user]: login.password } } });
    registry.push('shop/web', index, '1.0.0');
    const reference = `${registry.host}/shop/web:1.0.0`;
    // This one asks for encryption, which the registry has not; the other is told not to.
    const [far, near] = await Promise.all([start(), start({ plainRegistries: [registry.host] })]);
    await withTemporaryFolder(async (scratchFolder) => {
      const loading = await openWith(far, { files: createFiles(), scratchFolder });
      const pulling = await openWith(near);
      for (const { gantry } of [loading, pulling]) {
        await gantry.addConnection({ url: registry.url, username: login.user, password: login.password });
      }
      const events: TransferProgress[] = [];
      const loaded = await loading.gantry.pull(reference, {
        destination: 'load',
        onProgress: (event) => events.push(event),
      });
      const pulled = await pulling.gantry.pull(reference, { destination: 'engine' });
      assert.ok(loaded.destination.kind === 'engine' && pulled.destination.kind === 'engine');
      assert.equal(loaded.destination.imageId, pulled.destination.imageId);
      assert.deepEqual((await inspectImage(far, reference)).RepoTags, [reference]);
      assertProgress(events, sizeOf(image));
      assert.ok(![...loading.ports.logLines, far.output()].join('\n').includes(login.password));
      assert.deepEqual(await readdir(scratchFolder), []);
    });
  });

  it('says what an engine that does not take an image has said', async () => {
    const registry = await startSample();
    registry.push('shop/web', image, '1.0.0');
    const engine: Engine = {
      address: 'a fake engine',
      send: async ({ url, stream }) => {
        if (url.pathname === '/version') return answer({ Version: '1' });
        for await (const _ of stream?.() ?? []) {
          // As an engine does, which reads all of it first.
        }
        return answer({ errorDetail: { message: 'write /layer: no space left on device' } });
      },
    };
    await withTemporaryFolder(async (scratchFolder) => {
      const { gantry } = await open({ files: createFiles(), scratchFolder, findEngine: async () => engine });
      const pull = gantry.pull(`${registry.host}/shop/web:1.0.0`, { destination: 'load' });
      const { message } = await rejection(pull, 'storage');
      assert.match(message, /^Docker 1 has no space left for .*shop\/web:1\.0\.0/);
      assert.match(message, / are kept, the image is not in place\. Pull again to go on\.$/);
    });
  });

  it('takes the platform that was asked for', async () => {
    const registry = await startSample();
    registry.push('shop/web', index, '1.0.0');
    const podman = await start({ plainRegistries: [registry.host] });
    const { gantry } = await openWith(podman);
    const reference = `${registry.host}/shop/web:1.0.0`;
    await gantry.pull(reference, { destination: 'engine', platform: 'linux/arm64' });
    assert.equal((await inspectImage(podman, reference)).Architecture, 'arm64');
    const error = await rejection(
      gantry.pull(reference, { destination: 'engine', platform: 'linux/s390x' }),
      'not-found',
    );
    assert.match(error.message, /has no image for linux\/s390x. It has: linux\/amd64, linux\/arm64/);
  });

  for (const scheme of ['basic', 'bearer'] as const) {
    it(`hands the connection's login to the engine (${scheme})`, async () => {
      const users = { [login.user]: login.password };
      const registry = await startSample({ auth: { scheme, users } });
      registry.push('shop/web', image, '1.0.0');
      const podman = await start({ plainRegistries: [registry.host] });
      const { gantry, ports } = await openWith(podman);
      const pull = (): Promise<unknown> => gantry.pull(`${registry.host}/shop/web:1.0.0`, { destination: 'engine' });
      const error = await rejection(pull(), 'unauthorized');
      assert.ok(error.message.includes(registry.host), error.message);

      await gantry.addConnection({ url: registry.url, username: login.user, password: login.password });
      await pull();
      assert.ok(![...ports.logLines, podman.output()].join('\n').includes(login.password));
    });
  }

  it('gives the login of one registry to the engine for no other', async () => {
    const registry = await startSample({ auth: { scheme: 'basic', users: { [login.user]: login.password } } });
    const requests: string[] = [];
    const engine: Engine = {
      address: 'a fake engine',
      send: async ({ url, headers }) => {
        requests.push(`${url.pathname} ${'x-registry-auth' in headers}`);
        return answer(url.pathname === '/version' ? { Version: '1' } : { errorDetail: { message: 'no' } });
      },
    };
    const { gantry } = await open({ findEngine: async () => engine });
    const { id } = await gantry.addConnection({
      url: registry.url,
      username: login.user,
      password: login.password,
    });
    registry.push('shop/web', image, '1.0.0');
    for (const host of [registry.host, 'registry.example:5000']) {
      await rejection(gantry.pull(`${host}/shop/web:1.0.0`, { destination: 'engine', connectionId: id }), 'server');
    }
    assert.deepEqual(
      requests.filter((request) => request.startsWith('/images/create')),
      ['/images/create true', '/images/create false'],
    );
  });

  it('stops the engine when it is cancelled', async () => {
    const registry = await startSample();
    registry.push('shop/web', image, '1.0.0');
    const layer = image.blobs[1]?.descriptor ?? assert.fail();
    registry.fault = ({ url }) =>
      url.pathname.endsWith(layer.digest) ? { connection: { kind: 'stall', afterBytes: 1000 } } : undefined;
    const podman = await start({ plainRegistries: [registry.host] });
    const { gantry } = await openWith(podman);
    const reference = `${registry.host}/shop/web:1.0.0`;
    const canceller = new AbortController();
    const started = registry.nextRequest(({ path }) => path.endsWith(layer.digest));
    const pull = rejection(gantry.pull(reference, { destination: 'engine', signal: canceller.signal }), 'cancelled');
    const request = await started;
    canceller.abort();
    await pull;
    await request.closed;
    assert.ok(request.isAborted);
    await assert.rejects(inspectImage(podman, reference), /image not known|No such image/);
  });

  it('explains how a registry without encryption is allowed', async () => {
    const registry = await startSample();
    registry.push('shop/web', image, '1.0.0');
    const { gantry } = await openWith(await start());
    const error = await rejection(gantry.pull(`${registry.host}/shop/web:1.0.0`, { destination: 'engine' }), 'tls');
    assert.match(error.message, /^Podman [\d.]+ does not pull from 127\.0\.0\.1:\d+: it wants encryption/);
    assert.match(error.message, /registries\.conf: \[\[registry\]\] location = "127\.0\.0\.1:\d+", insecure = true/);
  });

  it('says that the registry lacks the tag, whoever finds out', async () => {
    const registry = await startSample();
    registry.push('shop/web', image, '1.0.0');
    const podman = await start({ plainRegistries: [registry.host] });
    const { gantry } = await openWith(podman);
    const pull = (): Promise<unknown> => gantry.pull(`${registry.host}/shop/web:2.0.0`, { destination: 'engine' });
    assert.match((await rejection(pull(), 'not-found')).message, /does not have shop\/web:2\.0\.0/);
    // Gantry's own look fails in a way that need not be the engine's.
    registry.fault = ({ headers }) =>
      headers['user-agent']?.startsWith('gantry/') ? { reply: { status: 503 } } : undefined;
    assert.match((await rejection(pull(), 'not-found')).message, /^Podman [\d.]+ does not find .*\/shop\/web:2\.0\.0/);
  });

  it('leaves the state of the connection alone when there is no engine', async () => {
    const registry = await startSample();
    const { gantry } = await openWith({ socket: '/nonexistent/podman.sock' } as Podman);
    await gantry.addConnection({ url: registry.url });
    const error = await rejection(
      gantry.pull(`${registry.host}/shop/web:1.0.0`, { destination: 'engine' }),
      'not-found',
    );
    assert.match(error.message, /\/nonexistent\/podman\.sock \(DOCKER_HOST\) cannot be used: it is not there/);
    assert.equal(gantry.connections().find(({ url }) => url === registry.url)?.state, 'ready');
  });
});

function imageFor(architecture: string): Artifact {
  // Random bytes do not become fewer by compression.
  const files = [file('app/data', randomBytes(300_000))];
  return writeImage({
    platform: { os: 'linux', architecture },
    steps: [{ createdBy: 'COPY data /app/', layer: writeLayer(files) }],
  });
}

function sizeOf({ blobs }: Artifact): number {
  return blobs.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
}

/** Progress goes on to the end, and never back. */
function assertProgress(events: readonly TransferProgress[], total: number): void {
  assert.deepEqual(
    events.map(({ done }) => done),
    events.map(({ done }) => done).toSorted((a, b) => a - b),
  );
  assert.ok(events.every((event) => event.total === total));
  assert.equal(events.at(-1)?.done, total);
}

interface InspectedImage {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[];
  readonly Architecture: string;
}

/** By podman's own client. */
async function inspectImage({ socket }: Podman, reference: string): Promise<InspectedImage> {
  const { stdout } = await promisify(execFile)(podmanProgram, [
    '--url',
    `unix://${socket}`,
    'inspect',
    '--type',
    'image',
    reference,
  ]);
  const [found] = JSON.parse(stdout) as InspectedImage[];
  return found ?? assert.fail(`podman has no ${reference}`);
}

async function versionOf({ socket }: Podman): Promise<string> {
  const { stdout } = await promisify(execFile)(podmanProgram, [
    '--url',
    `unix://${socket}`,
    'version',
    '--format',
    '{{.Server.Version}}',
  ]);
  return `Podman ${stdout.trim()}`;
}

function answer(reply: unknown): HttpResponse {
  const bytes = Buffer.from(JSON.stringify(reply));
  return {
    status: 200,
    headers: { get: () => undefined, all: () => [] },
    body: (async function* () {
      yield bytes;
    })(),
    discard: () => {},
  };
}

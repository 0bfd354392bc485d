import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { RepositorySession } from '../../src/api.ts';
import { isRegistryError } from '../../src/core/errors.ts';
import { createOciSession } from '../../src/core/registry/ociSession.ts';
import { createPipeline } from '../../src/core/registry/pipeline.ts';
import { createHash } from '../../src/node/hash.ts';
import { createTransport } from '../../src/node/transport.ts';
import { writeArtifact } from '../support/artifactWriter.ts';
import { directNetwork } from '../support/directNetwork.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { content } from '../support/oci.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';

const size = 3 * 1024 * 1024;
const signal = new AbortController().signal;

describe('a blob whose connection breaks', () => {
  const transport = createTransport({ userAgent: 'gantry-test', network: () => directNetwork });
  let registry: SampleRegistry;
  let repository: RepositorySession;
  const layer = randomBytes(size);
  const artifact = writeArtifact({
    artifactType: 'application/vnd.example.data',
    layers: [content('application/octet-stream', layer)],
  });
  const blob = artifact.blobs.find(({ bytes }) => bytes.length === size);

  beforeEach(async () => {
    registry = await startSampleRegistry();
    registry.push('data', artifact, 'latest');
    const { log, now, sleep } = fakePorts();
    const url = new URL(registry.url);
    const findCredential = async (): Promise<undefined> => undefined;
    const send = createPipeline({
      registry: url,
      findCredential,
      transport: transport.open({ registry: url }),
      log,
      now,
      sleep,
    });
    repository = createOciSession({ url, send, createHash, log, sleep }).repository('data');
  });
  afterEach(() => registry.close());
  after(() => transport.dispose());

  async function read(): Promise<Buffer> {
    assert.ok(blob);
    const { chunks } = await repository.openBlob(blob.descriptor, { signal });
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    return Buffer.concat(parts);
  }

  function blobRequests(): readonly (string | undefined)[] {
    return registry.requests.filter(({ path }) => path.includes('/blobs/')).map(({ headers }) => headers.range);
  }

  it('is read on from the byte where it broke, and verified as a whole', async () => {
    let cuts = 0;
    registry.fault = ({ url }) =>
      url.pathname.includes('/blobs/') && cuts++ < 2
        ? { connection: { kind: 'reset', afterBytes: 1024 * 1024 } }
        : undefined;
    assert.deepEqual(await read(), layer);
    const [first, second, third] = blobRequests();
    assert.equal(first, undefined);
    for (const range of [second, third]) assert.match(range ?? '', /^bytes=\d+-$/);
  });

  it('is read to the end also where one connection after the other brings a little of it', async () => {
    let cuts = 0;
    registry.fault = ({ url }) =>
      url.pathname.includes('/blobs/') && cuts++ < 20
        ? { connection: { kind: 'close', afterBytes: 40 * 1024 } }
        : undefined;
    assert.deepEqual(await read(), layer);
    assert.equal(blobRequests().length, 21);
  });

  it('is not resumed for ever', async () => {
    registry.fault = ({ url }) =>
      url.pathname.includes('/blobs/') ? { connection: { kind: 'reset', afterBytes: 0 } } : undefined;
    await assert.rejects(read(), (error) => isRegistryError(error, 'unreachable'));
    assert.ok(blobRequests().length <= 20);
  });
});

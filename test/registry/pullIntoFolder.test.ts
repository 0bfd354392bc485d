import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { access, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PullResult, TransferProgress } from '../../src/api.ts';
import { RegistryError } from '../../src/core/errors.ts';
import type { Files } from '../../src/core/ports.ts';
import { createFiles } from '../../src/node/files.ts';
import { writeAttestation } from '../support/artifactWriter.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImageLayout } from '../support/imageLayout.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { type Artifact, sha256 } from '../support/oci.ts';
import { needsPrograms } from '../support/programs.ts';
import { rejection } from '../support/registryErrors.ts';
import { flipBit } from '../support/sampleRegistry/faults.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { skopeo, skopeoProgram } from '../support/skopeo.ts';
import { file } from '../support/tarWriter.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';
import { openClient } from './openClient.ts';

const [amd64, arm64] = [imageFor('amd64'), imageFor('arm64')];
const index = writeIndex([amd64, arm64, writeAttestation(amd64.manifest.descriptor, [])]);

describe('pulling into a folder', () => {
  const startRegistry = closeAfterEach(startSampleRegistry);
  const open = closeAfterEach(openClient);

  async function start(files: Files = createFiles()): Promise<{
    registry: Awaited<ReturnType<typeof startRegistry>>;
    pull: (reference: string, folder: string, options?: PullExtras) => Promise<PullResult>;
  }> {
    const [registry, { gantry }] = await Promise.all([startRegistry(), open({ files })]);
    registry.push('shop/web', index, '1.0.0');
    return {
      registry,
      pull: (name, folder, options) => gantry.pull(`${registry.host}/${name}`, { ...options, destination: { folder } }),
    };
  }

  it('keeps all platforms and the digest, as skopeo reads them', async function () {
    needsPrograms(this, skopeoProgram);
    const { registry, pull } = await start();
    await withTemporaryFolder(async (folder) => {
      const events: TransferProgress[] = [];
      const layout = join(folder, 'new', 'layout');
      const result = await pull('shop/web:1.0.0', layout, { onProgress: (event) => events.push(event) });
      const { digest } = index.manifest.descriptor;
      const total = sizeOf(index);
      assert.deepEqual(result, {
        reference: `${registry.host}/shop/web:1.0.0`,
        digest,
        destination: { kind: 'folder', folder: layout, bytesFetched: total, omittedLayers: [] },
      });
      assert.equal(await skopeo('inspect', '--raw', `oci:${layout}:1.0.0`), index.manifest.bytes.toString());
      const inspected = JSON.parse(await skopeo('inspect', '--override-arch', 'arm64', `oci:${layout}:1.0.0`)) as {
        Layers: string[];
      };
      assert.deepEqual(inspected.Layers, [arm64.blobs[1]?.descriptor.digest]);
      // skopeo reads every blob of every platform.
      await skopeo('copy', '--all', `oci:${layout}:1.0.0`, `dir:${join(folder, 'copy')}`);
      assert.deepEqual(events.at(-1), { done: total, total, item: events.at(-1)?.item });
      assert.ok(events.length <= 210, `${events.length} events`);
    });
  });

  it('takes one platform, whose manifest then has the tag', async () => {
    const { pull } = await start();
    await withTemporaryFolder(async (folder) => {
      const result = await pull('shop/web:1.0.0', folder, { platform: 'linux/arm64' });
      assert.equal(result.digest, arm64.manifest.descriptor.digest);
      assert.deepEqual(await tagsOf(folder), { '1.0.0': arm64.manifest.descriptor.digest });
      assert.deepEqual(await blobsOf(folder), contentsOf(arm64));
    });
  });

  it('does not fetch what is there', async () => {
    const { registry, pull } = await start();
    await withTemporaryFolder(async (folder) => {
      await pull('shop/web:1.0.0', folder);
      const before = registry.requests.length;
      const again = await pull('shop/web:1.0.0', folder);
      assert.ok(!registry.requests.slice(before).some(({ path }) => path.includes('/blobs/')));
      assert.equal(again.destination.kind === 'folder' && again.destination.bytesFetched, 0);
    });
  });

  it('removes what a pull that was killed left there long ago', async () => {
    const { pull } = await start();
    await withTemporaryFolder(async (folder) => {
      const left = join(folder, `.gantry-${randomUUID()}`);
      await writeFile(left, 'a part of a layer');
      await utimes(left, 0, 0);
      await pull('shop/web:1.0.0', folder);
      await assert.rejects(access(left));
      await assertIntact(folder);
    });
  });

  it('fetches again what has been damaged', async () => {
    const { pull } = await start();
    await withTemporaryFolder(async (folder) => {
      await pull('shop/web:1.0.0', folder);
      const damaged = amd64.blobs[1]?.descriptor ?? assert.fail();
      await writeFile(join(folder, 'blobs', damaged.digest.replace(':', '/')), Buffer.alloc(damaged.size));
      const { destination } = await pull('shop/web:1.0.0', folder);
      assert.equal(destination.kind === 'folder' && destination.bytesFetched, damaged.size);
      await assertIntact(folder);
    });
  });

  it('keeps what else is in the layout', async () => {
    const { registry, pull } = await start();
    registry.push('shop/web', arm64, '2.0.0');
    const other = imageFor('riscv64');
    await withTemporaryFolder(async (folder) => {
      await writeImageLayout(folder, { other });
      // Two at once change the same index.
      await Promise.all([pull('shop/web:1.0.0', folder), pull('shop/web:2.0.0', folder)]);
      assert.deepEqual(await tagsOf(folder), {
        other: other.manifest.descriptor.digest,
        '1.0.0': index.manifest.descriptor.digest,
        '2.0.0': arm64.manifest.descriptor.digest,
      });
    });
  });

  it('moves a tag that has moved in its repository, but takes none from another', async () => {
    const { registry, pull } = await start();
    await withTemporaryFolder(async (folder) => {
      await pull('shop/web:1.0.0', folder);
      registry.push('shop/web', arm64, '1.0.0');
      await pull('shop/web:1.0.0', folder);
      assert.deepEqual(await tagsOf(folder), { '1.0.0': arm64.manifest.descriptor.digest });
      registry.push('shop/api', amd64, '1.0.0');
      const before = await everythingIn(folder);
      const error = await rejection(pull('shop/api:1.0.0', folder), 'conflict');
      assert.match(error.message, /already holds .*\/shop\/web:1\.0\.0 as "1\.0\.0"/);
      assert.deepEqual(await everythingIn(folder), before);
    });
  });

  it('pulls a digest without a tag', async () => {
    const { pull } = await start();
    await withTemporaryFolder(async (folder) => {
      const { digest } = arm64.manifest.descriptor;
      await pull(`shop/web@${digest}`, folder);
      await pull(`shop/web@${digest}`, folder);
      const { manifests } = await readIndex(folder);
      assert.deepEqual(
        manifests.map((entry) => entry.digest),
        [digest],
      );
    });
  });

  it('throws an altered blob away', async () => {
    const { registry, pull } = await start();
    registry.fault = ({ url }) => (url.pathname.includes('/blobs/') ? { alter: flipBit } : undefined);
    await withTemporaryFolder(async (folder) => {
      const error = await rejection(pull('shop/web:1.0.0', folder), 'digest-mismatch');
      assert.ok(error.message.includes(registry.host), error.message);
      const blob = /asked for (sha256:[\da-f]+)/.exec(error.message)?.[1] ?? assert.fail(error.message);
      const kept = await everythingIn(folder);
      assert.ok(!kept.includes(partName(blob)), kept.join('\n'));
      assert.deepEqual(
        kept.filter((name) => !name.startsWith('.')),
        ['blobs', 'blobs/sha256', 'blobs/sha512', 'index.json', 'oci-layout'],
      );
      assert.deepEqual(await tagsOf(folder), {});
    });
  });

  it('leaves a complete layout behind when it is cancelled', async () => {
    const { registry, pull } = await start();
    const stalled = amd64.blobs[1]?.descriptor.digest ?? assert.fail();
    await withTemporaryFolder(async (folder) => {
      await writeImageLayout(folder, { other: imageFor('riscv64') });
      const before = await tagsOf(folder);
      registry.fault = ({ url }) =>
        url.pathname.endsWith(stalled) ? { connection: { kind: 'stall', afterBytes: 1000 } } : undefined;
      const canceller = new AbortController();
      const started = registry.nextRequest(({ path }) => path.endsWith(stalled));
      const pulled = rejection(pull('shop/web:1.0.0', folder, { signal: canceller.signal }), 'cancelled');
      await started;
      canceller.abort();
      await pulled;
      assert.deepEqual(await tagsOf(folder), before);
      await assertIntact(folder);
      registry.fault = undefined;
      await pull('shop/web:1.0.0', folder);
      await assertIntact(folder);
    });
  });

  it('goes on in the middle of a layer, where an earlier pull broke off', async () => {
    const { registry, pull } = await start();
    const { digest, size } = amd64.blobs[1]?.descriptor ?? assert.fail();
    registry.fault = ({ url, headers }) => {
      if (!url.pathname.endsWith(digest)) return undefined;
      return headers.range === undefined
        ? { connection: { kind: 'close', afterBytes: 100_000 } }
        : { reply: { status: 403 } };
    };
    await withTemporaryFolder(async (folder) => {
      await rejection(pull('shop/web:1.0.0', folder), 'denied');
      const refused = registry.requests.findLast(({ path }) => path.endsWith(digest))?.headers.range ?? '';
      registry.fault = undefined;
      await pull('shop/web:1.0.0', folder);
      const [, start] = /^bytes=(\d+)-$/.exec(refused) ?? assert.fail(refused);
      const resumed = registry.requests.findLast(({ path }) => path.endsWith(digest));
      assert.equal(resumed?.headers.range, `bytes=${start}-${size - 1}`);
      await assertIntact(folder);
      assert.deepEqual(
        (await everythingIn(folder)).filter((name) => name.startsWith('.')),
        [],
      );
    });
  });

  it('begins anew where what it had is not the beginning, and where the registry sends no parts', async () => {
    const { registry, pull } = await start();
    const { digest } = arm64.blobs[1]?.descriptor ?? assert.fail();
    await withTemporaryFolder(async (folder) => {
      await writeImageLayout(folder, {});
      await writeFile(join(folder, partName(digest)), Buffer.alloc(5000));
      const error = await rejection(pull('shop/web:1.0.0', folder), 'digest-mismatch');
      assert.ok(error.message.includes(registry.host), error.message);
      await pull('shop/web:1.0.0', folder);
      await assertIntact(folder);
    });
    registry.fault = ({ url, headers }) =>
      url.pathname.endsWith(digest) && headers.range !== undefined
        ? { reply: { status: 200, body: arm64.blobs[1]?.bytes ?? Buffer.alloc(0) } }
        : undefined;
    await withTemporaryFolder(async (folder) => {
      await writeImageLayout(folder, {});
      await writeFile(join(folder, partName(digest)), (arm64.blobs[1]?.bytes ?? Buffer.alloc(0)).subarray(0, 5000));
      const { destination } = await pull('shop/web:1.0.0', folder);
      assert.equal(destination.kind === 'folder' && destination.bytesFetched, sizeOf(index) - 5000);
      await assertIntact(folder);
    });
  });

  it('tells of a full disk before it begins', async () => {
    const { registry, pull } = await start({ ...createFiles(), freeSpace: async () => 1024 });
    await withTemporaryFolder(async (folder) => {
      const error = await rejection(pull('shop/web:1.0.0', folder), 'storage');
      assert.ok(error.message.startsWith(`The disk of ${folder} has 1.0 KiB free, and `), error.message);
      assert.match(error.message, /and \d+ KiB more are needed\. Free some space/);
      assert.ok(!registry.requests.some(({ path }) => path.includes('/blobs/')));
    });
  });

  it('tells of a disk that becomes full on the way, and leaves no half file', async () => {
    const real = createFiles();
    let isFull = false;
    const files: Files = {
      ...real,
      freeSpace: async () => (isFull ? 0 : Number.MAX_SAFE_INTEGER),
      writeInParts: (path, content, options) =>
        real.writeInParts(path, { ...content, rest: (offset) => failing(content.rest(offset)) }, options),
    };
    async function* failing(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        yield chunk;
        isFull = true;
        throw new RegistryError('storage', 'ENOSPC');
      }
    }
    const { pull } = await start(files);
    await withTemporaryFolder(async (folder) => {
      const error = await rejection(pull('shop/web:1.0.0', folder), 'storage');
      assert.match(error.message, /has 0 bytes free, and \d+ KiB more are needed/);
      assert.deepEqual(await blobsOf(folder), []);
      await assertIntact(folder);
    });
  });

  it('writes nothing into a folder that holds other things', async () => {
    const { pull } = await start();
    await withTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'notes.txt'), 'mine');
      const error = await rejection(pull('shop/web:1.0.0', folder), 'invalid');
      assert.ok(error.message.startsWith(`${folder} holds other files and is no OCI image layout.`), error.message);
      assert.deepEqual(await everythingIn(folder), ['notes.txt']);
    });
  });

  it('leaves a layout alone whose index cannot be read', async () => {
    const { registry, pull } = await start();
    await withTemporaryFolder(async (folder) => {
      await writeImageLayout(folder, {});
      await writeFile(join(folder, 'index.json'), 'not JSON');
      const error = await rejection(pull('shop/web:1.0.0', folder), 'invalid');
      assert.match(error.message, /its index\.json is no index of images/);
      assert.equal(await readFile(join(folder, 'index.json'), 'utf8'), 'not JSON');
      assert.ok(!registry.requests.some(({ path }) => path.includes('/blobs/')));
    });
  });

  it('names what an index has lost, and the way out', async () => {
    const { registry, pull } = await start();
    registry.fault = ({ url }) =>
      url.pathname.endsWith(arm64.manifest.descriptor.digest) ? { reply: { status: 404 } } : undefined;
    await withTemporaryFolder(async (folder) => {
      const error = await rejection(pull('shop/web:1.0.0', folder), 'not-found');
      assert.match(error.message, /which its registry does not have\. Pull one platform of it instead/);
      await pull('shop/web:1.0.0', folder, { platform: 'linux/amd64' });
      await assertIntact(folder);
    });
  });

  it('says what is wrong with a folder that cannot be made', async () => {
    const { pull } = await start();
    await withTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '');
      const error = await rejection(pull('shop/web:1.0.0', join(folder, 'file', 'layout')), 'storage');
      assert.match(
        error.message,
        /file\/layout cannot be created: a part of its path is no folder\. Check the path\.$/,
      );
      await rejection(pull('shop/web:1.0.0', 'layout'), 'invalid');
    });
  });
});

interface PullExtras {
  readonly platform?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TransferProgress) => void;
}

function imageFor(architecture: string): Artifact {
  // Random bytes do not become fewer by compression.
  const files = [file('app/data', randomBytes(300_000))];
  return writeImage({
    platform: { os: 'linux', architecture },
    steps: [{ createdBy: 'COPY data /app/', layer: writeLayer(files) }],
  });
}

function sizeOf({ blobs, children }: Artifact): number {
  const own = blobs.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
  return children.reduce((sum, child) => sum + sizeOf(child), own);
}

function contentsOf({ manifest, blobs }: Artifact): readonly string[] {
  return [manifest, ...blobs].map(({ descriptor }) => descriptor.digest).toSorted();
}

interface LayoutIndex {
  readonly manifests: readonly { readonly digest: string; readonly annotations?: Readonly<Record<string, string>> }[];
}

async function readIndex(folder: string): Promise<LayoutIndex> {
  return JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as LayoutIndex;
}

async function tagsOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const { manifests } = await readIndex(folder);
  return Object.fromEntries(
    manifests.map(({ digest, annotations }) => [annotations?.['org.opencontainers.image.ref.name'], digest]),
  );
}

async function blobsOf(folder: string): Promise<readonly string[]> {
  const names = await readdir(join(folder, 'blobs/sha256'));
  return names.map((name) => `sha256:${name}`).toSorted();
}

async function everythingIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).toSorted();
}

/** Where the beginning of a blob is kept. */
function partName(digest: string): string {
  return `.gantry-part-${digest.replace(':', '-')}`;
}

/** Nothing but whole blobs, and what a pull can go on with. */
async function assertIntact(folder: string): Promise<void> {
  const names = await everythingIn(folder);
  assert.deepEqual(
    names.filter((name) => name.startsWith('.') && !name.startsWith('.gantry-part-')),
    [],
  );
  for (const digest of await blobsOf(folder)) {
    assert.equal(sha256(await readFile(join(folder, 'blobs', digest.replace(':', '/')))), digest);
  }
}

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { CopyOptions, TransferProgress } from '../../src/api.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeCopiedImage } from '../support/copiedImage.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { type Artifact, content, jsonContent, mediaTypes } from '../support/oci.ts';
import { rejection } from '../support/registryErrors.ts';
import { flipBit } from '../support/sampleRegistry/faults.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { openClient } from './openClient.ts';

const image = imageOf('amd64', 3);
const { digest } = image.manifest.descriptor;
const size = image.blobs.reduce((sum, { descriptor }) => sum + descriptor.size, 0);

describe('Gantry, copying an image,', () => {
  const start = closeAfterEach(startSampleRegistry);
  const open = closeAfterEach(openClient);

  it('moves no blob within a registry: a request for each, two for the manifest, and one that reads it back', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', image, '1.0');
    const result = await gantry.copy(`${registry.host}/shop/web:1.0`, `${registry.host}/release/web`, {
      overwrite: true,
      referrers: false,
    });
    const mounts = image.blobs.map(() => 'POST blobs/uploads/');
    assert.deepEqual(
      sorted(requestsSince(registry, 0)),
      sorted(['GET manifests/1.0', ...mounts, 'PUT manifests/1.0', 'HEAD manifests/1.0']),
    );
    assert.deepEqual(result, {
      digest,
      bytesSent: 0,
      bytesMounted: size,
      requests: mounts.length + 3,
      omittedLayers: [],
      keptTags: [],
    });
  });

  it('sends nothing but HEADs when it is there', async () => {
    const [source, target, { gantry }] = await Promise.all([start(), start(), open()]);
    source.push('shop/web', image, '1.0');
    const copy = () => gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/web`, { referrers: false });
    assert.equal((await copy()).bytesSent, size);
    const before = [source.requests.length, target.requests.length] as const;
    const again = await copy();
    assert.deepEqual(requestsSince(source, before[0]), ['HEAD manifests/1.0']);
    assert.deepEqual(requestsSince(target, before[1]), ['HEAD manifests/1.0']);
    assert.deepEqual([again.digest, again.bytesSent, again.requests], [digest, 0, 2]);
  });

  it('writes nothing when the image is there with all that refers to it, and else what is missing', async () => {
    const [source, target, { gantry }] = await Promise.all([start(), start(), open()]);
    const signed = writeCopiedImage(1000);
    source.push('shop/web', signed.index, '1.0');
    const copy = () => gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/web`);
    await copy();
    source.push('shop/web', signed.sbom);
    source.push('shop/web', signed.signature, signed.signatureTag);
    assert.ok((await copy()).bytesSent > 0);
    const before = target.requests.length;
    await copy();
    const methods = new Set(target.requests.slice(before).map(({ method }) => method));
    assert.deepEqual([...methods].sort(), ['GET', 'HEAD']);
  });

  it('goes on with what the one before has sent', async () => {
    const [source, target, { gantry }] = await Promise.all([start(), start(), open()]);
    source.push('shop/web', image, '1.0');
    target.fault = ({ method, url }) =>
      method === 'PUT' && url.pathname.includes('/manifests/') ? { reply: { status: 403 } } : undefined;
    const copy = () => gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/web`);
    await rejection(copy(), 'denied');
    target.fault = undefined;
    const { bytesSent, bytesMounted } = await copy();
    assert.deepEqual([bytesSent, bytesMounted], [0, size]);
  });

  it('writes the tag last, and no manifest before its parts', async () => {
    const [source, target, { gantry }] = await Promise.all([start(), start(), open()]);
    const signed = writeCopiedImage(1000);
    source.push('shop/web', signed.index, '1.0');
    source.push('shop/web', signed.sbom);
    source.push('shop/web', signed.signature, signed.signatureTag);
    await gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/web:2.0`);
    const writes = target.requests.filter(({ method }) => method === 'PUT').map(({ path }) => path.replace(/\?.*/, ''));
    const firstManifest = writes.findIndex((path) => path.includes('/manifests/'));
    assert.ok(
      writes.slice(firstManifest).every((path) => path.includes('/manifests/')),
      writes.join('\n'),
    );
    assert.equal(writes.at(-1), '/v2/web/manifests/2.0');
  });

  it('takes one platform, under its own digest', async () => {
    const [source, target, { gantry }] = await Promise.all([start(), start(), open()]);
    source.push('shop/web', writeIndex([image, imageOf('arm64', 1)]), '1.0');
    const copied = await gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/web`, { platform: 'linux/amd64' });
    assert.equal(copied.digest, digest);
    assert.equal(tagOf(target, 'web', '1.0'), digest);
  });

  it('leaves a tag that names another image alone, unless it may be moved', async () => {
    const [source, target, { gantry }] = await Promise.all([start(), start(), open()]);
    const other = imageOf('amd64', 1);
    source.push('shop/web', image, '1.0');
    target.push('web', other, '1.0');
    const copy = (options = {}) => gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/web`, options);
    const error = await rejection(copy(), 'conflict');
    assert.ok(error.message.includes(`${target.host}/web:1.0 already names ${other.manifest.descriptor.digest}`));
    await rejection(copy({ expected: digest }), 'conflict');
    assert.equal(tagOf(target, 'web', '1.0'), other.manifest.descriptor.digest);
    await copy({ expected: other.manifest.descriptor.digest });
    assert.equal(tagOf(target, 'web', '1.0'), digest);
  });

  it('can take a tag that it has moved back', async () => {
    const [source, target, { gantry }] = await Promise.all([start(), start(), open()]);
    const other = imageOf('amd64', 1);
    source.push('shop/web', image, '1.0');
    target.push('web', other, '1.0');
    const copy = (options: CopyOptions) => gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/web`, options);
    await copy({ expected: other.manifest.descriptor.digest });
    const [moved, ...more] = await gantry.undoables();
    assert.deepEqual([moved?.kind, moved?.reference, more], ['tag-moved', `${target.host}/web:1.0`, []]);
    await gantry.undo(moved?.id ?? '');
    assert.equal(tagOf(target, 'web', '1.0'), other.manifest.descriptor.digest);
    // What was not there before is not put back by anything.
    await gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/new`);
    assert.deepEqual(await gantry.undoables(), []);
  });

  it('copies what the tag named at the beginning, whatever it names at the end', async () => {
    const [source, target, { gantry }] = await Promise.all([start(), start(), open()]);
    source.push('shop/web', image, '1.0');
    const begun = target.nextRequest(({ method }) => method === 'POST');
    const copying = gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/web`);
    await begun;
    source.push('shop/web', imageOf('amd64', 1), '1.0');
    assert.equal((await copying).digest, digest);
    assert.equal(tagOf(target, 'web', '1.0'), digest);
  });

  it('notices a registry that takes the manifest and forgets it', async () => {
    const [source, target, { gantry }] = await Promise.all([start(), start(), open()]);
    source.push('shop/web', image, '1.0');
    target.fault = ({ method, url }) =>
      method === 'PUT' && url.pathname.endsWith('/manifests/1.0') ? { reply: { status: 201 } } : undefined;
    const error = await rejection(gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/web`), 'server');
    assert.match(error.message, /web:1\.0 was written without an error, and does not name the copy now/);
  });

  it('leaves layers out that may not be distributed, and says which', async () => {
    const [source, target, { gantry }] = await Promise.all([start(), start(), open()]);
    const foreign = content('application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', randomBytes(1000), {
      urls: ['https://example.com/layer'],
    });
    const config = jsonContent(mediaTypes.dockerConfig, { os: 'windows', architecture: 'amd64', rootfs: {} });
    const manifest = jsonContent(mediaTypes.dockerManifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.dockerManifest,
      config: config.descriptor,
      layers: [foreign.descriptor],
    });
    source.push('shop/web', { manifest, blobs: [config], children: [] }, '1.0');
    const copied = await gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/web`);
    assert.deepEqual(copied.omittedLayers, [foreign.descriptor.digest]);
    assert.equal(copied.bytesSent, config.descriptor.size);
  });

  it('tells how far it is, in bytes, and ends at the total', async () => {
    const [source, target, { gantry }] = await Promise.all([start(), start(), open()]);
    source.push('shop/web', image, '1.0');
    const events: TransferProgress[] = [];
    await gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/web`, {
      onProgress: (event) => events.push(event),
    });
    assert.deepEqual(
      events.map(({ done }) => done),
      events.map(({ done }) => done).toSorted((a, b) => a - b),
    );
    assert.deepEqual([events.at(-1)?.done, events.at(-1)?.total], [size, size]);
  });

  it('leaves no tag behind when it is cancelled', async () => {
    const [source, target, { gantry }] = await Promise.all([start(), start(), open()]);
    source.push('shop/web', image, '1.0');
    const layer = image.blobs.at(-1)?.descriptor.digest ?? '';
    source.fault = ({ url }) =>
      url.pathname.endsWith(layer) ? { connection: { kind: 'stall', afterBytes: 100 } } : undefined;
    const canceller = new AbortController();
    const started = source.nextRequest(({ path }) => path.endsWith(layer));
    const copying = rejection(
      gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/web`, { signal: canceller.signal }),
      'cancelled',
    );
    await started;
    canceller.abort();
    await copying;
    assert.ok(!target.requests.some(({ method, path }) => method === 'PUT' && path.includes('/manifests/')));
  });

  it('completes no blob that is not what its digest names', async () => {
    const [source, target, { gantry }] = await Promise.all([start(), start(), open()]);
    source.push('shop/web', image, '1.0');
    const layer = image.blobs.at(-1)?.descriptor.digest ?? '';
    source.fault = ({ url }) => (url.pathname.endsWith(layer) ? { alter: flipBit } : undefined);
    const error = await rejection(gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/web`), 'digest-mismatch');
    assert.ok(error.message.includes(source.host), error.message);
    assert.equal(tagOf(target, 'web', '1.0'), undefined);
  });
});

function imageOf(architecture: string, layers: number): Artifact {
  return writeImage({
    platform: { os: 'linux', architecture },
    steps: Array.from({ length: layers }, (_, number) => ({
      createdBy: `COPY data-${number} /app/`,
      layer: writeLayer([file(`app/data-${number}`, randomBytes(20_000))]),
    })),
  });
}

function tagOf(registry: SampleRegistry, repository: string, tag: string): string | undefined {
  return registry.storage.repositories.get(repository)?.tags.get(tag);
}

/** Without the repository, its digests and queries. */
function requestsSince({ requests }: SampleRegistry, before: number): readonly string[] {
  return requests
    .slice(before)
    .map(({ method, path }) => `${method} ${path.replace(/^\/v2\/\w+\/(?:web\/)?/, '').replace(/\?.*/, '')}`);
}

function sorted(texts: readonly string[]): readonly string[] {
  return texts.toSorted();
}

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeAttestation } from '../support/artifactWriter.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import type { Artifact } from '../support/oci.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { openClient } from './openClient.ts';

const [amd64, arm64, riscv] = [imageFor('amd64'), imageFor('arm64'), imageFor('riscv64')];

describe('an index of several images', () => {
  const start = closeAfterEach(startSampleRegistry);
  const open = closeAfterEach(openClient);

  it('names each image with its platform, and what an index among them says', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    const attestation = writeAttestation(arm64.manifest.descriptor, []);
    registry.push('shop/web', amd64, '1.0-amd64');
    registry.push('shop/web', writeIndex([arm64, attestation]), '1.0-arm64');
    const at = `${registry.host}/shop/web`;
    const before = registry.requests.length;
    const made = await gantry.assembleIndex([`${at}:1.0-amd64`, `${at}:1.0-arm64`], `${at}:1.0`);
    assert.equal((await gantry.resolve(`${at}:1.0`)).digest, made.digest);
    const details = await gantry.inspect(`${at}:1.0`);
    assert.deepEqual(details.platforms, ['linux/amd64', 'linux/arm64']);
    const { manifests } = JSON.parse(await gantry.manifestText(`${at}:1.0`)) as {
      readonly manifests: readonly { readonly digest: string; readonly annotations?: object }[];
    };
    assert.deepEqual(
      manifests.map(({ digest }) => digest),
      [amd64, arm64, attestation].map(({ manifest }) => manifest.descriptor.digest),
    );
    assert.ok(manifests[2]?.annotations !== undefined);
    const writes = registry.requests.slice(before).filter(({ method }) => method !== 'GET' && method !== 'HEAD');
    assert.deepEqual(
      writes.map(({ method, path }) => `${method} ${path}`),
      ['PUT /v2/shop/web/manifests/1.0'],
    );
    // The same images give the same bytes.
    const again = await gantry.assembleIndex([`${at}:1.0-amd64`, `${at}:1.0-arm64`], `${at}:1.0`);
    assert.equal(again.digest, made.digest);
  });

  it('takes images of other places along', async () => {
    const [one, other, { gantry }] = await Promise.all([start(), start(), open()]);
    one.push('shop/web', amd64, '1.0');
    other.push('builds/web', arm64, 'arm');
    const sources = [`${one.host}/shop/web:1.0`, `${other.host}/builds/web:arm`];
    await gantry.assembleIndex(sources, `${one.host}/release/web:1.0`);
    const details = await gantry.inspect(`${one.host}/release/web:1.0`, { platform: 'linux/arm64' });
    assert.equal(details.platformDigest, arm64.manifest.descriptor.digest);
    assert.deepEqual([...(one.storage.repositories.get('release/web')?.tags.keys() ?? [])], ['1.0']);
  });

  it('tells how far all of them are, one after the other', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('builds/a', amd64, '1');
    registry.push('builds/b', arm64, '1');
    const told: { readonly done: number; readonly total: number }[] = [];
    const sources = [`${registry.host}/builds/a:1`, `${registry.host}/builds/b:1`];
    await gantry.assembleIndex(sources, `${registry.host}/shop/web:1`, {
      onProgress: (progress) => told.push(progress),
    });
    const size = [amd64, arm64].flatMap(({ blobs }) => blobs).reduce((sum, blob) => sum + blob.descriptor.size, 0);
    assert.deepEqual([told.at(-1)?.done, new Set(told.map(({ total }) => total))], [size, new Set([size])]);
    for (const [index, { done }] of told.entries()) assert.ok(done >= (told[index - 1]?.done ?? 0), `${done}`);
  });

  it('has one image of each platform, and says which two would be the same', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', amd64, '1.0');
    registry.push('shop/web', imageFor('amd64'), '2.0');
    const at = `${registry.host}/shop/web`;
    const error = await rejection(gantry.assembleIndex([`${at}:1.0`, `${at}:2.0`], `${at}:all`), 'invalid');
    assert.match(error.message, /web:1\.0 and .*web:2\.0 both have an image for linux\/amd64/);
  });

  it('says what cannot be made before it copies anything', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('builds/a', amd64, '1');
    registry.push('builds/b', imageFor('amd64'), '1');
    registry.push('shop/web', riscv, 'taken');
    const at = (name: string): string => `${registry.host}/${name}`;
    await rejection(gantry.assembleIndex([at('builds/a:1'), at('builds/b:1')], at('shop/web:1')), 'invalid');
    await rejection(gantry.assembleIndex([at('builds/a:1')], at('shop/web:taken')), 'conflict');
    const writes = registry.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD');
    assert.deepEqual(writes, []);
  });

  it('moves no tag unasked, and the move can be undone', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', amd64, '1.0');
    registry.push('shop/web', riscv, '2.0');
    const at = `${registry.host}/shop/web`;
    const assemble = (options = {}) => gantry.assembleIndex([`${at}:1.0`], `${at}:2.0`, options);
    await rejection(assemble(), 'conflict');
    await assemble({ expected: riscv.manifest.descriptor.digest });
    const [moved] = await gantry.undoables();
    await gantry.undo(moved?.id ?? '');
    assert.equal((await gantry.resolve(`${at}:2.0`)).digest, riscv.manifest.descriptor.digest);
  });

  it('takes no layout for a target', async () => {
    const { gantry } = await open();
    await rejection(gantry.assembleIndex(['docker.io/library/a:1'], 'oci:/images:1'), 'invalid');
  });
});

function imageFor(architecture: string): Artifact {
  return writeImage({
    platform: { os: 'linux', architecture },
    steps: [{ createdBy: 'COPY data /app/', layer: writeLayer([file('app/data', randomBytes(1000))]) }],
  });
}

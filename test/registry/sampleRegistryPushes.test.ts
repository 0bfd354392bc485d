import assert from 'node:assert/strict';
import { writeArtifact } from '../support/artifactWriter.ts';
import { assertOciError } from '../support/assertOciError.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { mediaTypes, sha256 } from '../support/oci.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';

const image = writeImage({
  platform: { os: 'linux', architecture: 'amd64' },
  steps: [{ createdBy: 'COPY motd /etc/', layer: writeLayer([file('etc/motd', 'Welcome\n')]) }],
});
const { digest } = image.manifest.descriptor;
const bytes = Buffer.from('some bytes of a blob');
const start = closeAfterEach(startSampleRegistry);

describe('sample registry: uploads', () => {
  it('take a whole blob in one POST', async () => {
    const registry = await start();
    const response = await request(registry, 'POST', `/v2/web/blobs/uploads/?digest=${sha256(bytes)}`, bytes);
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('location'), `/v2/web/blobs/${sha256(bytes)}`);
    assert.deepEqual(registry.storage.blobs.get(sha256(bytes)), bytes);
  });

  it('go on as an ordinary upload where a POST cannot hold the blob', async () => {
    const registry = await start({ singlePost: false });
    const response = await request(registry, 'POST', `/v2/web/blobs/uploads/?digest=${sha256(bytes)}`, bytes);
    assert.equal(response.status, 202);
    assert.equal((await finish(registry, locationOf(response), sha256(bytes), bytes)).status, 201);
  });

  it('take a whole blob in a PUT', async () => {
    const registry = await start();
    const location = await begin(registry);
    const response = await finish(registry, location, sha256(bytes), bytes);
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('docker-content-digest'), sha256(bytes));
  });

  it('take chunks in their order and tell how far they got', async () => {
    const registry = await start();
    const location = await begin(registry);
    const first = await request(registry, 'PATCH', location, bytes.subarray(0, 8), { 'Content-Range': '0-7' });
    assert.deepEqual([first.status, first.headers.get('range')], [202, '0-7']);
    const wrong = await request(registry, 'PATCH', location, bytes.subarray(9), { 'Content-Range': '9-19' });
    assert.deepEqual([wrong.status, wrong.headers.get('range')], [416, '0-7']);
    const status = await request(registry, 'GET', location);
    assert.deepEqual([status.status, status.headers.get('range')], [204, '0-7']);
    const last = await finish(registry, locationOf(status), sha256(bytes), bytes.subarray(8));
    assert.equal(last.status, 201);
    assert.deepEqual(registry.storage.blobs.get(sha256(bytes)), bytes);
  });

  it('announce and demand the least size of a chunk', async () => {
    const registry = await start({ minimumChunk: 8 });
    const response = await request(registry, 'POST', '/v2/web/blobs/uploads/');
    assert.equal(response.headers.get('oci-chunk-min-length'), '8');
    const small = await request(registry, 'PATCH', locationOf(response), bytes.subarray(0, 7), {
      'Content-Range': '0-6',
    });
    assert.equal(small.status, 416);
  });

  it('keep what came before the connection broke', async () => {
    const registry = await start();
    const location = await begin(registry);
    registry.fault = ({ method }) => (method === 'PATCH' ? { resetAfterBodyBytes: 5 } : undefined);
    await assert.rejects(request(registry, 'PATCH', location, bytes));
    const status = await request(registry, 'GET', location);
    assert.equal(status.headers.get('range'), '0-4');
    assert.equal((await finish(registry, location, sha256(bytes), bytes.subarray(5))).status, 201);
  });

  it('need the query of their Location', async () => {
    const registry = await start();
    const location = (await begin(registry)).replace('%2B', '+');
    await assertOciError(finish(registry, location, sha256(bytes), bytes), 400, 'BLOB_UPLOAD_INVALID');
  });

  it('refuse bytes of another digest', async () => {
    const registry = await start();
    const location = await begin(registry);
    await assertOciError(finish(registry, location, sha256(Buffer.from('other')), bytes), 400, 'DIGEST_INVALID');
  });

  it('can be cancelled', async () => {
    const registry = await start();
    const location = await begin(registry);
    assert.equal((await request(registry, 'DELETE', location)).status, 204);
    await assertOciError(request(registry, 'GET', location), 404, 'BLOB_UPLOAD_UNKNOWN');
  });

  it('take blobs of another repository without their bytes', async () => {
    const registry = await start();
    registry.push('web', image);
    const blob = image.blobs[0]?.descriptor.digest;
    const path = `/v2/copy/blobs/uploads/?mount=${blob}`;
    assert.equal((await request(registry, 'POST', `${path}&from=web`)).status, 201);
    assert.equal((await request(registry, 'GET', `/v2/copy/blobs/${blob}`)).status, 200);
    assert.equal((await request(registry, 'POST', `${path}&from=missing`)).status, 202);
  });

  it('can do without mounts', async () => {
    const registry = await start({ mounts: false });
    registry.push('web', image);
    const blob = image.blobs[0]?.descriptor.digest;
    assert.equal((await request(registry, 'POST', `/v2/copy/blobs/uploads/?mount=${blob}&from=web`)).status, 202);
  });
});

describe('sample registry: pushed manifests', () => {
  it('are stored byte for byte under their tag', async () => {
    const registry = await start();
    registry.push('web', image);
    const response = await pushManifest(registry, 'web', 'latest', image.manifest.bytes);
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('docker-content-digest'), digest);
    assert.equal(registry.storage.repositories.get('web')?.tags.get('latest'), digest);
  });

  it('move a tag that exists', async () => {
    const registry = await start();
    registry.push('web', image, 'latest');
    const other = writeArtifact({ artifactType: 'application/vnd.example' });
    registry.push('web', other);
    await pushManifest(registry, 'web', 'latest', other.manifest.bytes);
    assert.equal(registry.storage.repositories.get('web')?.tags.get('latest'), other.manifest.descriptor.digest);
  });

  it('need the content that they name', async () => {
    const registry = await start();
    await assertOciError(pushManifest(registry, 'web', 'latest', image.manifest.bytes), 404, 'MANIFEST_BLOB_UNKNOWN');
    const index = writeIndex([image]).manifest.bytes;
    const answer = pushManifest(registry, 'web', 'latest', index, mediaTypes.imageIndex);
    await assertOciError(answer, 404, 'MANIFEST_BLOB_UNKNOWN');
  });

  it('have to be what the request says', async () => {
    const registry = await start();
    registry.push('web', image);
    const { bytes } = image.manifest;
    await assertOciError(pushManifest(registry, 'web', sha256(Buffer.from('other')), bytes), 400, 'DIGEST_INVALID');
    await assertOciError(pushManifest(registry, 'web', '-no-tag-', bytes), 400, 'TAG_INVALID');
    await assertOciError(pushManifest(registry, 'web', 'a', bytes, mediaTypes.imageIndex), 400, 'MANIFEST_INVALID');
    await assertOciError(pushManifest(registry, 'web', 'a', Buffer.from('<html>')), 400, 'MANIFEST_INVALID');
    const large = Buffer.alloc(4 * 1024 * 1024 + 1, ' ');
    await assertOciError(pushManifest(registry, 'web', 'a', large), 413, 'SIZE_INVALID');
  });

  it('that refer to another are told whether the registry keeps track', async () => {
    const referrer = writeArtifact({ artifactType: 'application/vnd.example', subject: image.manifest.descriptor });
    for (const referrers of [true, false]) {
      const registry = await start({ referrers });
      registry.push('web', referrer);
      const response = await pushManifest(registry, 'web', 'latest', referrer.manifest.bytes);
      assert.equal(response.headers.get('oci-subject'), referrers ? digest : null);
    }
  });
});

describe('sample registry: deletes', () => {
  it('take away a tag and leave the others', async () => {
    const registry = await start();
    registry.push('web', image, '1.0.0', 'latest');
    assert.equal((await request(registry, 'DELETE', '/v2/web/manifests/latest')).status, 202);
    assert.deepEqual([...(registry.storage.repositories.get('web')?.tags ?? [])], [['1.0.0', digest]]);
    await assertOciError(request(registry, 'DELETE', '/v2/web/manifests/latest'), 404, 'MANIFEST_UNKNOWN');
  });

  it('take away a digest with every tag on it', async () => {
    const registry = await start();
    registry.push('web', image, '1.0.0', 'latest');
    const other = registry.push('web', writeArtifact({}), 'other');
    assert.equal((await request(registry, 'DELETE', `/v2/web/manifests/${digest}`)).status, 202);
    assert.deepEqual([...(registry.storage.repositories.get('web')?.tags ?? [])], [['other', other]]);
    await assertOciError(request(registry, 'GET', `/v2/web/manifests/${digest}`), 404, 'MANIFEST_UNKNOWN');
  });

  it('can be for digests only, or switched off', async () => {
    for (const [deletes, tagStatus, digestStatus] of [
      ['digests', 405, 202],
      ['none', 405, 405],
    ] as const) {
      const registry = await start({ deletes });
      registry.push('web', image, 'latest');
      assert.equal((await request(registry, 'DELETE', '/v2/web/manifests/latest')).status, tagStatus);
      assert.equal((await request(registry, 'DELETE', `/v2/web/manifests/${digest}`)).status, digestStatus);
    }
  });

  it('take a blob out of one repository', async () => {
    const registry = await start();
    for (const name of ['web', 'copy']) registry.push(name, image);
    const blob = image.blobs[0]?.descriptor.digest;
    assert.equal((await request(registry, 'DELETE', `/v2/web/blobs/${blob}`)).status, 202);
    assert.equal((await request(registry, 'GET', `/v2/web/blobs/${blob}`)).status, 404);
    assert.equal((await request(registry, 'GET', `/v2/copy/blobs/${blob}`)).status, 200);
  });
});

function request(
  registry: SampleRegistry,
  method: string,
  location: string,
  body?: Buffer,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(new URL(location, registry.url), { method, headers, ...(body && { body: new Uint8Array(body) }) });
}

async function begin(registry: SampleRegistry): Promise<string> {
  const response = await request(registry, 'POST', '/v2/web/blobs/uploads/');
  assert.equal(response.status, 202);
  return locationOf(response);
}

function finish(registry: SampleRegistry, location: string, blobDigest: string, rest: Buffer): Promise<Response> {
  return request(registry, 'PUT', `${location}&digest=${blobDigest}`, rest);
}

function pushManifest(
  registry: SampleRegistry,
  repository: string,
  reference: string,
  body: Buffer,
  mediaType: string = mediaTypes.imageManifest,
): Promise<Response> {
  return request(registry, 'PUT', `/v2/${repository}/manifests/${reference}`, body, { 'Content-Type': mediaType });
}

function locationOf({ headers }: Response): string {
  return headers.get('location') ?? assert.fail('a Location is missing');
}

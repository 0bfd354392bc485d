import assert from 'node:assert/strict';
import type { BlobContent, Descriptor, RepositorySession } from '../../src/api.ts';
import { ociAdapter } from '../../src/core/adapters/ociAdapter.ts';
import { openSession } from '../../src/core/openSession.ts';
import { writeArtifact } from '../support/artifactWriter.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage, writeLayer } from '../support/imageWriter.ts';
import { content, mediaTypes, sha256 } from '../support/oci.ts';
import { rejection } from '../support/registryErrors.ts';
import { flipBit, htmlReply, withoutHeaders } from '../support/sampleRegistry/faults.ts';
import { type SampleRegistry, type SampleRegistryOptions, startSampleRegistry } from '../support/sampleRegistry.ts';
import { signSchema1 } from '../support/schema1Writer.ts';
import { file } from '../support/tarWriter.ts';
import { openClient } from './openClient.ts';

const layer = writeLayer([file('srv/app', 'app\n')]);
const image = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [{ createdBy: 'COPY', layer }] });
const { digest, mediaType, size } = image.manifest.descriptor;
const sbom = writeArtifact({ artifactType: 'application/spdx+json', subject: image.manifest.descriptor });
const signature = writeArtifact({ artifactType: 'application/vnd.signature', subject: image.manifest.descriptor });
const blob = content('application/octet-stream', Buffer.from('0123456789'));
const absent = `sha256:${'0'.repeat(64)}`;

const start = closeAfterEach(startSampleRegistry);
const open = closeAfterEach(openClient);

describe('an OCI session: resolving', () => {
  it('asks for the head of a manifest only', async () => {
    const { registry, repository } = await connect();
    assert.deepEqual(await repository.resolve('latest', options()), { mediaType, digest, size });
    assert.deepEqual(
      registry.requests.map(({ method }) => method),
      ['HEAD'],
    );
  });

  it('reads the manifest where the head does not say all', async () => {
    const { registry, repository } = await connect();
    registry.fault = () => ({ alter: withoutHeaders('Docker-Content-Digest') });
    assert.deepEqual(await repository.resolve('latest', options()), { mediaType, digest, size });
    assert.deepEqual(
      registry.requests.map(({ method }) => method),
      ['HEAD', 'GET'],
    );
  });

  it('says what the registry says of a manifest that is not there', async () => {
    const { registry, repository } = await connect();
    const { message } = await rejection(repository.resolve('2.0', options()), 'not-found');
    assert.match(message, new RegExp(`^${registry.host} does not have shop/web:2\\.0\\. It said: "manifest unknown`));
  });

  it('refuses another digest than the one that was asked for', async () => {
    const { registry, repository } = await connect();
    registry.fault = () => ({
      alter: (reply) => ({ ...reply, headers: { ...reply.headers, 'Docker-Content-Digest': absent } }),
    });
    await rejection(repository.resolve(digest, options()), 'digest-mismatch');
  });

  it('sends nothing for what is neither a tag nor a digest', async () => {
    const { registry, repository } = await connect();
    for (const odd of ['', '../../x', 'a/b', 'sha256:0', 'a b']) {
      await rejection(repository.resolve(odd, options()), 'invalid');
      await rejection(repository.fetchManifest(odd, options()), 'invalid');
    }
    await rejection(repository.openBlob({ mediaType, digest: 'sha256:../x', size: 1 }, options()), 'invalid');
    assert.equal(registry.requests.length, 0);
  });
});

describe('an OCI session: manifests of schema 1', () => {
  const payload = '{\n   "schemaVersion": 1,\n   "name": "shop/web"\n}';
  const headers = {
    'Content-Type': 'application/vnd.docker.distribution.manifest.v1+prettyjws',
    'Docker-Content-Digest': sha256(Buffer.from(payload)),
  };

  it('are named by the digest of what is signed', async () => {
    const { registry, repository } = await connect();
    registry.fault = () => ({ reply: { status: 200, headers, body: Buffer.from(signSchema1(payload)) } });
    const { descriptor } = await repository.fetchManifest('old', options());
    assert.equal(descriptor.digest, headers['Docker-Content-Digest']);
  });

  it('are refused when something else is signed', async () => {
    const { registry, repository } = await connect();
    for (const text of [signSchema1(payload.replace('web', 'www')), '{"signatures":[]}']) {
      registry.fault = () => ({ reply: { status: 200, headers, body: Buffer.from(text) } });
      await rejection(repository.fetchManifest('old', options()), 'digest-mismatch');
    }
  });
});

describe('an OCI session: blobs', () => {
  it('come whole, and checked', async () => {
    const { registry, repository } = await connect();
    registry.push('shop/web', writeArtifact({ layers: [blob] }));
    assert.equal(await readText(await repository.openBlob(blob.descriptor, options())), '0123456789');
    registry.fault = () => ({ alter: flipBit });
    await rejection(readText(await repository.openBlob(blob.descriptor, options())), 'digest-mismatch');
  });

  it('come in parts', async () => {
    const { registry, repository } = await connect();
    registry.push('shop/web', writeArtifact({ layers: [blob] }));
    const part = await repository.openBlob(blob.descriptor, { ...options(), range: { start: 2, end: 5 } });
    assert.equal(part.size, 3);
    assert.equal(await readText(part), '234');
    assert.equal(registry.requests[0]?.headers.range, 'bytes=2-4');
  });

  it('come in no parts from a registry that sends the whole', async () => {
    const { registry, repository } = await connect();
    registry.push('shop/web', writeArtifact({ layers: [blob] }));
    registry.fault = () => ({ reply: { status: 200, body: blob.bytes } });
    const asking = repository.openBlob(blob.descriptor, { ...options(), range: { start: 2, end: 5 } });
    await rejection(asking, 'unsupported');
  });

  it('are refused in other parts than those that were asked for', async () => {
    const { registry, repository } = await connect();
    for (const given of ['bytes 0-4/10', 'bytes 2-9/10', 'bytes */10', 'none']) {
      registry.fault = () => ({ reply: { status: 206, headers: { 'Content-Range': given }, body: blob.bytes } });
      await rejection(repository.openBlob(blob.descriptor, { ...options(), range: { start: 2, end: 5 } }), 'protocol');
    }
  });

  it('that are missing are not found', async () => {
    const { repository } = await connect();
    const { message } = await rejection(
      repository.openBlob({ ...blob.descriptor, digest: absent }, options()),
      'not-found',
    );
    assert.match(message, /does not have the blob sha256:0+ of shop\/web/);
  });
});

describe('an OCI session: what refers to a manifest', () => {
  it('is what the registry lists', async () => {
    const { repository } = await connect();
    assert.deepEqual(await referrerTypes(repository), ['application/spdx+json', 'application/vnd.signature']);
    assert.deepEqual(await referrerTypes(repository, 'application/spdx+json'), ['application/spdx+json']);
    assert.deepEqual(await repository.listReferrers?.(absent, options()), { items: [] });
  });

  it('is filtered here where the registry does not filter', async () => {
    const { registry, repository } = await connect();
    registry.fault = ({ url }) => {
      url.searchParams.delete('artifactType');
      return { alter: withoutHeaders('OCI-Filters-Applied') };
    };
    assert.deepEqual(await referrerTypes(repository, 'application/spdx+json'), ['application/spdx+json']);
  });

  it('comes in pages', async () => {
    const { repository } = await connect({ maximumPageSize: 1 });
    const first = await repository.listReferrers?.(digest, options());
    assert.ok(first?.cursor !== undefined);
    const second = await repository.listReferrers?.(digest, { ...options(), cursor: first.cursor });
    assert.deepEqual([first.items.length, second?.items.length, second?.cursor], [1, 1, undefined]);
    assert.notEqual(first.items[0]?.digest, second?.items[0]?.digest);
  });

  it('is read from the tag that stands for the digest where there is no such list', async () => {
    const { registry, repository } = await connect({ referrers: false });
    const index = {
      schemaVersion: 2,
      mediaType: mediaTypes.imageIndex,
      manifests: [{ ...sbom.manifest.descriptor, artifactType: 'application/spdx+json' }],
    };
    const bytes = Buffer.from(JSON.stringify(index));
    registry.storage.repositories.get('shop/web')?.manifests.set('index', { mediaType: mediaTypes.imageIndex, bytes });
    registry.storage.repositories.get('shop/web')?.tags.set(digest.replace(':', '-'), 'index');
    registry.fault = () => ({ alter: withoutHeaders('Docker-Content-Digest') });
    assert.deepEqual(await referrerTypes(repository), ['application/spdx+json']);
    assert.deepEqual(await referrerTypes(repository, 'application/vnd.signature'), []);
  });

  it('is nothing where there is neither', async () => {
    const { repository } = await connect({ referrers: false });
    assert.deepEqual(await repository.listReferrers?.(digest, options()), { items: [] });
  });

  it('is not taken from a page for people', async () => {
    const { registry, repository } = await connect();
    registry.fault = ({ url }) => (url.pathname.includes('/referrers/') ? { reply: htmlReply() } : undefined);
    assert.deepEqual(await repository.listReferrers?.(digest, options()), { items: [] });
  });

  it('fails where the registry fails', async () => {
    const { registry, repository } = await connect();
    registry.fault = () => ({ reply: { status: 403 } });
    await rejection(Promise.resolve(repository.listReferrers?.(digest, options())), 'denied');
  });
});

describe('an OCI session: writing', () => {
  it('stores the bytes of a manifest as they are', async () => {
    const { registry, repository } = await connect();
    const fetched = await repository.fetchManifest('latest', options());
    assert.deepEqual(await repository.putManifest?.('stable', fetched, options()), fetched.descriptor);
    assert.equal(registry.storage.repositories.get('shop/web')?.tags.get('stable'), digest);
  });

  it('refuses to believe that another manifest was stored', async () => {
    const { registry, repository } = await connect();
    const fetched = await repository.fetchManifest('latest', options());
    registry.fault = () => ({ reply: { status: 201, headers: { 'Docker-Content-Digest': absent } } });
    await rejection(Promise.resolve(repository.putManifest?.('stable', fetched, options())), 'digest-mismatch');
  });

  it('deletes a tag, and only that', async () => {
    const { registry, repository } = await connect();
    await repository.deleteTag?.('latest', options());
    const stored = registry.storage.repositories.get('shop/web');
    assert.deepEqual([stored?.tags.has('latest'), stored?.manifests.has(digest)], [false, true]);
  });

  it('deletes a manifest', async () => {
    const { registry, repository } = await connect();
    await repository.deleteManifest?.(digest, options());
    assert.equal(registry.storage.repositories.get('shop/web')?.manifests.has(digest), false);
  });

  it('says that a registry cannot delete a tag alone', async () => {
    const { repository } = await connect({ deletes: 'digests' });
    const { message } = await rejection(Promise.resolve(repository.deleteTag?.('latest', options())), 'unsupported');
    assert.match(message, /cannot remove a tag and keep its manifest.* Nothing was removed\./);
  });

  it('says that a registry does not delete', async () => {
    const { repository } = await connect({ deletes: 'none' });
    const { message } = await rejection(Promise.resolve(repository.deleteManifest?.(digest, options())), 'unsupported');
    assert.match(message, /does not allow deleting\. Nothing was removed\./);
  });

  it('of a tag is not repeated when it fails', async () => {
    const { registry, repository } = await connect();
    registry.fault = () => ({ reply: { status: 503 } });
    await rejection(Promise.resolve(repository.deleteTag?.('latest', options())), 'server');
    assert.equal(registry.requests.length, 1);
  });
});

/** The repository `shop/web` of a registry that has an image with two referrers in it. */
async function connect(
  registryOptions: SampleRegistryOptions = {},
): Promise<{ readonly registry: SampleRegistry; readonly repository: RepositorySession }> {
  const [registry, { ports }] = await Promise.all([start(registryOptions), open()]);
  registry.push('shop/web', image, 'latest');
  for (const referrer of [sbom, signature]) registry.push('shop/web', referrer);
  const session = openSession(ports, {
    adapter: ociAdapter,
    connection: registry,
    findLogin: async () => undefined,
  });
  return { registry, repository: session.repository('shop/web') };
}

async function referrerTypes(repository: RepositorySession, artifactType?: string): Promise<readonly string[]> {
  const page = await repository.listReferrers?.(digest, {
    ...options(),
    ...(artifactType !== undefined && { artifactType }),
  });
  return (page?.items ?? []).map((item: Descriptor) => item.artifactType ?? '').sort();
}

async function readText({ chunks }: BlobContent): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

function options(): { readonly signal: AbortSignal } {
  return { signal: new AbortController().signal };
}

import assert from 'node:assert/strict';
import { writeArtifact } from '../support/artifactWriter.ts';
import { assertOciError } from '../support/assertOciError.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { mediaTypes } from '../support/oci.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';

const image = writeImage({
  platform: { os: 'linux', architecture: 'amd64' },
  steps: [{ createdBy: 'COPY motd /etc/', layer: writeLayer([file('etc/motd', 'Welcome\n')]) }],
});
const layer = image.blobs[1] ?? assert.fail('the image has a layer');
const start = closeAfterEach(startSampleRegistry);

describe('sample registry', () => {
  it('says that it is a registry', async () => {
    const registry = await start();
    const response = await fetch(`${registry.url}/v2/`);
    assert.deepEqual([response.status, await response.json()], [200, {}]);
    assert.equal((await fetch(`${registry.url}/`)).status, 404);
  });

  describe('lists', () => {
    it('pages the tags in lexical order', async () => {
      const registry = await start();
      registry.push('shop/web', image, '1.9.0', 'latest', '1.10.0', 'Beta');
      const pages = await readPages(registry, '/v2/shop/web/tags/list?n=3');
      assert.deepEqual(pages, [
        { name: 'shop/web', tags: ['1.10.0', '1.9.0', 'Beta'] },
        { name: 'shop/web', tags: ['latest'] },
      ]);
    });

    it('pages the catalogue and never gives more than its own page', async () => {
      const registry = await start({ maximumPageSize: 2 });
      for (const name of ['c', 'a', 'b/d', 'b']) registry.push(name, image);
      assert.deepEqual(await readPages(registry, '/v2/_catalog?n=100'), [
        { repositories: ['a', 'b'] },
        { repositories: ['b/d', 'c'] },
      ]);
    });

    it('gives nothing for n=0, and refuses an n that is no number', async () => {
      const registry = await start();
      registry.push('web', image, 'latest');
      assert.deepEqual(await readPages(registry, '/v2/web/tags/list?n=0'), [{ name: 'web', tags: [] }]);
      await assertOciError(fetch(`${registry.url}/v2/web/tags/list?n=-1`), 400, 'PAGINATION_NUMBER_INVALID');
    });

    it('knows a repository that it does not have from one without tags', async () => {
      const registry = await start();
      registry.push('untagged', image);
      assert.deepEqual(await readPages(registry, '/v2/untagged/tags/list'), [{ name: 'untagged', tags: [] }]);
      await assertOciError(fetch(`${registry.url}/v2/missing/tags/list`), 404, 'NAME_UNKNOWN');
      await assertOciError(fetch(`${registry.url}/v2/Upper/tags/list`), 400, 'NAME_INVALID');
    });

    it('can do without a catalogue', async () => {
      const registry = await start({ catalog: false });
      await assertOciError(fetch(`${registry.url}/v2/_catalog`), 405, 'UNSUPPORTED');
    });
  });

  describe('manifests', () => {
    it('are answered byte for byte, by tag and by digest', async () => {
      const registry = await start();
      const digest = registry.push('shop/web', image, '1.0.0');
      for (const reference of ['1.0.0', digest]) {
        const response = await fetch(`${registry.url}/v2/shop/web/manifests/${reference}`);
        assert.equal(response.status, 200);
        assert.equal(response.headers.get('content-type'), mediaTypes.imageManifest);
        assert.equal(response.headers.get('docker-content-digest'), digest);
        assert.deepEqual(Buffer.from(await response.arrayBuffer()), image.manifest.bytes);
      }
    });

    it('have the same headers for HEAD, and no body', async () => {
      const registry = await start();
      const digest = registry.push('shop/web', image, '1.0.0');
      const response = await fetch(`${registry.url}/v2/shop/web/manifests/1.0.0`, { method: 'HEAD' });
      assert.equal(response.headers.get('docker-content-digest'), digest);
      assert.equal(response.headers.get('content-length'), String(image.manifest.bytes.length));
      assert.equal(await response.text(), '');
    });

    it('are not sent again to who has them', async () => {
      const registry = await start();
      const digest = registry.push('shop/web', image, '1.0.0');
      const headers = { 'If-None-Match': `"${digest}"` };
      assert.equal((await fetch(`${registry.url}/v2/shop/web/manifests/1.0.0`, { headers })).status, 304);
    });

    it('are unknown until somebody pushes them', async () => {
      const registry = await start();
      registry.push('shop/web', image, '1.0.0');
      await assertOciError(fetch(`${registry.url}/v2/shop/web/manifests/2.0.0`), 404, 'MANIFEST_UNKNOWN');
      await assertOciError(fetch(`${registry.url}/v2/shop/other/manifests/1.0.0`), 404, 'NAME_UNKNOWN');
    });

    it('of an index come with it', async () => {
      const registry = await start();
      registry.push('shop/web', writeIndex([image]), '1.0.0');
      const child = await fetch(`${registry.url}/v2/shop/web/manifests/${image.manifest.descriptor.digest}`);
      assert.equal(child.status, 200);
    });
  });

  describe('blobs', () => {
    for (const [range, status, first, last] of [
      [undefined, 200, 0, layer.bytes.length - 1],
      ['bytes=0-0', 206, 0, 0],
      ['bytes=5-9', 206, 5, 9],
      ['bytes=10-', 206, 10, layer.bytes.length - 1],
      ['bytes=-4', 206, layer.bytes.length - 4, layer.bytes.length - 1],
      ['bytes=3-99999', 206, 3, layer.bytes.length - 1],
      ['bytes=9-5', 200, 0, layer.bytes.length - 1],
      ['lines=1-2', 200, 0, layer.bytes.length - 1],
    ] as const) {
      it(`answers ${range ?? 'no range'} with the bytes ${first} to ${last}`, async () => {
        const registry = await start();
        registry.push('web', image);
        const response = await fetch(`${registry.url}/v2/web/blobs/${layer.descriptor.digest}`, {
          headers: range === undefined ? {} : { Range: range },
        });
        const expectedRange = status === 206 ? `bytes ${first}-${last}/${layer.bytes.length}` : null;
        assert.deepEqual([response.status, response.headers.get('content-range')], [status, expectedRange]);
        assert.deepEqual(Buffer.from(await response.arrayBuffer()), layer.bytes.subarray(first, last + 1));
      });
    }

    it('refuse a range behind their end', async () => {
      const registry = await start();
      registry.push('web', image);
      const response = await fetch(`${registry.url}/v2/web/blobs/${layer.descriptor.digest}`, {
        headers: { Range: 'bytes=99999-' },
      });
      assert.equal(response.status, 416);
      assert.equal(response.headers.get('content-range'), `bytes */${layer.bytes.length}`);
    });

    it('are read through the repositories that hold them only', async () => {
      const registry = await start();
      registry.push('web', image);
      registry.push('other', writeArtifact({}));
      await assertOciError(fetch(`${registry.url}/v2/other/blobs/${layer.descriptor.digest}`), 404, 'BLOB_UNKNOWN');
    });
  });

  describe('referrers', () => {
    const subject = image.manifest.descriptor;
    const sbom = writeArtifact({ artifactType: 'application/spdx+json', subject, annotations: { key: 'value' } });
    const signature = writeArtifact({ artifactType: 'application/vnd.example.signature', subject });

    it('are listed with their type and annotations', async () => {
      const registry = await start();
      for (const artifact of [image, sbom, signature]) registry.push('web', artifact);
      const response = await fetch(`${registry.url}/v2/web/referrers/${subject.digest}`);
      assert.equal(response.headers.get('content-type'), mediaTypes.imageIndex);
      assert.equal(response.headers.get('oci-filters-applied'), null);
      assert.deepEqual(await response.json(), {
        schemaVersion: 2,
        mediaType: mediaTypes.imageIndex,
        manifests: [
          { ...signature.manifest.descriptor, artifactType: 'application/vnd.example.signature' },
          { ...sbom.manifest.descriptor, artifactType: 'application/spdx+json', annotations: { key: 'value' } },
        ].sort((a, b) => (a.digest < b.digest ? -1 : 1)),
      });
    });

    it('are filtered by type, and the answer says so', async () => {
      const registry = await start();
      for (const artifact of [sbom, signature]) registry.push('web', artifact);
      const path = `/v2/web/referrers/${subject.digest}?artifactType=application/spdx%2Bjson`;
      const response = await fetch(registry.url + path);
      assert.equal(response.headers.get('oci-filters-applied'), 'artifactType');
      const { manifests } = (await response.json()) as { manifests: { digest: string }[] };
      assert.deepEqual(
        manifests.map(({ digest }) => digest),
        [sbom.manifest.descriptor.digest],
      );
    });

    it('are an empty list where nothing refers to it', async () => {
      const registry = await start();
      const response = await fetch(`${registry.url}/v2/web/referrers/sha256:${'0'.repeat(64)}`);
      assert.deepEqual(await response.json(), { schemaVersion: 2, mediaType: mediaTypes.imageIndex, manifests: [] });
    });

    it('can be unknown to the registry', async () => {
      const registry = await start({ referrers: false });
      registry.push('web', sbom);
      const response = await fetch(`${registry.url}/v2/web/referrers/${subject.digest}`);
      assert.deepEqual([response.status, await response.text()], [404, '404 page not found\n']);
    });
  });

  it('logs every request with its answer', async () => {
    const registry = await start();
    registry.push('web', image, 'latest');
    await (await fetch(`${registry.url}/v2/web/tags/list?n=5`)).text();
    await fetch(`${registry.url}/v2/web/manifests/none`, { method: 'HEAD' });
    assert.deepEqual(
      registry.requests.map(({ server, method, path, status, bytes }) => [server, method, path, status, bytes]),
      [
        ['registry', 'GET', '/v2/web/tags/list?n=5', 200, '{"name":"web","tags":["latest"]}'.length],
        ['registry', 'HEAD', '/v2/web/manifests/none', 404, 0],
      ],
    );
  });
});

/** Every page's body, by the `Link` headers. */
async function readPages(registry: SampleRegistry, path: string): Promise<unknown[]> {
  const response = await fetch(new URL(path, registry.url));
  assert.equal(response.status, 200);
  const next = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
  const page: unknown = await response.json();
  return next === undefined ? [page] : [page, ...(await readPages(registry, next))];
}

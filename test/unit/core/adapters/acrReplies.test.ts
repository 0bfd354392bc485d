import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readManifests } from '../../../../src/core/adapters/acrReplies.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('ACR replies', () => {
  it('are read as documented', () => {
    const manifest = {
      digest,
      imageSize: 2_401_606,
      createdTime: '2018-09-06T06:17:20.9983915Z',
      lastUpdateTime: '2018-09-06T06:17:20.9983915Z',
      architecture: 'amd64',
      os: 'windows',
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      configMediaType: 'application/vnd.docker.container.image.v1+json',
      tags: ['4.7.2-20180905-nanoserver-1803', '../x', 7],
      changeableAttributes: { deleteEnabled: true, writeEnabled: true, readEnabled: true, listEnabled: true },
    };
    assert.deepEqual(readManifests({ registry: 'x', imageName: 'nanoserver', manifests: [manifest] }), {
      items: [
        {
          digest,
          tags: ['4.7.2-20180905-nanoserver-1803'],
          protectedFrom: [],
          mediaType: manifest.mediaType,
          size: 2_401_606,
          pushedAt: '2018-09-06T06:17:20.998Z',
          platform: 'windows/amd64',
        },
      ],
      digests: [digest],
    });
  });

  it('tell what locks keep', () => {
    const kept = (changeableAttributes: unknown) =>
      readManifests({ manifests: [{ digest, changeableAttributes }] })?.items[0]?.protectedFrom;
    assert.deepEqual(kept({ deleteEnabled: false, writeEnabled: true }), ['delete']);
    assert.deepEqual(kept({ deleteEnabled: true, writeEnabled: false }), ['move', 'delete']);
    for (const none of [undefined, null, {}, { deleteEnabled: 'no' }, 7]) assert.deepEqual(kept(none), []);
  });

  it('leave out what is of another form, and the size of nothing', () => {
    for (const odd of [null, '', 'a b', -1, 0, 1e300, {}, []]) {
      const fields = { imageSize: odd, createdTime: odd, os: odd, architecture: 'amd64', mediaType: null, tags: {} };
      assert.deepEqual(readManifests({ manifests: [{ digest, ...fields }] })?.items, [
        { digest, tags: [], protectedFrom: [] },
      ]);
    }
    assert.deepEqual(readManifests({ manifests: [null, 7, {}, { digest: 'x' }] })?.items, []);
    assert.deepEqual(readManifests({ manifests: null }), { items: [], digests: [] });
    for (const none of [null, 'text', [], {}, { manifests: {} }]) assert.equal(readManifests(none), undefined);
  });

  it('are read without an exception, whatever came', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        readManifests(value);
        readManifests({ manifests: [value] });
      }),
    );
  });
});

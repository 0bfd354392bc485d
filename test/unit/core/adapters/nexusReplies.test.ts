import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readComponents, readRepositories, tagsOf } from '../../../../src/core/adapters/nexusReplies.ts';

const sha256 = 'a'.repeat(64);

describe('replies of the API of Nexus', () => {
  it('are the repositories that hold images', () => {
    const listed = [
      { name: 'hosted', format: 'docker', type: 'hosted', attributes: {} },
      {
        name: 'hub',
        format: 'docker',
        type: 'proxy',
        attributes: { proxy: { remoteUrl: 'https://registry-1.docker.io' } },
      },
      { name: 'all', format: 'oci', type: 'group', attributes: null },
      { name: 'odd', format: 'docker' },
      { name: 'maven', format: 'maven2', type: 'hosted' },
      { name: 'Upper', format: 'docker', type: 'hosted' },
      null,
    ];
    assert.deepEqual(readRepositories(listed), [
      { key: 'hosted', kind: 'hosted' },
      { key: 'hub', kind: 'proxy', upstream: 'https://registry-1.docker.io' },
      { key: 'all', kind: 'group' },
      { key: 'odd', kind: 'unknown' },
    ]);
    for (const none of [null, {}, 'x']) assert.equal(readRepositories(none), undefined);
  });

  it('are components of one image, with the digest of their manifest', () => {
    const asset = {
      path: 'v2/shop/web/manifests/1.0',
      checksum: { sha256 },
      lastModified: '2025-06-01T02:00:00+02:00',
    };
    const items = [
      { id: 'a', name: 'shop/web', version: '1.0', assets: [{ path: 'v2/-/blobs/x', checksum: {} }, asset] },
      { id: 'b', name: 'shop/web', version: `sha256:${sha256}`, assets: [] },
      { id: 'c', name: 'shop/web', version: 'bare' },
      { id: 'd', name: 'shop/webapp', version: '2.0' },
      { id: 7, name: 'shop/web', version: '3.0' },
      null,
    ];
    const page = readComponents({ items, continuationToken: 'next' }, 'shop/web');
    assert.deepEqual(page, {
      items: [
        { id: 'a', version: '1.0', digest: `sha256:${sha256}`, modified: '2025-06-01T00:00:00.000Z' },
        { id: 'b', version: `sha256:${sha256}` },
        { id: 'c', version: 'bare' },
      ],
      continuationToken: 'next',
    });
    assert.deepEqual(tagsOf(page.items), [
      { name: '1.0', digest: `sha256:${sha256}`, pushedAt: '2025-06-01T00:00:00.000Z' },
      { name: 'bare' },
    ]);
    assert.deepEqual(readComponents({ items: [], continuationToken: null }, 'x'), { items: [] });
    for (const none of [null, {}, [], { items: 7 }]) assert.equal(readComponents(none, 'x'), undefined);
  });

  it('are read without an exception, whatever came', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.jsonValue()), (value, items) => {
        readRepositories(value);
        readRepositories(items);
        tagsOf(readComponents({ items, continuationToken: value }, 'a')?.items ?? []);
      }),
    );
  });
});

import assert from 'node:assert/strict';
import { digestLinks } from '../../../../src/core/oci/digestLinks.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

function kinds(document: unknown): readonly string[] {
  const text = typeof document === 'string' ? document : JSON.stringify(document, undefined, 2);
  return digestLinks(text).map((link) => {
    assert.equal(text.slice(link.start, link.end), link.digest);
    const place = link.target.kind === 'layer' ? ` ${link.target.place}` : '';
    return `${link.digest.slice(7, 8)} ${link.target.kind}${place}`;
  });
}

describe('digests in documents', () => {
  it('of a manifest lead to its config, its layers and its subject', () => {
    const manifest = {
      config: { digest: digest('a') },
      layers: [{ digest: digest('b') }, { digest: digest('c') }],
      subject: { digest: digest('d') },
    };
    assert.deepEqual(kinds(manifest), ['a config', 'b layer 0', 'c layer 1', 'd manifest']);
  });

  it('of an index lead to manifests', () => {
    const annotations = { 'vnd.docker.reference.digest': digest('a') };
    assert.deepEqual(kinds({ manifests: [{ digest: digest('a') }, { digest: digest('b'), annotations }] }), [
      'a manifest',
      'b manifest',
      'a manifest',
    ]);
  });

  it('of a config lead to the layers that they are the archives of', () => {
    assert.deepEqual(kinds({ rootfs: { diff_ids: [digest('a'), digest('b')] } }), ['a layer 0', 'b layer 1']);
  });

  it('are left alone where they are a part of something, or none', () => {
    assert.deepEqual(kinds({ image: `nginx@${digest('a')}`, short: 'sha256:abc', upper: digest('A') }), []);
  });

  it('are found in a document that is broken', () => {
    assert.deepEqual(kinds(`{ "digest": "${digest('a')}",`), ['a manifest']);
    assert.deepEqual(kinds(`[{ "config": { "digest": "${digest('a')}" } }]`), ['a manifest']);
  });
});

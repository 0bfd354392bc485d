import assert from 'node:assert/strict';
import { baseImage } from '../../../../src/core/oci/baseImage.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('the image that another was built from', () => {
  it('is opened by its name and as it was', () => {
    assert.deepEqual(baseImage('docker.io/library/debian:bookworm', digest), {
      reference: 'debian:bookworm',
      exact: `docker.io/library/debian@${digest}`,
    });
    assert.deepEqual(baseImage('ghcr.io/a/b', undefined), { reference: 'ghcr.io/a/b' });
    assert.deepEqual(baseImage('ghcr.io/a/b', 'md5:1'), { reference: 'ghcr.io/a/b' });
  });

  it('never is a file of this machine', () => {
    for (const name of ['oci:/etc', 'docker-archive:/home/me/secret.tar', 'engine:/docker.io/library/x:1'])
      assert.equal(baseImage(name, digest), undefined);
  });

  it('is nothing where the name is none', () => {
    for (const name of ['scratch', '', 'Debian', 'https://example.com/x', 'a b'])
      assert.equal(baseImage(name, digest), undefined);
  });
});

import assert from 'node:assert/strict';
import type { PullDestination } from '../../../src/api.ts';
import { parseReference } from '../../../src/core/oci/reference.ts';
import { pullOutcome } from '../../../src/host/transfers/pullOutcome.ts';

const digest = `sha256:${'1'.repeat(64)}`;
const came = { bytesFetched: 1, omittedLayers: [] };
const folder = (path: string): PullDestination => ({ kind: 'folder', folder: path, ...came });

describe('what opens a pull', () => {
  it('is the image, in the layout or the archive that it is in', () => {
    const archive: PullDestination = { kind: 'archive', archive: '/images/a.tar', format: 'oci', ...came };
    for (const [destination, reference] of [
      [folder('/images'), `oci:/images@${digest}`],
      [folder('C:\\images'), `oci:/C:/images@${digest}`],
      [archive, `docker-archive:/images/a.tar@${digest}`],
    ] as const) {
      assert.deepEqual(pullOutcome(destination, digest), { kind: 'image', reference });
      assert.equal(parseReference(reference).digest, digest);
    }
  });

  it('is the place, where there are files only or a path that no reference can hold', () => {
    const files: PullDestination = {
      ...{ kind: 'files', folder: '/files', bytesFetched: 1 },
      ...{ files: 1, bytes: 1, changedLinks: 0, leftOut: [] },
    };
    assert.deepEqual(pullOutcome(files, digest), { kind: 'path', path: '/files' });
    assert.deepEqual(pullOutcome(folder('/a:b'), digest), { kind: 'path', path: '/a:b' });
  });

  it('is nothing of an engine, which has it', () => {
    assert.equal(pullOutcome({ kind: 'engine', engine: 'Podman', imageId: digest }, digest), undefined);
  });
});

import assert from 'node:assert/strict';
import type { Descriptor } from '../../../../src/api.ts';
import { emptyIndexFile, findEntry, withEntry } from '../../../../src/core/oci/layout.ts';
import { thrown } from '../../../support/registryErrors.ts';

const refName = 'org.opencontainers.image.ref.name';
const imageName = 'io.containerd.image.name';
const [one, two] = [descriptor('1'), descriptor('2')];
const name = 'registry.example/shop/web:1.0';

describe('an entry of an image layout', () => {
  it('has its tag, and the name that engines give it', () => {
    const index = read(withEntry(emptyIndexFile(), { descriptor: one, name, tag: '1.0' }, '/folder'));
    assert.deepEqual(index.manifests, [{ ...one, annotations: { [imageName]: name, [refName]: '1.0' } }]);
  });

  it('leaves the others with everything that is in them', () => {
    const other = { ...two, platform: { os: 'linux' }, annotations: { [refName]: 'other', mine: 'too' }, data: 'AA==' };
    const before = file({ schemaVersion: 2, mine: true, manifests: [other] });
    const index = read(withEntry(before, { descriptor: one, name, tag: '1.0' }, '/folder'));
    assert.equal(index['mine'], true);
    assert.deepEqual(index.manifests[0], other);
    assert.equal(index.manifests.length, 2);
  });

  it('changes nothing when it is there, whatever else is said of it', () => {
    const before = file({ manifests: [{ ...one, annotations: { [refName]: '1.0', mine: 'too' } }, two] });
    assert.equal(withEntry(before, { descriptor: one, name, tag: '1.0' }, '/folder'), before);
    assert.equal(withEntry(before, { descriptor: two }, '/folder'), before);
  });

  it('takes its tag along, but only from the same repository', () => {
    const before = withEntry(undefined, { descriptor: one, name, tag: '1.0' }, '/folder');
    const moved = read(withEntry(before, { descriptor: two, name, tag: '1.0' }, '/folder'));
    assert.deepEqual(
      moved.manifests.map(({ digest }) => digest),
      [two.digest],
    );
    for (const holder of [before, file({ manifests: [{ ...one, annotations: { [refName]: '1.0' } }] })]) {
      const entry = { descriptor: two, name: 'registry.example/shop/api:1.0', tag: '1.0' };
      thrown(() => withEntry(holder, entry, '/folder'), 'conflict');
      thrown(() => withEntry(holder, { descriptor: two, tag: '1.0' }, '/folder'), 'conflict');
    }
  });

  it('takes its tag from the digest that it may be taken from, wherever that came from', () => {
    const before = withEntry(undefined, { descriptor: one, name, tag: '1.0' }, '/folder');
    for (const replaces of ['any', one.digest]) {
      const moved = withEntry(before, { descriptor: two, tag: '1.0', replaces }, '/folder');
      assert.deepEqual(findEntry(moved, '1.0', '/folder'), two);
    }
    thrown(() => withEntry(before, { descriptor: two, tag: '1.0', replaces: two.digest }, '/folder'), 'conflict');
  });

  it('is found by its tag', () => {
    const index = withEntry(undefined, { descriptor: one, name, tag: '1.0' }, '/folder');
    assert.deepEqual(findEntry(index, '1.0', '/folder'), one);
    assert.equal(findEntry(index, '1', '/folder'), undefined);
  });

  it('is not put into what is no index', () => {
    for (const text of ['', 'null', '[]', '{}', '{"manifests":{}}', '{"manifests":[1]}']) {
      const { message } = thrown(() => withEntry(Buffer.from(text), { descriptor: one }, '/folder'), 'invalid');
      assert.match(message, /^\/folder cannot be used as an OCI image layout/);
    }
  });
});

function descriptor(digit: string): Descriptor {
  const digest = `sha256:${digit.repeat(64)}`;
  return { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 100 };
}

function file(content: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(content));
}

function read(bytes: Uint8Array): Record<string, unknown> & { readonly manifests: readonly Descriptor[] } {
  return JSON.parse(Buffer.from(bytes).toString());
}

import assert from 'node:assert/strict';
import type { FetchedManifest } from '../../../../src/api.ts';
import { UndoMemory } from '../../../../src/core/transfer/undo.ts';
import { thrown } from '../../../support/registryErrors.ts';

const hour = 60 * 60 * 1000;

describe('changes that can be undone', () => {
  it('are told newest first, for an hour', () => {
    let now = 0;
    const memory = new UndoMemory(() => now);
    const first = memory.add(change('registry.example/shop/web:1.0', 10));
    now = hour / 2;
    memory.add(change('registry.example/shop/web:2.0', 10));
    assert.deepEqual(
      memory.all().map(({ reference }) => reference),
      ['registry.example/shop/web:2.0', 'registry.example/shop/web:1.0'],
    );
    now = hour;
    assert.equal(memory.all().length, 1);
    thrown(() => memory.get(first?.id ?? assert.fail()), 'not-found');
  });

  it('name the tags that went, by which people know an image', () => {
    const memory = new UndoMemory(() => 0);
    const [digest, tags] = [`sha256:${'1'.repeat(64)}`, ['1.9', '1.9.0']];
    const { steps, ...deleted } = change(`registry.example/shop/web@${digest}`, 10);
    memory.add({ ...deleted, steps: [digest, ...tags].flatMap((name) => steps.map((step) => ({ ...step, name }))) });
    assert.deepEqual(memory.all()[0]?.tagNames, tags);
  });

  it('are kept as long as there is room, the oldest least', () => {
    const memory = new UndoMemory(() => 0);
    for (let count = 0; count < 6; count++) memory.add(change(`registry.example/shop/web:${count}`, 4 * 1024 * 1024));
    assert.deepEqual(
      memory.all().map(({ reference }) => reference.at(-1)),
      ['5', '4', '3', '2'],
    );
  });

  it('are forgotten with their connection', () => {
    const memory = new UndoMemory(() => 0);
    memory.add(change('registry.example/shop/web:1.0', 10));
    memory.forget('other');
    assert.equal(memory.all().length, 1);
    memory.forget('connection');
    assert.deepEqual(memory.all(), []);
  });
});

function change(reference: string, size: number): Parameters<UndoMemory['add']>[0] {
  const manifest: FetchedManifest = {
    bytes: new Uint8Array(size),
    descriptor: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: `sha256:${'1'.repeat(64)}`, size },
  };
  return {
    kind: 'tag-deleted',
    reference,
    connectionId: 'connection',
    repository: 'shop/web',
    steps: [{ name: reference.split(':').at(-1) ?? '', manifest, now: undefined }],
  };
}

import assert from 'node:assert/strict';
import type { ImageDetails } from '../../../src/api.ts';
import type { ImageView } from '../../../src/messages.ts';
import { isImagePanelMessage } from '../../../src/webview/image/incoming.ts';
import { layerModels } from '../../../src/webview/image/layerModel.ts';
import { mediaTypeName } from '../../../src/webview/image/mediaTypes.ts';
import { splitReference } from '../../../src/webview/image/referenceParts.ts';
import { readSavedState, savedStateFor } from '../../../src/webview/image/savedState.ts';
import { createFormats } from '../../../src/webview/ui/format.ts';
import { moveByKey } from '../../../src/webview/ui/moveKeys.ts';

const image: ImageDetails = {
  reference: 'nginx:1.27',
  digest: 'sha256:index',
  mediaType: 'application/vnd.oci.image.index.v1+json',
  platforms: ['linux/amd64', 'linux/arm64'],
  platform: 'linux/amd64',
  platformDigest: 'sha256:amd64',
  size: 1,
  layers: [],
  annotations: {},
};
const unread = { attachments: { kind: 'closed' }, sharedLayers: {} } as const;
const view: ImageView = { kind: 'image', reference: 'nginx:1.27', image, ...unread };
const armView: ImageView = {
  kind: 'image',
  reference: 'nginx:1.27',
  ...unread,
  image: { ...image, platform: 'linux/arm64', platformDigest: 'sha256:arm64' },
};

describe('the pieces of a reference', () => {
  const digest = `@sha256:${'a'.repeat(64)}`;
  const cases: readonly (readonly [string, string, string, string])[] = [
    ['nginx', 'nginx', '', ''],
    ['nginx:1.27', 'nginx', ':1.27', ''],
    ['localhost:5000/team/app', 'localhost:5000/team/app', '', ''],
    ['localhost:5000/team/app:1', 'localhost:5000/team/app', ':1', ''],
    [`ghcr.io/a/b${digest}`, 'ghcr.io/a/b', '', digest],
    [`ghcr.io/a/b:1${digest}`, 'ghcr.io/a/b', ':1', digest],
  ];
  for (const [reference, name, tag, digest] of cases) {
    it(`are found in ${reference}`, () => assert.deepEqual(splitReference(reference), { name, tag, digest }));
  }
});

describe('messages to the image panel', () => {
  const message = (view: unknown): unknown => ({ type: 'state', state: { language: 'en', strings: {}, view } });

  it('are states with a view', () => {
    assert.ok(isImagePanelMessage(message({ kind: 'loading', reference: 'nginx' })));
    assert.ok(isImagePanelMessage(message({ kind: 'failed', reference: 'nginx', message: 'No.' })));
    assert.ok(isImagePanelMessage(message(view)));
    const report = { status: 'done', items: [], total: 0, counts: {} };
    for (const scan of [{ kind: 'closed' }, { kind: 'loading' }, { kind: 'failed', message: 'No.' }])
      assert.ok(isImagePanelMessage(message({ ...view, scan })));
    assert.ok(isImagePanelMessage(message({ ...view, scan: { kind: 'report', report } })));
    for (const scan of [null, {}, { kind: 'failed' }, { kind: 'report' }, { kind: 'report', report: { items: [] } }])
      assert.ok(!isImagePanelMessage(message({ ...view, scan })));
    const inside = { kind: 'inside', efficiency: { paths: [] }, folder: { items: [] } };
    assert.ok(isImagePanelMessage(message({ ...view, inside })));
    assert.ok(!isImagePanelMessage(message({ ...view, inside: { kind: 'inside', efficiency: {} } })));
    assert.ok(isImagePanelMessage(message({ ...view, attachments: { kind: 'attachments', items: [] } })));
    assert.ok(!isImagePanelMessage(message({ ...view, attachments: { kind: 'attachments' } })));
  });

  it('are what one layer changes', () => {
    const told = { type: 'layerFiles', manifest: 'sha256:amd64', layer: 0 };
    assert.ok(isImagePanelMessage({ ...told, files: { kind: 'closed' } }));
    assert.ok(isImagePanelMessage({ ...told, files: { kind: 'files', counts: {}, items: [] } }));
    assert.ok(!isImagePanelMessage({ ...told, files: { kind: 'files' } }));
    assert.ok(!isImagePanelMessage({ ...told, layer: '0', files: { kind: 'closed' } }));
  });

  for (const other of [
    undefined,
    null,
    'state',
    [],
    {},
    { type: 'state' },
    { type: 'other', state: {} },
    message(undefined),
    message({ kind: 'loading' }),
    message({ kind: 'failed', reference: 'nginx' }),
    message({ kind: 'image', reference: 'nginx' }),
    message({ kind: 'image', reference: 'nginx', image: { digest: 'x' } }),
    message({ kind: 'toString', reference: 'nginx' }),
  ]) {
    it(`are not ${JSON.stringify(other)}`, () => assert.equal(isImagePanelMessage(other), false));
  }
});

describe('what the image panel keeps', () => {
  it('is read back', () => {
    const saved = { reference: 'nginx', platform: 'linux/amd64', manifest: 'sha256:x', expanded: [0, 3], scroll: 40 };
    assert.deepEqual(readSavedState(saved), saved);
  });

  it('is read as far as it can be used', () => {
    assert.deepEqual(
      readSavedState({ reference: 'nginx', platform: 1, expanded: [1, -1, 'x', 1.5], scroll: Number.NaN }),
      {
        reference: 'nginx',
        expanded: [1],
        scroll: 0,
      },
    );
    for (const other of [undefined, null, 'x', 7, {}, { reference: 7 }]) assert.equal(readSavedState(other), undefined);
  });

  it('starts anew with another reference', () => {
    const before = { reference: 'other', manifest: 'sha256:amd64', expanded: [1], scroll: 9 };
    assert.deepEqual(savedStateFor(view, before), {
      reference: 'nginx:1.27',
      platform: 'linux/amd64',
      manifest: 'sha256:amd64',
      expanded: [],
      scroll: 0,
    });
  });

  it('outlives loading and failing', () => {
    const before = { ...savedStateFor(view, undefined), expanded: [2], scroll: 30 };
    const loading = savedStateFor({ kind: 'loading', reference: 'nginx:1.27' }, before);
    const failed = savedStateFor({ kind: 'failed', reference: 'nginx:1.27', message: 'No.' }, loading);
    assert.deepEqual(savedStateFor(view, failed), before);
  });

  it('remembers the connection that the image is read by', () => {
    const loading = savedStateFor({ kind: 'loading', reference: 'nginx:1.27', connectionId: 'hub' }, undefined);
    assert.equal(loading.connectionId, 'hub');
    assert.equal(savedStateFor({ ...view, connectionId: 'hub' }, loading).connectionId, 'hub');
    assert.equal(readSavedState(loading)?.connectionId, 'hub');
    assert.equal(readSavedState({ reference: 'nginx', connectionId: 7 })?.connectionId, undefined);
  });

  it('keeps the place but not the open rows when the platform changes', () => {
    const before = { ...savedStateFor(view, undefined), expanded: [2], scroll: 30 };
    const after = savedStateFor(armView, before);
    assert.deepEqual(after.expanded, []);
    assert.equal(after.scroll, 30);
    assert.equal(after.platform, 'linux/arm64');
  });
});

describe('names of media types', () => {
  it('are known for the usual ones, whatever their case and parameters', () => {
    assert.equal(mediaTypeName('application/vnd.oci.image.index.v1+json'), 'ociIndex');
    assert.equal(mediaTypeName('Application/vnd.OCI.image.manifest.v1+json; charset=utf-8'), 'ociManifest');
    assert.equal(mediaTypeName('application/vnd.dev.sigstore.bundle.v0.3+json'), 'sigstoreBundle');
  });

  it('are not made up', () => {
    for (const other of ['', 'constructor', 'application/json']) assert.equal(mediaTypeName(other), undefined);
  });
});

describe('the layers that are shown', () => {
  const strings = { layerDescription: 'Layer {0}, {1}, {2}: {3}', noCommand: 'unknown', moreCharacters: '… {0} more' };
  const formats = createFormats('en');
  const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';

  it('say number, size, share and command', () => {
    const layers = [
      { digest: 'sha256:a', size: 3_000_000, mediaType, command: 'RUN /bin/sh -c make   && true # buildkit' },
      { digest: 'sha256:b', size: 1_000_000, mediaType },
    ];
    assert.deepEqual(
      layerModels(layers, 'command', strings, formats).map((layer) => layer.description),
      ['Layer 1, 3 MB, 75%: RUN make && true', 'Layer 2, 1 MB, 25%: unknown'],
    );
    assert.equal(
      layerModels(layers, 'mediaType', strings, formats)[1]?.description,
      `Layer 2, 1 MB, 25%: ${mediaType}`,
    );
  });

  it('show what hides in a command, and cut what is too long to read', () => {
    const layers = [{ digest: 'sha256:\u202ea', size: 1, mediaType, command: `RUN \u202e${'x'.repeat(30_000)}` }];
    const [layer] = layerModels(layers, 'command', strings, formats);
    assert.equal(layer?.digest, 'sha256:\\u202ea');
    assert.ok(layer?.command?.text.startsWith('\\u202exxx'));
    assert.ok(layer?.command?.text.endsWith('x … 10,006 more'));
    assert.equal(layer?.wholeCommand, `RUN \\u202e${'x'.repeat(30_000)}`);
    assert.ok((layer?.description.length ?? 0) < 250);
  });
});

describe('moving by key', () => {
  it('stops at the ends', () => {
    assert.equal(moveByKey('ArrowDown', 8, 9, 'vertical'), 8);
    assert.equal(moveByKey('ArrowUp', 0, 9, 'vertical'), 0);
    assert.equal(moveByKey('PageDown', 2, 9, 'vertical'), 8);
  });

  it('goes along its axis only', () => {
    assert.equal(moveByKey('ArrowRight', 3, 9, 'horizontal'), 4);
    assert.equal(moveByKey('ArrowRight', 3, 9, 'vertical'), undefined);
    assert.equal(moveByKey('Home', 3, 9, 'horizontal'), 0);
    assert.equal(moveByKey('End', 3, 9, 'vertical'), 8);
  });

  it('leaves other keys alone', () => {
    for (const key of ['Enter', ' ', 'a', 'constructor']) assert.equal(moveByKey(key, 3, 9, 'vertical'), undefined);
  });
});

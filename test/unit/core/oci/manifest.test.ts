import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isRegistryError } from '../../../../src/core/errors.ts';
import { type Manifest, parseManifest } from '../../../../src/core/oci/manifest.ts';
import { indexTypes, manifestTypes, mediaTypes, schema1Types } from '../../../../src/core/oci/mediaType.ts';
import { thrown } from '../../../support/registryErrors.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const descriptor = { mediaType: mediaTypes.ociConfig, digest, size: 7 };
const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest, size: 42 };
const image = { schemaVersion: 2, config: descriptor, layers: [layer] };
const entry = { mediaType: mediaTypes.ociManifest, digest, size: 9, platform: { os: 'linux', architecture: 'amd64' } };
const index = { schemaVersion: 2, manifests: [entry] };

describe('parseManifest', () => {
  for (const mediaType of manifestTypes) {
    it(`reads ${mediaType}, told by the header or by the document`, () => {
      const told = parse({ ...image, mediaType }, mediaType);
      assert.equal(told.kind, 'image');
      assert.equal(told.mediaType, mediaType);
      assert.deepEqual(parse(image, mediaType), told);
      assert.deepEqual(parse({ ...image, mediaType }), told);
      assert.deepEqual(parse({ ...image, mediaType }, 'application/octet-stream'), told);
    });
  }

  for (const mediaType of indexTypes) {
    it(`reads ${mediaType}, told by the header or by the document`, () => {
      const told = parse({ ...index, mediaType }, mediaType);
      assert.equal(told.kind, 'index');
      assert.equal(told.mediaType, mediaType);
      assert.deepEqual(parse(index, mediaType), told);
      assert.deepEqual(parse({ ...index, mediaType }), told);
      assert.deepEqual(parse({ ...index, mediaType }, 'application/octet-stream'), told);
    });
  }

  it('tells a document without any type by its shape, as OCI allows it', () => {
    for (const contentType of [undefined, 'application/json', 'text/plain; charset=utf-8']) {
      assert.deepEqual(pick(parse(image, contentType)), ['image', mediaTypes.ociManifest]);
      assert.deepEqual(pick(parse(index, contentType)), ['index', mediaTypes.ociIndex]);
    }
  });

  it('takes a header with parameters and in any case', () => {
    const contentType = `${mediaTypes.dockerManifest.toUpperCase()}; charset=utf-8`;
    assert.equal(parse(image, contentType).mediaType, mediaTypes.dockerManifest);
  });

  it('keeps what an image says', () => {
    const annotations = { 'org.opencontainers.image.title': 'Shop' };
    const subject = { mediaType: mediaTypes.ociManifest, digest, size: 3 };
    const parsed = parse({ ...image, artifactType: 'application/vnd.example', subject, annotations });
    assert.deepEqual(parsed, {
      kind: 'image',
      mediaType: mediaTypes.ociManifest,
      artifactType: 'application/vnd.example',
      config: descriptor,
      layers: [layer],
      subject,
      annotations,
    });
  });

  it('keeps what an index says', () => {
    const arm = { ...entry, platform: { os: 'linux', architecture: 'arm', variant: 'v7' }, annotations: { a: 'b' } };
    const parsed = parse({ ...index, manifests: [entry, arm] });
    assert.ok(parsed.kind === 'index');
    assert.deepEqual(
      parsed.manifests.map(({ platform }) => platform),
      [entry.platform, arm.platform],
    );
    assert.deepEqual(parsed.manifests[1]?.annotations, { a: 'b' });
  });

  it('takes null for what is absent, as Go writes it', () => {
    const parsed = parse({ ...image, annotations: null, subject: null });
    assert.deepEqual([parsed.annotations, parsed.subject], [{}, undefined]);
    assert.equal(parse({ ...index, annotations: null, manifests: [{ ...entry, platform: null }] }).kind, 'index');
  });

  it('keeps a subject out of the annotations of others', () => {
    assert.deepEqual(parse(image).annotations, {});
    assert.equal(parse(image).subject, undefined);
  });

  it('reads a document with a byte order mark', () => {
    const bytes = new TextEncoder().encode(`\ufeff${JSON.stringify(image)}`);
    assert.equal(parseManifest(bytes).kind, 'image');
  });

  describe('refuses what could be read in two ways', () => {
    const ambiguous: readonly (readonly [title: string, document: object, contentType?: string])[] = [
      ['layers and manifests', { ...image, ...index }],
      ['layers and manifests, called an image', { ...image, ...index, mediaType: mediaTypes.ociManifest }],
      ['layers and manifests, sent as an index', { ...image, ...index }, mediaTypes.ociIndex],
      ['a config and manifests', { ...index, config: descriptor }],
      ['an image sent as an index', { ...image, mediaType: mediaTypes.ociManifest }, mediaTypes.ociIndex],
      ['an index sent as an image', { ...index, mediaType: mediaTypes.ociIndex }, mediaTypes.ociManifest],
      ["an OCI image sent as Docker's", { ...image, mediaType: mediaTypes.ociManifest }, mediaTypes.dockerManifest],
      ['an image sent as an index, silent about itself', image, mediaTypes.ociIndex],
      ['an index sent as an image, silent about itself', index, mediaTypes.ociManifest],
      ['layers in what calls itself an index', { ...image, mediaType: mediaTypes.ociIndex }],
      ['manifests in what calls itself an image', { ...index, mediaType: mediaTypes.ociManifest }],
    ];
    for (const [title, document, contentType] of ambiguous) {
      it(title, () => {
        const { message } = thrown(() => parse(document, contentType), 'protocol');
        assert.match(message, /^The manifest cannot be read: /);
      });
    }
  });

  describe('refuses schema 1', () => {
    for (const mediaType of schema1Types) {
      it(mediaType, () => {
        const { message } = thrown(() => parse({ schemaVersion: 1, fsLayers: [] }, mediaType), 'unsupported');
        assert.match(message, /schema 1/);
      });
    }

    it('by its number alone', () => {
      thrown(() => parse({ schemaVersion: 1, fsLayers: [], history: [] }, 'application/json'), 'unsupported');
    });
  });

  it('names a type that it does not know', () => {
    const { message } = thrown(() => parse({}, mediaTypes.ociArtifactManifest), 'unsupported');
    assert.ok(message.includes(mediaTypes.ociArtifactManifest), message);
  });

  it('shows no control characters of what it refuses', () => {
    const odd = 'a\u001b[31m\u202eb\nc';
    const messages = [
      thrown(() => parse({ mediaType: odd }), 'unsupported').message,
      thrown(() => parse({ ...image, mediaType: odd }, mediaTypes.ociManifest), 'protocol').message,
      thrown(() => parse({ ...image, config: odd }), 'protocol').message,
      thrown(() => parse({ ...image, annotations: { [odd]: 1 } }), 'protocol').message,
    ];
    for (const message of messages) assert.doesNotMatch(message, /[\p{Cc}\p{Cf}]/u);
  });

  describe('refuses hostile documents', () => {
    const documents: readonly (readonly [title: string, text: string])[] = [
      ['nothing', ''],
      ['no JSON', '<!doctype html>'],
      ['half of a document', JSON.stringify(image).slice(0, -1)],
      ['null', 'null'],
      ['a list', '[]'],
      ['a text', '"image"'],
      ['a number', '2'],
      ['deep nesting', '['.repeat(100_000)],
      ['closed deep nesting', `{"layers":${'['.repeat(100_000)}${']'.repeat(100_000)},"config":{}}`],
      ['layers that are no list', JSON.stringify({ ...image, layers: {}, mediaType: mediaTypes.ociManifest })],
      ['a layer that is no object', JSON.stringify({ ...image, layers: ['a'] })],
      ['a layer of null', JSON.stringify({ ...image, layers: [null] })],
      ['a config of null', JSON.stringify({ ...image, config: null })],
      ['no config', JSON.stringify({ layers: [] })],
      ['a media type of another kind', JSON.stringify({ ...image, mediaType: 7 })],
      ['annotations that are no texts', JSON.stringify({ ...image, annotations: { a: 1 } })],
      ['an entry without a digest', JSON.stringify({ manifests: [{ ...entry, digest: undefined }] })],
      ['a platform of a text', JSON.stringify({ manifests: [{ ...entry, platform: 'linux/amd64' }] })],
      ['a platform without an architecture', JSON.stringify({ manifests: [{ ...entry, platform: { os: 'linux' } }] })],
      ['fields that only the prototype has', `{"__proto__":${JSON.stringify(image)}}`],
    ];
    for (const [title, text] of documents) {
      it(title, () => {
        const bytes = new TextEncoder().encode(text);
        assert.throws(
          () => parseManifest(bytes),
          (error) => isRegistryError(error, 'protocol', 'unsupported'),
        );
      });
    }

    it('bytes that are no UTF-8', () => {
      const bytes = new Uint8Array([...new TextEncoder().encode('{"mediaType":"'), 0xff, 0x22, 0x7d]);
      thrown(() => parseManifest(bytes), 'protocol');
      thrown(() => parseManifest(new Uint8Array(Buffer.from(JSON.stringify(image), 'utf16le'))), 'protocol');
    });

    const sizes = ['-1', '1.5', '9007199254740992', '1e400', '-0.1', '"7"', 'null', 'true', '9223372036854775808'];
    for (const size of sizes) {
      it(`a layer of ${size} bytes`, () => {
        const text = JSON.stringify(image).replace('"size":42', `"size":${size}`);
        thrown(() => parseManifest(new TextEncoder().encode(text)), 'protocol');
      });
    }

    const digests = [
      '',
      'sha256:',
      `sha256:${'0'.repeat(63)}`,
      `sha256:${'A'.repeat(64)}`,
      'sha256:../../../etc/passwd',
    ];
    for (const bad of digests) {
      it(`a layer with the digest ${JSON.stringify(bad)}`, () => {
        const { message } = thrown(() => parse({ ...image, layers: [{ ...layer, digest: bad }] }), 'protocol');
        assert.match(message, /layers\.0\.digest/);
      });
    }
  });

  it('takes names of the prototype for what they are: names', () => {
    const text = JSON.stringify(image).replace(/\}$/, ',"annotations":{"__proto__":"a","constructor":"b"}}');
    const { annotations } = parseManifest(new TextEncoder().encode(text));
    assert.equal(Object.getPrototypeOf(annotations), Object.prototype);
    assert.equal(({} as Record<string, unknown>)['a'], undefined);
  });

  it('answers any JSON with a manifest or an error of its own', () => {
    const key = fc.constantFrom('mediaType', 'config', 'layers', 'manifests', 'schemaVersion', 'digest', 'size');
    const anyObject = fc.dictionary(key, fc.oneof(fc.jsonValue(), fc.constantFrom(descriptor, [layer], [entry], 1, 2)));
    fc.assert(
      fc.property(anyObject, fc.constantFrom(undefined, ...manifestTypes, ...indexTypes), (document, contentType) => {
        try {
          parse(document, contentType);
        } catch (error) {
          if (!isRegistryError(error, 'protocol', 'unsupported')) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});

function parse(document: object, contentType?: string): Manifest {
  return parseManifest(new TextEncoder().encode(JSON.stringify(document)), contentType);
}

function pick({ kind, mediaType }: Manifest): readonly string[] {
  return [kind, mediaType];
}

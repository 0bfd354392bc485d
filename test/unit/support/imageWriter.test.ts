import assert from 'node:assert/strict';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { writeArtifact, writeAttestation } from '../../support/artifactWriter.ts';
import { type BuildStep, writeImage, writeIndex, writeLayer } from '../../support/imageWriter.ts';
import { type Artifact, type Content, mediaTypes, sha256 } from '../../support/oci.ts';
import { file } from '../../support/tarWriter.ts';

const amd64 = { os: 'linux', architecture: 'amd64' };
const armV7 = { os: 'linux', architecture: 'arm', variant: 'v7' };
const entries = [file('etc/motd', 'Welcome\n'.repeat(100))];
const steps: BuildStep[] = [
  { createdBy: 'COPY motd /etc/', layer: writeLayer(entries) },
  { createdBy: 'CMD ["/bin/sh"]', comment: 'buildkit.dockerfile.v0' },
];

describe('image writer', () => {
  it('names every layer by its packed digest and, in the config, by its unpacked one', () => {
    const tar = writeLayer(entries, 'none');
    const gzip = writeLayer(entries, 'gzip');
    const zstd = writeLayer(entries, 'zstd');
    assert.deepEqual(gunzipSync(gzip.bytes), tar.bytes);
    assert.deepEqual(zstdDecompressSync(zstd.bytes), tar.bytes);
    const image = writeImage({
      platform: amd64,
      steps: [tar, gzip, zstd].map((layer) => ({ createdBy: 'COPY', layer })),
    });
    const [config, ...layers] = image.blobs;
    assert.deepEqual(parse(config).rootfs, { type: 'layers', diff_ids: Array(3).fill(sha256(tar.bytes)) });
    assert.deepEqual(
      parse(image.manifest).layers,
      layers.map(({ descriptor }) => descriptor),
    );
    assert.deepEqual(
      layers.map(({ descriptor }) => [descriptor.mediaType, descriptor.digest, descriptor.size]),
      [
        [mediaTypes.layer, sha256(tar.bytes), tar.bytes.length],
        [mediaTypes.layerGzip, sha256(gzip.bytes), gzip.bytes.length],
        [mediaTypes.layerZstd, sha256(zstd.bytes), zstd.bytes.length],
      ],
    );
  });

  it('writes the history with the steps that made no layer', () => {
    const image = writeImage({ platform: amd64, steps, created: '2024-02-29T00:00:00Z' });
    assert.deepEqual(parse(image.blobs[0]).history, [
      { created: '2024-02-29T00:00:00Z', created_by: 'COPY motd /etc/' },
      {
        created: '2024-02-29T00:00:00Z',
        created_by: 'CMD ["/bin/sh"]',
        comment: 'buildkit.dockerfile.v0',
        empty_layer: true,
      },
    ]);
  });

  it('gives the same bytes every time', () => {
    const build = (): Artifact => writeIndex([writeImage({ platform: amd64, steps: [step()] })]);
    const step = (): BuildStep => ({ createdBy: 'COPY', layer: writeLayer(entries) });
    assert.equal(build().manifest.descriptor.digest, build().manifest.descriptor.digest);
    // Neither a time nor an operating system in the gzip header.
    assert.equal(step().layer?.bytes.subarray(4, 10).toString('hex'), '0000000000ff');
  });

  it('puts the platforms into the index', () => {
    const images = [amd64, armV7].map((platform) => writeImage({ platform, steps }));
    const index = parse(writeIndex(images, { annotations: { key: 'value' } }).manifest);
    assert.equal(index.mediaType, mediaTypes.imageIndex);
    assert.deepEqual(index.annotations, { key: 'value' });
    assert.deepEqual(
      index.manifests,
      images.map(({ manifest: { bytes } }, number) => ({
        mediaType: mediaTypes.imageManifest,
        digest: sha256(bytes),
        size: bytes.length,
        platform: [amd64, armV7][number],
      })),
    );
  });

  it('writes Docker media types on request', () => {
    const image = writeImage({ platform: amd64, steps, format: 'docker' });
    const list = writeIndex([image], { format: 'docker' });
    const types = [list.manifest, image.manifest, ...image.blobs].map(({ descriptor }) => descriptor.mediaType);
    assert.deepEqual(types, [
      mediaTypes.dockerManifestList,
      mediaTypes.dockerManifest,
      mediaTypes.dockerConfig,
      mediaTypes.dockerLayerGzip,
    ]);
  });
});

describe('artifact writer', () => {
  const image = writeImage({ platform: amd64, steps });
  const { mediaType, digest, size } = image.manifest.descriptor;

  it('uses the empty JSON object where a manifest needs a config or a layer', () => {
    const artifact = writeArtifact({ artifactType: 'application/vnd.example', subject: image.manifest.descriptor });
    const empty = {
      mediaType: 'application/vnd.oci.empty.v1+json',
      digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
      size: 2,
    };
    assert.deepEqual(parse(artifact.manifest), {
      schemaVersion: 2,
      mediaType: mediaTypes.imageManifest,
      artifactType: 'application/vnd.example',
      config: empty,
      layers: [empty],
      subject: { mediaType, digest, size },
    });
  });

  for (const form of ['artifact', 'image'] as const) {
    it(`writes attestations as BuildKit does, in the form of an ${form}`, () => {
      const predicateType = 'https://slsa.dev/provenance/v0.2';
      const attestation = writeAttestation(image.manifest.descriptor, [{ predicateType, predicate: {} }], { form });
      assert.deepEqual(attestation.manifest.descriptor.platform, { os: 'unknown', architecture: 'unknown' });
      assert.deepEqual(attestation.manifest.descriptor.annotations, {
        'vnd.docker.reference.digest': digest,
        'vnd.docker.reference.type': 'attestation-manifest',
      });
      const manifest = parse(attestation.manifest);
      const isArtifact = form === 'artifact';
      assert.equal(
        manifest.artifactType,
        isArtifact ? 'application/vnd.docker.attestation.manifest.v1+json' : undefined,
      );
      assert.deepEqual(manifest.subject, isArtifact ? { mediaType, digest, size } : undefined);
      const [config, statement] = attestation.blobs;
      assert.equal(config?.descriptor.mediaType, isArtifact ? mediaTypes.emptyJson : mediaTypes.imageConfig);
      assert.deepEqual(statement?.descriptor.annotations, { 'in-toto.io/predicate-type': predicateType });
      assert.deepEqual(parse(statement).subject, [{ name: '_', digest: { sha256: digest.slice('sha256:'.length) } }]);
    });
  }
});

/** What the tests look at. */
interface Parsed {
  readonly mediaType?: unknown;
  readonly artifactType?: unknown;
  readonly layers?: unknown;
  readonly manifests?: unknown;
  readonly subject?: unknown;
  readonly annotations?: unknown;
  readonly rootfs?: unknown;
  readonly history?: unknown;
}

function parse(content: Content | undefined): Parsed {
  return JSON.parse(content?.bytes.toString() ?? '');
}

import assert from 'node:assert/strict';
import type { ImageIndex, IndexEntry } from '../../../../src/core/oci/manifest.ts';
import { mediaTypes } from '../../../../src/core/oci/mediaType.ts';
import { formatPlatform, platformEntries, selectPlatform } from '../../../../src/core/oci/platform.ts';

describe('selectPlatform', () => {
  const all = indexOf('linux/amd64', 'linux/arm/v6', 'linux/arm/v7', 'linux/arm64/v8', 'windows/amd64');

  const cases: readonly (readonly [wanted: string, found: string | undefined])[] = [
    ['linux/amd64', 'linux/amd64'],
    ['linux/amd64/v1', 'linux/amd64'],
    ['linux/arm64', 'linux/arm64/v8'],
    ['linux/arm64/v8', 'linux/arm64/v8'],
    ['linux/arm64/8', 'linux/arm64/v8'],
    ['linux/arm', 'linux/arm/v7'],
    ['linux/arm/v6', 'linux/arm/v6'],
    ['windows/amd64', 'windows/amd64'],
    ['linux/amd64/v3', undefined],
    ['linux/arm64/v9', undefined],
    ['linux/s390x', undefined],
    ['linux', undefined],
    ['', undefined],
  ];
  for (const [wanted, found] of cases) {
    it(`finds ${found ?? 'nothing'} for ${JSON.stringify(wanted)}`, () => {
      assert.equal(nameOf(selectPlatform(all, wanted, 'amd64')), found);
    });
  }

  it('prefers the exact platform to one that amounts to it', () => {
    const index = indexOf('linux/arm64', 'linux/arm64/v8');
    assert.equal(nameOf(selectPlatform(index, 'linux/arm64/v8', 'amd64')), 'linux/arm64/v8');
    assert.equal(nameOf(selectPlatform(index, 'linux/arm64', 'amd64')), 'linux/arm64');
  });

  it("takes linux on the machine's architecture unless told", () => {
    assert.equal(nameOf(selectPlatform(all, undefined, 'arm64')), 'linux/arm64/v8');
    assert.equal(nameOf(selectPlatform(all, undefined, 'amd64')), 'linux/amd64');
  });

  it('takes the first where the machine has none', () => {
    assert.equal(nameOf(selectPlatform(indexOf('linux/s390x', 'linux/ppc64le'), undefined, 'amd64')), 'linux/s390x');
  });

  it('never takes an attestation for an image', () => {
    const index = { ...all, manifests: [attestation, ...all.manifests] };
    assert.equal(nameOf(selectPlatform(index, undefined, 'riscv64')), 'linux/amd64');
    assert.equal(selectPlatform(index, 'unknown/unknown', 'amd64'), undefined);
  });

  it('takes the first of an index that knows no platforms', () => {
    const first = { mediaType: mediaTypes.ociManifest, digest: 'first', size: 1 };
    const index = { ...all, manifests: [first, { ...first, digest: 'second' }] };
    assert.equal(selectPlatform(index, undefined, 'amd64'), first);
    assert.equal(selectPlatform(index, 'linux/amd64', 'amd64'), undefined);
  });

  it('finds nothing in an empty index', () => {
    assert.equal(selectPlatform(indexOf(), undefined, 'amd64'), undefined);
  });
});

describe('platformEntries', () => {
  it('leaves out attestations, whichever of their two marks they have', () => {
    const marked = { ...entryFor('linux/amd64'), annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } };
    const unmarked = entryFor('unknown/unknown');
    const index = { ...indexOf('linux/amd64'), manifests: [marked, unmarked, attestation, entryFor('linux/arm64')] };
    assert.deepEqual(platformEntries(index).map(nameOf), ['linux/arm64']);
  });

  it('leaves out what has no platform', () => {
    const { platform: _platform, ...artifact } = entryFor('linux/amd64');
    assert.deepEqual(platformEntries({ ...indexOf(), manifests: [artifact] }), []);
  });
});

describe('formatPlatform', () => {
  it('leaves out what is absent or empty', () => {
    assert.equal(formatPlatform({ os: 'linux', architecture: 'arm', variant: 'v7' }), 'linux/arm/v7');
    assert.equal(formatPlatform({ os: 'linux', architecture: 'amd64' }), 'linux/amd64');
    assert.equal(formatPlatform({ os: 'linux', architecture: 'amd64', variant: '' }), 'linux/amd64');
  });
});

const attestation: IndexEntry = {
  ...entryFor('unknown/unknown'),
  annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
};

function indexOf(...platforms: readonly string[]): ImageIndex {
  return { kind: 'index', mediaType: mediaTypes.ociIndex, manifests: platforms.map(entryFor), annotations: {} };
}

function entryFor(name: string): IndexEntry {
  const [os = '', architecture = '', variant] = name.split('/');
  const platform = { os, architecture, ...(variant !== undefined && { variant }) };
  return { mediaType: mediaTypes.ociManifest, digest: `digest of ${name}`, size: 1, platform };
}

function nameOf(entry: IndexEntry | undefined): string | undefined {
  return entry?.platform && formatPlatform(entry.platform);
}

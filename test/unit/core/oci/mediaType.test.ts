import assert from 'node:assert/strict';
import {
  acceptedManifests,
  essence,
  indexTypes,
  isPlainTar,
  manifestTypes,
  mediaTypes,
  schema1Types,
} from '../../../../src/core/oci/mediaType.ts';

describe('essence', () => {
  const cases: readonly (readonly [contentType: string | undefined, expected: string])[] = [
    [undefined, ''],
    ['', ''],
    ['application/json', 'application/json'],
    ['Application/JSON', 'application/json'],
    ['application/json; charset=utf-8', 'application/json'],
    [' application/json ;charset="a;b"', 'application/json'],
    ['; charset=utf-8', ''],
  ];
  for (const [contentType, expected] of cases) {
    it(`of ${JSON.stringify(contentType)} is ${JSON.stringify(expected)}`, () => {
      assert.equal(essence(contentType), expected);
    });
  }
});

describe('isPlainTar', () => {
  for (const type of [mediaTypes.dockerLayer, 'application/vnd.oci.image.layer.v1.tar; x=1']) {
    it(`is ${type}`, () => assert.ok(isPlainTar(type)));
  }
  for (const type of [mediaTypes.dockerLayerGzip, 'application/vnd.oci.image.layer.v1.tar+zstd', '']) {
    it(`is not ${JSON.stringify(type)}`, () => assert.ok(!isPlainTar(type)));
  }
});

describe('acceptedManifests', () => {
  const accepted = acceptedManifests.split(', ');

  it('names every type of manifest, since registries convert for those who do not', () => {
    const types = [...indexTypes, ...manifestTypes, ...schema1Types, mediaTypes.ociArtifactManifest];
    assert.deepEqual(
      types.filter((type) => !accepted.includes(type)),
      [],
    );
  });

  it('takes unknown types too, last', () => {
    assert.equal(accepted.at(-1), '*/*');
  });
});

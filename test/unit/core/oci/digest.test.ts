import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digestAlgorithm, isDigest, shortDigest } from '../../../../src/core/oci/digest.ts';

const hex64 = '0123456789abcdef'.repeat(4);

describe('isDigest', () => {
  it('takes sha256 and sha512 in their exact form', () => {
    assert.ok(isDigest(`sha256:${hex64}`));
    assert.ok(isDigest(`sha512:${hex64}${hex64}`));
  });

  const refused: readonly string[] = [
    '',
    'sha256',
    'sha256:',
    hex64,
    `sha256:${hex64.slice(1)}`,
    `sha256:${hex64}0`,
    `sha256:${hex64.toUpperCase()}`,
    `SHA256:${hex64}`,
    `sha512:${hex64}`,
    `sha256:${hex64}${hex64}`,
    `md5:${hex64.slice(32)}`,
    `blake3:${hex64}`,
    `sha256+b64:${hex64}`,
    `sha256:${hex64.slice(1)}/`,
    `sha256:../../${hex64.slice(6)}`,
    `sha256:${hex64}\n`,
    `\nsha256:${hex64}`,
    ` sha256:${hex64}`,
  ];
  for (const text of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.ok(!isDigest(text)));
  }

  it('takes nothing that could change an address or a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(70), (inserted, position) => {
        const text = `sha256:${hex64}`;
        const changed = text.slice(0, position) + inserted + text.slice(position + inserted.length);
        assert.equal(isDigest(changed), /^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/.test(changed));
      }),
    );
  });
});

describe('digestAlgorithm', () => {
  it('is what stands before the colon', () => {
    assert.equal(digestAlgorithm(`sha256:${hex64}`), 'sha256');
    assert.equal(digestAlgorithm(`sha512:${hex64}${hex64}`), 'sha512');
  });
});

describe('shortDigest', () => {
  it('keeps the algorithm and twelve digits', () => {
    assert.equal(shortDigest(`sha256:${hex64}`), 'sha256:0123456789ab');
    assert.equal(shortDigest(`sha512:${hex64}${hex64}`), 'sha512:0123456789ab');
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { schema1Payload } from '../../../../src/core/registry/schema1.ts';
import { signSchema1 } from '../../../support/schema1Writer.ts';

const payload = '{\n   "schemaVersion": 1,\n   "name": "shop/web",\n   "fsLayers": []\n}';

describe('what the digest of a manifest of schema 1 is made of', () => {
  it('is the manifest as it was before it was signed, byte for byte', () => {
    assert.equal(textOf(signSchema1(payload)), payload);
  });

  it('is all of one that is not signed', () => {
    assert.equal(textOf(payload), payload);
  });

  it('is nothing where the signatures do not say it', () => {
    const signatures = [[], 7, null, [{}], [{ protected: 'e30' }], [{ protected: '%' }]];
    for (const value of signatures) assert.equal(textOf(JSON.stringify({ signatures: value })), undefined);
    const long = Buffer.from(JSON.stringify({ formatLength: 1000, formatTail: 'fQ' })).toString('base64url');
    assert.equal(textOf(JSON.stringify({ signatures: [{ protected: long }] })), undefined);
  });

  it('is found, or not, in any bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void schema1Payload(bytes)));
  });
});

function textOf(text: string): string | undefined {
  const found = schema1Payload(new TextEncoder().encode(text));
  return found && new TextDecoder().decode(found);
}

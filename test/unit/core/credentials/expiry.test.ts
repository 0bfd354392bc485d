import assert from 'node:assert/strict';
import { credentialExpiry } from '../../../../src/core/credentials/expiry.ts';

const end = 1_760_000_000;

describe('The end of a login', () => {
  it('is what its source told', () => {
    assert.equal(credentialExpiry({ kind: 'password', username: 'a', password: jwt({ exp: 1 }), expiresAt: 7 }), 7);
  });

  it('is what a JWT says, as password or token', () => {
    const token = jwt({ exp: end });
    assert.equal(credentialExpiry({ kind: 'password', username: 'a', password: token }), end * 1000);
    assert.equal(credentialExpiry({ kind: 'identity-token', token }), end * 1000);
    assert.equal(credentialExpiry({ kind: 'registry-token', token }), end * 1000);
  });

  it("is what a password of Amazon's says", () => {
    const password = btoa(JSON.stringify({ payload: 'x', datakey: 'y', version: '2', expiration: end }));
    assert.equal(credentialExpiry({ kind: 'password', username: 'AWS', password }), end * 1000);
    assert.equal(credentialExpiry({ kind: 'password', username: 'alice', password }), undefined);
  });

  it('is unknown for passwords, and for what cannot be read', () => {
    for (const password of ['', 'secret', 'a.b.c', jwt({ exp: 'soon' }), jwt(null), btoa('null'), btoa('7')]) {
      for (const username of ['alice', 'AWS'])
        assert.equal(credentialExpiry({ kind: 'password', username, password }), undefined, password);
    }
  });
});

function jwt(claims: unknown): string {
  return ['{}', JSON.stringify(claims), '{}'].map((part) => Buffer.from(part).toString('base64url')).join('.');
}

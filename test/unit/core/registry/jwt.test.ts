import assert from 'node:assert/strict';
import { jwtLifetime } from '../../../../src/core/registry/jwt.ts';

describe('Lifetime of a JWT', () => {
  const now = 1_759_320_000_000;

  it('is what it says of itself, by any clock', () => {
    const token = jwt({ iat: 1000, exp: 1600, name: '✓ÿ' });
    for (const clock of [0, now]) assert.equal(jwtLifetime(token, clock), 600_000);
  });

  it('is counted from now where the token does not say when it begins', () => {
    assert.equal(jwtLifetime(jwt({ exp: now / 1000 + 600 }), now), 600_000);
  });

  it('is unknown for what says no end that is still to come', () => {
    const tokens = ['', 'opaque', 'a.b.c', jwt({}), jwt(null), jwt({ exp: 'soon' }), jwt({ iat: 1000, exp: 900 })];
    for (const token of tokens) assert.equal(jwtLifetime(token, now), undefined);
  });
});

function jwt(claims: unknown): string {
  return ['{}', JSON.stringify(claims), '{}'].map((part) => Buffer.from(part).toString('base64url')).join('.');
}

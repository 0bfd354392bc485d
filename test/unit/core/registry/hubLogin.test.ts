import assert from 'node:assert/strict';
import { tokenLifetime } from '../../../../src/core/registry/hubLogin.ts';

describe('Lifetime of a token of Docker Hub', () => {
  const now = 1_759_320_000_000;

  it('is what the token says of itself, less a margin, by any clock', () => {
    const token = jwt({ iat: 1000, exp: 1600, name: '✓ÿ' });
    for (const clock of [0, now]) assert.equal(tokenLifetime(token, clock), 570_000);
  });

  it('is counted from now where the token does not say when it begins', () => {
    assert.equal(tokenLifetime(jwt({ exp: now / 1000 + 600 }), now), 570_000);
  });

  it('is unknown for what says no end that is still to come', () => {
    const tokens = ['', 'opaque', 'a.b.c', jwt({}), jwt(null), jwt({ exp: 'soon' }), jwt({ iat: 1000, exp: 900 })];
    for (const token of tokens) assert.equal(tokenLifetime(token, now), undefined);
  });
});

function jwt(claims: unknown): string {
  return ['{}', JSON.stringify(claims), '{}'].map((part) => Buffer.from(part).toString('base64url')).join('.');
}

import assert from 'node:assert/strict';
import type { Credential } from '../../../../src/core/credential.ts';
import { registryAuthHeader } from '../../../../src/core/transfer/registryAuth.ts';

describe('the login for an engine', () => {
  it('is JSON in base64url with padding, for one registry', () => {
    for (const password of ['a', 'ab', 'pässwörd', '>>>???']) {
      const header = registryAuthHeader({ kind: 'password', username: 'alice', password }, 'registry.example:5000');
      assert.match(header, /^[A-Za-z0-9_-]+=*$/);
      assert.equal(header.length % 4, 0);
      assert.deepEqual(decode(header), { username: 'alice', password, serveraddress: 'registry.example:5000' });
    }
  });

  it("names Docker Hub by Docker's own name", () => {
    const credential: Credential = { kind: 'identity-token', token: 'canary' };
    assert.deepEqual(decode(registryAuthHeader(credential, 'docker.io')), {
      identitytoken: 'canary',
      serveraddress: 'https://index.docker.io/v1/',
    });
  });
});

function decode(header: string): unknown {
  return JSON.parse(Buffer.from(header, 'base64url').toString());
}

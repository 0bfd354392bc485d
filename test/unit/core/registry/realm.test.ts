import assert from 'node:assert/strict';
import { parseRealm } from '../../../../src/core/registry/realm.ts';
import { thrown } from '../../../support/registryErrors.ts';

describe('parseRealm', () => {
  const trusted: readonly (readonly [realm: string, registry: string])[] = [
    ['https://registry.example/token', 'https://registry.example'],
    ['https://registry.example:443/token', 'https://registry.example'],
    ['/token?a=b', 'https://registry.example'],
    ['http://localhost:5000/token', 'http://localhost:5000'],
    ['https://auth.docker.io/token', 'https://registry-1.docker.io'],
    ['https://gitlab.com/jwt/auth', 'https://registry.gitlab.com'],
  ];
  for (const [realm, registry] of trusted) {
    it(`trusts ${realm} of ${registry}`, () => assert.equal(parseRealm(realm, new URL(registry)).isTrusted, true));
  }

  const untrusted: readonly (readonly [realm: string, registry: string])[] = [
    ['https://auth.example/token', 'https://registry.example'],
    ['https://auth.registry.example/token', 'https://registry.example'],
    ['https://registry.example:8443/token', 'https://registry.example'],
    ['https://registry.example.evil.example/token', 'https://registry.example'],
    ['//evil.example/token', 'https://registry.example'],
    ['https://auth.docker.io/token', 'https://registry.example'],
    ['https://evil.example/token', 'https://registry-1.docker.io'],
    ['http://auth.docker.io/token', 'http://registry-1.docker.io'],
    ['https://auth.docker.io:8443/token', 'https://registry-1.docker.io'],
    ['http://localhost:5001/token', 'http://localhost:5000'],
    ['https://localhost:5000/token', 'http://localhost:5000'],
  ];
  for (const [realm, registry] of untrusted) {
    it(`does not trust ${realm} of ${registry}`, () => {
      assert.equal(parseRealm(realm, new URL(registry)).isTrusted, false);
    });
  }

  const refused: readonly (readonly [realm: string | undefined, registry: string])[] = [
    [undefined, 'https://registry.example'],
    ['https://', 'https://registry.example'],
    ['https://user:canary@registry.example/token', 'https://registry.example'],
    ['https://user@registry.example/token', 'https://registry.example'],
    ['http://registry.example/token', 'https://registry.example'],
    ['http://auth.example/token', 'https://registry.example'],
    ['ftp://registry.example/token', 'http://registry.example'],
    ['file:///etc/passwd', 'https://registry.example'],
    ['javascript:alert(1)', 'http://registry.example'],
    ['data:application/json,{}', 'http://registry.example'],
  ];
  for (const [realm, registry] of refused) {
    it(`refuses ${realm} of ${registry}`, () => {
      const { message } = thrown(() => parseRealm(realm, new URL(registry)), 'protocol');
      assert.ok(message.startsWith(new URL(registry).host), message);
      assert.ok(!message.includes('canary'), message);
    });
  }
});

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
    ['', 'https://registry.example'],
    [' ', 'https://registry.example'],
    ['https://169.254.169.254/token', 'https://registry.example'],
    ['https://2852039166/token', 'https://registry.example'],
    ['http://[fd00:ec2::254]/token', 'http://10.0.0.1'],
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

  for (const [realm, registry] of [
    ['https://127.0.0.1/token', 'https://8.8.8.8'],
    ['https://0.0.0.0/token', 'https://8.8.8.8'],
    ['https://2130706433/token', 'https://10.0.0.1'],
    ['https://[::ffff:127.0.0.1]/token', 'https://10.0.0.1'],
    ['https://localhost/token', 'https://10.0.0.1'],
    ['https://10.0.0.2/token', 'https://8.8.8.8'],
    ['https://169.254.1.1/token', 'https://10.0.0.1'],
  ] as const) {
    it(`asks before ${realm} is asked for ${registry}`, () => {
      const error = thrown(() => parseRealm(realm, new URL(registry)), 'untrusted-realm');
      assert.equal(error.realm, new URL(realm).origin);
      assert.equal(parseRealm(realm, new URL(registry), [new URL(realm).origin]).isTrusted, true);
    });
  }

  it('never trusts a metadata service, whatever the user said', () => {
    const realm = 'https://169.254.169.254';
    const error = thrown(() => parseRealm(`${realm}/token`, new URL('https://registry.example'), [realm]), 'protocol');
    assert.equal(error.realm, undefined);
  });

  it('leaves it to the transport how near a name is, unless it is trusted', () => {
    const registry = new URL('https://registry.example');
    for (const [realm, namedBy] of [
      ['https://auth.example/token', registry],
      ['https://10.0.0.1/token', registry],
      ['https://registry.example/token', undefined],
    ] as const) {
      assert.equal(parseRealm(realm, registry).namedBy, namedBy);
      assert.equal(parseRealm(realm, registry, [new URL(realm).origin]).namedBy, undefined);
    }
  });
});

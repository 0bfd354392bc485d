import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hostPort, isDirect, isLoopbackHost, splitRules } from '../../../src/node/noProxy.ts';

describe('NO_PROXY', () => {
  const cases: readonly (readonly [rule: string, address: string, isDirect: boolean])[] = [
    ['*', 'https://registry.example', true],
    ['registry.example', 'https://registry.example', true],
    ['REGISTRY.example', 'https://registry.EXAMPLE', true],
    ['registry.example', 'https://eu.registry.example', true],
    ['registry.example', 'https://myregistry.example', false],
    ['.registry.example', 'https://eu.registry.example', true],
    ['.registry.example', 'https://registry.example', false],
    ['*.registry.example', 'https://eu.registry.example', true],
    ['*.registry.example', 'https://registry.example', false],
    ['registry.example', 'https://registry.example.', true],
    ['registry.example:443', 'https://registry.example', true],
    ['registry.example:5000', 'https://registry.example', false],
    ['registry.example:5000', 'https://registry.example:5000', true],
    ['registry.example:80', 'http://registry.example', true],
    ['10.1.2.3', 'https://10.1.2.3:5000', true],
    ['10.1.2.3:5000', 'https://10.1.2.3', false],
    ['10.0.0.0/8', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://11.1.2.3', false],
    ['10.0.0.0/8', 'https://registry.example', false],
    ['10.0.0.0/33', 'https://10.0.0.0', false],
    ['10.0.0.0/', 'https://10.0.0.0', false],
    ['fd00::/8', 'https://[fd00::1]', true],
    ['fd00::1', 'https://[fd00:0::1]:5000', true],
    ['[fd00::1]:443', 'https://[fd00::1]', true],
    ['[fd00::1]:5000', 'https://[fd00::1]', false],
    ['2.3', 'https://10.1.2.3', false],
    ['', 'https://registry.example', false],
    ['.', 'https://registry.example', false],
  ];
  for (const [rule, address, expected] of cases) {
    it(`"${rule}" ${expected ? 'keeps' : 'does not keep'} ${address} from the proxy`, () => {
      assert.equal(isDirect(hostPort(new URL(address)), ['other.example', rule]), expected);
    });
  }

  it('is split at commas and blanks', () => {
    assert.deepEqual(splitRules(' a.example, .b.example  c.example,'), ['a.example', '.b.example', 'c.example']);
  });

  it('never fails, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string(), fc.webAuthority(), (rule, authority) => {
        if (!URL.canParse(`https://${authority}`)) return;
        assert.equal(typeof isDirect(hostPort(new URL(`https://${authority}`)), splitRules(rule)), 'boolean');
      }),
    );
  });
});

describe('a host that is this machine', () => {
  for (const host of ['localhost', 'LOCALHOST.', 'a.localhost', '127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) {
    it(`is ${host}`, () => assert.equal(isLoopbackHost(host), true));
  }
  for (const host of ['localhost.example', '128.0.0.1', 'notlocalhost', '::2']) {
    it(`is not ${host}`, () => assert.equal(isLoopbackHost(host), false));
  }
});

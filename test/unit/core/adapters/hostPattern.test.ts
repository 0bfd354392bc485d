import assert from 'node:assert/strict';
import { matchHost } from '../../../../src/core/adapters/hostPattern.ts';

const matching: readonly (readonly [pattern: string, host: string, names: Readonly<Record<string, string>>])[] = [
  ['ghcr.io', 'ghcr.io', {}],
  ['ghcr.io', 'GHCR.io', {}],
  ['registry.example.com:5000', 'registry.example.com:5000', {}],
  ['*.azurecr.io', 'team.azurecr.io', {}],
  ['*.azurecr.io', 'a.b.azurecr.io', {}],
  ['*.dkr.ecr.{region}.amazonaws.com', '123456789012.dkr.ecr.eu-west-1.amazonaws.com', { region: 'eu-west-1' }],
];

const others: readonly (readonly [pattern: string, host: string])[] = [
  ['ghcr.io', 'ghcr.io:444'],
  ['ghcr.io', 'evil-ghcr.io'],
  ['ghcr.io', 'a.ghcr.io'],
  ['*.azurecr.io', 'azurecr.io'],
  ['*.azurecr.io', 'team.azurecr.io.evil.example'],
  ['*.azurecr.io', 'teamazurecr.io'],
  ['*.dkr.ecr.{region}.amazonaws.com', '1.dkr.ecr.a.b.amazonaws.com.cn'],
  ['{name}.example.com', '.example.com'],
];

describe('matchHost', () => {
  for (const [pattern, host, names] of matching) {
    it(`finds ${host} to be ${pattern}`, () => assert.deepEqual(matchHost(pattern, host), names));
  }
  for (const [pattern, host] of others) {
    it(`finds ${host} not to be ${pattern}`, () => assert.equal(matchHost(pattern, host), undefined));
  }
});

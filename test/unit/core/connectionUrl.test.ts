import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  defaultUrl,
  parseConnectionUrl,
  registryOf,
  repositoryReference,
  servesRegistry,
} from '../../../src/core/connectionUrl.ts';
import { isRegistryError } from '../../../src/core/errors.ts';
import { thrown } from '../../support/registryErrors.ts';

describe('parseConnectionUrl', () => {
  const cases: readonly (readonly [text: string, url: string])[] = [
    ['registry.example.com', 'https://registry.example.com'],
    ['  registry.example.com\n', 'https://registry.example.com'],
    ['Registry.Example.COM', 'https://registry.example.com'],
    ['registry.example.com:5000', 'https://registry.example.com:5000'],
    ['registry.example.com:443', 'https://registry.example.com'],
    ['registry.example.com:80', 'https://registry.example.com:80'],
    ['https://registry.example.com/', 'https://registry.example.com'],
    ['HTTPS://registry.example.com', 'https://registry.example.com'],
    ['http://registry.example.com', 'http://registry.example.com'],
    ['http://registry.example.com:80', 'http://registry.example.com'],
    ['https://registry.example.com/v2', 'https://registry.example.com'],
    ['https://registry.example.com/v2/', 'https://registry.example.com'],
    ['https://registry.example.com/?a=b#c', 'https://registry.example.com'],
    ['registry.example.com/team/apps/', 'https://registry.example.com/team/apps'],
    ['registry.example.com/team/v2/', 'https://registry.example.com/team'],
    ['localhost:5000', 'http://localhost:5000'],
    ['localhost', 'http://localhost'],
    ['localhost:80', 'http://localhost'],
    ['localhost:443', 'http://localhost:443'],
    ['https://localhost:5000', 'https://localhost:5000'],
    ['127.0.0.1:5000', 'http://127.0.0.1:5000'],
    ['127.1:5000', 'http://127.0.0.1:5000'],
    ['[::1]:5000', 'http://[::1]:5000'],
    ['registry.localhost:5000', 'http://registry.localhost:5000'],
    ['localhost.example.com', 'https://localhost.example.com'],
    ['127.0.0.1.example.com', 'https://127.0.0.1.example.com'],
    ['128.0.0.1', 'https://128.0.0.1'],
    ['bücher.example', 'https://xn--bcher-kva.example'],
    ['docker.io', 'https://registry-1.docker.io'],
    ['https://index.docker.io/v1/', 'https://registry-1.docker.io'],
    ['https://hub.docker.com/', 'https://registry-1.docker.io'],
    ['registry-1.docker.io', 'https://registry-1.docker.io'],
  ];
  for (const [text, url] of cases) {
    it(`takes ${JSON.stringify(text)} for ${url}`, () => {
      assert.equal(parseConnectionUrl(text), url);
      assert.equal(parseConnectionUrl(url), url);
    });
  }

  const refused = [
    '',
    ' ',
    '/',
    'https://',
    'https:///',
    'a b.example',
    'registry.example:99999',
    'ftp://registry.example',
    'file:///etc',
    '::1',
  ];
  for (const text of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      const { message } = thrown(() => parseConnectionUrl(text), 'invalid');
      assert.match(message, /is not the address of a registry\. (?:Write the host|It begins with)/);
    });
  }

  it('refuses a host that no reference could name', () => {
    for (const text of ['my_registry.example', 'https://registry.example.'])
      thrown(() => parseConnectionUrl(text), 'invalid');
  });

  const withPasswords = [
    'https://alice:canary@registry.example',
    'alice:canary@registry.example',
    'https://alice:canary@',
    'https://alice:canary@registry.example:99999',
    'ftp://alice:canary@registry.example',
    'https://alice:canary @registry.example',
    'docker://alice:canary@registry.example/app',
  ];
  for (const text of withPasswords) {
    it(`does not repeat the password of ${text}`, () => {
      const { message } = thrown(() => parseConnectionUrl(text), 'invalid');
      assert.ok(!message.includes('canary'), message);
    });
  }

  it('answers any text with an address or a printable message', () => {
    const pieces = [
      'https://',
      'http://',
      'localhost',
      'a.example',
      '127.1',
      '[::1]',
      'xn--',
      ':',
      '443',
      '80',
      '/',
      'v2',
      '@',
      '.',
      '_',
      '%41',
      '?',
      '#',
      ' ',
      'é',
    ];
    const pieced = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(''));
    const text = fc.oneof(pieced, fc.string(), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(text, (value) => {
        try {
          const url = parseConnectionUrl(value);
          assert.equal(parseConnectionUrl(url), url);
        } catch (error) {
          if (!isRegistryError(error, 'invalid')) throw error;
          assert.doesNotMatch(error.message, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leaves an address as it is when it is read once more', () => {
    for (const text of ['https://registry.example.com/v2/v2', 'https://registry.example.com//v2//'])
      assert.equal(parseConnectionUrl(text), 'https://registry.example.com');
  });
});

describe('registryOf', () => {
  const cases: readonly (readonly [url: string, registry: string])[] = [
    ['https://registry.example', 'registry.example'],
    ['https://registry.example:5000/team', 'registry.example:5000'],
    ['http://localhost', 'localhost'],
    ['http://localhost:5000', 'localhost:5000'],
    ['http://[::1]:5000', '[::1]:5000'],
    // The host alone would be a namespace of Docker Hub.
    ['https://registry', 'registry:443'],
    ['http://registry', 'registry:80'],
    ['https://registry-1.docker.io', 'docker.io'],
  ];
  for (const [url, registry] of cases) {
    it(`of ${url} is ${registry}`, () => {
      assert.equal(registryOf(url), registry);
      assert.ok(servesRegistry(url, registry));
    });
  }
});

describe('servesRegistry', () => {
  const cases: readonly (readonly [url: string, registry: string, serves: boolean])[] = [
    ['https://registry.example', 'Registry.EXAMPLE', true],
    ['https://registry.example', 'registry.example:443', true],
    ['http://registry.example', 'registry.example:80', true],
    ['http://registry.example', 'registry.example:443', false],
    ['https://registry.example', 'registry.example:5000', false],
    ['https://registry.example:5000', 'registry.example', false],
    ['https://registry.example', 'sub.registry.example', false],
    ['https://registry.example', 'example', false],
    ['https://registry-1.docker.io', 'docker.io', true],
    ['https://registry-1.docker.io', 'registry-1.docker.io', true],
    ['https://registry', 'REGISTRY', true],
  ];
  for (const [url, registry, serves] of cases) {
    it(`${serves ? 'is so' : 'is not so'} for ${url} and ${registry}`, () => {
      assert.equal(servesRegistry(url, registry), serves);
    });
  }
});

describe('defaultUrl', () => {
  it('is https, but http on loopback', () => {
    assert.equal(defaultUrl('docker.io'), 'https://registry-1.docker.io');
    assert.equal(defaultUrl('quay.io'), 'https://quay.io');
    assert.equal(defaultUrl('REGISTRY'), 'https://registry');
    assert.equal(defaultUrl('localhost:5000'), 'http://localhost:5000');
    assert.equal(defaultUrl('[::1]:5000'), 'http://[::1]:5000');
  });
});

describe('repositoryReference', () => {
  it('is the shortest form', () => {
    assert.equal(repositoryReference('https://registry-1.docker.io', 'library/nginx'), 'nginx');
    assert.equal(repositoryReference('https://registry.example/team', 'team/app'), 'registry.example/team/app');
    assert.equal(repositoryReference('https://registry', 'app'), 'registry:443/app');
  });
});

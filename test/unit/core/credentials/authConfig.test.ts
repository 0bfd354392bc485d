import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type AuthSource,
  authSources,
  configuredRegistries,
  helperCredential,
  parseAuthConfig,
  parseOldDockerConfig,
  registryOfKey,
} from '../../../../src/core/credentials/authConfig.ts';

const alice = login('alice', 'secret');

describe('authSources', () => {
  const cases: readonly (readonly [title: string, config: object, registry: string, sources: readonly AuthSource[]])[] =
    [
      ['nothing of an empty config', {}, 'quay.io', []],
      ['nothing where all is null', { auths: null, credHelpers: null }, 'quay.io', []],
      ['the entry of the registry', { auths: { 'quay.io': entry('alice:secret') } }, 'quay.io', [alice]],
      ['the entry with its port', { auths: { 'localhost:5000': entry('alice:secret') } }, 'localhost:5000', [alice]],
      ['no entry of another port', { auths: { 'localhost:5000': entry('alice:secret') } }, 'localhost:5001', []],
      [
        'no entry without a port for one with a port',
        { auths: { localhost: entry('alice:secret') } },
        'localhost:5000',
        [],
      ],
      ['no entry of a longer name', { auths: { 'quay.io.evil.example': entry('alice:secret') } }, 'quay.io', []],
      ['no entry of a shorter name', { auths: { 'quay.io': entry('alice:secret') } }, 'my.quay.io', []],
      ['an entry with an address', { auths: { 'https://quay.io/v2/': entry('alice:secret') } }, 'quay.io', [alice]],
      [
        'no entry with an address of another host',
        { auths: { 'https://quay.io@evil.example/': entry('alice:secret') } },
        'quay.io',
        [],
      ],
      [
        "Docker Hub's entry, under its old address",
        { auths: { 'https://index.docker.io/v1/': entry('alice:secret') } },
        'docker.io',
        [alice],
      ],
      ["Docker Hub's entry, under its name", { auths: { 'docker.io': entry('alice:secret') } }, 'docker.io', [alice]],
      [
        "no entry of Docker Hub's for others",
        { auths: { 'https://index.docker.io/v1/': entry('alice:secret') } },
        'quay.io',
        [],
      ],
      ['a password with colons', { auths: { 'quay.io': entry('alice:a:b:c') } }, 'quay.io', [login('alice', 'a:b:c')]],
      ['a password of old files, with NULs', { auths: { 'quay.io': entry('alice:secret\0\0') } }, 'quay.io', [alice]],
      [
        'a password outside of ASCII',
        { auths: { 'quay.io': entry('alice:gehäim') } },
        'quay.io',
        [login('alice', 'gehäim')],
      ],
      [
        'a user name and a password',
        { auths: { 'quay.io': { username: 'alice', password: 'secret' } } },
        'quay.io',
        [alice],
      ],
      ['no user name alone', { auths: { 'quay.io': { username: 'alice' } } }, 'quay.io', []],
      ['nothing of an entry that a store keeps', { auths: { 'quay.io': {} } }, 'quay.io', []],
      ['nothing of an entry of null', { auths: { 'quay.io': null } }, 'quay.io', []],
      ['nothing of what is no base64', { auths: { 'quay.io': { auth: '***' } } }, 'quay.io', []],
      ['nothing of what has no user', { auths: { 'quay.io': entry(':secret') } }, 'quay.io', []],
      ['nothing of what has no colon', { auths: { 'quay.io': entry('secret') } }, 'quay.io', []],
      [
        'an identity token before a password',
        { auths: { 'quay.io': { ...entry('alice:x'), identitytoken: 'id' } } },
        'quay.io',
        [{ kind: 'credential', credential: { kind: 'identity-token', token: 'id', username: 'alice' } }],
      ],
      [
        'an identity token of nobody in particular',
        { auths: { 'quay.io': { identitytoken: 'id' } } },
        'quay.io',
        [{ kind: 'credential', credential: { kind: 'identity-token', token: 'id' } }],
      ],
      [
        'an identity token that is kept as a password',
        { auths: { 'quay.io': entry('<token>:id') } },
        'quay.io',
        [{ kind: 'credential', credential: { kind: 'identity-token', token: 'id' } }],
      ],
      ['an entry with the path of an API', { auths: { 'quay.io/v1/': entry('alice:secret') } }, 'quay.io', [alice]],
      ['no entry for a part of the registry', { auths: { 'quay.io/team': entry('alice:secret') } }, 'quay.io', []],
      [
        'an exact entry before one with an address',
        { auths: { 'https://quay.io/v1/': entry('bob:old'), 'quay.io': entry('alice:secret') } },
        'quay.io',
        [alice],
      ],
      [
        "not what the browser flow keeps beside Docker Hub's login",
        {
          auths: {
            'https://index.docker.io/v1/access-token': entry('alice:access'),
            'https://index.docker.io/v1/refresh-token': entry('alice:refresh'),
          },
        },
        'docker.io',
        [],
      ],
      [
        'a registry token',
        { auths: { 'quay.io': { registrytoken: 'given' } } },
        'quay.io',
        [{ kind: 'credential', credential: { kind: 'registry-token', token: 'given' } }],
      ],
      ['the store of all', { credsStore: 'desktop' }, 'quay.io', [helper('desktop', 'quay.io')]],
      [
        "the store of all, by Docker Hub's key",
        { credsStore: 'desktop' },
        'docker.io',
        [helper('desktop', 'https://index.docker.io/v1/')],
      ],
      [
        'the store of all, by the address of its entry',
        { credsStore: 'desktop', auths: { 'https://quay.io/v1/': {} } },
        'quay.io',
        [helper('desktop', 'https://quay.io/v1/')],
      ],
      ['no store without a name', { credsStore: '' }, 'quay.io', []],
      [
        'the helper of the registry before the store of all',
        { credsStore: 'desktop', credHelpers: { 'quay.io': 'pass' } },
        'quay.io',
        [helper('pass', 'quay.io')],
      ],
      [
        'the store for others than the helper is for',
        { credsStore: 'desktop', credHelpers: { 'quay.io': 'pass' } },
        'ghcr.io',
        [helper('desktop', 'ghcr.io')],
      ],
      [
        'the entry after the store',
        { credsStore: 'desktop', auths: { 'quay.io': entry('alice:secret') } },
        'quay.io',
        [helper('desktop', 'quay.io'), alice],
      ],
      ['no names that every object has', { auths: {}, credHelpers: {} }, 'constructor', []],
    ];
  for (const [title, config, registry, sources] of cases) {
    it(`has ${title}`, () => {
      assert.deepEqual(authSources(parseAuthConfig(JSON.stringify(config)), { registry, path: '' }), sources);
    });
  }

  it('has the most special of entries with a path', () => {
    const auths = {
      'quay.io': entry('all:secret'),
      'quay.io/team': entry('team:secret'),
      'quay.io/team/app': entry('app:secret'),
    };
    const config = parseAuthConfig(JSON.stringify({ auths }));
    const users: readonly (readonly [path: string, user: string])[] = [
      ['', 'all'],
      ['/', 'all'],
      ['/other', 'all'],
      ['/teams', 'all'],
      ['/team', 'team'],
      ['/team/', 'team'],
      ['/team/other', 'team'],
      ['/team/app', 'app'],
      ['/team/app/web', 'app'],
    ];
    for (const [path, user] of users)
      assert.deepEqual(authSources(config, { registry: 'quay.io', path }), [login(user, 'secret')], path);
  });
});

describe('configuredRegistries', () => {
  const cases: readonly (readonly [title: string, config: object, found: readonly object[]])[] = [
    ['none of an empty config', {}, []],
    [
      'those with an entry, with their accounts',
      { auths: { 'quay.io': entry('alice:secret'), 'localhost:5000': { identitytoken: 'id' } } },
      [
        { registry: 'quay.io', path: '', account: 'alice' },
        { registry: 'localhost:5000', path: '' },
      ],
    ],
    [
      'those of addresses, by their hosts',
      { auths: { 'https://index.docker.io/v1/': entry('alice:secret'), 'https://r.example/v2/': entry('bob:x') } },
      [
        { registry: 'docker.io', path: '', account: 'alice' },
        { registry: 'r.example', path: '', account: 'bob' },
      ],
    ],
    [
      'parts of registries',
      { auths: { 'quay.io/team/app': entry('alice:secret') } },
      [{ registry: 'quay.io', path: '/team/app', account: 'alice' }],
    ],
    [
      'those whose login is in the store',
      { credsStore: 'desktop', auths: { 'quay.io': {} } },
      [{ registry: 'quay.io', path: '' }],
    ],
    ['none of an empty entry without a store', { auths: { 'quay.io': {} } }, []],
    [
      'those with a helper',
      { credHelpers: { 'gcr.io': 'gcloud', 'eu.gcr.io': 'gcloud' } },
      [
        { registry: 'gcr.io', path: '', helper: 'gcloud' },
        { registry: 'eu.gcr.io', path: '', helper: 'gcloud' },
      ],
    ],
    [
      'each once',
      { auths: { 'quay.io': entry('alice:secret') }, credHelpers: { 'quay.io': 'pass' } },
      [{ registry: 'quay.io', path: '', account: 'alice' }],
    ],
    [
      'none of what is beside a login of Docker Hub',
      { credsStore: 'desktop', auths: { 'https://index.docker.io/v1/refresh-token': {} } },
      [],
    ],
  ];
  for (const [title, config, found] of cases) {
    it(`are ${title}`, () => {
      assert.deepEqual(configuredRegistries(parseAuthConfig(JSON.stringify(config))), found);
    });
  }
});

describe('registryOfKey', () => {
  it('is the host that references name', () => {
    assert.equal(registryOfKey('https://index.docker.io/v1/'), 'docker.io');
    assert.equal(registryOfKey('https://quay.io'), 'quay.io');
    assert.equal(registryOfKey('quay.io'), 'quay.io');
  });

  it('is none for a part of a registry, and for what is no registry', () => {
    for (const key of ['quay.io/team', 'https://index.docker.io/v1/access-token', ''])
      assert.equal(registryOfKey(key), undefined, key);
  });
});

describe('parseOldDockerConfig', () => {
  it('reads entries without the frame of later files', () => {
    const config = parseOldDockerConfig(JSON.stringify({ 'https://quay.io/v1/': entry('alice:secret') }));
    assert.deepEqual(authSources(config, { registry: 'quay.io', path: '' }), [alice]);
  });

  it('throws for what is no such file', () => {
    for (const text of ['', '7', 'null', '{"a":1}']) assert.throws(() => parseOldDockerConfig(text), text);
  });
});

describe('parseAuthConfig', () => {
  it('throws for what is no such file', () => {
    for (const text of ['', 'auths', '7', 'null', '{"auths":[1]}', '{"auths":{"a":{"auth":7}}}', '{"credsStore":{}}'])
      assert.throws(() => parseAuthConfig(text), text);
  });

  it('throws or reads, and finds nothing for a registry that is not in it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        let config: ReturnType<typeof parseAuthConfig>;
        try {
          config = parseAuthConfig(text);
        } catch {
          return;
        }
        const found = authSources(config, { registry: 'registry.example', path: '/team' });
        assert.ok(found.every(({ kind }) => kind === 'helper'));
      }),
    );
  });
});

describe('helperCredential', () => {
  it('takes a certain user name for the mark of an identity token', () => {
    assert.deepEqual(helperCredential('<token>', 'id'), { kind: 'identity-token', token: 'id' });
    assert.deepEqual(helperCredential('alice', 'x'), { kind: 'password', username: 'alice', password: 'x' });
  });
});

function entry(userAndPassword: string): { readonly auth: string } {
  return { auth: Buffer.from(userAndPassword).toString('base64') };
}

function login(username: string, password: string): AuthSource {
  return { kind: 'credential', credential: { kind: 'password', username, password } };
}

function helper(name: string, serverKey: string): AuthSource {
  return { kind: 'helper', name, serverKey };
}

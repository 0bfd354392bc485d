import assert from 'node:assert/strict';
import fc from 'fast-check';
import { execForm, pairs, readImageConfig } from '../../../src/webview/image/imageConfig.ts';

const empty = {
  entrypoint: [],
  command: [],
  ports: [],
  volumes: [],
  healthCheck: [],
  environment: [],
  labels: [],
};

describe('an image config', () => {
  it('is read', () => {
    const config = readImageConfig({
      architecture: 'amd64',
      config: {
        Entrypoint: ['entry.sh'],
        Cmd: ['node', 'server.js'],
        WorkingDir: '/srv',
        User: '1000:1000',
        ExposedPorts: { '8080/tcp': {}, '53/udp': {} },
        Volumes: { '/data': {} },
        StopSignal: 'SIGTERM',
        Healthcheck: { Test: ['CMD', 'true'], Interval: 1 },
        Env: ['PATH=/bin', 'A=b=c', 'EMPTY=', 'BARE'],
        Labels: { maintainer: 'somebody' },
      },
    });
    assert.deepEqual(config, {
      entrypoint: ['entry.sh'],
      command: ['node', 'server.js'],
      workingDirectory: '/srv',
      user: '1000:1000',
      ports: ['8080/tcp', '53/udp'],
      volumes: ['/data'],
      stopSignal: 'SIGTERM',
      healthCheck: ['CMD', 'true'],
      environment: [
        ['PATH', '/bin'],
        ['A', 'b=c'],
        ['EMPTY', ''],
        ['BARE', ''],
      ],
      labels: [['maintainer', 'somebody']],
    });
  });

  for (const config of [undefined, null, 7, 'x', [], {}, { config: null }, { config: [] }, { config: {} }]) {
    it(`has nothing in ${JSON.stringify(config)}`, () => assert.deepEqual(readImageConfig(config), empty));
  }

  it('takes fields of the wrong type for absent', () => {
    const config = {
      Entrypoint: 7,
      Cmd: {},
      WorkingDir: ['x'],
      User: '',
      ExposedPorts: ['80'],
      Volumes: null,
      Env: {},
      Labels: [],
    };
    assert.deepEqual(readImageConfig({ config }), empty);
  });

  it('takes a lone string for a list of one', () => {
    assert.deepEqual(readImageConfig({ config: { Entrypoint: 'sh' } }).entrypoint, ['sh']);
  });

  it('shows entries of the wrong type as the JSON that they are', () => {
    const { command, labels } = readImageConfig({ config: { Cmd: [1, null, { a: 'b' }], Labels: { n: 5, x: null } } });
    assert.deepEqual(command, ['1', 'null', '{"a":"b"}']);
    assert.deepEqual(labels, [
      ['n', '5'],
      ['x', 'null'],
    ]);
  });

  it('treats the names of built-in properties as any others, and never inherits a field', () => {
    const labels = JSON.parse('{"__proto__": "polluted", "constructor": "x", "toString": "y"}');
    assert.deepEqual(readImageConfig({ config: { Labels: labels } }).labels, [
      ['__proto__', 'polluted'],
      ['constructor', 'x'],
      ['toString', 'y'],
    ]);
    const inherited = JSON.parse('{"__proto__": {"config": {"User": "root"}}}');
    assert.equal(readImageConfig(inherited).user, undefined);
    assert.equal(readImageConfig(Object.create({ config: { User: 'root' } })).user, undefined);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  it('is read whatever it holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, other) => {
        readImageConfig(value);
        const read = readImageConfig({ config: { Env: value, Cmd: other, Labels: value, Healthcheck: other } });
        assert.ok(read.environment.every(([name, text]) => typeof name === 'string' && typeof text === 'string'));
      }),
    );
  });
});

describe('pairs', () => {
  it('keep their order and their huge values', () => {
    const huge = 'x'.repeat(1_000_000);
    assert.deepEqual(pairs({ b: huge, a: '' }), [
      ['b', huge],
      ['a', ''],
    ]);
  });
});

describe('the exec form', () => {
  it('shows where words begin and end', () => {
    assert.equal(execForm(['nginx', '-g', 'daemon off;', 'a"b']), '["nginx", "-g", "daemon off;", "a\\"b"]');
  });
});

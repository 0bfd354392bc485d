import assert from 'node:assert/strict';
import { type Connection, Connections, connectionId } from '../../../src/core/connections.ts';
import { type FakePorts, fakePorts } from '../../support/fakePorts.ts';

describe('Connections: which one serves a reference', () => {
  const cases: readonly (readonly [
    title: string,
    urls: readonly string[],
    repository: string,
    found: number | undefined,
  ])[] = [
    ['the one of its host', ['https://a.example', 'https://registry.example'], 'app', 1],
    ['none where there is none', ['https://a.example'], 'app', undefined],
    ['the one without a path, for any repository', ['https://registry.example'], 'team/app', 0],
    [
      'the longest path that it begins with',
      ['https://registry.example', 'https://registry.example/team', 'https://registry.example/team/apps'],
      'team/apps/web',
      2,
    ],
    ['a path only as a whole', ['https://registry.example/team'], 'teams/app', undefined],
    ['a path that is the whole repository', ['https://registry.example/team'], 'team', 0],
    [
      'the shorter path where the longer does not fit',
      ['https://registry.example/team', 'https://registry.example/team/apps'],
      'team/tools/x',
      0,
    ],
    ['the port too', ['https://registry.example:5000'], 'app', undefined],
  ];
  for (const [title, urls, repository, found] of cases) {
    it(`is ${title}`, async () => {
      const { connections } = make();
      for (const url of urls) await connections.save(connection(url), undefined);
      const chosen = connections.forReference({ registry: 'registry.example', repository });
      assert.equal(chosen?.url, found === undefined ? undefined : urls[found]);
    });
  }

  it('is the oldest of two accounts, also when it is saved again', async () => {
    const { connections } = make();
    await connections.save(connection('https://registry.example', 'alice'), 'a');
    await connections.save(connection('https://registry.example', 'bob'), 'b');
    await connections.save(connection('https://registry.example', 'alice'), 'c');
    assert.equal(connections.forReference({ registry: 'registry.example', repository: 'app' })?.account, 'alice');
  });

  it("is Docker Hub's own for Docker Hub, by any of its names", () => {
    const { connections } = make();
    for (const registry of ['docker.io', 'registry-1.docker.io'])
      assert.equal(connections.forReference({ registry, repository: 'library/nginx' })?.adapterId, 'docker-hub');
  });
});

describe('Connections: what is kept', () => {
  it('keeps a password in the secret store only', async () => {
    const { connections, ports } = make();
    const alice = connection('https://registry.example', 'alice');
    await connections.save(alice, 'canary');
    assert.equal(await connections.password(alice.id), 'canary');
    assert.ok(!JSON.stringify([...ports.stateValues]).includes('canary'));
    assert.ok(!JSON.stringify([connections.all(), connections.info(alice)]).includes('canary'));
  });

  it('keeps the password when a connection is saved without one', async () => {
    const { connections } = make();
    const alice = connection('https://registry.example', 'alice');
    await connections.save(alice, 'canary');
    await connections.save({ ...alice, label: 'Work' }, undefined);
    assert.equal(await connections.password(alice.id), 'canary');
    assert.equal(connections.get(alice.id)?.label, 'Work');
  });

  it('removes the password first, so that none is left behind', async () => {
    const { connections, ports } = make({ stateFails: true });
    const alice = connection('https://registry.example', 'alice');
    await assert.rejects(connections.save(alice, 'canary'), /disk is full/);
    await assert.rejects(connections.remove(alice.id), /disk is full/);
    assert.deepEqual([...ports.secretValues], []);
  });

  it('survives a restart', async () => {
    const ports = fakePorts();
    const alice = connection('https://registry.example', 'alice');
    await make({ ports }).connections.save(alice, 'canary');
    assert.deepEqual(make({ ports }).connections.get(alice.id), alice);
  });

  it('reads past what is stored and no connection', async () => {
    const ports = fakePorts();
    const good = connection('https://registry.example');
    await ports.state.set('connections', [null, 'a', 7, [], {}, { ...good, url: 'nowhere' }, { ...good, id: 1 }, good]);
    assert.deepEqual(added(make({ ports }).connections), [good]);
    for (const broken of ['none', {}, null, 7]) {
      await ports.state.set('connections', broken);
      assert.deepEqual(added(make({ ports }).connections), []);
    }
  });

  it('reads past an account that is no text', async () => {
    const ports = fakePorts();
    const good = connection('https://registry.example');
    await ports.state.set('connections', [{ ...good, account: { name: 'alice' } }]);
    assert.deepEqual(added(make({ ports }).connections), []);
  });

  it('reads past a connection that is to trust what nobody can say, rather than trust something else', async () => {
    const ports = fakePorts();
    const good = { ...connection('https://registry.example'), tls: { ca: '/ca.pem' } };
    const broken = [7, null, 'ca', { ca: 7 }, { ca: '' }, { key: '/key.pem' }, { insecure: 'yes' }];
    await ports.state.set('connections', [...broken.map((tls) => ({ ...good, tls })), good]);
    assert.deepEqual(added(make({ ports }).connections), [good]);
  });

  it('keeps both of two connections that are saved at once', async () => {
    const { connections } = make();
    const both = [connection('https://a.example', 'alice'), connection('https://b.example', 'bob')];
    await Promise.all(both.map((one) => connections.save(one, 'secret')));
    assert.deepEqual(added(connections), both);
  });

  it('lets an added connection stand for a configured one with its address', async () => {
    const configured = { ...connection('https://registry.example'), label: 'Team', origin: 'settings' as const };
    const { connections } = make({ configured: [configured] });
    assert.deepEqual(
      connections.all().map(({ label }) => label),
      ['Team', 'Docker Hub'],
    );
    const alice = connection('https://registry.example', 'alice');
    await connections.save(alice, 'secret');
    assert.deepEqual(connections.all().slice(0, -1), [alice]);
  });

  it('puts one in the place of another', async () => {
    const { connections, ports } = make();
    const [a, b] = [connection('https://a.example', 'alice'), connection('https://b.example')];
    await connections.save(a, 'secret');
    await connections.save(b, undefined);
    const anonymous = connection('https://a.example');
    await connections.replace(a.id, anonymous);
    assert.deepEqual(added(connections), [anonymous, b]);
    assert.deepEqual([...ports.secretValues], []);
  });

  it('hides Docker Hub when it is removed, until it is added', async () => {
    const { connections } = make();
    const [hub] = connections.all();
    assert.ok(hub);
    await connections.remove(hub.id);
    assert.deepEqual(connections.all(), []);
    await connections.save({ ...hub, origin: 'added' }, undefined);
    assert.equal(connections.all().length, 1);
  });
});

describe('Connections: how they stand', () => {
  it('is unknown at first, and forgotten with the connection', async () => {
    const { connections } = make();
    const one = connection('https://registry.example');
    await connections.save(one, undefined);
    assert.equal(connections.info(one).state, 'unknown');
    connections.setState(one.id, 'ready');
    assert.equal(connections.info(one).state, 'ready');
    await connections.remove(one.id);
    await connections.save(one, undefined);
    assert.equal(connections.info(one).state, 'unknown');
  });

  it('tells of changes, once each', async () => {
    const { connections } = make();
    const one = connection('https://registry.example');
    let count = 0;
    const listener = connections.onDidChange(() => count++);
    await connections.save(one, undefined);
    connections.setState(one.id, 'ready');
    connections.setState(one.id, 'ready');
    connections.setState('https://unknown.example', 'ready');
    await connections.remove(one.id);
    assert.equal(count, 3);
    listener.dispose();
    await connections.save(one, undefined);
    assert.equal(count, 3);
  });
});

describe('connectionId', () => {
  it('is the address and the account', () => {
    assert.equal(connectionId('https://registry.example', undefined), 'https://registry.example');
    assert.equal(connectionId('https://registry.example', 'alice'), 'https://registry.example#alice');
  });
});

function make(options: { ports?: FakePorts; configured?: readonly Connection[]; stateFails?: boolean } = {}): {
  readonly connections: Connections;
  readonly ports: FakePorts;
} {
  const { ports = fakePorts(), configured = [], stateFails = false } = options;
  const fails = async (): Promise<void> => {
    throw new Error('the disk is full');
  };
  const state = stateFails ? { ...ports.state, set: fails } : ports.state;
  return { connections: new Connections({ state, secrets: ports.secrets, configured: () => configured }), ports };
}

function connection(url: string, account?: string): Connection {
  return {
    id: connectionId(url, account),
    label: new URL(url).host,
    url,
    adapterId: 'oci',
    ...(account !== undefined && { account }),
    origin: 'added',
  };
}

function added(connections: Connections): readonly Connection[] {
  return connections.all().filter(({ origin }) => origin !== 'built-in');
}

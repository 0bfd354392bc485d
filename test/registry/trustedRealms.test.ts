import assert from 'node:assert/strict';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage } from '../support/imageWriter.ts';
import { rejection } from '../support/registryErrors.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { openClient } from './openClient.ts';

const image = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [] });
const login = { username: 'ada', password: 'canary-3b9f' };
const start = closeAfterEach(startSampleRegistry);
const open = closeAfterEach(openClient);

describe('Gantry, with a registry whose token server is of another origin,', () => {
  let registry: SampleRegistry;
  let realm: string;

  beforeEach(async () => {
    registry = await start({
      auth: {
        scheme: 'bearer',
        isOtherOrigin: true,
        users: { ada: login.password },
        allow: (user, { actions }) => (user === 'ada' ? actions : actions.filter((action) => action === 'pull')),
      },
    });
    registry.push('shop/web', image, 'latest');
    realm = new URL(registry.realm).origin;
  });

  it('reads what is for everybody, and sends no password before the user was asked', async () => {
    const { gantry, connections } = await open();
    assert.equal((await gantry.tagNames(`${registry.host}/shop/web`)).tags.length, 1);
    const error = await rejection(gantry.addConnection({ url: registry.url, ...login }), 'untrusted-realm');
    assert.equal(error.realm, realm);
    assert.equal(connections.all().length, 1);
    assert.ok(!JSON.stringify(registry.requests.map(({ headers }) => headers)).includes('Basic '));
  });

  it('logs in there once the user said that the two belong together, now and in later sessions', async () => {
    const { gantry, ports } = await open();
    const info = await gantry.addConnection({ url: registry.url, ...login, trustedRealms: [realm] });
    assert.equal((await gantry.listRepositories(info.id)).items.length, 1);

    const later = await open({ state: ports.state, secrets: ports.secrets });
    assert.equal((await later.gantry.listRepositories(info.id)).items.length, 1);
    assert.ok(!JSON.stringify([...ports.stateValues]).includes(login.password));
  });

  it('keeps what is trusted with a connection that exists already', async () => {
    const { gantry, connections } = await open();
    const trusting = await gantry.addConnection({ url: registry.url, ...login, trustedRealms: [`${realm}/token`] });
    await gantry.addConnection({ url: registry.url, ...login });
    assert.deepEqual(connections.get(trusting.id)?.trustedRealms, [realm]);
    await rejection(gantry.addConnection({ url: registry.url, ...login, trustedRealms: [] }), 'untrusted-realm');
    assert.deepEqual(connections.get(trusting.id)?.trustedRealms, [realm]);
  });

  it('asks once for a login that the machine has, and uses it after the answer', async () => {
    const credential = { kind: 'password', ...login } as const;
    const source = { id: 'a', kind: 'docker-config', label: 'docker', detail: 'config.json' } as const;
    const machineCredentials = {
      find: async () => ({ credential, source }),
      list: async () => [source],
      discover: async () => [],
    };
    const { gantry, connections } = await open({ machineCredentials });
    await connections.save(
      { id: registry.url, url: registry.url, label: 'team', adapterId: 'oci', origin: 'added' },
      undefined,
    );
    const error = await rejection(gantry.listRepositories(registry.url), 'untrusted-realm');
    await gantry.trustRealm(registry.url, error.realm ?? '');
    assert.equal((await gantry.listRepositories(registry.url)).items.length, 1);
  });

  for (const [title, trusted] of [
    ['no address', 'auth'],
    ['another scheme', 'ftp://auth.example'],
    ['a user name', 'http://ada@auth.example'],
    ['a metadata service', 'http://169.254.169.254'],
  ] as const) {
    it(`takes ${title} for no token server`, async () => {
      const { gantry } = await open();
      await rejection(gantry.addConnection({ url: registry.url, ...login, trustedRealms: [trusted] }), 'invalid');
      assert.equal(registry.requests.length, 0);
    });
  }
});

describe('Gantry, with a registry that says things to people,', () => {
  it('tells and logs each once', async () => {
    const registry = await start();
    registry.push('shop/web', image, 'latest');
    registry.fault = () => ({
      alter: (reply) => ({
        ...reply,
        headers: {
          ...reply.headers,
          Warning: '299 - "Moves on 1 May"',
          'RateLimit-Limit': '9',
          'RateLimit-Remaining': '0',
        },
      }),
    });
    const { gantry, connections, ports } = await open();
    const { id } = await gantry.addConnection({ url: registry.url });
    for (let count = 0; count < 3; count++) await gantry.listRepositories(id);
    assert.deepEqual(
      connections.notices.of(id).map(({ kind, host, text }) => [kind, host, text]),
      [
        ['warning', registry.host, 'Moves on 1 May'],
        ['rate-limit', registry.host, 'Nothing is left of the 9 requests that it allows.'],
      ],
    );
    assert.equal(ports.logLines.filter((line) => line.includes('Moves on 1 May')).length, 1);
  });
});

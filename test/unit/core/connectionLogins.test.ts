import assert from 'node:assert/strict';
import { Connections } from '../../../src/core/connections.ts';
import type { Credential, CredentialSource, FoundCredential } from '../../../src/core/credential.ts';
import { RegistryError } from '../../../src/core/errors.ts';
import { createGantry, type Gantry } from '../../../src/core/gantry.ts';
import type { CredentialTarget, DiscoveredLogin, HttpRequest, MachineCredentials } from '../../../src/core/ports.ts';
import { type FakePorts, fakePorts } from '../../support/fakePorts.ts';
import { rejection } from '../../support/registryErrors.ts';
import { fakeResponse, fakeSend, jsonResponse } from './registry/fakeHttp.ts';

const url = 'https://registry.example';
const now = Date.UTC(2026, 0, 2, 3, 4);

describe('The login of a connection', () => {
  it('is the best that the machine has, unless the user chooses', async () => {
    const { gantry, connections, requests } = make({ machine: [docker('alice'), podman('bob')] });
    const { id } = await gantry.addConnection({ url });
    await gantry.testConnection(id);
    assert.deepEqual(authorizations(requests).slice(-1), [basic('alice')]);
    assert.equal(connections.login(id)?.account, 'alice');
    assert.deepEqual(await choices(gantry, id), ['docker', 'docker', 'podman']);
  });

  it('is tried before it is kept', async () => {
    const { gantry, requests } = make({ machine: [docker('alice'), podman('mallory')] });
    const { id } = await gantry.addConnection({ url });
    await rejection(gantry.chooseLogin(id, 'podman'), 'unauthorized');
    assert.equal((await gantry.loginChoices(id)).current, 'docker');
    await gantry.testConnection(id);
    assert.deepEqual(authorizations(requests).slice(-1), [basic('alice')]);
  });

  it('stays the chosen one, and goes by its account', async () => {
    const { gantry, ports, requests } = make({ machine: [docker('alice'), podman('bob')] });
    const { id } = await gantry.addConnection({ url });
    const info = await gantry.chooseLogin(id, 'podman');
    assert.deepEqual([info.id, info.account, info.state], [id, 'bob', 'ready']);
    const reopened = open(ports);
    assert.equal(reopened.gantry.connections()[0]?.account, 'bob');
    await reopened.gantry.testConnection(id);
    assert.deepEqual(authorizations(requests).slice(-1), [basic('bob')]);
    assert.equal((await reopened.gantry.loginChoices(id)).current, 'podman');
  });

  it('can be none', async () => {
    const { gantry, requests } = make({ machine: [docker('alice')], isPublic: true });
    const { id } = await gantry.addConnection({ url });
    assert.equal((await gantry.chooseLogin(id, 'anonymous')).account, undefined);
    await gantry.testConnection(id);
    assert.deepEqual(
      authorizations(requests).filter((value) => value !== undefined),
      [],
    );
    assert.equal((await gantry.loginChoices(id)).current, 'anonymous');
  });

  it('can be none untried, where a registry shows nothing by itself without one', async () => {
    const { gantry } = make({ machine: [docker('alice')] });
    const { id } = await gantry.addConnection({ url });
    await rejection(gantry.chooseLogin(id, 'anonymous'), 'unauthorized');
    await gantry.chooseLogin(id, 'anonymous', { isUntested: true });
    assert.equal((await gantry.loginChoices(id)).current, 'anonymous');
  });

  it("can be Gantry's own again", async () => {
    const { gantry, requests } = make({ machine: [podman('bob')] });
    const { id } = await gantry.addConnection({ url, username: 'alice', password: 'good' });
    assert.equal((await gantry.chooseLogin(id, 'podman')).account, 'bob');
    assert.deepEqual(await choices(gantry, id), ['podman', 'gantry', 'podman']);
    assert.equal((await gantry.chooseLogin(id, 'gantry')).account, 'alice');
    await gantry.testConnection(id);
    assert.deepEqual(authorizations(requests).slice(-1), [basic('alice')]);
  });

  it('that was chosen and is gone is an error, not another login', async () => {
    const machine = [docker('alice'), podman('bob')];
    const { gantry, requests } = make({ machine });
    const { id } = await gantry.addConnection({ url });
    await gantry.chooseLogin(id, 'podman');
    machine.pop();
    await rejection(gantry.testConnection(id), 'unauthorized');
    assert.deepEqual(authorizations(requests).slice(-1), [undefined]);
    assert.equal(gantry.connections().find((connection) => connection.id === id)?.state, 'signed-out');
  });

  it('can be chosen when it is added, and asks only then to sign in', async () => {
    const { gantry, asked } = make({ machine: [docker('alice'), podman('bob')] });
    const added = await gantry.addConnection({ url, credentialSource: 'podman' });
    assert.deepEqual([added.id, added.account], [`${url}#bob`, 'bob']);
    await gantry.testConnection(added.id);
    assert.deepEqual(asked, [
      ['podman', true],
      ['podman', false],
    ]);
  });

  it('is looked for by its exact host, and says whether it is encrypted', async () => {
    const { gantry, targets } = make({ machine: [docker('alice')] });
    await gantry.addConnection({ url: 'http://127.0.0.1:5000/team' });
    await gantry.addConnection({ url });
    assert.deepEqual(targets, [
      { registry: '127.0.0.1:5000', path: '/team', isEncrypted: false },
      { registry: 'registry.example', path: '/', isEncrypted: true },
    ]);
  });
});

describe('A login that has ended', () => {
  it('says so when it is refused, and how to renew it', async () => {
    const { gantry } = make({ machine: [docker('mallory', now - 60_000)], configured: [url] });
    const { message } = await rejection(gantry.testConnection(url), 'unauthorized');
    assert.equal(
      message,
      'registry.example refuses the login: it expired at 2026-01-02 03:03 UTC. The login of mallory comes from docker.json; run "docker login registry.example", or choose another login.',
    );
  });

  it('is used as long as the registry takes it: the clock here may be wrong', async () => {
    const { gantry } = make({ machine: [docker('alice', now - 60_000)] });
    const { id } = await gantry.addConnection({ url });
    await gantry.testConnection(id);
  });

  it('is not the reason while it has not ended', async () => {
    const { gantry } = make({ machine: [docker('mallory', now + 60_000)], configured: [url] });
    assert.doesNotMatch((await rejection(gantry.testConnection(url), 'unauthorized')).message, /expired/);
  });

  const clouds: readonly (readonly [registry: string, command: RegExp])[] = [
    ['https://team.azurecr.io', /run "az acr login --name team"/],
    [
      'https://123456789012.dkr.ecr.eu-west-1.amazonaws.com',
      /run "aws ecr get-login-password --region eu-west-1 \| docker login -u AWS --password-stdin 123456789012\.dkr/,
    ],
  ];
  for (const [registry, command] of clouds) {
    it(`is renewed by the cloud's own command at ${registry}`, async () => {
      const { gantry } = make({ machine: [docker('mallory', now - 1)], configured: [registry] });
      assert.match((await rejection(gantry.testConnection(registry), 'unauthorized')).message, command);
    });
  }
});

describe('Several accounts of a registry', () => {
  it('are connections of their own', async () => {
    const { gantry, ports, requests } = make({});
    const alice = await gantry.addConnection({ url, username: 'alice', password: 'good' });
    const bob = await gantry.addConnection({ url, username: 'bob', password: 'good' });
    assert.deepEqual(
      gantry.connections().map(({ account }) => account),
      ['alice', 'bob', undefined],
    );
    assert.equal(ports.secretValues.size, 2);
    for (const { id, account } of [alice, bob]) {
      await gantry.testConnection(id);
      assert.deepEqual(authorizations(requests).slice(-1), [basic(account ?? '')]);
    }
  });

  it('come about by signing in to one that has an account', async () => {
    const { gantry } = make({});
    const { id } = await gantry.addConnection({ url, username: 'alice', password: 'good', label: 'Work' });
    const bob = await gantry.signIn(id, { username: 'bob', password: 'good' });
    assert.deepEqual([bob.account, bob.label], ['bob', 'Work']);
    assert.equal(gantry.connections().filter((connection) => connection.url === url).length, 2);
  });

  it('do not come about by signing in to one without an account', async () => {
    const { gantry } = make({ isPublic: true });
    const { id } = await gantry.addConnection({ url });
    await gantry.signIn(id, { username: 'bob', password: 'good' });
    assert.deepEqual(
      gantry.connections().flatMap((connection) => (connection.url === url ? [connection.account] : [])),
      ['bob'],
    );
  });

  it('serve references by the oldest of them', async () => {
    const { gantry, requests } = make({});
    await gantry.addConnection({ url, username: 'alice', password: 'good' });
    await gantry.addConnection({ url, username: 'bob', password: 'good' });
    await gantry.listTags('registry.example/team/app');
    assert.deepEqual(authorizations(requests).slice(-1), [basic('alice')]);
  });
});

describe('Signing out', () => {
  it('forgets secret, tokens, challenges, cached content and names of the account', async () => {
    const { gantry, connections, ports, requests } = make({});
    const { id } = await gantry.addConnection({ url, username: 'alice', password: 'good' });
    await gantry.listTags('registry.example/team/app');
    await gantry.manifestText('registry.example/team/app:1.0');
    assert.notEqual(ports.stateValues.get('challenges'), undefined);
    await gantry.signOut(id);

    const kept = JSON.stringify([[...ports.stateValues], [...ports.secretValues]]);
    for (const trace of ['alice', 'good', 'team/app', 'Registry realm', '"basic"'])
      assert.ok(!kept.includes(trace), `${trace} is still in ${kept}`);
    assert.equal(ports.secretValues.size, 0);
    assert.equal(connections.login(id), undefined);
    const before = requests.length;
    const [connection] = gantry.connections();
    assert.equal(connection?.account, undefined);
    // The manifest is asked for anew, without a login.
    await rejection(gantry.manifestText('registry.example/team/app:1.0'), 'unauthorized');
    assert.deepEqual(authorizations(requests.slice(before)), [undefined]);
  });

  it("uses the machine's login no more that was chosen, and leaves it where it is", async () => {
    const machine = [docker('alice')];
    const { gantry, ports, requests } = make({ machine });
    const { id } = await gantry.addConnection({ url, credentialSource: 'docker' });
    await gantry.signOut(id);
    const [{ id: left } = assert.fail()] = gantry.connections();
    await rejection(gantry.testConnection(left), 'unauthorized');
    assert.deepEqual(authorizations(requests).slice(-1), [undefined]);
    assert.ok(!JSON.stringify([...ports.stateValues]).includes('alice'));
    assert.equal(machine.length, 1);
    assert.deepEqual(await choices(gantry, left), ['anonymous', 'docker']);
  });

  it('leaves other accounts of the registry alone', async () => {
    const { gantry, ports } = make({});
    const { id } = await gantry.addConnection({ url, username: 'alice', password: 'good' });
    await gantry.addConnection({ url, username: 'bob', password: 'good' });
    await gantry.signOut(id);
    assert.deepEqual([...ports.secretValues.keys()], [`connection:${url}#bob`]);
  });
});

describe('Discovered registries', () => {
  const discovered: readonly DiscoveredLogin[] = [
    { registry: 'docker.io', path: '', owner: 'docker', detail: 'config.json', account: 'alice' },
    { registry: 'registry.example', path: '', owner: 'docker', detail: 'config.json', account: 'alice' },
    { registry: 'quay.io', path: '/team', owner: 'containers', detail: 'auth.json' },
  ];

  it('are those that are not connected, with the address to add', async () => {
    const { gantry } = make({ machine: [docker('alice')], discovered });
    assert.deepEqual(
      (await gantry.discoverRegistries()).map((found) => found.url),
      [url, 'https://quay.io/team'],
    );
    await gantry.addConnection({ url });
    assert.deepEqual(
      (await gantry.discoverRegistries()).map(({ registry }) => registry),
      ['quay.io'],
    );
  });

  it('are offered once, unless the user asks', async () => {
    const { gantry, ports } = make({ discovered });
    await gantry.markOffered(['quay.io', 'registry.example']);
    assert.deepEqual(await gantry.discoverRegistries(), []);
    assert.deepEqual(await open(ports).gantry.discoverRegistries(), []);
    assert.equal((await gantry.discoverRegistries({ isRepeated: true })).length, 2);
  });
});

interface Login extends FoundCredential {}

function docker(username: string, expiresAt?: number): Login {
  return login('docker', 'docker-config', username, expiresAt);
}

function podman(username: string): Login {
  return login('podman', 'containers-auth', username);
}

/** Everybody's password is good, but mallory's. */
function login(id: string, kind: CredentialSource['kind'], username: string, expiresAt?: number): Login {
  const password = username === 'mallory' ? 'bad' : 'good';
  const credential: Credential = { kind: 'password', username, password };
  return {
    credential,
    source: { id, kind, label: id, detail: `${id}.json`, account: username, ...(expiresAt && { expiresAt }) },
  };
}

interface World {
  readonly machine?: readonly Login[];
  readonly discovered?: readonly DiscoveredLogin[];
  /** Whether the registry shows everything to everybody. */
  readonly isPublic?: boolean;
  /** Addresses of connections in the settings. */
  readonly configured?: readonly string[];
}

function make({ machine = [], discovered = [], isPublic = false, configured = [] }: World) {
  const targets: CredentialTarget[] = [];
  const asked: (readonly [source: string, isInteractive: boolean])[] = [];
  const machineCredentials: MachineCredentials = {
    find: async (target, _signal, { sourceId, isInteractive = false } = {}) => {
      targets.push(target);
      if (sourceId === undefined) return machine[0];
      asked.push([sourceId, isInteractive]);
      const found = machine.find(({ source }) => source.id === sourceId);
      if (found === undefined) throw new RegistryError('unauthorized', 'It is not there any more.');
      return found;
    },
    list: async () => machine.map(({ source }) => source),
    discover: async () => discovered,
  };
  const { send, requests } = fakeSend((request) => {
    const authorization = request.headers['authorization'];
    const isGood = authorization === undefined ? isPublic : atob(authorization.slice(6)).endsWith(':good');
    if (!isGood) return fakeResponse({ status: 401, headers: { 'www-authenticate': 'Basic realm="Registry realm"' } });
    if (request.url.pathname.includes('/manifests/')) return manifest();
    return jsonResponse({ tags: ['1.0'] });
  });
  const ports = fakePorts({ openTransport: () => send, machineCredentials, now: () => now });
  return { ...open(ports, configured), ports, requests, targets, asked };
}

function open(ports: FakePorts, configured: readonly string[] = []) {
  const connections = new Connections({
    state: ports.state,
    secrets: ports.secrets,
    configured: () =>
      configured.map((address) => ({
        id: address,
        url: address,
        label: address,
        adapterId: 'oci',
        origin: 'settings',
      })),
  });
  return { gantry: createGantry(ports, connections), connections };
}

async function choices(gantry: Gantry, id: string): Promise<readonly string[]> {
  const { current, sources } = await gantry.loginChoices(id);
  return [current, ...sources.map((source) => source.id)];
}

function manifest() {
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: `sha256:${'0'.repeat(64)}`, size: 2 },
    layers: [],
  });
  return fakeResponse({ headers: { 'content-type': 'application/vnd.oci.image.manifest.v1+json' }, body });
}

function authorizations(requests: readonly HttpRequest[]): readonly (string | undefined)[] {
  return requests.map(({ headers }) => headers['authorization']);
}

function basic(username: string): string {
  return `Basic ${btoa(`${username}:good`)}`;
}

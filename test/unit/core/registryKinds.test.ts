import assert from 'node:assert/strict';
import type { RegistryAdapter } from '../../../src/api.ts';
import { adapterKinds, takesPushes } from '../../../src/core/adapters/kinds.ts';
import { Connections } from '../../../src/core/connections.ts';
import { createGantry, type Gantry } from '../../../src/core/gantry.ts';
import { archiveRegistry, engineRegistry, layoutRegistry } from '../../../src/core/oci/localReference.ts';
import type { HttpRequest, HttpResponse } from '../../../src/core/ports.ts';
import { fakePorts } from '../../support/fakePorts.ts';
import { rejection } from '../../support/registryErrors.ts';
import { fakeResponse, fakeSend } from './registry/fakeHttp.ts';

const url = 'https://registry.example';
const shelf: RegistryAdapter = {
  id: 'shelf',
  label: 'Shelf',
  hosts: ['*.shelf.example'],
  open: (_target, context) => context.oci(),
};

const localAddresses: ReadonlyMap<string, string> = new Map([
  ['oci-layout', `${layoutRegistry}/images`],
  ['docker-archive', `${archiveRegistry}/images.tar`],
  ['engine', engineRegistry],
]);

describe('the kind of a registry', () => {
  it("is by its host Gantry's own, then another extension's, then plain", async () => {
    const { gantry } = create();
    for (const [address, kind] of [
      ['https://team.azurecr.io', 'acr'],
      ['https://team.shelf.example', 'shelf'],
      [url, 'oci'],
    ] as const) {
      assert.equal((await gantry.addConnection({ url: address })).adapterId, kind);
    }
  });

  it('is what the user says, and stays so', async () => {
    const { gantry, connections } = create();
    const { id } = await gantry.addConnection({ url });
    assert.equal((await gantry.setKind(id, 'shelf')).adapterId, 'shelf');
    assert.equal(connections.get(id)?.adapterId, 'shelf');
    assert.equal((await gantry.addConnection({ url, label: 'Again' })).adapterId, 'shelf');
    assert.equal((await gantry.setKind(id, undefined)).adapterId, 'oci');
  });

  it('is tried before it is kept', async () => {
    let status = 200;
    const { gantry, connections } = create(() => fakeResponse({ status }));
    const { id } = await gantry.addConnection({ url });
    status = 404;
    await rejection(gantry.setKind(id, 'shelf'), 'protocol');
    assert.equal(connections.get(id)?.adapterId, 'oci');
  });

  it('is one that there is, and none for images of this machine', async () => {
    const { gantry } = create();
    const { id } = await gantry.addConnection({ url });
    await rejection(gantry.setKind(id, 'no-such-kind'), 'invalid');
    const kinds = (await gantry.registryKinds()).map((kind) => kind.id);
    for (const kind of ['oci', 'docker-hub', 'shelf']) assert.ok(kinds.includes(kind), kind);
    for (const kind of ['oci-layout', 'docker-archive']) assert.ok(!kinds.includes(kind), kind);
  });

  it('is found before a login, with the words for it', async () => {
    const asked: string[] = [];
    const harbor = (request: HttpRequest): HttpResponse => {
      asked.push(request.url.pathname);
      const challenge = 'Bearer realm="https://registry.example/service/token",service="harbor-registry"';
      return fakeResponse({ status: 401, headers: { 'www-authenticate': challenge } });
    };
    const { gantry } = create(harbor);
    assert.equal(await gantry.findKind(url), 'harbor');
    assert.deepEqual(asked, ['/v2/']);
    const words = (await gantry.registryKinds()).find(({ id }) => id === 'harbor')?.signIn;
    assert.match(words?.find(({ part }) => part === 'password')?.description ?? '', /CLI secret/);
  });

  it('is known of a registry that is connected already', async () => {
    const { gantry } = create();
    const { id } = await gantry.addConnection({ url });
    await gantry.setKind(id, 'shelf');
    assert.equal(await gantry.findKind(url), 'shelf');
  });

  it('is plain for one whose adapter is gone', async () => {
    const { gantry } = create();
    const connection = await gantry.addConnection({ url, adapterId: 'gone' });
    assert.deepEqual((await gantry.listRepositories(connection.id)).items.length, 1);
  });
});

describe('kinds that take no pushes', () => {
  for (const { id, hosts } of adapterKinds) {
    it(`are those whose adapters write nothing: ${id}`, async () => {
      const { gantry, connections } = create();
      // An instance at any host, where there is no one host that tells the kind.
      const host = hosts[0]?.replace('*', '123456789012').replace('{region}', 'us-east-1') ?? 'registry.example';
      const address = localAddresses.get(id) ?? `https://${host}`;
      await connections.save({ id, label: id, url: address, adapterId: id, origin: 'added' }, undefined);
      const repository = id === 'engine' ? 'engine:/team/app' : address.replace('https://', '').concat('/app');
      const abilities = await gantry.repositoryAbilities(repository, { connectionId: id });
      assert.equal(takesPushes(id), abilities.has('write'));
    });
  }
});

function create(answer: (request: HttpRequest) => HttpResponse = answerAll): {
  readonly gantry: Gantry;
  readonly connections: Connections;
} {
  const ports = fakePorts({
    openTransport: () => fakeSend(answer).send,
    sleep: () => new Promise<never>(() => {}),
    foreignAdapters: {
      kinds: () => [shelf],
      load: async (id) => (id === shelf.id ? shelf : undefined),
      onDidChange: () => ({ dispose: () => {} }),
    },
  });
  const connections = new Connections({ state: ports.state, secrets: ports.secrets, configured: () => [] });
  return { gantry: createGantry(ports, connections), connections };
}

function answerAll({ url: { pathname } }: HttpRequest): HttpResponse {
  const headers = { 'content-type': 'application/json' };
  if (pathname === '/v2/') return fakeResponse({ headers, body: '{}' });
  return fakeResponse({ headers, body: JSON.stringify({ repositories: ['shop/web'] }) });
}

import assert from 'node:assert/strict';
import { type Connection, Connections } from '../../../src/core/connections.ts';
import { createGantry, type Gantry } from '../../../src/core/gantry.ts';
import type { HttpRequest, HttpResponse, OpenTransport } from '../../../src/core/ports.ts';
import { type FakePorts, fakePorts } from '../../support/fakePorts.ts';
import { rejection, thrown } from '../../support/registryErrors.ts';
import { fakeResponse, fakeSend, jsonResponse } from './registry/fakeHttp.ts';

const url = 'https://registry.example';

describe('Gantry: adding a connection', () => {
  it('tests it with one request, then stores it', async () => {
    const { gantry, requests } = make(() => jsonResponse({}));
    const added = await gantry.addConnection({ url: 'registry.example', label: 'Work', adapterId: 'oci' });
    assert.deepEqual(added, { id: url, label: 'Work', url, adapterId: 'oci', state: 'ready' });
    assert.deepEqual(
      requests.map((request) => request.url.href),
      [`${url}/v2/`],
    );
  });

  it('gives back the one that exists, without a request', async () => {
    const { gantry, requests } = make(() => jsonResponse({}));
    const first = await gantry.addConnection({ url, label: 'Work', adapterId: 'oci' });
    assert.deepEqual(await gantry.addConnection({ url: `${url}/v2/`, label: 'Other' }), first);
    assert.equal(requests.length, 1);
  });

  it('replaces the password of the one that exists, if it is good', async () => {
    const { gantry, ports } = make(acceptOnly('second'));
    const login = { url, username: 'alice' };
    await rejection(gantry.addConnection({ ...login, password: 'first' }), 'unauthorized');
    assert.deepEqual([...ports.secretValues, ...ports.stateValues], []);
    const { id } = await gantry.addConnection({ ...login, password: 'second', label: 'Work' });
    await rejection(gantry.addConnection({ ...login, password: 'third' }), 'unauthorized');
    assert.deepEqual([...ports.secretValues.values()], ['second']);
    await gantry.addConnection({ ...login, password: 'second' });
    assert.equal(gantry.connections().find((connection) => connection.id === id)?.label, 'Work');
  });

  it('keeps which certificates count, and gives them to the transport', async () => {
    const tls = { ca: '/certificates/ca.pem', insecure: false };
    const { gantry, opened } = make(() => jsonResponse({}));
    const { tls: kept } = await gantry.addConnection({ url, tls });
    assert.deepEqual(kept, { ca: tls.ca });
    assert.deepEqual(opened.at(-1), { registry: new URL(url), tls: kept });
    const signedIn = await gantry.signIn(url, { username: 'alice', password: 'canary' });
    assert.deepEqual([signedIn.tls, opened.at(-1)?.tls], [kept, kept]);
  });

  it('tries anew when other certificates count, and forgets them when told', async () => {
    const { gantry, requests } = make(() => jsonResponse({}));
    await gantry.addConnection({ url, adapterId: 'oci' });
    await gantry.addConnection({ url, tls: { insecure: true } });
    assert.equal(requests.length, 2);
    assert.deepEqual((await gantry.addConnection({ url })).tls, { insecure: true });
    assert.equal((await gantry.addConnection({ url, tls: {} })).tls, undefined);
    assert.equal(requests.length, 3);
  });

  it('takes no half of a client certificate', async () => {
    const { gantry, requests } = make(() => jsonResponse({}));
    const { message } = await rejection(gantry.addConnection({ url, tls: { certificate: '/c.pem' } }), 'invalid');
    assert.match(message, /takes two files/);
    assert.equal(requests.length, 0);
  });

  it('wants a user name and a password, or neither', async () => {
    const { gantry, requests } = make(() => jsonResponse({}));
    const { message } = await rejection(gantry.addConnection({ url, username: 'alice' }), 'invalid');
    assert.match(message, /^A login to registry\.example takes both/);
    const error = await rejection(gantry.addConnection({ url, password: 'canary' }), 'invalid');
    assert.ok(!error.message.includes('canary'));
    assert.equal(requests.length, 0);
  });

  it('refuses what is no address before it sends anything', async () => {
    const { gantry, requests } = make(() => jsonResponse({}));
    await rejection(gantry.addConnection({ url: 'ftp://registry.example' }), 'invalid');
    assert.equal(requests.length, 0);
  });

  const noRegistries: readonly (readonly [title: string, answer: () => HttpResponse])[] = [
    ['is not there', () => fakeResponse({ status: 404 })],
    ['is a page', () => fakeResponse({ headers: { 'content-type': 'text/html' }, body: '<p>Welcome</p>' })],
    ['is a page that calls itself a text', () => fakeResponse({ body: '<!doctype html>' })],
    ['is an empty page', () => fakeResponse({ headers: { 'content-type': 'text/html' } })],
  ];
  for (const [title, answer] of noRegistries) {
    it(`takes nothing for a registry whose answer ${title}`, async () => {
      const { gantry, ports } = make(answer);
      const { message } = await rejection(gantry.addConnection({ url }), 'protocol');
      assert.match(message, /^registry\.example answered with /);
      assert.deepEqual([...ports.stateValues], []);
    });
  }

  it('takes an empty answer for a registry, as some give it', async () => {
    const { gantry } = make(() => fakeResponse());
    assert.equal((await gantry.addConnection({ url })).state, 'ready');
  });
});

describe('Gantry: a reference', () => {
  it('is asked of its own host, without a login, where there is no connection', async () => {
    const { gantry, requests, ports } = make(() => jsonResponse({ tags: ['1.0'] }));
    await gantry.listTags('other.example/team/app:ignored');
    const [request] = requests;
    assert.equal(request?.url.href, 'https://other.example/v2/team/app/tags/list?n=1000');
    assert.equal(request?.headers['authorization'], undefined);
    assert.deepEqual([...ports.stateValues], []);
    assert.ok(!gantry.isConnected(gantry.parseReference('other.example/team/app')));
  });

  it('is asked of the connection that is named', async () => {
    const { gantry, requests } = make(() => jsonResponse({ tags: [] }));
    const { id } = await gantry.addConnection({ url: 'https://mirror.example' });
    await gantry.listTags('nginx', { connectionId: id });
    assert.equal(requests.at(-1)?.url.href, 'https://mirror.example/v2/library/nginx/tags/list?n=1000');
  });

  it('of a connection that is gone is not found', async () => {
    const { gantry } = make(() => jsonResponse({}));
    const { message } = await rejection(gantry.listTags('nginx', { connectionId: 'gone' }), 'not-found');
    assert.match(message, /no connection "gone"/);
    await rejection(gantry.listRepositories('gone'), 'not-found');
  });

  it('that cannot be read is refused before anything is sent', async () => {
    const { gantry, requests } = make(() => jsonResponse({}));
    thrown(() => gantry.parseReference('Nginx'), 'invalid');
    await rejection(gantry.inspect('Nginx'), 'invalid');
    await rejection(gantry.listTags('a//b'), 'invalid');
    assert.equal(requests.length, 0);
  });
});

describe('Gantry: removing a connection', () => {
  it('ignores one that is not there', async () => {
    const { gantry } = make(() => jsonResponse({}));
    await gantry.removeConnection('gone');
  });

  it('logs in anew with the next one', async () => {
    const { gantry, requests } = make(acceptOnly('first', 'second'));
    const { id } = await gantry.addConnection({ url, adapterId: 'oci', username: 'alice', password: 'first' });
    await gantry.removeConnection(id);
    await gantry.addConnection({ url, adapterId: 'oci', username: 'alice', password: 'second' });
    assert.deepEqual(
      requests.map(({ headers }) => headers['authorization']),
      [undefined, basic('first'), undefined, basic('second')],
    );
  });
});

describe('Gantry: what a registry can do', () => {
  it('is known without a request', async () => {
    const { gantry, requests } = make(() => jsonResponse({}));
    const { id } = await gantry.addConnection({ url });
    const before = requests.length;
    assert.deepEqual([...(await gantry.registryAbilities(id))], []);
    const abilities = await gantry.repositoryAbilities('registry.example/team/app');
    assert.ok(abilities.has('write') && abilities.has('deleteManifest'));
    assert.ok(!abilities.has('untagged') && !abilities.has('web'));
    assert.equal(requests.length, before);
  });

  it('has the page of an image, where there is one', async () => {
    const { gantry } = make(() => jsonResponse({}));
    assert.equal(await gantry.webUrl('nginx:1.27'), 'https://hub.docker.com/_/nginx/tags?name=1.27');
    assert.equal(await gantry.webUrl('registry.example/team/app'), undefined);
  });

  it('is said to be missing, with the host, where it is called for all the same', async () => {
    const { gantry, requests } = make(() => jsonResponse({}));
    const { id } = await gantry.addConnection({ url });
    const before = requests.length;
    const repository = 'registry.example/team/app';
    for (const calling of [
      gantry.createRepository(id, 'team/app'),
      gantry.deleteRepository(repository),
      gantry.untaggedImages(repository),
      gantry.tagHistory(`${repository}:1.0`),
      gantry.protectTag(`${repository}:1.0`, ['move']),
    ]) {
      const { message } = await rejection(calling, 'unsupported');
      assert.match(message, /^registry\.example does not let Gantry /);
    }
    assert.equal(await gantry.readme(repository), undefined);
    assert.equal(await gantry.vulnerabilities(repository), undefined);
    await rejection(gantry.createRepository(id, 'Not A Name'), 'invalid');
    assert.equal(requests.length, before);
  });
});

describe('Gantry: the images that a file names', () => {
  it('are those of a Dockerfile', async () => {
    const { gantry } = make(() => jsonResponse({}));
    const found = await gantry.findReferences('FROM nginx', 'dockerfile');
    assert.deepEqual(
      found.map(({ raw }) => raw),
      ['nginx'],
    );
    assert.deepEqual(await gantry.findReferences('FROM nginx', 'plaintext'), []);
  });
});

function make(answer: (request: HttpRequest) => HttpResponse): {
  readonly gantry: Gantry;
  readonly requests: readonly HttpRequest[];
  readonly ports: FakePorts;
  /** What the transport was opened with. */
  readonly opened: readonly Parameters<OpenTransport>[0][];
} {
  const { send, requests } = fakeSend(answer);
  const opened: Parameters<OpenTransport>[0][] = [];
  const openTransport: OpenTransport = (options) => {
    opened.push(options);
    return send;
  };
  const ports = fakePorts({ openTransport });
  const configured = (): readonly Connection[] => [];
  const connections = new Connections({ state: ports.state, secrets: ports.secrets, configured });
  return { gantry: createGantry(ports, connections), requests, ports, opened };
}

/** A registry that knows alice by these passwords. */
function acceptOnly(...passwords: readonly string[]): (request: HttpRequest) => HttpResponse {
  const accepted = passwords.map(basic);
  return ({ headers }) =>
    accepted.includes(headers['authorization'] ?? '')
      ? jsonResponse({})
      : fakeResponse({ status: 401, headers: { 'www-authenticate': 'Basic realm="Registry"' } });
}

function basic(password: string): string {
  return `Basic ${btoa(`alice:${password}`)}`;
}

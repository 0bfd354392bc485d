import assert from 'node:assert/strict';
import { assertOciError } from '../support/assertOciError.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage } from '../support/imageWriter.ts';
import { type BearerAuth, type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';

const image = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [] });
const users = { alice: 'se:cret', bob: 'other' };
const start = closeAfterEach(startSampleRegistry);

describe('sample registry: Basic', () => {
  it('asks for a login and takes the right one only', async () => {
    const registry = await start({ auth: { scheme: 'basic', users } });
    const anonymous = await fetch(`${registry.url}/v2/`);
    assert.deepEqual(
      [anonymous.status, anonymous.headers.get('www-authenticate')],
      [401, 'Basic realm="Sample registry"'],
    );
    for (const [user, password, status] of [
      ['alice', 'se:cret', 200],
      ['alice', 'other', 401],
      ['toString', '', 401],
    ] as const) {
      const response = await fetch(`${registry.url}/v2/`, { headers: { Authorization: basic(user, password) } });
      assert.equal(response.status, status);
    }
  });
});

describe('sample registry: Bearer', () => {
  it('names the realm and the scope that a request needs', async () => {
    const registry = await startBearer();
    for (const [method, path, scope] of [
      ['GET', '/v2/', undefined],
      ['GET', '/v2/_catalog', 'registry:catalog:*'],
      ['HEAD', '/v2/shop/web/manifests/latest', 'repository:shop/web:pull'],
      ['PUT', '/v2/shop/web/manifests/latest', 'repository:shop/web:pull,push'],
      ['DELETE', '/v2/shop/web/manifests/latest', 'repository:shop/web:delete'],
      [
        'POST',
        '/v2/copy/blobs/uploads/?mount=sha256:0&from=shop/web',
        'repository:copy:pull,push repository:shop/web:pull',
      ],
    ] as const) {
      const { status, headers } = await fetch(registry.url + path, { method });
      const parameters = [`realm="${registry.url}/token"`, 'service="sample-registry"'];
      if (scope !== undefined) parameters.push(`scope="${scope}"`);
      assert.deepEqual([status, headers.get('www-authenticate')], [401, `Bearer ${parameters.join(',')}`]);
    }
  });

  it('lets a token do what it was issued for, and no more', async () => {
    const registry = await startBearer();
    registry.push('shop/web', image, 'latest');
    const token = await getToken(registry, ['repository:shop/web:pull'], basic('alice', 'se:cret'));
    const path = `${registry.url}/v2/shop/web/manifests/latest`;
    assert.equal((await fetch(path, { headers: bearer(token) })).status, 200);
    const refused = await fetch(path, { method: 'DELETE', headers: bearer(token) });
    assert.equal(refused.status, 401);
    assert.match(refused.headers.get('www-authenticate') ?? '', /error="insufficient_scope"/);
  });

  it('gives nobody rights unless told to', async () => {
    const closed = await startBearer();
    const open = await startBearer({ allow: (_user, { actions }) => actions.filter((action) => action === 'pull') });
    for (const [registry, status] of [
      [closed, 401],
      [open, 200],
    ] as const) {
      registry.push('web', image, 'latest');
      const token = await getToken(registry, ['repository:web:pull,push']);
      assert.equal((await fetch(`${registry.url}/v2/web/manifests/latest`, { headers: bearer(token) })).status, status);
    }
  });

  it('takes several scopes, and names with a port in them', async () => {
    const registry = await startBearer();
    const scopes = ['repository:a:pull', 'registry:catalog:*', 'repository:localhost:5000/b:pull'];
    const token = await getToken(registry, scopes, basic('alice', 'se:cret'));
    for (const path of ['/v2/_catalog', '/v2/a/tags/list']) {
      assert.notEqual((await fetch(registry.url + path, { headers: bearer(token) })).status, 401);
    }
  });

  it('refuses wrong passwords', async () => {
    const registry = await startBearer();
    const headers = { Authorization: basic('alice', 'wrong') };
    await assertOciError(fetch(registry.realm, { headers }), 401, 'UNAUTHORIZED');
    const form = new URLSearchParams({
      grant_type: 'password',
      service: 's',
      client_id: 'c',
      username: 'alice',
      password: 'wrong',
    });
    await assertOciError(fetch(registry.realm, { method: 'POST', body: form }), 401, 'UNAUTHORIZED');
  });

  it('knows the OAuth2 form with passwords and refresh tokens', async () => {
    const registry = await startBearer();
    const common = { service: 'sample-registry', client_id: 'test', scope: 'registry:catalog:* repository:web:pull' };
    const first = await postToken(registry, {
      ...common,
      grant_type: 'password',
      username: 'alice',
      password: 'se:cret',
      access_type: 'offline',
    });
    const second = await postToken(registry, {
      ...common,
      grant_type: 'refresh_token',
      refresh_token: first.refresh_token,
    });
    assert.equal(second.refresh_token, undefined);
    for (const token of [first.access_token, second.access_token]) {
      assert.equal((await fetch(`${registry.url}/v2/_catalog`, { headers: bearer(token) })).status, 200);
    }
  });

  it('can know the GET form only', async () => {
    const registry = await startBearer({ takesPost: false });
    assert.equal((await fetch(registry.realm, { method: 'POST' })).status, 404);
  });

  it('can have its token server on an origin of its own', async () => {
    const registry = await startBearer({ isOtherOrigin: true });
    assert.notEqual(new URL(registry.realm).origin, registry.url);
    const token = await getToken(registry, ['registry:catalog:*'], basic('bob', 'other'));
    assert.equal((await fetch(`${registry.url}/v2/_catalog`, { headers: bearer(token) })).status, 200);
    assert.deepEqual(
      registry.requests.map(({ server, status }) => [server, status]),
      [
        ['token', 200],
        ['registry', 200],
      ],
    );
  });

  it('does not know tokens that were revoked or are over', async () => {
    const registry = await startBearer();
    const revoked = await getToken(registry, [], basic('alice', 'se:cret'));
    registry.revokeTokens();
    const short = await startBearer({ expiresIn: 0 });
    const over = await getToken(short, [], basic('alice', 'se:cret'));
    for (const [server, token] of [
      [registry, revoked],
      [short, over],
    ] as const) {
      const response = await fetch(`${server.url}/v2/`, { headers: bearer(token) });
      assert.match(response.headers.get('www-authenticate') ?? '', /error="invalid_token"/);
    }
  });
});

function startBearer(more: Partial<BearerAuth> = {}): Promise<SampleRegistry> {
  return start({ auth: { scheme: 'bearer', users, ...more } });
}

async function getToken({ realm }: SampleRegistry, scopes: readonly string[], authorization?: string): Promise<string> {
  const query = new URLSearchParams([['service', 'sample-registry'], ...scopes.map((scope) => ['scope', scope])]);
  const response = await fetch(`${realm}?${query}`, {
    headers: authorization === undefined ? {} : { Authorization: authorization },
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as TokenReply).token;
}

async function postToken({ realm }: SampleRegistry, form: Record<string, string | undefined>): Promise<TokenReply> {
  const fields = Object.entries(form).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const response = await fetch(realm, { method: 'POST', body: new URLSearchParams(fields) });
  assert.equal(response.status, 200);
  return (await response.json()) as TokenReply;
}

interface TokenReply {
  readonly token: string;
  readonly access_token: string;
  readonly refresh_token?: string;
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

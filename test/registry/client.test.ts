import assert from 'node:assert/strict';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { rejection } from '../support/registryErrors.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { openClient } from './openClient.ts';

const image = imageFor('amd64');
const index = writeIndex([image, imageFor('arm64')]);
const users = { alice: 'canary-5d1e' };
const login = { username: 'alice', password: 'canary-5d1e' };

const start = closeAfterEach(startSampleRegistry);
const open = closeAfterEach(openClient);

describe('Gantry counts its requests', () => {
  it('lists the tags of a repository with three cold and with one warm, and looks at no manifest', async () => {
    const [registry, { gantry }] = await Promise.all([start({ auth: { scheme: 'bearer', users } }), open()]);
    registry.push('shop/web', image, ...numbered(999));
    await gantry.addConnection({ url: registry.url, ...login });

    const cold = registry.requests.length;
    assert.equal((await gantry.tagNames(`${registry.host}/shop/web`)).tags.length, 999);
    assert.deepEqual(pathsSince(registry, cold), ['/v2/shop/web/tags/list', '/token', '/v2/shop/web/tags/list']);

    const warm = registry.requests.length;
    assert.equal((await gantry.tagNames(`${registry.host}/shop/web`)).tags.length, 999);
    assert.deepEqual(pathsSince(registry, warm), ['/v2/shop/web/tags/list']);
  });

  it('asks for a challenge, and nothing else, where no token is needed', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', image, 'latest');
    // With its kind told it need not be asked for that.
    await gantry.addConnection({ url: registry.url, adapterId: 'oci' });
    assert.deepEqual(pathsSince(registry, 0), ['/v2/']);
    await gantry.tagNames(`${registry.host}/shop/web`);
    assert.deepEqual(pathsSince(registry, 1), ['/v2/shop/web/tags/list']);
  });

  it('looks at a digest once', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    const digest = registry.push('shop/web', index);
    const first = await gantry.inspect(`${registry.host}/shop/web@${digest}`);
    assert.equal(registry.requests.length, 3);
    assert.deepEqual(await gantry.inspect(`${registry.host}/shop/web@${digest}`), first);
    assert.equal(registry.requests.length, 3);
  });

  it('asks of a tag only what it names, when it knows that', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', index, '1.0');
    await gantry.inspect(`${registry.host}/shop/web:1.0`);
    const known = registry.requests.length;
    await gantry.inspect(`${registry.host}/shop/web:1.0`);
    assert.deepEqual(pathsSince(registry, known), ['/v2/shop/web/manifests/1.0']);
    // Registries such as Docker Hub count each GET of a manifest as a pull, and no HEAD.
    assert.equal(registry.requests.at(-1)?.method, 'HEAD');
  });

  it('notices that a tag has moved', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', index, '1.0');
    await gantry.inspect(`${registry.host}/shop/web:1.0`);
    const digest = registry.push('shop/web', image, '1.0');
    assert.equal((await gantry.inspect(`${registry.host}/shop/web:1.0`)).digest, digest);
  });

  it('fetches of another platform what is new', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    const digest = registry.push('shop/web', index);
    await gantry.inspect(`${registry.host}/shop/web@${digest}`);
    const known = registry.requests.length;
    await gantry.inspect(`${registry.host}/shop/web@${digest}`, { platform: 'linux/arm64' });
    assert.equal(registry.requests.length, known + 2);
  });

  it('gets one token for fifty images at once', async () => {
    const [registry, { gantry }] = await Promise.all([start({ auth: { scheme: 'bearer', users } }), open()]);
    registry.push('shop/web', image, ...numbered(50));
    await gantry.addConnection({ url: registry.url, ...login });
    const known = registry.requests.length;
    await Promise.all(numbered(50).map((tag) => gantry.inspect(`${registry.host}/shop/web:${tag}`)));
    assert.equal(pathsSince(registry, known).filter((path) => path === '/token').length, 1);
  });

  it('has at most six requests under way to a host', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', image, ...numbered(30));
    let underWay = 0;
    let most = 0;
    registry.fault = () => {
      most = Math.max(most, ++underWay);
      return { hold: new Promise((resolve) => setImmediate(resolve)).then(() => underWay--) };
    };
    await Promise.all(numbered(30).map((tag) => gantry.inspect(`${registry.host}/shop/web:${tag}`)));
    assert.ok(most > 1 && most <= 6, `${most}`);
  });
});

describe('Gantry keeps things apart', () => {
  it('forgets what it has read with the connection', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    const digest = registry.push('shop/web', image);
    const { id } = await gantry.addConnection({ url: registry.url });
    await gantry.inspect(`${registry.host}/shop/web@${digest}`);
    await gantry.removeConnection(id);
    const known = registry.requests.length;
    await gantry.inspect(`${registry.host}/shop/web@${digest}`);
    assert.equal(registry.requests.length, known + 2);
  });

  it('does not answer for one repository from what it has read of another', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    const digest = registry.push('shop/web', image);
    registry.push('shop/api', imageFor('arm64'), 'latest');
    await gantry.inspect(`${registry.host}/shop/web@${digest}`);
    await rejection(gantry.inspect(`${registry.host}/shop/api@${digest}`), 'not-found');
  });

  it('does not take a config for a manifest', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', image, 'latest');
    await gantry.inspect(`${registry.host}/shop/web:latest`);
    const config = image.blobs[0]?.descriptor.digest;
    await rejection(gantry.inspect(`${registry.host}/shop/web@${config}`), 'not-found');
  });
});

describe('Gantry keeps secrets', () => {
  it('sends the password to the token server only, and tells it nobody', async () => {
    const [registry, { gantry, ports }] = await Promise.all([start({ auth: { scheme: 'bearer', users } }), open()]);
    registry.push('shop/web', image, 'latest');
    await gantry.addConnection({ url: registry.url, ...login });
    await gantry.inspect(`${registry.host}/shop/web`);
    registry.revokeTokens();
    await gantry.inspect(`${registry.host}/shop/web`);

    const withPassword = registry.requests.filter(({ headers }) => headers.authorization?.startsWith('Basic '));
    assert.ok(withPassword.length > 0);
    assert.ok(withPassword.every(({ server }) => server === 'token'));
    const told = JSON.stringify([ports.logLines, [...ports.stateValues], gantry.connections()]);
    for (const secret of [login.password, btoa(`alice:${login.password}`), 'token-1'])
      assert.ok(!told.includes(secret));
  });

  it('adds no connection whose token server is of another origin, and sends it nothing', async () => {
    const auth = { scheme: 'bearer', users, isOtherOrigin: true } as const;
    const [registry, { gantry, ports }] = await Promise.all([start({ auth }), open()]);
    const { message } = await rejection(gantry.addConnection({ url: registry.url, ...login }), 'untrusted-realm');
    assert.ok(message.includes(new URL(registry.realm).origin), message);
    assert.ok(registry.requests.every(({ server }) => server !== 'token'));
    assert.deepEqual([...ports.secretValues, ...ports.stateValues], []);
  });

  it('uses a token server of another origin without a login', async () => {
    const allow = (): readonly string[] => ['pull'];
    const auth = { scheme: 'bearer', isOtherOrigin: true, allow } as const;
    const [registry, { gantry }] = await Promise.all([start({ auth }), open()]);
    registry.push('shop/web', image, 'latest');
    const { items } = await gantry.listTags(`${registry.host}/shop/web`);
    assert.deepEqual(items, [{ name: 'latest' }]);
    assert.ok(registry.requests.some(({ server }) => server === 'token'));
  });

  for (const scheme of ['basic', 'bearer'] as const) {
    it(`gives the ${scheme} login to no host that a blob is redirected to`, async () => {
      const auth = { scheme, users };
      const [registry, storage, { gantry }] = await Promise.all([start({ auth }), start(), open()]);
      registry.push('shop/web', image, 'latest');
      storage.push('shop/web', image);
      await gantry.addConnection({ url: registry.url, ...login });
      registry.fault = ({ url }) =>
        url.pathname.includes('/blobs/')
          ? {
              reply: { status: 307, headers: { Location: `${storage.url}${url.pathname}?X-Amz-Signature=canary-sig` } },
            }
          : undefined;

      const details = await gantry.inspect(`${registry.host}/shop/web`);
      assert.equal(details.platform, 'linux/amd64');
      assert.equal(storage.requests.length, 1);
      const [request] = storage.requests;
      assert.equal(request?.headers.authorization, undefined);
      assert.equal(request?.headers.cookie, undefined);
    });
  }

  it('keeps the signature of a presigned address out of the log', async () => {
    const [registry, storage, { gantry, ports }] = await Promise.all([start(), start(), open()]);
    registry.push('shop/web', image, 'latest');
    registry.fault = ({ url }) =>
      url.pathname.includes('/blobs/')
        ? { reply: { status: 307, headers: { Location: `${storage.url}/x?X-Amz-Signature=canary-sig` } } }
        : undefined;
    const { message } = await rejection(gantry.inspect(`${registry.host}/shop/web`), 'not-found');
    assert.ok(![message, ...ports.logLines].join('\n').includes('canary-sig'));
  });
});

describe('Gantry can be stopped', () => {
  it('breaks a request off that is cancelled', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', image, 'latest');
    registry.fault = () => ({ hold: new Promise(() => {}) });
    const controller = new AbortController();
    const arrived = registry.nextRequest(() => true);
    const inspecting = gantry.inspect(`${registry.host}/shop/web`, { signal: controller.signal });
    const request = await arrived;
    controller.abort();
    await rejection(inspecting, 'cancelled');
    await request.closed;
    assert.equal(request.isAborted, true);
    assert.equal(registry.requests.length, 1);
  });

  it('breaks a body off that is cancelled', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', image, 'latest');
    registry.fault = ({ url }) =>
      url.pathname.includes('/blobs/') ? { connection: { kind: 'stall', afterBytes: 10 } } : undefined;
    const controller = new AbortController();
    const arrived = registry.nextRequest(({ path }) => path.includes('/blobs/'));
    const inspecting = gantry.inspect(`${registry.host}/shop/web`, { signal: controller.signal });
    const request = await arrived;
    controller.abort();
    await rejection(inspecting, 'cancelled');
    await request.closed;
    assert.equal(request.isAborted, true);
  });

  it('sends nothing for what was cancelled before', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    await rejection(gantry.inspect(`${registry.host}/shop/web`, { signal: AbortSignal.abort() }), 'cancelled');
    assert.equal(registry.requests.length, 0);
  });

  it('has room for others when those before them were cancelled', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', image, 'latest');
    const controller = new AbortController();
    registry.fault = () => ({ hold: new Promise(() => {}) });
    const arrived = registry.nextRequest(() => true);
    const held = Array.from({ length: 20 }, () =>
      rejection(gantry.inspect(`${registry.host}/shop/web`, { signal: controller.signal }), 'cancelled'),
    );
    await arrived;
    controller.abort();
    await Promise.all(held);
    registry.fault = undefined;
    assert.equal((await gantry.inspect(`${registry.host}/shop/web`)).platform, 'linux/amd64');
  });
});

function imageFor(architecture: string): ReturnType<typeof writeImage> {
  const layer = writeLayer([file('srv/app', `For ${architecture}\n`)]);
  return writeImage({ platform: { os: 'linux', architecture }, steps: [{ createdBy: 'COPY app /srv/', layer }] });
}

function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `1.${index}`);
}

function pathsSince(registry: SampleRegistry, count: number): readonly string[] {
  return registry.requests.slice(count).map(({ path }) => path.replace(/\?.*/, ''));
}

import assert from 'node:assert/strict';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { mediaTypes } from '../support/oci.ts';
import { rejection } from '../support/registryErrors.ts';
import { flipBit, htmlReply, withoutHeaders } from '../support/sampleRegistry/faults.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { openClient } from './openClient.ts';

const layer = writeLayer([file('srv/app', 'app\n')]);
const image = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [{ createdBy: 'COPY', layer }] });
const { digest } = image.manifest.descriptor;

const start = closeAfterEach(startSampleRegistry);
const open = closeAfterEach(openClient);

describe('Gantry believes nothing that it cannot check', () => {
  it('refuses a manifest that is not what its digest names, and keeps nothing of it', async () => {
    const [registry, { gantry }] = await Promise.all([startFilled(), open()]);
    registry.fault = () => ({ alter: flipBit });
    const { message } = await rejection(gantry.inspect(`${registry.host}/shop/web@${digest}`), 'digest-mismatch');
    assert.ok(message.includes(`asked for ${digest}`), message);
    registry.fault = undefined;
    assert.equal((await gantry.inspect(`${registry.host}/shop/web@${digest}`)).digest, digest);
  });

  it('refuses a manifest that is not what the registry announced', async () => {
    const [registry, { gantry }] = await Promise.all([startFilled(), open()]);
    registry.fault = () => ({ alter: flipBit });
    const { message } = await rejection(gantry.inspect(`${registry.host}/shop/web`), 'digest-mismatch');
    assert.ok(message.includes(`it announced ${digest}`), message);
  });

  it('computes the digest where the registry tells none', async () => {
    const [registry, { gantry }] = await Promise.all([startFilled(), open()]);
    registry.fault = () => ({ alter: withoutHeaders('Docker-Content-Digest') });
    assert.equal((await gantry.inspect(`${registry.host}/shop/web`)).digest, digest);
  });

  it('takes an announced digest that is none for none', async () => {
    const [registry, { gantry }] = await Promise.all([startFilled(), open()]);
    for (const odd of ['sha256:../../x', 'md5:0', digest.toUpperCase()]) {
      registry.fault = () => ({
        alter: (reply) => ({ ...reply, headers: { ...reply.headers, 'Docker-Content-Digest': odd } }),
      });
      assert.equal((await gantry.inspect(`${registry.host}/shop/web`)).digest, digest);
    }
  });

  it('refuses a config that is not what its digest names, and keeps nothing of it', async () => {
    const [registry, { gantry }] = await Promise.all([startFilled(), open()]);
    registry.fault = ({ url }) => (url.pathname.includes('/blobs/') ? { alter: flipBit } : undefined);
    await rejection(gantry.inspect(`${registry.host}/shop/web`), 'digest-mismatch');
    registry.fault = undefined;
    assert.equal((await gantry.inspect(`${registry.host}/shop/web`)).platform, 'linux/amd64');
  });

  it('refuses a config that is longer or shorter than it should be', async () => {
    for (const change of [(body: Buffer) => Buffer.concat([body, body]), (body: Buffer) => body.subarray(1)]) {
      const [registry, { gantry }] = await Promise.all([startFilled(), open()]);
      registry.fault = ({ url }) =>
        url.pathname.includes('/blobs/')
          ? { alter: (reply) => ({ ...reply, body: change(reply.body ?? Buffer.alloc(0)) }) }
          : undefined;
      await rejection(gantry.inspect(`${registry.host}/shop/web`), 'digest-mismatch');
    }
  });

  it('refuses an image of an index that is not what the index names', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', writeIndex([image]), 'latest');
    registry.fault = ({ url }) => (url.pathname.endsWith(digest) ? { alter: flipBit } : undefined);
    await rejection(gantry.inspect(`${registry.host}/shop/web`), 'digest-mismatch');
  });

  it('refuses an image that is sent as an index', async () => {
    const [registry, { gantry }] = await Promise.all([startFilled(), open()]);
    registry.fault = () => ({
      alter: (reply) => ({ ...reply, headers: { ...reply.headers, 'Content-Type': mediaTypes.imageIndex } }),
    });
    const { message } = await rejection(gantry.inspect(`${registry.host}/shop/web`), 'protocol');
    assert.match(message, /: The manifest cannot be read: it was sent as /);
  });
});

describe('Gantry bounds what a server sends', () => {
  const hundredMebibytes = Buffer.alloc(100 * 1024 * 1024, '{"a":1}');

  for (const headers of [{}, { 'Transfer-Encoding': 'chunked' }]) {
    const how = 'Transfer-Encoding' in headers ? 'does not announce its length' : 'announces its length';
    it(`stops at 4 MiB of a manifest of 100 MiB that ${how}`, async () => {
      const [registry, { gantry }] = await Promise.all([start(), open()]);
      registry.fault = () => ({
        reply: {
          status: 200,
          headers: { 'Content-Type': mediaTypes.imageManifest, ...headers },
          body: hundredMebibytes,
        },
      });
      const { message } = await rejection(gantry.inspect(`${registry.host}/shop/web`), 'too-large');
      assert.match(message, /sent more than 4 MiB/);
      const [request] = registry.requests;
      await request?.closed;
      assert.equal(request?.isAborted, true);
    });
  }

  it('bounds lists, errors and tokens too', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.fault = () => ({ reply: { status: 200, body: hundredMebibytes } });
    await rejection(gantry.listTags(`${registry.host}/shop/web`), 'too-large');
    registry.fault = () => ({ reply: { status: 403, body: hundredMebibytes } });
    await rejection(gantry.listTags(`${registry.host}/shop/web`), 'denied');
    const challenge = { 'WWW-Authenticate': `Bearer realm="${registry.url}/token"` };
    registry.fault = ({ server }) => ({
      reply: server === 'token' ? { status: 200, body: hundredMebibytes } : { status: 401, headers: challenge },
    });
    await rejection(gantry.listTags(`${registry.host}/shop/web`), 'too-large');
  });
});

describe('Gantry says what went wrong', () => {
  it('takes no page for people for an empty list', async () => {
    const [registry, { gantry }] = await Promise.all([startFilled(), open()]);
    registry.fault = () => ({ reply: htmlReply() });
    for (const asking of [gantry.listTags(`${registry.host}/shop/web`), gantry.inspect(`${registry.host}/shop/web`)]) {
      const { message } = await rejection(asking, 'protocol');
      assert.match(message, new RegExp(`^${registry.host} answered with a web page`));
    }
  });

  it('takes no other JSON for an empty list', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    for (const body of ['{}', '[]', '{"tags":{}}', '{"tags":"1.0"}', '{"name":"shop/web"}']) {
      registry.fault = () => ({ reply: { status: 200, body: Buffer.from(body) } });
      await rejection(gantry.listTags(`${registry.host}/shop/web`), 'protocol');
    }
  });

  it('refuses the page of a login that a list is redirected to', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.fault = ({ url }) => ({
      reply: url.pathname === '/login' ? htmlReply() : { status: 302, headers: { Location: '/login' } },
    });
    await rejection(gantry.listTags(`${registry.host}/shop/web`), 'protocol');
  });

  it('names both when an image is not there', async () => {
    const [registry, { gantry }] = await Promise.all([startFilled(), open()]);
    const { message } = await rejection(gantry.inspect(`${registry.host}/shop/web:2.0`), 'not-found');
    assert.match(message, new RegExp(`^${registry.host} does not have shop/web:2\\.0\\.`));
  });

  it('notes of a connection how it stands', async () => {
    const users = { alice: 'secret' };
    const [registry, { gantry }] = await Promise.all([start({ auth: { scheme: 'basic', users } }), open()]);
    registry.push('shop/web', image, 'latest');
    const { id } = await gantry.addConnection({ url: registry.url, username: 'alice', password: 'secret' });
    const state = (): string | undefined => gantry.connections().find((connection) => connection.id === id)?.state;
    assert.equal(state(), 'ready');
    registry.fault = () => ({ reply: { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="a"' } } });
    await rejection(gantry.listTags(`${registry.host}/shop/web`), 'unauthorized');
    assert.equal(state(), 'signed-out');
    registry.fault = undefined;
    await gantry.listTags(`${registry.host}/shop/web`);
    assert.equal(state(), 'ready');
    await registry.close();
    await rejection(gantry.listTags(`${registry.host}/shop/web`), 'unreachable');
    assert.equal(state(), 'failed');
  });
});

async function startFilled(): Promise<SampleRegistry> {
  const registry = await start();
  registry.push('shop/web', image, 'latest');
  return registry;
}

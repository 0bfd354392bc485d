import assert from 'node:assert/strict';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage, writeLayer } from '../support/imageWriter.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { openClient } from './openClient.ts';

const image = imageOf('first');
const otherImage = imageOf('second');
const { digest } = image.manifest.descriptor;
const bearer = { auth: { scheme: 'bearer', users: { ada: 'secret' } } } as const;
const login = { username: 'ada', password: 'secret' };

const start = closeAfterEach(startSampleRegistry);
const open = closeAfterEach(openClient);

describe('Gantry, listing tags,', () => {
  it('asks once for each page of the server, and looks at no manifest', async () => {
    const [registry, { gantry }] = await Promise.all([start({ maximumPageSize: 100 }), open()]);
    registry.push('shop/web', image, ...numbered(950));
    assert.equal((await gantry.tagNames(`${registry.host}/shop/web`)).tags.length, 950);
    assert.deepEqual(requestsSince(registry, 0), Array(10).fill('GET tags/list'));
  });

  it('asks once more after a full page without a link, which need not be the last', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', image, ...numbered(1000));
    assert.equal((await gantry.tagNames(`${registry.host}/shop/web`)).tags.length, 1000);
    assert.deepEqual(requestsSince(registry, 0), ['GET tags/list', 'GET tags/list']);
  });

  it('takes two requests at the second start, when it knows where tokens come from', async () => {
    const [registry, first] = await Promise.all([start(bearer), open()]);
    registry.push('shop/web', image, 'latest');
    await first.gantry.addConnection({ url: registry.url, ...login });
    await first.gantry.tagNames(`${registry.host}/shop/web`);

    const { gantry } = await open({ state: first.ports.state, secrets: first.ports.secrets });
    const before = registry.requests.length;
    await gantry.tagNames(`${registry.host}/shop/web`);
    assert.deepEqual(requestsSince(registry, before), ['GET token', 'GET tags/list']);
  });
});

describe('Gantry, giving a tag,', () => {
  it('takes two requests for an image that it has read', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', image, '1.0');
    await gantry.inspect(`${registry.host}/shop/web@${digest}`);
    const before = registry.requests.length;
    await gantry.tag(`${registry.host}/shop/web@${digest}`, 'stable');
    assert.deepEqual(requestsSince(registry, before), ['GET manifests/stable', 'PUT manifests/stable']);
  });

  it('takes two requests for an image that it has not read, and a tag that may be moved', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', image, '1.0');
    registry.push('shop/web', otherImage, 'stable');
    await gantry.tag(`${registry.host}/shop/web:1.0`, 'stable', { overwrite: true });
    assert.deepEqual(requestsSince(registry, 0), ['GET manifests/1.0', 'PUT manifests/stable']);
  });

  it('takes two more where nothing is known of the token server, and one token for all of it', async () => {
    const [registry, { gantry }] = await Promise.all([start(bearer), open()]);
    registry.push('shop/web', image, '1.0');
    await gantry.addConnection({ url: registry.url, ...login });
    const before = registry.requests.length;
    await gantry.tag(`${registry.host}/shop/web:1.0`, 'stable', { overwrite: true });
    assert.deepEqual(requestsSince(registry, before), [
      'GET manifests/1.0',
      'GET token',
      'GET manifests/1.0',
      'PUT manifests/stable',
    ]);
  });

  it('takes two requests for the next tag on the same token', async () => {
    const [registry, { gantry }] = await Promise.all([start(bearer), open()]);
    registry.push('shop/web', image, '1.0');
    await gantry.addConnection({ url: registry.url, ...login });
    await gantry.tag(`${registry.host}/shop/web@${digest}`, 'stable');
    const before = registry.requests.length;
    await gantry.tag(`${registry.host}/shop/web@${digest}`, 'newest');
    assert.deepEqual(requestsSince(registry, before), ['GET manifests/newest', 'PUT manifests/newest']);
  });
});

describe('Gantry, deleting a digest,', () => {
  it('looks at every tag and the manifest for the plan, and takes two requests to do it', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    registry.push('shop/web', image, '1.0', 'latest');
    registry.push('shop/web', otherImage, '2.0');
    const plan = await gantry.planDelete(`${registry.host}/shop/web@${digest}`);
    assert.deepEqual(requestsSince(registry, 0).sort(), [
      'GET manifests/sha256',
      'GET referrers',
      'GET tags/list',
      'HEAD manifests/1.0',
      'HEAD manifests/2.0',
      'HEAD manifests/latest',
    ]);

    const planned = registry.requests.length;
    await gantry.planDelete(`${registry.host}/shop/web@${digest}`);
    await gantry.runDelete(plan);
    assert.deepEqual(requestsSince(registry, planned), ['GET tags/list', 'DELETE manifests/sha256']);
  });

  it('takes two more when its tokens have ended', async () => {
    let now = 0;
    const [registry, { gantry }] = await Promise.all([start(bearer), open({ now: () => now })]);
    registry.push('shop/web', image, '1.0');
    await gantry.addConnection({ url: registry.url, ...login });
    const plan = await gantry.planDelete(`${registry.host}/shop/web@${digest}`);

    // The tokens are held no longer, while what is known of the tags still counts.
    now = 299_000;
    const before = registry.requests.length;
    await gantry.runDelete(plan);
    assert.deepEqual(requestsSince(registry, before), [
      'GET token',
      'GET tags/list',
      'GET token',
      'DELETE manifests/sha256',
    ]);
  });
});

function imageOf(text: string): ReturnType<typeof writeImage> {
  const layer = writeLayer([file('srv/app', text)]);
  return writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [{ createdBy: 'COPY', layer }] });
}

function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `1.${index}`);
}

/** Each by its method and what it is about; digests without their value. */
function requestsSince(registry: SampleRegistry, count: number): string[] {
  return registry.requests.slice(count).map(({ method, path }) => {
    const target = path.replace(/^\/v2\/shop\/web\/|^\//, '').replace(/[?:].*/, '');
    return `${method} ${target.replace(/^referrers\/.*/, 'referrers')}`;
  });
}

import assert from 'node:assert/strict';
import { type Client, openClient } from '../registry/openClient.ts';
import { type Gitea, startGitea } from '../support/gitea.ts';
import { gitea, needsGoProgram } from '../support/goPrograms.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { needsPrograms } from '../support/programs.ts';
import { rejection } from '../support/registryErrors.ts';
import { dockerReference, pushWithSkopeo, registryFlags, skopeo, skopeoProgram } from '../support/skopeo.ts';
import { file } from '../support/tarWriter.ts';

const builds = ['amd64', 'arm64'].map((architecture) =>
  writeImage({
    platform: { os: 'linux', architecture },
    steps: [{ createdBy: 'COPY app /srv/', layer: writeLayer([file('srv/app', architecture)], 'gzip') }],
  }),
);
const image = writeIndex(builds);
const { digest } = image.manifest.descriptor;

describe('Gantry on the registry of Gitea', () => {
  let registry: Gitea;
  let client: Client;

  before(async function () {
    needsGoProgram(this, gitea);
    needsPrograms(this, skopeoProgram, 'git');
    registry = await startGitea();
  });

  beforeEach(async () => {
    client = await openClient();
  });

  afterEach(() => client.close());
  after(() => registry?.close());

  it('logs in with a password, and with an access token', async () => {
    const reference = await push('logins', '1.0');
    for (const password of [registry.login.password, registry.token]) {
      const { gantry, close } = await openClient();
      await gantry.addConnection({ url: registry.url, username: registry.login.user, password });
      assert.equal((await gantry.resolve(`${reference}:1.0`)).digest, digest);
      await close();
    }
  });

  it('is refused with a wrong password', async () => {
    const account = { url: registry.url, username: registry.login.user };
    await rejection(client.gantry.addConnection({ ...account, password: 'canary-wrong' }), 'unauthorized');
    assert.deepEqual([...client.ports.secretValues, ...client.ports.stateValues], []);
  });

  it('lists packages of a user, and their tags', async () => {
    const reference = await push('listing/web', '1.0', 'latest');
    const { id } = await connect();
    const { items } = await client.gantry.listRepositories(id);
    assert.ok(items.some((item) => item.name === 'ada/listing/web' && item.reference === reference));
    const tags = await client.gantry.listTags(reference);
    assert.deepEqual(tags.items.map(({ name }) => name).sort(), ['1.0', 'latest']);
  });

  it('shows an image for several platforms', async () => {
    const reference = await push('inspecting', '1.0');
    await connect();
    const details = await client.gantry.inspect(`${reference}:1.0`, { platform: 'linux/arm64' });
    assert.deepEqual([details.digest, details.platforms], [digest, ['linux/amd64', 'linux/arm64']]);
    assert.equal(details.platformDigest, builds[1]?.manifest.descriptor.digest);
  });

  it('is found out, and tells when tags were pushed', async () => {
    const reference = await push('dating', '1.0', 'Stable');
    const { id, adapterId } = await connect();
    assert.equal(adapterId, 'gitea');
    const namespaces = await client.gantry.listNamespaces(id);
    assert.deepEqual(
      namespaces?.items.map(({ name }) => name),
      ['ada'],
    );
    const { items } = await client.gantry.listRepositories(id, { namespace: 'ada' });
    assert.ok(items.some((item) => item.name === 'ada/dating'));
    const tags = await client.gantry.listTags(reference);
    // Gitea may keep names in small letters.
    assert.deepEqual(tags.items.map(({ name }) => name.toLowerCase()).toSorted(), ['1.0', 'stable']);
    for (const { pushedAt = '' } of tags.items) assert.ok(Math.abs(Date.now() - Date.parse(pushedAt)) < 3_600_000);
  });

  it('lists with a token for reading packages, and says what it may not', async () => {
    const reference = await push('reading', '1.0');
    const password = await registry.makeToken('read:package');
    const { id } = await client.gantry.addConnection({ url: registry.url, username: registry.login.user, password });
    const namespaces = await client.gantry.listNamespaces(id);
    assert.deepEqual(
      namespaces?.items.map(({ name }) => name),
      ['ada'],
    );
    assert.equal((await client.gantry.listTags(reference)).items[0]?.pushedAt?.slice(0, 2), '20');
    await rejection(client.gantry.tag(`${reference}:1.0`, 'stable'), 'unauthorized');
  });

  it('gives an image another tag', async () => {
    const reference = await push('tagging', '1.0');
    await connect();
    assert.equal((await client.gantry.tag(`${reference}:1.0`, 'stable')).digest, digest);
    const target = dockerReference(registry, 'ada/tagging', 'stable');
    assert.equal(await skopeo('inspect', '--raw', ...registryFlags(registry), target), image.manifest.bytes.toString());
  });

  it('removes one of two tags that share a digest, and nothing else', async () => {
    const reference = await push('untagging', '1.0', 'stable');
    await connect();
    const plan = await client.gantry.planDelete(`${reference}:stable`);
    const undoable = await client.gantry.runDelete(plan);
    assert.deepEqual(await tagsOf('ada/untagging'), ['1.0']);
    await client.gantry.undo(undoable?.id ?? '');
    assert.equal((await client.gantry.resolve(`${reference}:stable`)).digest, digest);
  });

  it('deletes a digest with the tags that it names first', async () => {
    const reference = await push('deleting', '1.0', 'stable');
    const [other] = builds;
    assert.ok(other);
    await pushWithSkopeo(registry, 'ada/deleting', other, 'other');
    await connect();
    const plan = await client.gantry.planDelete(`${reference}@${digest}`);
    assert.deepEqual([...plan.tags].sort(), ['1.0', 'stable']);
    const undoable = await client.gantry.runDelete(plan);
    assert.deepEqual(await tagsOf('ada/deleting'), ['other']);
    await client.gantry.undo(undoable?.id ?? '');
    for (const tag of ['1.0', 'stable'])
      assert.equal((await client.gantry.resolve(`${reference}:${tag}`)).digest, digest);
  });

  it('moves a tag back', async () => {
    const reference = await push('moving', '1.0');
    const [other] = builds;
    assert.ok(other);
    await pushWithSkopeo(registry, 'ada/moving', other, 'stable');
    await connect();
    const before = await client.gantry.resolve(`${reference}:stable`);
    await client.gantry.tag(`${reference}:1.0`, 'stable', { expected: before.digest });
    assert.equal((await client.gantry.resolve(`${reference}:stable`)).digest, digest);
    const [moved] = await client.gantry.undoables();
    await client.gantry.undo(moved?.id ?? '');
    assert.equal((await client.gantry.resolve(`${reference}:stable`)).digest, before.digest);
  });

  function connect(): ReturnType<Client['gantry']['addConnection']> {
    const { user, password } = registry.login;
    return client.gantry.addConnection({ url: registry.url, username: user, password });
  }

  /** Pushes the image with these tags as a package of its own, and returns its reference. */
  async function push(name: string, ...tags: string[]): Promise<string> {
    await pushWithSkopeo(registry, `ada/${name}`, image, ...tags);
    return `${registry.host}/ada/${name}`;
  }

  async function tagsOf(repository: string): Promise<readonly string[]> {
    const listed = await skopeo('list-tags', ...registryFlags(registry), `docker://${registry.host}/${repository}`);
    return (JSON.parse(listed) as { readonly Tags: readonly string[] }).Tags;
  }
});

import assert from 'node:assert/strict';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { distributionProgram, startDistribution } from '../support/distribution.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { needsPrograms } from '../support/programs.ts';
import type { RealRegistry } from '../support/realRegistry.ts';
import { rejection } from '../support/registryErrors.ts';
import { htmlReply } from '../support/sampleRegistry/faults.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { dockerReference, pushWithSkopeo, registryFlags, skopeo, skopeoProgram } from '../support/skopeo.ts';
import { file } from '../support/tarWriter.ts';
import { openClient } from './openClient.ts';

const image = imageFor('amd64');
const index = writeIndex([imageFor('amd64'), imageFor('arm64', 'v8'), imageFor('s390x')]);
const login = { user: 'alice', password: 'canary-5d1e' };

describe('Gantry on Distribution 2.8', () => {
  const start = closeAfterEach(startDistribution);
  const open = closeAfterEach(openClient);

  before(function () {
    needsPrograms(this, distributionProgram, skopeoProgram);
  });

  describe('adding a connection', () => {
    it('takes an open registry without a login', async () => {
      const [registry, { gantry, ports }] = await Promise.all([start(), open()]);
      const connection = await gantry.addConnection({ url: registry.host });
      assert.deepEqual(connection, {
        id: registry.url,
        url: registry.url,
        label: registry.host,
        adapterId: 'oci',
        state: 'ready',
      });
      assert.deepEqual(gantry.connections()[0], connection);
      assert.deepEqual([...ports.secretValues], []);
    });

    it('stores nothing of a login that the registry refuses', async () => {
      const [registry, { gantry, ports }] = await Promise.all([start({ login }), open()]);
      const error = await rejection(
        gantry.addConnection({ url: registry.url, username: login.user, password: 'canary-wrong' }),
        'unauthorized',
      );
      assert.ok(error.message.includes(registry.host), error.message);
      assert.deepEqual([...ports.secretValues, ...ports.stateValues], []);
      assertNothingTold('canary-wrong', [error.message, ...ports.logLines]);
    });

    it('says that a login is wanted when there is none', async () => {
      const [registry, { gantry, ports }] = await Promise.all([start({ login }), open()]);
      await rejection(gantry.addConnection({ url: registry.url }), 'unauthorized');
      assert.deepEqual([...ports.stateValues], []);
    });

    it('keeps a good password in the secret store, and nowhere else', async () => {
      const [registry, { gantry, ports }] = await Promise.all([start({ login }), open()]);
      await pushWithSkopeo(registry, 'shop/web', image, 'latest');
      const connection = await gantry.addConnection({
        url: registry.url,
        username: login.user,
        password: login.password,
      });
      assert.equal(connection.account, login.user);
      assert.deepEqual([...ports.secretValues.values()], [login.password]);
      const { items } = await gantry.listTags(`${registry.host}/shop/web`);
      assert.deepEqual(items, [{ name: 'latest' }]);
      assertNothingTold(login.password, [
        JSON.stringify([...ports.stateValues]),
        JSON.stringify(gantry.connections()),
        ...ports.logLines,
      ]);
    });

    it('forgets the password with the connection', async () => {
      const [registry, { gantry, ports }] = await Promise.all([start({ login }), open()]);
      const { id } = await gantry.addConnection({
        url: registry.url,
        username: login.user,
        password: login.password,
      });
      await gantry.removeConnection(id);
      assert.deepEqual([...ports.secretValues], []);
      await rejection(gantry.listTags(`${registry.host}/shop/web`), 'unauthorized');
    });

    it('refuses a web server that is no registry', async () => {
      const { gantry, ports } = await open();
      const website = await startSampleRegistry({ fault: () => ({ reply: htmlReply() }) });
      try {
        const error = await rejection(gantry.addConnection({ url: website.url }), 'protocol');
        assert.match(error.message, new RegExp(`^${website.host} answered with a web page`));
        assert.deepEqual([...ports.stateValues], []);
      } finally {
        await website.close();
      }
    });

    it('says that nothing answers on a port', async () => {
      const [registry, { gantry, ports }] = await Promise.all([startSampleRegistry(), open()]);
      await registry.close();
      const error = await rejection(gantry.addConnection({ url: registry.url }), 'unreachable');
      assert.match(error.message, new RegExp(`^${registry.host} cannot be reached: nothing answers on this port`));
      assert.deepEqual([...ports.stateValues], []);
    });
  });

  describe('listing', () => {
    it('has the repositories with the references that list their tags', async () => {
      const [registry, { gantry }] = await Promise.all([start(), open()]);
      await pushWithSkopeo(registry, 'shop/web', image, '1.9', '1.10', 'latest');
      await pushWithSkopeo(registry, 'base', image, 'latest');
      const { id } = await gantry.addConnection({ url: registry.url });

      const { items } = await gantry.listRepositories(id);
      assert.deepEqual(items, [
        { name: 'base', reference: `${registry.host}/base` },
        { name: 'shop/web', reference: `${registry.host}/shop/web` },
      ]);

      const tags = await gantry.listTags(`${registry.host}/shop/web`);
      const known = JSON.parse(
        await skopeo('list-tags', ...registryFlags(registry), `docker://${registry.host}/shop/web`),
      ) as { readonly Tags: readonly string[] };
      assert.deepEqual(
        tags.items.map(({ name }) => name),
        known.Tags,
      );
      assert.deepEqual(await gantry.tagNames(`${registry.host}/shop/web`), {
        tags: [{ name: 'latest' }, { name: '1.10' }, { name: '1.9' }],
        isTruncated: false,
      });
    });

    it('goes on through the pages of a catalogue', async () => {
      const [registry, { gantry }] = await Promise.all([start(), open()]);
      for (const name of ['a', 'b', 'c', 'd', 'e']) await pushWithSkopeo(registry, name, image, 'latest');
      const { id } = await gantry.addConnection({ url: registry.url });
      const pages: (readonly string[])[] = [];
      let cursor: string | undefined;
      do {
        const page = await gantry.listRepositories(id, { limit: 2, ...(cursor !== undefined && { cursor }) });
        pages.push(page.items.map(({ name }) => name));
        cursor = page.cursor;
      } while (cursor !== undefined);
      assert.deepEqual(pages, [['a', 'b'], ['c', 'd'], ['e']]);
    });

    it('says that a repository is missing', async () => {
      const [registry, { gantry }] = await Promise.all([start(), open()]);
      const error = await rejection(gantry.listTags(`${registry.host}/shop/web`), 'not-found');
      assert.match(error.message, new RegExp(`^${registry.host} does not have the tags of shop/web\\.`));
    });
  });

  describe('inspecting', () => {
    it('agrees with skopeo about an image', async () => {
      const [registry, { gantry }] = await Promise.all([start(), open()]);
      await pushWithSkopeo(registry, 'shop/web', image, '1.0');
      const [details, seen] = await Promise.all([
        gantry.inspect(`${registry.host}/shop/web:1.0`),
        inspectWithSkopeo(registry, 'shop/web', '1.0'),
      ]);
      const { manifest, inspected } = seen;
      assert.equal(details.reference, `${registry.host}/shop/web:1.0`);
      assert.equal(details.digest, inspected.Digest);
      assert.equal(details.mediaType, manifest.mediaType);
      assert.equal(
        details.size,
        [manifest.config, ...manifest.layers].reduce((sum, { size }) => sum + size, 0),
      );
      assert.deepEqual(
        details.layers.map(({ digest, size, mediaType }) => ({ mediaType, digest, size })),
        manifest.layers,
      );
      assert.deepEqual(
        details.layers.map(({ digest }) => digest),
        inspected.Layers,
      );
      assert.deepEqual(
        details.layers.map(({ command }) => command),
        ['COPY motd /etc/', 'COPY app /srv/'],
      );
      assert.equal(details.platform, `${inspected.Os}/${inspected.Architecture}`);
      assert.equal(details.createdAt, new Date(inspected.Created).toISOString());
    });

    it('takes the platform that is asked for', async () => {
      const [registry, { gantry }] = await Promise.all([start(), open()]);
      await pushWithSkopeo(registry, 'shop/web', index, '2.0');
      const reference = `${registry.host}/shop/web:2.0`;
      const [details, { manifest, inspected }] = await Promise.all([
        gantry.inspect(reference, { platform: 'linux/arm64' }),
        inspectWithSkopeo(registry, 'shop/web', '2.0', 'arm64'),
      ]);
      assert.equal(details.digest, index.manifest.descriptor.digest);
      assert.deepEqual(details.platforms, ['linux/amd64', 'linux/arm64/v8', 'linux/s390x']);
      assert.equal(details.platform, 'linux/arm64/v8');
      assert.equal(details.platformDigest, manifest.manifests?.[1]?.digest);
      assert.deepEqual(
        details.layers.map(({ digest }) => digest),
        inspected.Layers,
      );
      assert.equal((await gantry.inspect(reference)).platform, 'linux/amd64');
    });

    it('names the platforms that there are when there is no such one', async () => {
      const [registry, { gantry }] = await Promise.all([start(), open()]);
      await pushWithSkopeo(registry, 'shop/web', index, '2.0');
      const error = await rejection(
        gantry.inspect(`${registry.host}/shop/web:2.0`, { platform: 'linux/riscv64' }),
        'not-found',
      );
      assert.match(
        error.message,
        /no image for linux\/riscv64\. It has: linux\/amd64, linux\/arm64\/v8, linux\/s390x\./,
      );
    });

    it('reads an image by its digest', async () => {
      const [registry, { gantry }] = await Promise.all([start(), open()]);
      await pushWithSkopeo(registry, 'shop/web', image, '1.0');
      const { digest } = image.manifest.descriptor;
      assert.equal((await gantry.inspect(`${registry.host}/shop/web@${digest}`)).digest, digest);
    });

    it('says that a tag is missing', async () => {
      const [registry, { gantry }] = await Promise.all([start(), open()]);
      await pushWithSkopeo(registry, 'shop/web', image, '1.0');
      const error = await rejection(gantry.inspect(`${registry.host}/shop/web:2.0`), 'not-found');
      assert.match(error.message, new RegExp(`^${registry.host} does not have shop/web:2\\.0\\.`));
    });

    it('says that a repository is missing', async () => {
      const [registry, { gantry }] = await Promise.all([start(), open()]);
      const error = await rejection(gantry.inspect(`${registry.host}/shop/web`), 'not-found');
      assert.match(error.message, new RegExp(`^${registry.host} does not have shop/web:latest\\.`));
    });
  });
});

function imageFor(architecture: string, variant?: string): ReturnType<typeof writeImage> {
  return writeImage({
    platform: { os: 'linux', architecture, ...(variant !== undefined && { variant }) },
    steps: [
      { createdBy: 'COPY motd /etc/', layer: writeLayer([file('etc/motd', 'Welcome\n')]) },
      { createdBy: 'ENV COLOUR=blue' },
      { createdBy: 'COPY app /srv/', layer: writeLayer([file('srv/app', `For ${architecture}\n`.repeat(500))]) },
    ],
  });
}

interface RawManifest {
  readonly mediaType: string;
  readonly config: { readonly digest: string; readonly size: number };
  readonly layers: readonly { readonly digest: string; readonly size: number; readonly mediaType: string }[];
  readonly manifests?: readonly { readonly digest: string }[];
}

/** What `skopeo inspect` says, and the manifest itself. */
async function inspectWithSkopeo(
  registry: RealRegistry,
  repository: string,
  tag: string,
  architecture = 'amd64',
): Promise<{ readonly manifest: RawManifest; readonly inspected: SkopeoInspection }> {
  const reference = dockerReference(registry, repository, tag);
  const flags = registryFlags(registry);
  const [raw, inspected] = await Promise.all([
    skopeo('inspect', '--raw', ...flags, reference),
    skopeo('--override-os', 'linux', '--override-arch', architecture, 'inspect', ...flags, reference),
  ]);
  return { manifest: JSON.parse(raw) as RawManifest, inspected: JSON.parse(inspected) as SkopeoInspection };
}

interface SkopeoInspection {
  readonly Digest: string;
  readonly Created: string;
  readonly Architecture: string;
  readonly Os: string;
  readonly Layers: readonly string[];
}

function assertNothingTold(secret: string, texts: readonly string[]): void {
  const forms = [secret, btoa(secret), btoa(`${login.user}:${secret}`)];
  for (const text of texts) assert.ok(!forms.some((form) => text.includes(form)), text);
}

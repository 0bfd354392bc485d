import assert from 'node:assert/strict';
import type { BlobContent, RepositorySession } from '../../src/api.ts';
import { ConnectionLogins } from '../../src/core/connectionLogins.ts';
import { Sessions } from '../../src/core/sessions.ts';
import { writeArtifact, writeAttestation } from '../support/artifactWriter.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { type Artifact, content, jsonContent, mediaTypes, sha256 } from '../support/oci.ts';
import { needsPrograms } from '../support/programs.ts';
import { pushOverHttp } from '../support/pushOverHttp.ts';
import { realRegistryKinds } from '../support/realRegistries.ts';
import type { RealRegistry } from '../support/realRegistry.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSigningTokenServer } from '../support/signingTokenServer.ts';
import { dockerReference, pushWithSkopeo, registryFlags, skopeo, skopeoProgram } from '../support/skopeo.ts';
import { file } from '../support/tarWriter.ts';
import { makeTestCertificates } from '../support/testCertificates.ts';
import { needsZotExtension } from '../support/zot.ts';
import { openClient } from './openClient.ts';

const image = writeImage({
  platform: { os: 'linux', architecture: 'amd64' },
  steps: [{ createdBy: 'COPY motd /etc/', layer: writeLayer([file('etc/motd', 'Welcome\n')]) }],
});
const index = writeIndex([image, writeAttestation(image.manifest.descriptor, [])]);
const { digest } = index.manifest.descriptor;
const login = { user: 'alice', password: 'canary-7b13' };
const users = { [login.user]: login.password };

for (const { name, deletesTags, listsReferrers, start: startOne, needs } of realRegistryKinds) {
  describe(name, () => {
    const start = closeAfterEach(startOne);

    before(function () {
      needs(this);
      needsPrograms(this, skopeoProgram);
    });

    for (const asked of [undefined, login]) {
      it(`takes images of our own writer, ${asked ? 'with' : 'without'} a password`, async () => {
        const registry = await start(asked && { login: asked });
        assert.equal((await fetch(`${registry.url}/v2/`)).status, asked ? 401 : 200);
        await pushWithSkopeo(registry, 'shop/web', index, '1.0.0', 'latest');
        const target = dockerReference(registry, 'shop/web', digest);
        const raw = await skopeo('inspect', '--raw', ...registryFlags(registry), target);
        assert.equal(raw, index.manifest.bytes.toString());
      });
    }

    it('speaks HTTPS with the certificate of a test', async function () {
      needsPrograms(this, 'openssl');
      const certificate = await makeTestCertificates();
      try {
        const registry = await start({ certificate });
        await pushWithSkopeo(registry, 'shop/web', index, 'latest');
        assert.match(registry.url, /^https:/);
      } finally {
        await certificate.close();
      }
    });

    it(`deletes by digest${deletesTags ? ' and by tag' : ', and refuses to delete a tag'}`, async () => {
      const registry = await start();
      await pushWithSkopeo(registry, 'shop/web', index, 'latest', 'other');
      const path = `${registry.url}/v2/shop/web/manifests`;
      const byTag = await fetch(`${path}/other`, { method: 'DELETE' });
      assert.equal(byTag.status === 202, deletesTags);
      assert.equal((await fetch(`${path}/${digest}`, { method: 'DELETE' })).status, 202);
    });
  });

  describe(`Gantry on ${name}`, () => {
    const start = closeAfterEach(startOne);
    const startTokens = closeAfterEach(() => startSigningTokenServer(users));
    const open = closeAfterEach(openClient);

    before(function () {
      needs(this);
      needsPrograms(this, skopeoProgram);
    });

    it('logs in with a name and a password, and is refused with a wrong one', async () => {
      const [registry, { gantry }] = await Promise.all([start({ login }), open()]);
      await pushWithSkopeo(registry, 'shop/web', image, 'latest');
      const account = { url: registry.url, username: login.user };
      await rejection(gantry.addConnection({ ...account, password: 'canary-wrong' }), 'unauthorized');
      await gantry.addConnection({ ...account, password: login.password });
      // Some tell more of it.
      const { items } = await gantry.listTags(`${registry.host}/shop/web`);
      assert.deepEqual(
        items.map(({ name }) => name),
        ['latest'],
      );
    });

    it('reads with the token that a token server gives to everybody', async function () {
      needsPrograms(this, 'openssl');
      const tokens = await startTokens();
      const [registry, { gantry }] = await Promise.all([start({ tokens: tokens.authority }), open()]);
      await pushWithSkopeo({ host: registry.host, login }, 'shop/web', image, 'latest');
      assert.equal((await gantry.inspect(`${registry.host}/shop/web`)).digest, image.manifest.descriptor.digest);
    });

    it('logs in at the token server of another origin that it is told to trust, and may change things then', async function () {
      needsPrograms(this, 'openssl');
      const tokens = await startTokens();
      const [registry, { gantry }] = await Promise.all([start({ tokens: tokens.authority }), open()]);
      await pushWithSkopeo({ host: registry.host, login }, 'shop/web', image, 'latest');
      const account = { url: registry.url, username: login.user, trustedRealms: [tokens.origin] };
      await rejection(gantry.addConnection({ ...account, password: 'canary-wrong' }), 'unauthorized');
      await gantry.addConnection({ ...account, password: login.password });
      const reference = `${registry.host}/shop/web`;
      await gantry.tag(`${reference}:latest`, 'stable');
      assert.deepEqual((await gantry.tagNames(reference)).tags.map((tag) => tag.name).sort(), ['latest', 'stable']);
      const plan = await gantry.planDelete(`${reference}@${image.manifest.descriptor.digest}`);
      await gantry.runDelete(plan);
      await rejection(gantry.inspect(`${reference}:stable`), 'not-found');
    });

    it('trusts the certificate of a CA that it is given, and no other', async function () {
      needsPrograms(this, 'openssl');
      const certificate = await makeTestCertificates();
      try {
        const [registry, { gantry }] = await Promise.all([start({ login, certificate }), open()]);
        const account = { url: registry.url, username: login.user, password: login.password };
        await rejection(gantry.addConnection(account), 'tls');
        await gantry.addConnection({ ...account, tls: { ca: certificate.authorityFile } });
        await pushWithSkopeo(registry, 'shop/web', image, 'latest');
        // Some tell more of it.
        const { items } = await gantry.listTags(`${registry.host}/shop/web`);
        assert.deepEqual(
          items.map(({ name }) => name),
          ['latest'],
        );
      } finally {
        await certificate.close();
      }
    });

    it('keeps the password from a token server that nobody vouched for', async function () {
      needsPrograms(this, 'openssl');
      const tokens = await startTokens();
      const [registry, { gantry }] = await Promise.all([start({ tokens: tokens.authority }), open()]);
      const adding = gantry.addConnection({ url: registry.url, username: login.user, password: login.password });
      const { message } = await rejection(adding, 'untrusted-realm');
      assert.ok(message.includes(tokens.origin), message);
      assert.deepEqual(tokens.requests, []);
    });

    it('goes through many tags in pages of the size that was asked for', async () => {
      const [registry, { gantry }] = await Promise.all([start(), open()]);
      const tags = Array.from({ length: 25 }, (_, number) => `1.${String(number).padStart(2, '0')}`);
      await pushOverHttp(registry, 'shop/web', image, ...tags);
      const pages: (readonly string[])[] = [];
      let cursor: string | undefined;
      do {
        const options = { limit: 10, ...(cursor !== undefined && { cursor }) };
        const page = await gantry.listTags(`${registry.host}/shop/web`, options);
        pages.push(page.items.map((tag) => tag.name));
        cursor = page.cursor;
      } while (cursor !== undefined);
      assert.deepEqual(pages.flat().sort(), tags);
      assert.deepEqual(
        pages.map(({ length }) => length),
        [10, 10, 5],
      );
    });

    it('reads a part of a blob, and the whole of it', async () => {
      const { registry, repository } = await connect();
      const blob = content('application/octet-stream', Buffer.from('0123456789'));
      await pushOverHttp(registry, 'shop/web', writeArtifact({ layers: [blob] }), 'data');
      const part = await repository.openBlob(blob.descriptor, { ...options(), range: { start: 2, end: 5 } });
      assert.equal(await readText(part), '234');
      assert.equal(await readText(await repository.openBlob(blob.descriptor, options())), '0123456789');
    });

    it(`finds what refers to an image, ${listsReferrers ? 'by asking for it' : 'by the tag that stands for it'}`, async () => {
      const { registry, repository } = await connect();
      await pushOverHttp(registry, 'shop/web', image, 'latest');
      const { descriptor } = image.manifest;
      const artifactType = 'application/spdx+json';
      const sbom = writeArtifact({ artifactType, subject: descriptor });
      const signature = writeArtifact({ artifactType: 'application/vnd.signature', subject: descriptor });
      for (const referrer of [sbom, signature]) await pushOverHttp(registry, 'shop/web', referrer);
      if (!listsReferrers) await putReferrersTag(registry, descriptor.digest, [sbom, signature]);

      const all = await repository.listReferrers?.(descriptor.digest, options());
      assert.deepEqual(all?.items.map((item) => item.digest).sort(), [sbom, signature].map(digestOf).sort());
      const some = await repository.listReferrers?.(descriptor.digest, { ...options(), artifactType });
      assert.deepEqual(
        some?.items.map((item) => item.digest),
        [digestOf(sbom)],
      );
      assert.deepEqual(await repository.listReferrers?.(sha256(Buffer.from('none')), options()), { items: [] });
    });

    async function connect(): Promise<{ readonly registry: RealRegistry; readonly repository: RepositorySession }> {
      const [registry, { ports, connections }] = await Promise.all([start(), open()]);
      const sessions = new Sessions(ports, connections, new ConnectionLogins(ports, connections));
      const session = await sessions.create({ url: registry.url, adapterId: 'oci' }, async () => undefined);
      return { registry, repository: session.repository('shop/web') };
    }
  });
}

describe('zot with its extension search', () => {
  const kind = realRegistryKinds.find(({ name }) => name === 'zot');
  assert.ok(kind);
  const start = closeAfterEach(kind.start);

  it('lists the tags of a repository by GraphQL', async function () {
    kind.needs(this);
    const registry = await start();
    needsZotExtension(this, registry, 'search');
    await pushOverHttp(registry, 'shop/web', image, '1.0');
    const url = new URL(`${registry.url}/v2/_zot/ext/search`);
    url.searchParams.set('query', '{ImageList(repo:"shop/web"){Results{Tag Digest}}}');
    const reply: unknown = await (await fetch(url)).json();
    assert.deepEqual(reply, { data: { ImageList: { Results: [{ Tag: '1.0', Digest: digestOf(image) }] } } });
  });
});

function digestOf({ manifest }: Artifact): string {
  return manifest.descriptor.digest;
}

/** What a client pushes along with a referrer where the registry does not list referrers itself. */
async function putReferrersTag(registry: RealRegistry, subject: string, referrers: readonly Artifact[]): Promise<void> {
  const manifests = referrers.map(({ manifest }) => ({
    ...manifest.descriptor,
    artifactType: (JSON.parse(manifest.bytes.toString()) as { artifactType: string }).artifactType,
  }));
  const { imageIndex } = mediaTypes;
  const manifest = jsonContent(imageIndex, { schemaVersion: 2, mediaType: imageIndex, manifests });
  await pushOverHttp(registry, 'shop/web', { manifest, blobs: [], children: [] }, subject.replace(':', '-'));
}

async function readText({ chunks }: BlobContent): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

function options(): { readonly signal: AbortSignal } {
  return { signal: new AbortController().signal };
}

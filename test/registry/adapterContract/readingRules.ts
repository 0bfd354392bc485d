import assert from 'node:assert/strict';
import type { Descriptor } from '../../../src/api.ts';
import type { HttpResponse } from '../../../src/core/ports.ts';
import { sha256 } from '../../support/oci.ts';
import { type AdapterContract, nameOf, type Rule } from '../adapterContract.ts';
import { content } from './content.ts';
import { anySignal, type ContractServer, open, readPages, typedRejection } from './session.ts';

const { image, tags } = content;
const { descriptor, bytes } = image.manifest;
const [tag = ''] = tags;
const blob = image.children[0]?.blobs[0] ?? assert.fail();

/** What images have to be: exactly the bytes that their digests name. */
export function readingRules(contract: AdapterContract, rule: Rule): void {
  const { offers, isRemote = true, sendsWholeBlobsOnly = false, makesManifests = false } = contract;

  rule('resolves a tag and a digest', async (server) => {
    const repository = repositoryOf(server);
    const held = await heldBy(server);
    for (const reference of [tag, held.descriptor.digest]) {
      const resolved = await repository.resolve(reference, anySignal());
      assert.deepEqual([resolved.digest, resolved.size], [held.descriptor.digest, held.descriptor.size]);
      assert.equal(resolved.mediaType, held.descriptor.mediaType);
    }
  });

  rule('brings the exact bytes of a manifest, by tag and by digest', async (server) => {
    const held = await heldBy(server);
    for (const reference of [tag, held.descriptor.digest]) {
      const fetched = await repositoryOf(server).fetchManifest(reference, anySignal());
      assert.deepEqual(Buffer.from(fetched.bytes), held.bytes);
      assert.equal(fetched.descriptor.digest, sha256(held.bytes));
    }
  });

  rule('brings a blob, whole and in parts', async (server) => {
    const repository = repositoryOf(server);
    const { blob } = await heldBy(server);
    const whole = await repository.openBlob(blob, anySignal());
    const bytes = await readChunks(whole.chunks);
    assert.equal(sha256(bytes), blob.digest);
    assert.deepEqual([whole.size, bytes.length], [blob.size, blob.size]);
    const asking = repository.openBlob(blob, { ...anySignal(), range: { start: 2, end: 12 } });
    if (sendsWholeBlobsOnly) {
      assert.equal((await typedRejection(asking, 'a part')).code, 'unsupported');
      return;
    }
    const part = await asking;
    assert.deepEqual(await readChunks(part.chunks), bytes.subarray(2, 12));
    assert.equal(part.size, 10);
  });

  /** What the server is known to hold; of a manifest that is made, what was made first. */
  async function heldBy(
    server: ContractServer,
  ): Promise<{ readonly descriptor: Descriptor; readonly bytes: Buffer; readonly blob: Descriptor }> {
    if (!makesManifests) return { descriptor, bytes, blob: blob.descriptor };
    const made = await repositoryOf(server).fetchManifest(tag, anySignal());
    const held = Buffer.from(made.bytes);
    const { layers } = JSON.parse(held.toString()) as { readonly layers: readonly Descriptor[] };
    return { descriptor: made.descriptor, bytes: held, blob: layers[0] ?? assert.fail('no layer') };
  }

  if (isRemote) {
    rule('believes no byte that its digest does not name', async (server) => {
      const alter = async (response: HttpResponse, request: { readonly url: URL }): Promise<HttpResponse> =>
        /\/(?:manifests|blobs)\//.test(request.url.pathname) && response.status === 200 ? flipped(response) : response;
      const repository = open(server, { fault: { alter } }).session.repository(nameOf(server));
      const manifest = await typedRejection(
        repository.fetchManifest(descriptor.digest, anySignal()),
        'a changed manifest',
      );
      assert.equal(manifest.code, 'digest-mismatch');
      const changed = repository.openBlob(blob.descriptor, anySignal()).then(({ chunks }) => readChunks(chunks));
      assert.equal((await typedRejection(changed, 'a changed blob')).code, 'digest-mismatch');
    });
  }

  if (offers.includes('listReferrers')) {
    rule('lists what refers to an image', async (server) => {
      const repository = repositoryOf(server);
      const found = (
        await readPages(() => (options) => repository.listReferrers?.(descriptor.digest, options) ?? assert.fail())
      ).flat();
      assert.deepEqual(
        found.map((item) => [item.digest, item.artifactType]),
        server.holdsReferrer
          ? [[content.referrer.manifest.descriptor.digest, 'application/vnd.example.signature']]
          : [],
      );
    });
  }

  if (offers.includes('listUntagged')) {
    rule('lists the manifests that no tag names', async (server) => {
      const repository = repositoryOf(server);
      const found = (await readPages(() => (options) => repository.listUntagged?.(options) ?? assert.fail())).flat();
      const digests = found.map((item) => item.digest);
      assert.equal(digests.includes(content.untagged.manifest.descriptor.digest), server.holdsUntagged ?? false);
      assert.ok(!digests.includes(descriptor.digest), 'a manifest with tags');
    });
  }

  if (offers.includes('vulnerabilities')) {
    rule("tells what the registry's scanner has found, or that it has not looked", async (server) => {
      const report = await repositoryOf(server).vulnerabilities?.(descriptor.digest, anySignal());
      assert.ok(report !== undefined);
      if (report.status !== 'done') assert.deepEqual(report.items, []);
      for (const item of report.items) {
        assert.ok(item.id !== '' && item.packageName !== '');
        assert.ok(['critical', 'high', 'medium', 'low', 'negligible', 'unknown'].includes(item.severity));
        if (item.url !== undefined) assert.equal(new URL(item.url).protocol, 'https:');
      }
    });
  }

  if (offers.includes('tagHistory')) {
    rule('tells what a tag has named, newest first', async (server) => {
      const repository = repositoryOf(server);
      const changes = (
        await readPages(() => (options) => repository.tagHistory?.(tag, options) ?? assert.fail())
      ).flat();
      assert.equal(changes[0]?.digest, descriptor.digest);
      assert.equal(changes[0]?.until, undefined);
      assert.deepEqual(
        changes.map(({ from }) => from),
        changes.map(({ from }) => from).toSorted((a, b) => (a < b ? 1 : -1)),
      );
    });
  }

  if (offers.includes('readme')) {
    rule('has a description, or none', async (server) => {
      const text = await repositoryOf(server).readme?.(anySignal());
      assert.ok(text === undefined || text.trim() !== '');
    });
  }

  if (offers.includes('webUrl')) {
    rule('knows pages for people, without asking', async (server) => {
      const { session, sent } = open(server);
      const repository = session.repository(nameOf(server));
      for (const reference of [undefined, tag, descriptor.digest]) {
        const url = repository.webUrl?.(reference);
        if (url !== undefined) assert.match(new URL(url).protocol, /^https?:$/);
      }
      assert.deepEqual(sent, []);
    });
  }
}

function repositoryOf(server: ContractServer): ReturnType<ReturnType<typeof open>['session']['repository']> {
  return open(server).session.repository(nameOf(server));
}

async function readChunks(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/** The same answer with one bit of its body changed. */
async function flipped(response: HttpResponse): Promise<HttpResponse> {
  const body = await readChunks(response.body);
  const last = body.length - 1;
  if (last >= 0) body[last] = (body[last] ?? 0) ^ 1;
  return { ...response, headers: response.headers, body: once(body) };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

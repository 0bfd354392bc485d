import assert from 'node:assert/strict';
import { get } from 'node:https';
import { writeArtifact } from '../support/artifactWriter.ts';
import { assertOciError } from '../support/assertOciError.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { content, sha256 } from '../support/oci.ts';
import { needsPrograms } from '../support/programs.ts';
import { flipBit, htmlReply, withoutHeaders } from '../support/sampleRegistry/faults.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { makeTestCertificates } from '../support/testCertificates.ts';

const blob = content('application/octet-stream', Buffer.alloc(300_000, 'blob'));
const artifact = writeArtifact({ artifactType: 'application/vnd.example', layers: [blob] });
const blobPath = `/v2/web/blobs/${blob.descriptor.digest}`;
const start = closeAfterEach(startSampleRegistry);

describe('sample registry: faults', () => {
  it('answer in place of the registry, once or for ever', async () => {
    const registry = await start();
    registry.push('web', artifact, 'latest');
    let isFirst = true;
    registry.fault = () => {
      if (!isFirst) return undefined;
      isFirst = false;
      return { reply: { status: 429, headers: { 'Retry-After': '1' } } };
    };
    const statuses = [];
    for (let count = 0; count < 2; count++) {
      const response = await fetch(`${registry.url}/v2/web/manifests/latest`, { method: 'DELETE' });
      statuses.push([response.status, response.headers.get('retry-after')]);
    }
    assert.deepEqual(statuses, [
      [429, '1'],
      [202, null],
    ]);
  });

  it('answer with a page for people', async () => {
    const registry = await start({ fault: () => ({ reply: htmlReply() }) });
    const response = await fetch(`${registry.url}/v2/`);
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(await response.text(), /<title>/);
  });

  it('change bytes so that they no longer match their digest', async () => {
    const registry = await start({ fault: () => ({ alter: flipBit }) });
    registry.push('web', artifact);
    const bytes = Buffer.from(await (await fetch(registry.url + blobPath)).arrayBuffer());
    assert.equal(bytes.length, blob.bytes.length);
    assert.notEqual(sha256(bytes), blob.descriptor.digest);
  });

  it('leave headers out', async () => {
    const registry = await start({ fault: () => ({ alter: withoutHeaders('docker-content-digest') }) });
    registry.push('web', artifact, 'latest');
    const { headers } = await fetch(`${registry.url}/v2/web/manifests/latest`);
    assert.equal(headers.get('docker-content-digest'), null);
    assert.equal(headers.get('etag'), `"${artifact.manifest.descriptor.digest}"`);
  });

  for (const kind of ['reset', 'close'] as const) {
    it(`${kind} the connection before the answer`, async () => {
      const registry = await start({ fault: () => ({ connection: { kind } }) });
      await assert.rejects(fetch(`${registry.url}/v2/`), TypeError);
      await assertOver(registry.requests[0]?.closed);
      assert.deepEqual([registry.requests[0]?.status, registry.requests[0]?.isAborted], [0, true]);
    });

    it(`${kind} the connection in the middle of a body`, async () => {
      const registry = await start({ fault: () => ({ connection: { kind, afterBytes: 100_000 } }) });
      registry.push('web', artifact);
      const response = await fetch(registry.url + blobPath);
      assert.deepEqual([response.status, response.headers.get('content-length')], [200, '300000']);
      await assert.rejects(response.arrayBuffer(), TypeError);
      assert.equal(registry.requests[0]?.bytes, 100_000);
    });
  }

  it('stall until the client leaves', async () => {
    const registry = await start({ fault: () => ({ connection: { kind: 'stall', afterBytes: 1000 } }) });
    registry.push('web', artifact);
    const controller = new AbortController();
    const response = await fetch(registry.url + blobPath, { signal: controller.signal });
    const first = await response.body?.getReader().read();
    assert.equal(first?.value?.length, 1000);
    controller.abort();
    await assertOver(registry.requests[0]?.closed);
    assert.equal(registry.requests[0]?.isAborted, true);
  });

  it('hold an answer until told', async () => {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const registry = await start({ fault: () => ({ hold: released }) });
    const arrived = registry.nextRequest(({ path }) => path === '/v2/');
    const answer = fetch(`${registry.url}/v2/`);
    assert.equal((await arrived).status, 0);
    release();
    assert.equal((await answer).status, 200);
  });

  it('reach the token server too', async () => {
    const registry = await start({
      auth: { scheme: 'bearer', isOtherOrigin: true },
      fault: ({ server }) => (server === 'token' ? { reply: { status: 503 } } : undefined),
    });
    assert.equal((await fetch(registry.realm)).status, 503);
    await assertOciError(fetch(`${registry.url}/v2/`), 401, 'UNAUTHORIZED');
  });
});

describe('sample registry: HTTPS', () => {
  before(function () {
    needsPrograms(this, 'openssl');
  });

  it('is trusted by who knows the CA, and by nobody else', async () => {
    const certificates = await makeTestCertificates();
    try {
      const registry = await start({ tls: { key: certificates.key, cert: certificates.certificate } });
      assert.equal(await statusOf(`${registry.url}/v2/`, certificates.authority), 200);
      await assert.rejects(statusOf(`${registry.url}/v2/`, undefined), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    } finally {
      await certificates.close();
    }
  });
});

function statusOf(url: string, authority: string | undefined): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { ...(authority && { ca: authority }), agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).once('error', reject);
  });
}

/** Fails by the test's own time limit when the exchange goes on. */
async function assertOver(closed: Promise<void> | undefined): Promise<void> {
  await (closed ?? assert.fail('nothing was asked'));
}

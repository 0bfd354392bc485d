import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ConnectionInfo, ConnectionTls, GantryApi, Page, TagSummary } from '../../src/api.ts';
import { commandIds } from '../../src/host/ids.ts';
import { writeImage } from '../support/imageWriter.ts';
import { needsPrograms } from '../support/programs.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { makeTestCertificates, type TestCertificates } from '../support/testCertificates.ts';
import { assertRejects, gantryApi } from './gantryApi.ts';

const image = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [] });

// VS Code changes Node's `tls` and `https` in its extension host: that ours works in plain Node proves little.
describe('registries over TLS', () => {
  const added: ConnectionInfo[] = [];
  let api: GantryApi;
  let certificates: TestCertificates;
  let open: SampleRegistry;
  let closed: SampleRegistry;
  let ca: ConnectionTls;
  let own: ConnectionTls;

  before(async function () {
    needsPrograms(this, 'openssl');
    api = await gantryApi();
    certificates = await makeTestCertificates();
    const { key, certificate: cert, authority } = certificates;
    open = await startSampleRegistry({ tls: { key, cert } });
    closed = await startSampleRegistry({ tls: { key, cert, clientAuthority: authority } });
    for (const registry of [open, closed]) registry.push('shop/web', image, '1.0');
    ca = { ca: certificates.authorityFile };
    own = { ...ca, certificate: certificates.certificateFile, key: certificates.keyFile };
  });

  after(async () => {
    for (const { id } of added) await api.removeConnection(id);
    await Promise.all([open, closed, certificates].map((started) => started?.close()));
  });

  async function add({ url }: SampleRegistry, tls?: ConnectionTls): Promise<ConnectionInfo> {
    const options = { url, ...(tls !== undefined && { tls }) };
    const connection = await vscode.commands.executeCommand<ConnectionInfo>(commandIds.addRegistry, options);
    added.push(connection);
    return connection;
  }

  function tagsOf({ host }: SampleRegistry): Promise<Page<TagSummary>> {
    return api.listTags(`${host}/shop/web`);
  }

  it('of an authority that nobody knows are not taken, and get no request', async () => {
    await assertRejects(add(open), 'tls', /was issued by Test CA, which this machine does not trust/);
    assert.deepEqual(open.requests, []);
  });

  it('of an authority of the connection are read', async () => {
    const connection = await add(open, ca);
    assert.deepEqual(
      (await api.listRepositories(connection.id)).items.map(({ name }) => name),
      ['shop/web'],
    );
    assert.deepEqual(
      (await tagsOf(open)).items.map(({ name }) => name),
      ['1.0'],
    );
    assert.equal((await api.inspect(`${open.host}/shop/web:1.0`)).digest, image.manifest.descriptor.digest);
  });

  it('that want a client certificate say so, and are read with one', async () => {
    await assertRejects(add(closed, ca), 'tls', /it wants a client certificate, and got none that it takes/);
    await add(closed, own);
    assert.deepEqual(
      (await tagsOf(closed)).items.map(({ name }) => name),
      ['1.0'],
    );
  });

  it('are reached without verification only where the connection says so', async () => {
    const other = await startSampleRegistry({ tls: { key: certificates.key, cert: certificates.certificate } });
    try {
      const connection = await add(other, { insecure: true });
      assert.equal(connection.tls?.insecure, true);
      await assertRejects(api.addConnection({ url: other.url.replace('127.0.0.1', 'localhost') }), 'tls');
    } finally {
      await other.close();
    }
  });
});

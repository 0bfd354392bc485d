import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { RepositorySession } from '../../src/api.ts';
import { ConnectionLogins } from '../../src/core/connectionLogins.ts';
import { Sessions } from '../../src/core/sessions.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { type Content, content, sha256 } from '../support/oci.ts';
import { type RealRegistryKind, realRegistryKinds } from '../support/realRegistries.ts';
import type { RealRegistry } from '../support/realRegistry.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { type Client, openClient } from './openClient.ts';

const mebibyte = 1024 * 1024;
const login = { user: 'alice', password: 'canary-9d7c' };
const { signal } = new AbortController();

const kinds: readonly Pick<RealRegistryKind, 'name' | 'start' | 'needs'>[] = [
  {
    name: 'the sample registry',
    start: async () => {
      const registry = await startSampleRegistry({
        auth: { scheme: 'basic', users: { [login.user]: login.password } },
      });
      return { ...registry, login, output: () => '' };
    },
    needs: () => {},
  },
  ...realRegistryKinds,
];

for (const { name, start, needs } of kinds) {
  describe(`Uploads to ${name}`, () => {
    const open = closeAfterEach(openClient);
    const proxy = closeAfterEach(startFaultProxy as (target?: string) => ReturnType<typeof startFaultProxy>);
    let registry: RealRegistry;

    before(async function () {
      needs(this);
      this.timeout(60_000);
      registry = await start({ login });
    });
    after(() => registry?.close());

    async function connect(host = registry.host): Promise<Client> {
      const client = await open();
      await client.gantry.addConnection({ url: `http://${host}`, username: login.user, password: login.password });
      return client;
    }

    async function repository(client: Client, repositoryName = 'shop/web'): Promise<RepositorySession> {
      const [connection] = client.connections.all();
      assert.ok(connection);
      const { ports, connections } = client;
      const sessions = new Sessions(ports, connections, new ConnectionLogins(ports, connections));
      const session = await sessions.for(connection);
      return session.repository(repositoryName, 'push');
    }

    for (const [size, what] of [
      [0, 'nothing'],
      [1, 'one byte'],
      [mebibyte, 'a small blob'],
      [40 * mebibyte + 1, 'a large blob, in chunks'],
    ] as const) {
      it(`store ${what}, and send it once`, async () => {
        const blob = content('application/octet-stream', randomBytes(size));
        const session = await repository(await connect());
        const stored = await session.uploadBlob?.(blob.descriptor, sourceOf(blob), { signal });
        // Whoever stored nothing before may have it from the start.
        if (size > 0) assert.deepEqual(stored, { how: 'sent', bytesSent: size });
        assert.equal(await read(session, blob), blob.descriptor.digest);
        const again = await session.uploadBlob?.(blob.descriptor, sourceOf(blob), { signal });
        assert.deepEqual(again, { how: 'present', bytesSent: 0 });
      });
    }

    it('take a blob over from another repository', async () => {
      const blob = content('application/octet-stream', randomBytes(mebibyte));
      const client = await connect();
      await (await repository(client, 'shop/base')).uploadBlob?.(blob.descriptor, sourceOf(blob), { signal });
      const session = await repository(client, 'shop/mounted');
      const stored = await session.uploadBlob?.(blob.descriptor, sourceOf(blob), { signal, mountFrom: 'shop/base' });
      assert.deepEqual(stored, { how: 'mounted', bytesSent: 0 });
      assert.equal(await read(session, blob), blob.descriptor.digest);
    });

    it('do not take over what the other repository does not have', async () => {
      const blob = content('application/octet-stream', randomBytes(1000));
      const session = await repository(await connect());
      assert.equal(await session.mountBlob?.(blob.descriptor, 'shop/none', { signal }), false);
      const stored = await session.uploadBlob?.(blob.descriptor, sourceOf(blob), { signal, mountFrom: 'shop/none' });
      assert.equal(stored?.how, 'sent');
    });

    for (const [size, cutAt] of [
      [4 * mebibyte, 2 * mebibyte],
      [40 * mebibyte, 25 * mebibyte],
    ] as const) {
      it(`of ${size / mebibyte} MiB go on after the connection broke at ${cutAt / mebibyte} MiB`, async () => {
        const between = await proxy(registry.host);
        const session = await repository(await connect(between.host));
        const blob = content('application/octet-stream', randomBytes(size));
        between.cutOnce('sent', cutAt);
        const stored = await session.uploadBlob?.(blob.descriptor, sourceOf(blob), { signal });
        assert.equal(stored?.how, 'sent');
        assert.equal(between.cuts, 1);
        assert.equal(await read(session, blob), blob.descriptor.digest);
      });
    }

    it('are refused when the bytes are not what the digest names', async () => {
      const blob = content('application/octet-stream', randomBytes(1000));
      const other = content('application/octet-stream', randomBytes(1000));
      const session = await repository(await connect());
      await assert.rejects(
        Promise.resolve(session.uploadBlob?.(blob.descriptor, sourceOf(other), { signal })),
        /digest/i,
      );
      assert.equal((await session.uploadBlob?.(blob.descriptor, sourceOf(blob), { signal }))?.how, 'sent');
    });
  });
}

function sourceOf({ bytes }: Content): (offset: number) => AsyncIterable<Uint8Array> {
  return async function* (offset) {
    for (let start = offset; start < bytes.length; start += 300_000) yield bytes.subarray(start, start + 300_000);
  };
}

async function read(session: RepositorySession, { descriptor }: Content): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of (await session.openBlob(descriptor, { signal })).chunks) parts.push(chunk);
  return sha256(Buffer.concat(parts));
}

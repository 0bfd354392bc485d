import assert from 'node:assert/strict';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RegistryError } from '../../../src/core/errors.ts';
import { readWhole } from '../../../src/core/image/layerSource.ts';
import type { ContentStore } from '../../../src/core/ports.ts';
import { createContentStore } from '../../../src/node/contentStore.ts';
import { createFiles } from '../../../src/node/files.ts';
import { rejection } from '../../support/registryErrors.ts';
import { withTemporaryFolder } from '../../support/temporaryFolder.ts';

const never = new AbortController().signal;

async function* of(...chunks: readonly (string | Error)[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const chunk of chunks) {
    if (chunk instanceof Error) throw chunk;
    yield Buffer.from(chunk);
  }
}

function withStore(quota: number, use: (store: ContentStore, folder: string) => Promise<void>): () => Promise<void> {
  return () =>
    withTemporaryFolder(async (parent) => {
      const folder = join(parent, 'a', 'b');
      await use(createContentStore(createFiles(), { folder, quota }), folder);
    });
}

async function textOf(store: ContentStore, key: string): Promise<string | undefined> {
  const stored = await store.read(key, never);
  return stored && Buffer.from(await readWhole(stored.chunks)).toString();
}

describe('the store of contents', () => {
  it(
    'keeps what is written, and makes nothing before',
    withStore(100, async (store, folder) => {
      assert.equal(await textOf(store, 'a'), undefined);
      await assert.rejects(readdir(folder));
      await store.write('a', of('one', 'two'), never);
      await store.write('b', of('b'), never);
      await store.write('a', of('again'), never);
      assert.equal(await textOf(store, 'a'), 'again');
      assert.equal(await textOf(store, 'b'), 'b');
    }),
  );

  it(
    'lets go what was not used for the longest time',
    withStore(10, async (store, folder) => {
      for (const [key, usedAt] of [
        ['old', 1000],
        ['used', 2000],
        ['newer', 3000],
      ] as const) {
        await store.write(key, of('1234'.slice(0, 3)), never);
        await utimes(join(folder, key), usedAt, usedAt);
      }
      assert.equal(await textOf(store, 'old'), '123');
      await store.write('last', of('123'), never);
      assert.deepEqual((await readdir(folder)).sort(), ['last', 'newer', 'old']);
    }),
  );

  it(
    'leaves nothing half-written, and no other file alone',
    withStore(100, async (store, folder) => {
      await store.write('a', of('a'), never);
      await writeFile(join(folder, 'READ.ME'), 'not ours');
      const broken = new RegistryError('digest-mismatch', 'It is something else.');
      await rejection(store.write('b', of('half', broken), never), 'digest-mismatch');
      await rejection(store.write('a', of('half', broken), never), 'digest-mismatch');
      assert.deepEqual((await readdir(folder)).sort(), ['READ.ME', 'a']);
      assert.equal(await textOf(store, 'a'), 'a');
    }),
  );

  it('says so when it cannot write', () =>
    withTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '');
      const store = createContentStore(createFiles(), { folder: join(folder, 'file'), quota: 100 });
      await rejection(store.write('a', of('a'), never), 'storage');
      assert.equal(await textOf(store, 'a'), undefined);
    }));

  it(
    'takes no key that is a path',
    withStore(100, async (store) => {
      for (const key of ['', '..', 'a/b', 'A', '.hidden', 'a'.repeat(300)]) {
        await assert.rejects(store.write(key, of('x'), never), RangeError);
      }
    }),
  );
});

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { isRegistryError } from '../../../../src/core/errors.ts';
import { readRpmDatabase } from '../../../../src/core/image/rpmDatabase.ts';
import { readRpmHeader } from '../../../../src/core/image/rpmHeader.ts';
import { sqliteBlobs } from '../../../../src/core/image/sqliteTable.ts';
import { repositoryFolder } from '../../../support/paths.ts';
import { writeRpmHeader, writeRpmNdb, writeRpmSqlite } from '../../../support/rpmDatabases.ts';

const noPause = async (): Promise<void> => {};

async function fixture(name: string): Promise<Buffer> {
  return gunzipSync(await readFile(join(repositoryFolder, 'test/fixtures/rpm', `${name}.gz`)));
}

async function packagesOf(name: string, bytes: Uint8Array): Promise<readonly string[]> {
  const packages = await readRpmDatabase(name, bytes, noPause);
  return packages.map(({ kind, name, version }) => `${kind} ${name} ${version}`).sort();
}

const installed = [
  'rpm bash-like 5.2.15-3.el9',
  'rpm large 1.0-1',
  'rpm openssl-like 1:3.0.7-27.el9',
  'rpm tiny 0.1~rc1-1',
];

describe('packages that rpm has installed', () => {
  it('are read from the database that rpm 4.18 has written', async () => {
    assert.deepEqual(await packagesOf('rpmdb.sqlite', await fixture('rpmdb.sqlite')), installed);
  });

  it('are read from a hash table that Berkeley DB has written', async () => {
    assert.deepEqual(await packagesOf('Packages', await fixture('Packages')), installed);
  });

  it('are read from what rpm itself keeps on SUSE', async () => {
    const headers = [
      writeRpmHeader({ name: 'glibc', version: '2.38', release: '1.1', arch: 'x86_64' }),
      writeRpmHeader({ name: 'large', version: '1', release: '1', arch: 'noarch', padding: 20_000 }),
    ];
    assert.deepEqual(await packagesOf('Packages.db', writeRpmNdb(headers)), ['rpm glibc 2.38-1.1', 'rpm large 1-1']);
  });

  it('name the architecture only where it is not that of most', async () => {
    const headers = (['x86_64', 'x86_64', 'i686', 'noarch'] as const).map((arch, place) =>
      writeRpmHeader({ name: `p${place}`, version: '1', release: '1', arch }),
    );
    const key = writeRpmHeader({ name: 'gpg-pubkey', version: 'abc', release: 'def' });
    assert.deepEqual(await packagesOf('rpmdb.sqlite', writeRpmSqlite([...headers, key])), [
      'rpm gpg-pubkey abc-def',
      'rpm p0 1-1',
      'rpm p1 1-1',
      'rpm p2.i686 1-1',
      'rpm p3 1-1',
    ]);
  });

  it('are those that were written, of any number and size, in pages of any size', async () => {
    const facts = fc.record({
      name: fc.stringMatching(/^[a-z][a-z0-9+.-]{0,30}$/),
      version: fc.stringMatching(/^[0-9][0-9a-z.~^]{0,20}$/),
      release: fc.stringMatching(/^[0-9][0-9a-z._]{0,20}$/),
      epoch: fc.nat({ max: 0xffff_ffff }),
      padding: fc.oneof(fc.nat({ max: 600 }), fc.nat({ max: 70_000 })),
    });
    const many = fc.array(facts, { maxLength: 40 });
    const pages = fc.constantFrom(512, 1024, 4096, 65_536);
    await fc.assert(
      fc.asyncProperty(many, pages, async (all, pageSize) => {
        const headers = all.map(writeRpmHeader);
        const expected = all.map((one) => `rpm ${one.name} ${one.epoch}:${one.version}-${one.release}`).sort();
        assert.deepEqual(await packagesOf('rpmdb.sqlite', writeRpmSqlite(headers, { pageSize })), expected);
        assert.deepEqual(await packagesOf('Packages.db', writeRpmNdb(headers)), expected);
      }),
      { numRuns: 15 },
    );
  });

  it('are not read, with a reason, where the database is broken', async () => {
    const headers = Array.from({ length: 30 }, (_, place) =>
      writeRpmHeader({ name: `p${place}`, version: '1', release: '1', padding: place * 300 }),
    );
    const examples = [
      ['rpmdb.sqlite', writeRpmSqlite(headers, { pageSize: 512 })],
      ['rpmdb.sqlite', await fixture('rpmdb.sqlite')],
      ['Packages', await fixture('Packages')],
      ['Packages.db', writeRpmNdb(headers)],
    ] as const;
    const change = fc.tuple(fc.nat(), fc.constantFrom(0, 1, 5, 13, 127, 255));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...examples),
        fc.array(change, { minLength: 1, maxLength: 30 }),
        fc.nat(),
        async ([name, bytes], changes, end) => {
          const broken = Uint8Array.from(bytes.subarray(0, end % 3 === 0 ? end % bytes.length : bytes.length));
          // Most of what can go wrong stands at the beginning of the file and of pages.
          for (const [at, value] of changes) {
            const place = at % 2 === 0 ? at % 600 : (at % broken.length) & ~0x1e0;
            if (place < broken.length) broken[place] = value;
          }
          try {
            await readRpmDatabase(name, broken, noPause);
          } catch (error) {
            assert.ok(isRegistryError(error, 'protocol', 'too-large'), String(error));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('end where pages of the database form a ring', () => {
    const bytes = writeRpmSqlite(
      Array.from({ length: 30 }, () => Buffer.alloc(400, 'x')),
      { pageSize: 512 },
    );
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // The root of the table, an interior page whose last child becomes the page itself.
    assert.equal(bytes[512], 5);
    view.setUint32(512 + 8, 2);
    assert.throws(
      () => [...sqliteBlobs(bytes, { table: 'Packages', column: 1 })],
      (error) => isRegistryError(error, 'protocol'),
    );
  });

  it('need a name, a version and a release', () => {
    assert.equal(readRpmHeader(Buffer.alloc(0)), undefined);
    assert.equal(readRpmHeader(Buffer.alloc(8)), undefined);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const read = readRpmHeader(bytes);
        assert.ok(read === undefined || read.name.length <= 1024);
      }),
    );
  });
});

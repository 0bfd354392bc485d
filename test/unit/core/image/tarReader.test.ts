import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LayerIndex } from '../../../../src/core/image/layerIndex.ts';
import { indexTar, linesOf, listAll } from '../../../support/indexTar.ts';
import { endOfTar, paxRecord, rawEntry, rawHeader, rawPax } from '../../../support/rawTar.ts';
import { thrown } from '../../../support/registryErrors.ts';
import { directory, file, hardlink, symlink, type TarEntry, writeTar } from '../../../support/tarWriter.ts';

function tarOf(...parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat([...parts, endOfTar]);
}

function lines(tar: Uint8Array): readonly string[] {
  return linesOf(listAll(indexTar(tar)));
}

function warningsOf(index: LayerIndex): readonly string[] {
  return index.facts.warnings.map(({ kind }) => kind);
}

describe('the reader of tar archives', () => {
  it('reads what image builders write', () => {
    const entries: readonly TarEntry[] = [
      directory('etc', { mode: 0o700, uid: 3, gid: 4 }),
      file('etc/motd', 'Welcome\n', { mode: 0o4755, uid: 3_000_000_000, gid: 5, modifiedTime: 12.75 }),
      symlink('etc/link', `${'far/'.repeat(40)}away`),
      hardlink('etc/again', 'etc/motd'),
      { type: 'fifo', path: 'pipe' },
      { type: 'character-device', path: 'null', major: 1, minor: 3 },
      file(`${'long/'.repeat(60)}ü`, 'x'),
    ];
    const listed = listAll(indexTar(writeTar(entries)));
    assert.deepEqual(
      listed.filter(({ path }) => !path.startsWith('long')),
      [
        entry('etc', 'directory', { mode: 0o700, uid: 3, gid: 4 }),
        entry('etc/again', 'hardlink', { link: 'etc/motd' }),
        entry('etc/link', 'symlink', { mode: 0o777, link: `${'far/'.repeat(40)}away` }),
        entry('etc/motd', 'file', { size: 8, mode: 0o4755, uid: 3_000_000_000, gid: 5, mtime: 12 }),
        entry('null', 'device', {}),
        entry('pipe', 'fifo', {}),
      ],
    );
    assert.equal(listed.at(-1)?.path, 'pipe');
    assert.ok(listed.some(({ path }) => path === `${'long/'.repeat(60)}ü`));
  });

  it('reads the same in pieces of any size', () => {
    const tar = tarOf(
      rawPax({ comment: 'all' }, 'g'),
      rawPax({ path: 'a/long', mtime: '1.5' }),
      rawEntry({}, 'x'.repeat(700)),
      rawEntry({ type: 'L' }, `${'b/'.repeat(99)}c\0`),
      rawEntry({ path: 'short' }, 'yy'),
    );
    const whole = listAll(indexTar(tar));
    assert.equal(whole.filter(({ type }) => type === 'file').length, 2);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (size) => assert.deepEqual(listAll(indexTar(tar, size)), whole)),
      { numRuns: 30 },
    );
  });

  it("reads GNU's long names and links, global headers, numbers in bytes and names that are no UTF-8", () => {
    const large = Buffer.from([0x80, 0, 0, 0, 0, 0x20, 0, 0]);
    const tar = tarOf(
      rawPax({ uid: '77' }, 'g'),
      rawEntry({ type: 'K' }, `${'t'.repeat(200)}\0`),
      rawEntry({ path: 'link', type: '2' }),
      rawEntry({ path: Buffer.from([0x66, 0xff, 0x67]), patch: [[116, large]] }, '1'),
      rawPax({ path: Buffer.from([0xe9]), gid: '9' }),
      rawEntry({}, ''),
    );
    const listed = listAll(indexTar(tar));
    assert.deepEqual(
      listed.map(({ path, uid, gid, link }) => [path, uid, gid, link?.length]),
      [
        ['f\ufffdg', 77, 0x2000_00, undefined],
        ['link', 77, 0, 200],
        ['\ufffd', 77, 9, undefined],
      ],
    );
  });

  it('reads sparse files of all four formats', () => {
    const map = '2\n0\n512\n1048576\n512\n';
    const data = Buffer.concat([Buffer.alloc(512, 'a'), Buffer.alloc(512, 'b')]);
    const padded = Buffer.concat([Buffer.from(map), Buffer.alloc(512 - map.length)]);
    const old = [
      [386, '00000000000\0'],
      [398, '00000001000\0'],
      [410, '00004000000\0'],
      [422, '00000001000\0'],
      [483, '00004001000\0'],
    ] as const;
    const pieces = [
      { offset: 0, length: 512 },
      { offset: 1048576, length: 512 },
    ];
    const v00 = Buffer.concat([
      paxRecord('GNU.sparse.size', '1049088'),
      paxRecord('GNU.sparse.numblocks', '2'),
      ...pieces.flatMap(({ offset, length }) => [
        paxRecord('GNU.sparse.offset', String(offset)),
        paxRecord('GNU.sparse.numbytes', String(length)),
      ]),
    ]);
    const archives = {
      old: rawEntry({ path: 's', type: 'S', patch: old }, data),
      '0.0': Buffer.concat([rawEntry({ type: 'x' }, v00), rawEntry({ path: 's' }, data)]),
      '0.1': Buffer.concat([
        rawPax({ 'GNU.sparse.name': 's', 'GNU.sparse.size': '1049088', 'GNU.sparse.map': '0,512,1048576,512' }),
        rawEntry({ path: 'GNUSparseFile/s' }, data),
      ]),
      '1.0': Buffer.concat([
        rawPax({
          'GNU.sparse.major': '1',
          'GNU.sparse.minor': '0',
          'GNU.sparse.name': 's',
          'GNU.sparse.realsize': '1049088',
        }),
        rawEntry({ path: 'GNUSparseFile/s' }, Buffer.concat([padded, data])),
      ]),
    };
    for (const [format, bytes] of Object.entries(archives)) {
      const index = indexTar(tarOf(bytes, rawEntry({ path: 't' }, 'next')));
      const [sparse, next] = listAll(index);
      assert.deepEqual([sparse?.path, sparse?.size, next?.path], ['s', 1049088, 't'], format);
      assert.deepEqual(index.sparse(index.find(0, Buffer.from('s')) ?? 0), pieces, format);
      assert.deepEqual(warningsOf(index), [], format);
    }
  });

  it('lists what comes before something broken, and says what is', () => {
    const good = rawEntry({ path: 'good' }, 'x');
    const cases: Readonly<Record<string, readonly [Buffer, string]>> = {
      'wrong checksum': [Buffer.concat([good, rawHeader({ hasWrongChecksum: true }), endOfTar]), 'broken-header'],
      'negative size': [
        tarOf(good, rawHeader({ patch: [[124, Buffer.from('ff'.repeat(12), 'hex')]] })),
        'broken-header',
      ],
      '8 EiB': [
        tarOf(good, rawHeader({ patch: [[124, Buffer.from('800000007fffffffffffffff', 'hex')]] })),
        'broken-header',
      ],
      'half a header': [Buffer.concat([good, rawHeader({}).subarray(0, 300)]), 'truncated'],
      'half a content': [Buffer.concat([good, rawEntry({ path: 'z' }, 'x'.repeat(900)).subarray(0, 700)]), 'truncated'],
      'something after the end': [Buffer.concat([tarOf(good), rawEntry({ path: 'hidden' }, 'x')]), 'after-end'],
      'attributes that are none': [tarOf(good, rawEntry({ type: 'x' }, 'nonsense')), 'broken-attributes'],
      'a map of nonsense': [
        tarOf(good, rawPax({ 'GNU.sparse.major': '1', 'GNU.sparse.name': 's' }), rawEntry({}, 'x'.repeat(512))),
        'broken-header',
      ],
    };
    for (const [name, [tar, warning]] of Object.entries(cases)) {
      const index = indexTar(tar);
      assert.deepEqual(warningsOf(index), [warning], name);
      assert.equal(listAll(index)[0]?.path, 'good', name);
      assert.ok(!lines(tar).includes('file hidden'), name);
    }
    assert.deepEqual(warningsOf(indexTar(good)), []);
  });

  it('holds no attributes of any length, and takes no name that it does not know', () => {
    const index = indexTar(
      tarOf(
        rawHeader({ type: 'x', size: 0o7777777777 }),
        // Of a gigabyte, this much is enough to see that nothing is kept.
        Buffer.alloc(4096, 'a'),
      ),
    );
    assert.deepEqual(warningsOf(index), ['broken-attributes', 'truncated']);
    const long = rawEntry({ type: 'L' }, Buffer.alloc(1024 * 1024 + 1, 'a'));
    const tar = tarOf(long, rawEntry({ path: 'cut' }, 'x'), rawEntry({ path: 'next' }, 'x'));
    assert.deepEqual(lines(tar), ['file next']);
    assert.deepEqual(warningsOf(indexTar(tar)), ['broken-attributes', 'unusable-name']);
  });

  it('keeps names inside the root', () => {
    const paths = ['../../up', '/absolute', 'a/../../b', './c/./d//e', 'C:\\windows', '..', '/', 'f/..'];
    const tar = tarOf(...paths.map((path) => rawEntry({ path }, 'x')));
    assert.deepEqual(lines(tar), [
      'file C:\\windows',
      'file absolute',
      'file b',
      'directory c',
      'directory c/d',
      'file c/d/e',
      'file up',
    ]);
    assert.deepEqual(warningsOf(indexTar(tar)), ['outside']);
  });

  it('refuses what is no archive', () => {
    thrown(() => indexTar(Buffer.from('<!DOCTYPE html>'.repeat(100))), 'protocol');
    thrown(() => indexTar(Buffer.from('short')), 'protocol');
    assert.deepEqual(listAll(indexTar(new Uint8Array())), []);
  });

  it('takes any bytes, without an end and without a fault', () => {
    const tar = tarOf(
      rawPax({ path: 'p' }),
      rawEntry({}, 'abc'),
      rawEntry({ path: 'd/', type: '5' }),
      rawEntry({ path: 's', type: 'S' }),
    );
    const change = fc.tuple(fc.nat(tar.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), fc.boolean(), (changes, keepsChecksums) => {
        const bytes = Buffer.from(tar);
        for (const [at, value] of changes) bytes[at] = value;
        if (keepsChecksums) for (let at = 0; at < bytes.length; at += 512) fixChecksum(bytes.subarray(at, at + 512));
        try {
          const entries = listAll(indexTar(bytes, 700));
          for (const { path } of entries) assert.ok(!path.split('/').includes('..') && !path.startsWith('/'), path);
        } catch (error) {
          assert.equal((error as { readonly code?: string }).code, 'protocol');
        }
      }),
      { numRuns: 300 },
    );
  });
});

function fixChecksum(block: Buffer): void {
  if (block.every((byte) => byte === 0)) return;
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

function entry(path: string, type: string, more: object) {
  const mode = { directory: 0o755, symlink: 0o777 }[type] ?? 0o644;
  return { path, type, size: 0, mode, uid: 0, gid: 0, mtime: 1_748_779_200, layer: 'layer 0', ...more };
}

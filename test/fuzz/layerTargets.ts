import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import type { GantryErrorCode } from '../../src/api.ts';
import { isRegistryError } from '../../src/core/errors.ts';
import { packAccessPoints, unpackAccessPoints } from '../../src/core/image/accessPoints.ts';
import { packLayerIndex, unpackLayerIndex } from '../../src/core/image/layerIndexFile.ts';
import { MergedTree } from '../../src/core/image/mergedTree.ts';
import { resolvePath } from '../../src/core/image/resolvePath.ts';
import { SparseMapReader } from '../../src/core/image/sparseMap.ts';
import { addPaxRecords, sparsePieces, type TarAttributes } from '../../src/core/image/tarAttributes.ts';
import { parseToc } from '../../src/core/image/toc.ts';
import { estargzTocStart, tocLocation } from '../../src/core/image/tocLocation.ts';
import { LayerScan } from '../../src/node/layers/layerScan.ts';
import { indexTar, listAll } from '../support/indexTar.ts';
import { endOfTar, paxRecord, rawEntry, rawHeader, rawPax } from '../support/rawTar.ts';
import { directory, file, hardlink, symlink, whiteout, writeTar } from '../support/tarWriter.ts';
import type { Target } from './targets.ts';

/** Of an archive with one of everything. */
const tar = writeTar([
  directory('etc'),
  file('etc/motd', 'Welcome\n'),
  symlink('link', '../../etc/motd'),
  symlink('loop', 'loop'),
  hardlink('same', 'etc/motd'),
  whiteout('gone'),
  file(`${'long/'.repeat(30)}ü`, 'x'.repeat(600)),
]);
const index = indexTar(tar);
const packedIndex = Buffer.concat([...packLayerIndex(index)]);
const packedPoints = Buffer.concat([
  ...packAccessPoints({
    kind: 'gzip',
    storedSize: 1000,
    unpackedSize: 5000,
    stored: Float64Array.of(0, 500),
    unpacked: Float64Array.of(0, 2500),
    bits: Uint8Array.of(0, 3),
    previousBytes: Uint8Array.of(0, 7),
    digests: new Uint8Array(64),
    windowEnds: Float64Array.of(0, 100),
    windows: new Uint8Array(100),
  }),
]);
const limits = { unpacked: 64 * 1024 * 1024, expansion: 1000 };
const binaryPieces = ['\0', '\x01', '\x7f', '\x80', '\xff', '\xff\xff\xff\xff', '\0\0\0\x10', 'GNTY', '{', '"', '0'];
const headers = [
  rawHeader({ path: 'a', size: 3 }),
  rawHeader({ path: '../../up', type: '2', link: '/etc' }),
  rawHeader({ path: 's', type: 'S', size: 512 }),
  rawPax({ path: 'p', size: '3', 'GNU.sparse.map': '0,1' }),
].map((block) => block.toString('latin1'));

/** Parsers of what is inside layers, and of what is kept of them. Texts stand for bytes. */
export const layerTargets: readonly Target[] = [
  {
    name: 'layers: tar archive',
    examples: [...headers, rawEntry({ type: 'L' }, `${'n'.repeat(200)}\0`).toString('latin1')],
    pieces: [
      ...headers,
      '\0',
      '/',
      '..',
      '/../',
      '.wh.',
      '.wh..wh..opq',
      '777',
      '\x80',
      '\xff',
      '.',
      'x',
      'g',
      'L',
      'K',
      'S',
    ],
    frames: [['', '']],
    parse: (text) => {
      const bytes = Buffer.from(text, 'latin1');
      const blocks = Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512), endOfTar]);
      // Most would end at a checksum that is wrong.
      for (let at = 0; at < blocks.length; at += 512) fixChecksum(blocks.subarray(at, at + 512));
      expectErrors(['protocol'], () => {
        for (const { path, size } of listAll(indexTar(blocks, 700))) {
          assert.ok(!path.startsWith('/') && !path.split('/').some((name) => ['', '.', '..'].includes(name)), path);
          assert.ok(Number.isSafeInteger(size) && size >= 0);
        }
      });
    },
  },
  {
    name: 'layers: pax records',
    examples: [
      paxRecord('path', 'a/b').toString(),
      `${paxRecord('GNU.sparse.map', '0,512,1024,1')}${paxRecord('mtime', '-1.5')}`,
    ],
    pieces: [
      '9 ',
      '11 ',
      '30 ',
      ' ',
      '=',
      '\n',
      'path=',
      'size=',
      'GNU.sparse.',
      'map=',
      'offset=',
      '0',
      ',',
      '-',
      '.',
      '\xff',
    ],
    frames: [
      ['', ''],
      ['9 path=', ''],
    ],
    parse: (text) => {
      const attributes: TarAttributes = {};
      addPaxRecords(attributes, Buffer.from(text, 'latin1'));
      for (const number of [attributes.size, attributes.uid, attributes.gid, attributes.mtime]) {
        assert.ok(number === undefined || Number.isSafeInteger(number));
      }
      const pieces = sparsePieces(attributes.sparse?.map ?? []);
      assert.ok(pieces === undefined || pieces.every(({ offset, length }) => offset >= 0 && length > 0));
    },
  },
  {
    name: 'layers: map of a sparse file',
    examples: ['2\n0\n512\n1048576\n512\n', '0\n'],
    pieces: ['0', '9', '\n', '1\n', '2\n0\n', '-', ' ', '99999999999999999'],
    frames: [['', '']],
    parse: (text) => {
      const numbers = new SparseMapReader(1000).push(Buffer.from(text, 'latin1'));
      assert.ok(typeof numbers === 'string' || (numbers.length <= 2000 && numbers.every(Number.isSafeInteger)));
    },
  },
  {
    name: 'layers: table of contents',
    examples: [
      `{"version":1,"entries":[{"name":"a","type":"reg","size":1,"offset":0,"digest":"sha256:${'0'.repeat(64)}"}]}`,
      '{"version":1,"entries":[{"name":"../b","type":"dir"},{"name":"b","type":"symlink","linkName":"/"},{"type":"chunk"}]}',
    ],
    pieces: [
      '{',
      '}',
      '[',
      ']',
      ',',
      '"entries":',
      '"type":"reg"',
      '"offset":',
      '"size":',
      '-1',
      '1e99',
      'null',
      '"__proto__":',
      '"name":"',
      '..',
      '\\u0000',
    ],
    frames: [
      ['', ''],
      ['{"version":1,"entries":[', ']}'],
    ],
    parse: (text) => {
      let document: unknown;
      try {
        document = JSON.parse(text);
      } catch {
        return;
      }
      expectErrors(['protocol'], () => {
        const { columns, table, entries } = parseToc(document, 1000);
        assert.ok(columns.order.length <= entries + columns.parents.length);
        for (const [place, end] of table.ends.entries()) assert.ok((table.starts[place] ?? 0) < end && end <= 1000);
      });
    },
  },
  {
    name: 'layers: place of a table of contents',
    examples: ['100:200:300:1', `${'0'.repeat(13)}1f4STARGZ`],
    pieces: [':', '0', '1', '-', 'e9', 'STARGZ', 'f', ' ', '0x', '.'],
    frames: [['', '']],
    parse: (text) => {
      const annotations = {
        'io.github.containers.zstd-chunked.manifest-checksum': `sha256:${'0'.repeat(64)}`,
        'io.github.containers.zstd-chunked.manifest-position': text,
      };
      const descriptor = { mediaType: '', digest: '', size: 1000, annotations };
      const place = tocLocation(descriptor);
      if (place?.format === 'zstd:chunked') assert.ok(place.start >= 0 && place.start < place.end && place.end <= 1000);
      const start = estargzTocStart(Buffer.from(text, 'latin1'), 1000);
      assert.ok(start === undefined || (start >= 0 && start < 1000));
    },
  },
  {
    name: 'layers: list that was kept',
    examples: ['\0\0\0', '\x01\x02\x03\x04\x05\x06'],
    pieces: binaryPieces,
    frames: [['', '']],
    parse: async (text) => {
      const read = await unpackLayerIndex(damaged(packedIndex, text));
      if (read !== undefined) assert.ok(listAll(read).length < 1000);
    },
  },
  {
    name: 'layers: points that were kept',
    examples: ['\0\0\0', '\x01\x02\x03\x04\x05\x06'],
    pieces: binaryPieces,
    frames: [['', '']],
    parse: (text) => {
      const points = unpackAccessPoints(damaged(packedPoints, text));
      assert.ok(points === undefined || points.stored.length === points.unpacked.length);
    },
  },
  {
    name: 'layers: gzip',
    examples: ['\0\0\0', '\x01\x02\x03\x04\x05\x06'],
    pieces: binaryPieces,
    frames: [['', '']],
    parse: async (text) => {
      const bytes = damaged(gzipSync(tar), text);
      const scan = new LayerScan({ size: bytes.length, diffId: undefined, limits });
      try {
        await scan.push(bytes);
        await scan.finish();
      } catch (error) {
        if (!isRegistryError(error, 'protocol', 'too-large', 'unsupported')) throw error;
      }
    },
  },
  {
    name: 'layers: path in an image',
    examples: ['etc/motd', 'link', '/../loop/etc//./motd'],
    pieces: ['etc', 'link', 'loop', 'same', '/', '..', '.', '\0', '\\', 'gone', '\ufffd'],
    frames: [['', '']],
    parse: (text) => {
      const tree = new MergedTree([index]);
      expectErrors(['not-found', 'invalid'], () => void resolvePath(tree, text, { followsLast: true }));
    },
  },
];

/** Bytes changed at the places that a text tells: two characters say where, the next one what. */
function damaged(bytes: Uint8Array, text: string): Buffer {
  const changed = Buffer.from(bytes);
  for (let at = 0; at + 2 < text.length; at += 3) {
    const place = (text.charCodeAt(at) * 256 + text.charCodeAt(at + 1)) % changed.length;
    changed[place] = text.charCodeAt(at + 2);
  }
  return text.length % 3 === 1 ? changed.subarray(0, (text.length * 97) % changed.length) : changed;
}

function fixChecksum(block: Buffer): void {
  if (block.every((byte) => byte === 0)) return;
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

function expectErrors(codes: readonly GantryErrorCode[], run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!isRegistryError(error, ...codes)) throw error;
  }
}

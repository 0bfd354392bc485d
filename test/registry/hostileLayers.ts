import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import type { GantryErrorCode } from '../../src/api.ts';
import type { TarWarning } from '../../src/core/image/tarEntry.ts';
import { endOfTar, paxRecord, rawEntry, rawHeader, rawPax } from '../support/rawTar.ts';
import {
  directory,
  file,
  hardlink,
  opaqueWhiteout,
  symlink,
  type TarEntry,
  whiteout,
  writeTar,
} from '../support/tarWriter.ts';

/** Layers that somebody has made to do harm, or that are broken, as data: what they are, and what comes of them. */
export interface HostileImage {
  /** Number in the catalogue, and of the variant. */
  readonly id: string;
  readonly what: string;
  /** From the bottom up, as they are stored. */
  readonly layers: readonly Uint8Array[];
  readonly outcome: ListedImage | RefusedImage;
}

export interface ListedImage {
  /** `type path` of everything, and `-> target` of links. */
  readonly lists: readonly string[];
  /** What is said of the layers. */
  readonly warns?: readonly TarWarning[];
  /** By path, what it reads as: its text, or the code of the error. Files that are not named here have the text `x`. */
  readonly reads?: Readonly<Record<string, string | { readonly error: GantryErrorCode }>>;
}

export interface RefusedImage {
  readonly error: GantryErrorCode;
  readonly says: RegExp;
}

const mebibyte = 1024 * 1024;
const x = (path: string | Uint8Array, more: object = {}): Buffer => rawEntry({ path, ...more }, 'x');
const good = x('good');
const tarOf = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat([...parts, endOfTar]);
const layerOf = (...entries: readonly TarEntry[]): Buffer => writeTar(entries);
const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const circle = { error: 'invalid' } as const;
const lost = { error: 'not-found' } as const;

/** Names that would be something else in a terminal, a web page, a path of Windows, or a URI. */
const oddNames = [
  '\u001b]0;title\u0007',
  '\u202egnp.exe',
  '$(trash)',
  '[a](command:evil)',
  '<img src=x onerror=alert(1)>',
  '%2e%2e%2fetc',
  'C:\\Windows\\system.ini',
  '\\\\server\\share',
  'line\nbreak',
  '`id`;|&',
];

const names: readonly HostileImage[] = [
  {
    id: '21-odd',
    what: 'names that are code elsewhere',
    layers: [tarOf(...oddNames.map((name) => x(name.replaceAll('/', '∕'))))],
    outcome: { lists: oddNames.map((name) => `file ${name.replaceAll('/', '∕')}`).sort() },
  },
  {
    id: '22-up',
    what: 'names that lead out of the root',
    layers: [tarOf(x('../../etc/passwd'), x('/abs'), x('a/../../b'), x('..'), x('/'), x('c/..'))],
    outcome: {
      lists: ['file abs', 'file b', 'directory etc', 'file etc/passwd'],
      warns: ['outside'],
    },
  },
  {
    id: '22-windows',
    what: 'names that are absolute on Windows',
    layers: [tarOf(x('C:\\a'), x('C:b'), x('\\\\server\\share\\c'), x('a\\..\\..\\d'))],
    outcome: { lists: ['file C:\\a', 'file C:b', 'file \\\\server\\share\\c', 'file a\\..\\..\\d'].sort() },
  },
  {
    id: '22-dots',
    what: 'dots and slashes too many',
    layers: [tarOf(x('./a'), x('.//b///c'), x('./'), x('d/./e'))],
    outcome: { lists: ['file a', 'directory b', 'file b/c', 'directory d', 'file d/e'] },
  },
  {
    id: '22-nul',
    what: 'a name with a NUL in it',
    layers: [tarOf(rawPax({ path: Buffer.from('a\0b') }), x('c'), good)],
    outcome: { lists: ['file good'], warns: ['unusable-name'] },
  },
  {
    id: '22-long',
    what: 'a path that no kernel takes, and folders too deep',
    layers: [tarOf(rawPax({ path: 'a/'.repeat(3000) }), x('c'), rawPax({ path: 'a/'.repeat(600) }), x('d'), good)],
    outcome: { lists: ['file good'], warns: ['unusable-name'] },
  },
  {
    id: '22-twice',
    what: 'a name that comes twice, and names that differ in case only',
    layers: [tarOf(rawEntry({ path: 'a' }, 'old'), x('a'), x('A'))],
    outcome: { lists: ['file A', 'file a'] },
  },
  {
    id: '22-file-folder',
    what: 'a file that is used as a folder',
    layers: [tarOf(x('a'), x('a/b'), good)],
    outcome: { lists: ['directory a', 'file a/b', 'file good'], warns: ['file-as-folder'] },
  },
  {
    id: '22-link-folder',
    what: 'a link out of the image that is used as a folder',
    layers: [tarOf(rawEntry({ path: 'a', type: '2', link: '/etc' }), x('a/passwd'))],
    outcome: { lists: ['directory a', 'file a/passwd'], warns: ['file-as-folder'] },
  },
  {
    id: '22-replaced',
    what: 'a folder that becomes a file with everything in it',
    layers: [tarOf(x('a/b/c'), x('a'))],
    outcome: { lists: ['file a'] },
  },
  {
    id: '22-not-utf8',
    what: 'names that are no UTF-8, alike when shown',
    layers: [tarOf(x(bytes('61ff')), rawEntry({ path: bytes('61fe') }, 'y'))],
    outcome: { lists: ['file a\ufffd', 'file a\ufffd'], reads: { 'a\ufffd': 'y' } },
  },
];

const links: readonly HostileImage[] = [
  {
    id: '22-links-out',
    what: 'symbolic links that lead out',
    layers: [
      layerOf(
        symlink('abs', '/etc/passwd'),
        symlink('up', '../../../../etc/passwd'),
        symlink('environ', '/proc/self/environ'),
      ),
    ],
    outcome: {
      lists: [
        'symlink abs -> /etc/passwd',
        'symlink environ -> /proc/self/environ',
        'symlink up -> ../../../../etc/passwd',
      ],
      reads: { abs: lost, up: lost, environ: lost },
    },
  },
  {
    id: '22-links-loop',
    what: 'links that lead in a circle, and a chain that is too long',
    layers: [
      layerOf(
        symlink('a', 'b'),
        symlink('b', 'a'),
        symlink('self', 'self'),
        symlink('deep', 'deep/er'),
        ...Array.from({ length: 50 }, (_, at) => symlink(`l${at}`, `l${at + 1}`)),
        file('l50', 'x'),
      ),
    ],
    outcome: {
      lists: [
        'symlink a -> b',
        'symlink b -> a',
        'symlink deep -> deep/er',
        ...Array.from({ length: 50 }, (_, at) => `symlink l${at} -> l${at + 1}`),
        'file l50',
        'symlink self -> self',
      ].sort(byPath),
      reads: {
        ...Object.fromEntries(['a', 'b', 'self', 'deep'].map((path) => [path, circle])),
        // Linux follows forty, too.
        ...Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`l${at}`, circle])),
      },
    },
  },
  {
    id: '22-hard-links',
    what: 'hard links to nothing, to outside, to a folder, to each other and to themselves',
    layers: [
      layerOf(
        hardlink('none', 'nowhere'),
        hardlink('out', '../../../../etc/passwd'),
        hardlink('self', 'self'),
        hardlink('one', 'two'),
        hardlink('two', 'one'),
        directory('dir'),
        hardlink('folder', 'dir'),
      ),
    ],
    outcome: {
      lists: [
        'directory dir',
        'hardlink folder -> dir',
        'hardlink none -> nowhere',
        'hardlink one -> two',
        'hardlink out -> etc/passwd',
        'hardlink self -> self',
        'hardlink two -> one',
      ],
      reads: { none: lost, out: lost, self: circle, one: circle, two: circle, folder: circle },
    },
  },
  {
    id: '22-devices',
    what: 'devices and pipes',
    layers: [
      layerOf(
        { type: 'block-device', path: 'sda', major: 8, minor: 0 },
        { type: 'character-device', path: 'mem', major: 1, minor: 1 },
        { type: 'fifo', path: 'pipe' },
      ),
    ],
    outcome: {
      lists: ['device mem', 'fifo pipe', 'device sda'],
      reads: { sda: circle, mem: circle, pipe: circle },
    },
  },
  {
    id: '22-whiteouts',
    what: 'whiteouts of nothing, of the root and of its parents',
    layers: [
      layerOf(file('a/b', 'x'), file('keep', 'x')),
      tarOf(x('.wh.'), x('.wh..'), x('.wh...'), x('../.wh.a'), x('.wh.nothing'), x('.wh..wh.plnk')),
    ],
    outcome: { lists: ['file keep'], warns: ['unusable-name', 'outside'] },
  },
  {
    id: '22-opaque',
    what: 'an opaque folder across three layers',
    layers: [
      layerOf(file('a/old', 'x'), file('a/sub/older', 'x')),
      layerOf(opaqueWhiteout('a'), file('a/new', 'x')),
      layerOf(whiteout('a/new'), file('a/newer', 'x')),
    ],
    outcome: { lists: ['directory a', 'file a/newer'] },
  },
  {
    id: '22-below-link',
    what: 'a layer that writes below what was a link to a folder: the folder takes its place, as on overlayfs',
    layers: [layerOf(file('usr/bin/tool', 'x'), symlink('bin', 'usr/bin')), layerOf(file('bin/new', 'x'))],
    outcome: {
      lists: ['directory bin', 'file bin/new', 'directory usr', 'directory usr/bin', 'file usr/bin/tool'],
      reads: { 'bin/tool': lost },
    },
  },
  {
    id: '22-below-file',
    what: 'a layer that writes below what was a file',
    layers: [layerOf(file('a', 'x')), layerOf(file('a/b', 'x'))],
    outcome: { lists: ['directory a', 'file a/b'] },
  },
];

const headers: readonly HostileImage[] = [
  {
    id: '22-long-names',
    what: "GNU's long names and links",
    layers: [
      tarOf(
        rawEntry({ type: 'L' }, `${'n'.repeat(300)}\0`),
        x('cut'),
        rawEntry({ type: 'K' }, `${'t'.repeat(300)}\0`),
        rawEntry({ path: 'link', type: '2' }),
      ),
    ],
    outcome: {
      lists: [`symlink link -> ${'t'.repeat(300)}`, `file ${'n'.repeat(300)}`],
      reads: { link: lost },
    },
  },
  {
    id: '22-pax',
    what: 'pax with path, link and size, and global ones',
    layers: [
      tarOf(
        rawPax({ uid: '7' }, 'g'),
        rawPax({ path: 'named', size: '1' }),
        rawEntry({ size: 0 }, 'x'),
        rawPax({ linkpath: '/far/away' }),
        rawEntry({ path: 'link', type: '2', link: 'near' }),
      ),
    ],
    outcome: { lists: ['symlink link -> /far/away', 'file named'], reads: { link: lost } },
  },
  {
    id: '22-pax-broken',
    what: 'pax that is nonsense, negative, or longer than it says',
    layers: [
      tarOf(
        rawEntry({ type: 'x' }, 'nonsense'),
        x('a'),
        rawEntry({ type: 'x' }, paxRecord('size', '-1')),
        x('b'),
        rawEntry({ type: 'x' }, '999 path=c\n'),
        x('d'),
      ),
    ],
    outcome: { lists: ['file a', 'file b', 'file d'], warns: ['broken-attributes'] },
  },
  {
    id: '22-pax-gib',
    what: 'pax of a gibibyte',
    layers: [Buffer.concat([good, rawHeader({ type: 'x', size: 0o7777777777 }), Buffer.alloc(4096, 'a')])],
    outcome: { lists: ['file good'], warns: ['broken-attributes', 'truncated'] },
  },
  {
    id: '22-sparse',
    what: 'sparse files that overlap, are larger than told, or have no map',
    layers: [
      tarOf(
        rawPax({ 'GNU.sparse.name': 'a', 'GNU.sparse.size': '8', 'GNU.sparse.map': '4,1,0,1' }),
        rawEntry({ path: 's' }, 'xx'),
        rawPax({ 'GNU.sparse.name': 'b', 'GNU.sparse.size': '8', 'GNU.sparse.map': '0,9007199254740991' }),
        rawEntry({ path: 's' }, 'x'),
        good,
        rawPax({ 'GNU.sparse.major': '1', 'GNU.sparse.name': 'c', 'GNU.sparse.realsize': '9007199254740991' }),
        rawEntry({ path: 's' }, 'no map'.padEnd(512)),
      ),
    ],
    outcome: {
      lists: ['file a', 'file b', 'file good'],
      warns: ['broken-attributes', 'broken-header'],
      reads: { a: 'xx' },
    },
  },
  {
    id: '22-sparse-huge',
    what: 'a sparse file that would be larger than any disk',
    layers: [
      tarOf(
        rawPax({ 'GNU.sparse.name': 'a', 'GNU.sparse.size': '1000000000000', 'GNU.sparse.map': '999999999999,1' }),
        rawEntry({ path: 's' }, 'x'),
      ),
    ],
    outcome: { lists: ['file a'], reads: { a: { error: 'too-large' } } },
  },
  {
    id: '22-sizes',
    what: 'a size in bytes that is right, and owners that are negative',
    layers: [
      tarOf(
        rawEntry({ path: 'a', patch: [[124, bytes('800000000000000000000001')]] }, 'x'),
        rawEntry({ path: 'b', patch: [[108, bytes('ffffffffffffffff')]] }, 'x'),
      ),
    ],
    outcome: { lists: ['file a', 'file b'], warns: ['broken-attributes'] },
  },
  ...[
    ['negative', 'ff'.repeat(12)],
    ['8-eib', '800000007fffffffffffffff'],
    ['not-octal', Buffer.from('99999999999\0').toString('hex')],
  ].map(
    ([kind = '', size = '']): HostileImage => ({
      id: `22-size-${kind}`,
      what: `a size that is ${kind}`,
      layers: [tarOf(good, rawHeader({ path: 'bad', patch: [[124, bytes(size)]] }), x('behind'))],
      outcome: { lists: ['file good'], warns: ['broken-header'] },
    }),
  ),
  {
    id: '22-checksum',
    what: 'a checksum that is wrong',
    layers: [tarOf(good, rawHeader({ path: 'bad', hasWrongChecksum: true }), x('behind'))],
    outcome: { lists: ['file good'], warns: ['broken-header'] },
  },
  {
    id: '22-half-header',
    what: 'a header that ends early',
    layers: [Buffer.concat([good, rawHeader({}).subarray(0, 300)])],
    outcome: { lists: ['file good'], warns: ['truncated'] },
  },
  {
    id: '22-half-content',
    what: 'a content that ends early',
    layers: [Buffer.concat([good, rawEntry({ path: 'half' }, 'x'.repeat(900)).subarray(0, 700)])],
    outcome: { lists: ['file good', 'file half'], warns: ['truncated'], reads: { half: { error: 'protocol' } } },
  },
  {
    id: '22-no-end',
    what: 'no end mark',
    layers: [good],
    outcome: { lists: ['file good'] },
  },
  {
    id: '22-after-end',
    what: 'something behind the end mark',
    layers: [Buffer.concat([tarOf(good), x('hidden')])],
    outcome: { lists: ['file good'], warns: ['after-end'] },
  },
  {
    id: '22-members',
    what: 'an archive in two members of gzip, with zeros behind',
    layers: [Buffer.concat([gzipSync(good), gzipSync(tarOf(x('second'))), Buffer.alloc(100)])],
    outcome: { lists: ['file good', 'file second'] },
  },
  {
    id: '22-gzip-rest',
    what: 'something behind the last member of gzip, which Go refuses too',
    layers: [Buffer.concat([gzipSync(tarOf(good)), Buffer.from('hidden')])],
    outcome: { error: 'protocol', says: /cannot be unpacked/ },
  },
  {
    id: '22-gzip-cut',
    what: 'gzip that ends early',
    layers: [gzipSync(Buffer.concat([good, rawEntry({ path: 'half' }, noise(100_000))])).subarray(0, 50_000)],
    outcome: {
      lists: ['file good', 'file half'],
      warns: ['truncated'],
      reads: { half: { error: 'protocol' } },
    },
  },
  {
    id: '22-html',
    what: 'a web page',
    layers: [Buffer.from('<!DOCTYPE html>'.repeat(100))],
    outcome: { error: 'protocol', says: /no tar archive/ },
  },
  {
    id: '22-nothing',
    what: 'no bytes at all',
    layers: [new Uint8Array()],
    outcome: { lists: [] },
  },
];

/** So many times 64 MiB of zeros, as a content that its header says to be endless. */
function zeros(times: number): Buffer {
  const head = rawHeader({ path: 'zeros', size: 0o77777777777 });
  const member = gzipSync(Buffer.alloc(64 * mebibyte), { level: 9 });
  return Buffer.concat([gzipSync(head), ...Array.from({ length: times }, () => member)]);
}

/** A frame of Zstandard whose window takes 2 GiB, as RFC 8878, section 3.1.1.1.2 writes it. */
const hugeWindow = Buffer.concat([bytes('28b52ffd00a8'), bytes('010000')]);

const bombs: readonly HostileImage[] = [
  {
    id: '23-gzip',
    what: 'four mebibytes of gzip that become four gibibytes',
    layers: [zeros(64)],
    outcome: { error: 'too-large', says: /1,000 times its size/ },
  },
  {
    id: '23-zstd',
    what: 'ten kibibytes of Zstandard that become a hundred mebibytes',
    layers: [
      zstdCompressSync(
        Buffer.concat([rawHeader({ path: 'zeros', size: 100 * mebibyte }), Buffer.alloc(100 * mebibyte)]),
        {
          params: { [constants.ZSTD_c_compressionLevel]: 1 },
        },
      ),
    ],
    outcome: { error: 'too-large', says: /1,000 times its size/ },
  },
  {
    id: '23-window',
    what: 'Zstandard that wants two gibibytes of memory',
    layers: [hugeWindow],
    outcome: { error: 'protocol', says: /cannot be unpacked/ },
  },
  {
    id: '23-nested',
    what: 'gzip in gzip',
    layers: [gzipSync(gzipSync(tarOf(good)))],
    outcome: { error: 'protocol', says: /no tar archive/ },
  },
];

function noise(length: number): Buffer {
  return Buffer.from(Uint32Array.from({ length: length / 4 }, (_, at) => Math.imul(at + 1, 2654435761)).buffer);
}

/** In the order of the tree: by the bytes of the path. */
function byPath(a: string, b: string): number {
  const path = (line: string): string => line.replace(/^\w+ /, '').replace(/ -> .*$/s, '');
  return Buffer.compare(Buffer.from(path(a)), Buffer.from(path(b)));
}

export const hostileImages: readonly HostileImage[] = [...names, ...links, ...headers, ...bombs];

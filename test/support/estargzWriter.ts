import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Descriptor } from '../../src/api.ts';
import { sha256 } from './oci.ts';
import { file, type TarEntry, writeTar } from './tarWriter.ts';

/** An eStargz layer, with the descriptor that a manifest has for it. */
export interface EstargzLayer {
  readonly bytes: Buffer;
  readonly diffId: string;
  readonly annotations: NonNullable<Descriptor['annotations']>;
  /** Bytes of the table as stored, with the footer. */
  readonly tocSize: number;
}

const types: Readonly<Record<TarEntry['type'], string>> = {
  file: 'reg',
  directory: 'dir',
  symlink: 'symlink',
  hardlink: 'hardlink',
  'character-device': 'char',
  'block-device': 'block',
  fifo: 'fifo',
};
const chunkSize = 64 * 1024;

/**
 * Writes a layer as docs/estargz.md of containerd/stargz-snapshotter describes it: the content of each file begins a gzip
 * member of its own, larger ones have one for each chunk, and behind all of it stand the table of contents, as an entry
 * `stargz.index.json`, and a footer that says where that begins.
 */
export function writeEstargz(entries: readonly TarEntry[], change: (toc: Toc) => void = () => {}): EstargzLayer {
  const members: Buffer[] = [];
  let size = 0;
  const tars: Buffer[] = [];
  const add = (bytes: Uint8Array): number => {
    const start = size;
    const member = gzipSync(bytes);
    members.push(member);
    tars.push(Buffer.from(bytes));
    size += member.length;
    return start;
  };
  const toc: Toc = { version: 1, entries: [] };
  for (const entry of entries) {
    const tar = writeTar([entry]);
    const blocks = tar.subarray(0, tar.length - 1024);
    const described = describe(entry);
    if (entry.type !== 'file' || entry.content.length === 0) {
      add(blocks);
      toc.entries.push(described);
      continue;
    }
    const { content } = entry;
    const start = blocks.length - Math.ceil(content.length / 512) * 512;
    add(blocks.subarray(0, start));
    for (let offset = 0; offset < content.length; offset += chunkSize) {
      const chunk = content.subarray(offset, offset + chunkSize);
      const place = { offset: add(chunk), chunkDigest: sha256(chunk) };
      const parts = content.length > chunkSize ? { chunkOffset: offset, chunkSize: chunk.length } : {};
      if (offset === 0) toc.entries.push({ ...described, digest: sha256(content), ...place, ...parts });
      else toc.entries.push({ type: 'chunk', name: entry.path, ...place, ...parts });
    }
    if (start + content.length < blocks.length) add(blocks.subarray(start + content.length));
  }
  change(toc);
  const json = Buffer.from(JSON.stringify(toc));
  const tocStart = size;
  add(writeTar([file('stargz.index.json', json)]));
  members.push(footer(tocStart));
  return {
    bytes: Buffer.concat(members),
    diffId: `sha256:${createHash('sha256').update(Buffer.concat(tars)).digest('hex')}`,
    annotations: { 'containerd.io/snapshot/stargz/toc.digest': sha256(json) },
    tocSize: size + footer(tocStart).length - tocStart,
  };
}

export interface Toc {
  version: number;
  entries: Record<string, unknown>[];
}

function describe(entry: TarEntry): Record<string, unknown> {
  const { type, path, mode, uid, gid, modifiedTime = 1_748_779_200 } = entry;
  return {
    name: type === 'directory' ? path.replace(/\/?$/, '/') : path,
    type: types[type],
    ...(type === 'file' && entry.content.length > 0 && { size: entry.content.length }),
    ...((type === 'symlink' || type === 'hardlink') && { linkName: entry.target }),
    mode: mode ?? { directory: 0o755, symlink: 0o777 }[type as string] ?? 0o644,
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    modtime: new Date(modifiedTime * 1000).toISOString(),
  };
}

/** An empty gzip member of 51 bytes, with a field of its header (RFC 1952, section 2.3.1.1) for the note. */
function footer(tocStart: number): Buffer {
  const note = Buffer.from(`${tocStart.toString(16).padStart(16, '0')}STARGZ`);
  const field = Buffer.concat([Buffer.from('SG'), Buffer.from([note.length, 0]), note]);
  const header = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, field.length, 0]);
  const empty = Buffer.from([1, 0, 0, 0xff, 0xff]);
  return Buffer.concat([header, field, empty, Buffer.alloc(8)]);
}

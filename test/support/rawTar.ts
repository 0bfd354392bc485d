/** Tar archives block by block, to write what no program would. */
import { writeTar } from './tarWriter.ts';

export interface RawHeader {
  readonly path?: string | Uint8Array;
  /** `0` when absent. */
  readonly type?: string;
  readonly size?: number;
  readonly link?: string;
  /** Replaces bytes of the block before the checksum is made. */
  readonly patch?: readonly (readonly [offset: number, bytes: string | Uint8Array])[];
  readonly hasWrongChecksum?: boolean;
}

/** One header, with a checksum that is right unless told. */
export function rawHeader(header: RawHeader): Buffer {
  const { path = 'file', type = '0', size = 0, link = '', patch = [], hasWrongChecksum = false } = header;
  const block = writeTar([{ type: 'file', path: 'file', content: new Uint8Array() }]).subarray(0, 512);
  block.fill(0, 0, 100);
  Buffer.from(path as string).copy(block, 0, 0, 100);
  block.write(size.toString(8).padStart(11, '0'), 124, 'latin1');
  block.write(type, 156, 'latin1');
  block.write(link, 157, 'latin1');
  for (const [offset, bytes] of patch) Buffer.from(bytes as string).copy(block, offset);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, hasWrongChecksum ? 1 : 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** A header and its content, filled up to whole blocks. */
export function rawEntry(header: RawHeader, content: string | Uint8Array = ''): Buffer {
  const bytes = Buffer.from(content as string);
  const padding = Buffer.alloc((512 - (bytes.length % 512)) % 512);
  return Buffer.concat([rawHeader({ size: bytes.length, ...header }), bytes, padding]);
}

export function paxRecord(key: string, value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value as string);
  const rest = key.length + bytes.length + 3;
  let length = rest + String(rest).length;
  if (String(length).length + rest !== length) length = rest + String(length).length;
  return Buffer.concat([Buffer.from(`${length} ${key}=`), bytes, Buffer.from('\n')]);
}

export function rawPax(records: Readonly<Record<string, string | Uint8Array>>, type = 'x'): Buffer {
  const content = Buffer.concat(Object.entries(records).map(([key, value]) => paxRecord(key, value)));
  return rawEntry({ path: 'PaxHeaders', type }, content);
}

export const endOfTar: Buffer = Buffer.alloc(1024);

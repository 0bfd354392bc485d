import type { Descriptor } from '../../api.ts';
import { isDigest } from '../oci/digest.ts';
import { toText } from './byteOrder.ts';
import { imageLimits } from './imageLimits.ts';

/** Where a layer has its table of contents, as the image's manifest says. Without a digest for it there is none to trust. */
export type TocLocation =
  | {
      readonly format: 'zstd:chunked';
      readonly start: number;
      readonly end: number;
      /** Of the table as stored. */
      readonly digest: string;
    }
  | {
      readonly format: 'estargz';
      /** Of the table, unpacked. */
      readonly digest: string;
    };

/** Podman and skopeo have used both prefixes. */
const chunkedPrefixes = ['io.github.containers.zstd-chunked', 'io.containers.zstd-chunked'];
const estargzDigest = 'containerd.io/snapshot/stargz/toc.digest';

/** What is fetched of the end of an eStargz layer: its footer, and all of the table where that is small. */
export const estargzTail = 32 * 1024;
const footerLength = 51;

export function tocLocation({ annotations = {}, size }: Descriptor): TocLocation | undefined {
  for (const prefix of chunkedPrefixes) {
    const digest = annotations[`${prefix}.manifest-checksum`];
    const [start, length, unpacked, type] = (annotations[`${prefix}.manifest-position`] ?? '').split(':').map(Number);
    if (digest === undefined || start === undefined || length === undefined || unpacked === undefined) continue;
    const isRight =
      isDigest(digest) &&
      type === 1 &&
      [start, length, unpacked].every((number) => Number.isSafeInteger(number) && number >= 0) &&
      length > 0 &&
      start + length <= size &&
      length <= imageLimits.toc &&
      unpacked <= imageLimits.toc;
    if (isRight) return { format: 'zstd:chunked', start, end: start + length, digest };
  }
  const digest = annotations[estargzDigest];
  const isEstargz = digest !== undefined && isDigest(digest) && size > footerLength;
  return isEstargz ? { format: 'estargz', digest } : undefined;
}

/** Where the table begins, as the last bytes of an eStargz layer tell: an empty gzip member with a note in its header. */
export function estargzTocStart(tail: Uint8Array, size: number): number | undefined {
  const [, hex] = /([0-9a-f]{16})STARGZ/.exec(toText(tail.subarray(-footerLength))) ?? [];
  const start = hex === undefined ? Number.NaN : Number.parseInt(hex, 16);
  const length = size - start;
  return start >= 0 && length > footerLength && length <= imageLimits.toc ? start : undefined;
}

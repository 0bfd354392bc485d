/**
 * The header of an installed package as rpm's databases keep it: https://rpm.org/docs/latest/manual/format_header.html. Two
 * lengths, an index of entries of 16 bytes, and what they point to; all numbers with the highest byte first.
 */
export interface RpmPackage {
  readonly name: string;
  /** `[epoch:]version-release`. */
  readonly version: string;
  /** Absent of what is no package: the keys that rpm trusts. */
  readonly arch?: string;
}

const tags: ReadonlyMap<number, string> = new Map([
  [1000, 'name'],
  [1001, 'version'],
  [1002, 'release'],
  [1003, 'epoch'],
  [1022, 'arch'],
]);
const types = { int32: 4, string: 6, stringArray: 8, i18nString: 9 } as const;

/** rpm takes no more entries in a header. */
const mostEntries = 65_536;
/** Names and versions are far shorter. */
const longestText = 1024;

/** `undefined` for what is no header of a package. */
export function readRpmHeader(blob: Uint8Array): RpmPackage | undefined {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  if (blob.length < 8) return undefined;
  const entries = view.getUint32(0);
  const dataStart = 8 + entries * 16;
  const dataEnd = dataStart + view.getUint32(4);
  if (entries > mostEntries || dataEnd > blob.length) return undefined;
  const found = new Map<string, string>();
  for (let at = 8; at < dataStart; at += 16) {
    const tag = tags.get(view.getUint32(at));
    if (tag === undefined) continue;
    const type = view.getUint32(at + 4);
    const start = dataStart + view.getUint32(at + 8);
    const value = type === types.int32 ? number(view, start, dataEnd) : text(blob, { type, start, end: dataEnd });
    if (value !== undefined) found.set(tag, value);
  }
  const [name, version, release] = [found.get('name'), found.get('version'), found.get('release')];
  const [epoch, arch] = [found.get('epoch'), found.get('arch')];
  if (name === undefined || version === undefined || release === undefined) return undefined;
  const epochs = epoch === undefined ? '' : `${epoch}:`;
  return { name, version: `${epochs}${version}-${release}`, ...(arch !== undefined && { arch }) };
}

function number(view: DataView, start: number, end: number): string | undefined {
  return start + 4 <= end ? String(view.getUint32(start)) : undefined;
}

/** Ends with a zero; of several the first. */
function text(
  blob: Uint8Array,
  { type, start, end }: { readonly type: number; readonly start: number; readonly end: number },
): string | undefined {
  if (type !== types.string && type !== types.stringArray && type !== types.i18nString) return undefined;
  const zero = blob.subarray(0, Math.min(end, start + longestText)).indexOf(0, start);
  return start >= end || zero < 0 ? undefined : new TextDecoder().decode(blob.subarray(start, zero));
}

import { isRecord } from '../isRecord.ts';

/** Columns of numbers as one piece of bytes, to be kept on disk by the machine that made it. */

type Column = Uint8Array | Uint32Array | Float64Array;

const kinds = { u8: Uint8Array, u32: Uint32Array, f64: Float64Array } as const;
type Kind = keyof typeof kinds;

const magic = 0x59544e47;
const alignment = 8;
/** Bytes before the description: the magic number and its length. */
const prefixLength = 8;
/** Descriptions hold facts and warnings; a damaged length must not be followed. */
const maxDescription = 1024 * 1024;

interface Description {
  readonly version: number;
  readonly facts: unknown;
  readonly columns: readonly (readonly [name: string, kind: Kind, length: number])[];
}

/** `facts` become JSON. The pieces are to be written one after the other. */
export function packColumns(
  version: number,
  facts: object,
  columns: Readonly<Record<string, Column>>,
): readonly Uint8Array[] {
  const entries = Object.entries(columns);
  const description: Description = {
    version,
    facts,
    columns: entries.map(([name, column]) => [name, kindOf(column), column.length]),
  };
  const text = new TextEncoder().encode(JSON.stringify(description));
  const head = new Uint8Array(padded(prefixLength + text.length));
  new DataView(head.buffer).setUint32(0, magic, true);
  new DataView(head.buffer).setUint32(4, text.length, true);
  head.set(text, prefixLength);
  return [head, ...entries.flatMap(([, column]) => [asBytes(column), padding(column.byteLength)])];
}

/** `undefined` for what another version has written, or is damaged. The columns are views of `bytes`. */
export function unpackColumns(
  bytes: Uint8Array,
  version: number,
): { readonly facts: Readonly<Record<string, unknown>>; readonly columns: ReadonlyMap<string, Column> } | undefined {
  // Views of numbers must begin at whole ones.
  const aligned = bytes.byteOffset % alignment === 0 ? bytes : bytes.slice();
  const view = new DataView(aligned.buffer, aligned.byteOffset, aligned.byteLength);
  if (aligned.length < prefixLength || view.getUint32(0, true) !== magic) return undefined;
  const length = view.getUint32(4, true);
  if (length > Math.min(maxDescription, aligned.length - prefixLength)) return undefined;
  const description = parse(aligned.subarray(prefixLength, prefixLength + length));
  if (description === undefined || description.version !== version || !isRecord(description.facts)) return undefined;
  const columns = new Map<string, Column>();
  let offset = padded(prefixLength + length);
  for (const [name, kind, count] of description.columns) {
    const type = kinds[kind];
    const size = count * type.BYTES_PER_ELEMENT;
    if (offset + size > aligned.length) return undefined;
    columns.set(name, new type(aligned.buffer as ArrayBuffer, aligned.byteOffset + offset, count));
    offset += padded(size);
  }
  return { facts: description.facts, columns };
}

function parse(bytes: Uint8Array): Description | undefined {
  try {
    const document: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (!isRecord(document) || !Array.isArray(document['columns'])) return undefined;
    const isRight = document['columns'].every(
      (column) => Array.isArray(column) && Object.hasOwn(kinds, column[1]) && Number.isSafeInteger(column[2]),
    );
    return isRight ? (document as unknown as Description) : undefined;
  } catch {
    return undefined;
  }
}

function kindOf(column: Column): Kind {
  if (column instanceof Uint8Array) return 'u8';
  return column instanceof Uint32Array ? 'u32' : 'f64';
}

function asBytes(column: Column): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

function padded(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}

function padding(length: number): Uint8Array {
  return new Uint8Array(padded(length) - length);
}

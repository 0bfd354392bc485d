import { packColumns, unpackColumns } from './columnFile.ts';
import { type LayerColumns, type LayerFacts, LayerIndex, nodeTypes, synthesised } from './layerIndex.ts';

/** Changes whenever the columns or their meaning do: what earlier versions have kept is then made anew. */
const version = 1;

const columnNames = [
  'names',
  'nameEnds',
  'parents',
  'types',
  'attributes',
  'attributeRows',
  'sizes',
  'mtimes',
  'largeIds',
  'largeNumbers',
  'contents',
  'order',
  'first',
  'linkIds',
  'linkEnds',
  'links',
  'sparseIds',
  'sparseEnds',
  'sparse',
] as const satisfies readonly (keyof LayerColumns)[];

export function packLayerIndex({ columns, facts }: LayerIndex): readonly Uint8Array[] {
  const named = Object.fromEntries(columnNames.map((name) => [name, columns[name]]));
  return packColumns(version, facts, named);
}

/** Nodes that are looked at before others may run. */
const nodesAtOnce = 50_000;

/** `undefined` for what is damaged, or of another version. Lets others run now and then, by `pause`. */
export async function unpackLayerIndex(
  bytes: Uint8Array,
  pause: () => Promise<void> = async () => {},
): Promise<LayerIndex | undefined> {
  const unpacked = unpackColumns(bytes, version);
  if (unpacked === undefined) return undefined;
  const named = Object.fromEntries(unpacked.columns);
  if (!columnNames.every((name) => named[name] !== undefined)) return undefined;
  const columns = named as unknown as LayerColumns;
  if (!hasSoundLengths(columns)) return undefined;
  const count = columns.parents.length;
  for (let start = 0; start < count; start += nodesAtOnce) {
    if (start > 0) await pause();
    if (!areSound(columns, start, Math.min(count, start + nodesAtOnce))) return undefined;
  }
  return new LayerIndex(columns, unpacked.facts as unknown as LayerFacts);
}

function hasSoundLengths({ parents, types, nameEnds, order, first, names }: LayerColumns): boolean {
  const count = parents.length;
  if (count === 0 || types.length !== count || nameEnds.length !== count || first.length !== count + 1) return false;
  return (first[0] ?? 0) === 0 && first[count] === order.length && (nameEnds[count - 1] ?? 0) <= names.length;
}

/** Whether following the numbers of some nodes ends, and leads nowhere else: a disk may give anything back. */
function areSound({ parents, types, order, first }: LayerColumns, start: number, end: number): boolean {
  for (let id = start; id < end; id++) {
    const isRight = (first[id] ?? 0) <= (first[id + 1] ?? 0) && ((types[id] ?? 0) & ~synthesised) < nodeTypes.length;
    if (!isRight || (id > 0 && (parents[id] ?? 0) >= id)) return false;
    for (let place = first[id] ?? 0; place < (first[id + 1] ?? 0); place++) {
      const child = order[place] ?? 0;
      if (child <= id || parents[child] !== id) return false;
    }
  }
  return true;
}

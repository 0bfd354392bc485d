import { nodeTypes, rootId, synthesised } from './layerIndex.ts';

/** Below this, sorting by insertion is faster than by an array of numbers. */
const fewChildren = 16;
const directoryType = nodeTypes.indexOf('directory');
const whiteoutType = nodeTypes.indexOf('whiteout');

interface Nodes {
  readonly names: Uint8Array;
  readonly nameEnds: Uint32Array;
  readonly parents: Uint32Array;
  readonly types: Uint8Array;
}

/** Set in the column of types of a folder in whose place something else has come. */
export const replaced = 0x40;

/**
 * Brings the nodes of each folder together, in the order of the bytes of their names; of one name the whiteout comes first.
 * Of those of the same place the last one stays; what hangs below something that was replaced is left out.
 *
 * `fileAsFolder` is called for what is no folder, but had one made up in its place.
 */
export function orderChildren(
  nodes: Nodes,
  fileAsFolder: (id: number) => void,
): { readonly order: Uint32Array; readonly first: Uint32Array } {
  const { parents } = nodes;
  const count = parents.length;
  const isReplaced = findReplaced(nodes);
  const first = new Uint32Array(count + 1);
  for (let id = 1; id < count; id++) if (isReplaced[id] === 0) add(first, parents[id] ?? 0, 1);
  for (let id = 1; id <= count; id++) add(first, id, first[id - 1] ?? 0);
  const order = new Uint32Array(first[count] ?? 0);
  // From where the children of a folder end to where they begin, which is then what the column says.
  for (let id = count - 1; id > 0; id--) {
    if (isReplaced[id] !== 0) continue;
    const parent = parents[id] ?? 0;
    add(first, parent, -1);
    order[first[parent] ?? 0] = id;
  }
  for (let id = 0; id < count; id++) sortNodes(nodes, order.subarray(first[id], first[id + 1]));
  const kept = removeDuplicates(nodes, { order, first }, fileAsFolder);
  return { order: order.subarray(0, kept), first };

  function add(column: Uint32Array, index: number, number: number): void {
    column[index] = (column[index] ?? 0) + number;
  }
}

/** Parents come before their children, so one pass is enough. */
function findReplaced({ parents, types }: Nodes): Uint8Array {
  const isReplaced = new Uint8Array(parents.length);
  for (let id = 1; id < parents.length; id++) {
    const type = types[id] ?? 0;
    if ((type & replaced) === 0 && isReplaced[parents[id] ?? rootId] === 0) continue;
    isReplaced[id] = 1;
    types[id] = type & ~replaced;
  }
  return isReplaced;
}

function sortNodes(nodes: Nodes, ids: Uint32Array): void {
  // Most archives are in order already.
  let isSorted = true;
  for (let index = 1; index < ids.length && isSorted; index++) {
    isSorted = compareNodes(nodes, ids[index - 1] ?? 0, ids[index] ?? 0) < 0;
  }
  if (isSorted) return;
  if (ids.length > fewChildren) {
    ids.sort((a, b) => compareNodes(nodes, a, b));
    return;
  }
  for (let index = 1; index < ids.length; index++) {
    const id = ids[index] ?? 0;
    let place = index;
    for (; place > 0 && compareNodes(nodes, ids[place - 1] ?? 0, id) > 0; place--) ids[place] = ids[place - 1] ?? 0;
    ids[place] = id;
  }
}

/** By name, the whiteout first, and of two of the same the later one first. */
function compareNodes({ names, nameEnds, types }: Nodes, a: number, b: number): number {
  const startA = a === 0 ? 0 : (nameEnds[a - 1] ?? 0);
  const startB = b === 0 ? 0 : (nameEnds[b - 1] ?? 0);
  const lengthA = (nameEnds[a] ?? 0) - startA;
  const lengthB = (nameEnds[b] ?? 0) - startB;
  const length = Math.min(lengthA, lengthB);
  for (let index = 0; index < length; index++) {
    const difference = (names[startA + index] ?? 0) - (names[startB + index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (lengthA !== lengthB) return lengthA - lengthB;
  const whiteoutFirst = Number(types[b] === whiteoutType) - Number(types[a] === whiteoutType);
  return whiteoutFirst === 0 ? b - a : whiteoutFirst;
}

/** Of nodes of the same place, only the last is there; a whiteout may stand beside it. */
function removeDuplicates(
  nodes: Nodes,
  { order, first }: { readonly order: Uint32Array; readonly first: Uint32Array },
  fileAsFolder: (id: number) => void,
): number {
  const { types } = nodes;
  const count = first.length - 1;
  let kept = 0;
  let start = 0;
  for (let id = 0; id < count; id++) {
    const end = first[id + 1] ?? 0;
    const begin = kept;
    for (let place = start; place < end; place++) {
      const node = order[place] ?? 0;
      const before = order[kept - 1] ?? 0;
      const isWhiteout = types[node] === whiteoutType;
      const isSame =
        kept > begin && isSamePlace(nodes, before, node) && (types[before] === whiteoutType) === isWhiteout;
      if (!isSame) order[kept++] = node;
      else if (types[before] === (directoryType | synthesised) && types[node] !== types[before]) fileAsFolder(node);
    }
    start = end;
    first[id] = begin;
  }
  first[count] = kept;
  return kept;
}

function isSamePlace({ names, nameEnds }: Nodes, a: number, b: number): boolean {
  const startA = a === 0 ? 0 : (nameEnds[a - 1] ?? 0);
  const startB = b === 0 ? 0 : (nameEnds[b - 1] ?? 0);
  const length = (nameEnds[a] ?? 0) - startA;
  if (length !== (nameEnds[b] ?? 0) - startB) return false;
  for (let index = 0; index < length; index++) if (names[startA + index] !== names[startB + index]) return false;
  return true;
}

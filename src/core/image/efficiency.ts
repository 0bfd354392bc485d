import { toText } from './byteOrder.ts';
import type { LayerIndex } from './layerIndex.ts';
import { type PathInLayers, walkLayers } from './layerUnion.ts';
import { MergedTree } from './mergedTree.ts';
import { resolvePath } from './resolvePath.ts';

/** How much of an image's layers is of use, counted as the program `dive` does. */
export interface Efficiency {
  /** From 0 to 1: of all bytes of files, the share that is left when each path is counted once, at its smallest. */
  readonly score: number;
  /** Bytes of the paths that more than one layer brings or removes. */
  readonly wasted: number;
  /** Those paths, the largest first. */
  readonly paths: readonly WastedPath[];
}

export interface WastedPath {
  readonly path: string;
  /** In all layers together. */
  readonly size: number;
  /** Numbers of the layers, from 0 at the bottom. */
  readonly layers: readonly number[];
}

/** Paths that are told; the sums are of all. */
const maxPaths = 1000;
/** Paths after which others may run. */
const pathsAtOnce = 2000;

/** `layers` are from the bottom up. `pause` lets others run, since a large image takes a while. */
export async function measureEfficiency(
  layers: readonly LayerIndex[],
  pause: () => Promise<void>,
): Promise<Efficiency> {
  let least = 0;
  let all = 0;
  let wasted = 0;
  const paths: WastedPath[] = [];
  let count = 0;
  for (const found of walkLayers(layers)) {
    if (++count % pathsAtOnce === 0) await pause();
    const uses = usesOf(layers, found);
    if (uses.length === 0) continue;
    const size = uses.reduce((sum, use) => sum + use.size, 0);
    least += Math.min(...uses.map((use) => use.size));
    all += size;
    if (uses.length < 2) continue;
    wasted += size;
    if (size > 0) paths.push({ path: toText(found.path), size, layers: uses.map(({ layer }) => layer) });
  }
  paths.sort((a, b) => b.size - a.size);
  return { score: all === 0 ? 1 : least / all, wasted, paths: paths.slice(0, maxPaths) };
}

interface Use {
  readonly layer: number;
  readonly size: number;
}

/** Folders count only where they are empty, as nothing then; what is removed counts where it is a folder. */
function usesOf(layers: readonly LayerIndex[], { path, nodes, whiteouts }: PathInLayers): readonly Use[] {
  const brought = nodes.flatMap(({ layer, id }): Use[] => {
    const index = layers[layer];
    if (index === undefined) return [];
    const { start, end } = index.childRange(id);
    return start < end ? [] : [{ layer, size: index.size(id) }];
  });
  const removed = whiteouts
    .filter(() => !toText(path).endsWith('.wh..wh..opq'))
    .map(({ layer }): Use => ({ layer, size: sizeOfFolder(layers.slice(0, layer), path) }));
  return [...brought, ...removed].sort((a, b) => a.layer - b.layer);
}

function sizeOfFolder(below: readonly LayerIndex[], path: Uint8Array): number {
  const tree = new MergedTree(below);
  try {
    const folder = resolvePath(tree, toText(path), { followsLast: false });
    if (!tree.isFolder(folder)) return 0;
    let size = 0;
    for (const node of tree.walk(folder, { isRecursive: true })) size += tree.index(node).size(node.id);
    return size;
  } catch {
    // It removes something that was never there.
    return 0;
  }
}

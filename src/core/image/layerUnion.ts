import { equalBytes } from './byteOrder.ts';
import { firstName } from './folderLanes.ts';
import { joinPath } from './joinPath.ts';
import { type LayerIndex, rootId } from './layerIndex.ts';
import type { LayerNode } from './mergedTree.ts';

/** All that the layers say of one path, from the bottom up, whether it is hidden above or not. */
export interface PathInLayers {
  readonly path: Uint8Array;
  readonly nodes: readonly LayerNode[];
  readonly whiteouts: readonly LayerNode[];
}

/** Every path that any layer says something of, folders before what is in them. */
export function* walkLayers(layers: readonly LayerIndex[]): Generator<PathInLayers, void, undefined> {
  yield* walkFolder(
    layers,
    new Uint8Array(),
    layers.map((_, layer) => ({ layer, id: rootId })),
  );
}

function* walkFolder(
  layers: readonly LayerIndex[],
  folder: Uint8Array,
  parts: readonly LayerNode[],
): Generator<PathInLayers, void, undefined> {
  const lanes = parts.flatMap(({ layer, id }) => {
    const index = layers[layer];
    if (index === undefined) return [];
    const { start, end } = index.childRange(id);
    return [{ layer, index, place: start, end }];
  });
  for (;;) {
    const name = firstName(lanes);
    if (name === undefined) return;
    const nodes: LayerNode[] = [];
    const whiteouts: LayerNode[] = [];
    for (const lane of lanes) {
      for (; lane.place < lane.end; lane.place++) {
        const id = lane.index.childAt(lane.place);
        if (!equalBytes(lane.index.name(id), name)) break;
        (lane.index.type(id) === 'whiteout' ? whiteouts : nodes).push({ layer: lane.layer, id });
      }
    }
    const path = joinPath(folder, name);
    yield { path, nodes, whiteouts };
    const folders = nodes.filter(({ layer, id }) => layers[layer]?.type(id) === 'directory');
    if (folders.length > 0) yield* walkFolder(layers, path, folders);
  }
}

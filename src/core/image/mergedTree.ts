import { compareBytes, equalBytes, startsWith, toBytes, toText } from './byteOrder.ts';
import { firstName } from './folderLanes.ts';
import { joinPath } from './joinPath.ts';
import { type LayerIndex, rootId } from './layerIndex.ts';

/** A node of one of the layers. */
export interface LayerNode {
  /** Number of the layer, from 0 at the bottom. */
  readonly layer: number;
  readonly id: number;
}

/** What is at a path of the image. */
export interface TreeNode extends LayerNode {
  /** From the root, as bytes. */
  readonly path: Uint8Array;
  /** Of a folder: what the layers bring to it, the uppermost first. */
  readonly parts: readonly LayerNode[];
}

export interface WalkOptions {
  readonly isRecursive: boolean;
  /** Begins behind this path. */
  readonly after?: Uint8Array | undefined;
  /** That was a whiteout: a layer may bring something of the same name as well. */
  readonly isAfterWhiteout?: boolean | undefined;
}

/**
 * The file system that the layers of an image make together, by the rules of OCI image-spec, layer.md. Nothing is merged
 * before it is asked for: a folder is what the layers say of it, read side by side. With one layer and
 * `showsWhiteouts` it is what that layer brings.
 */
export class MergedTree {
  readonly layers: readonly LayerIndex[];
  readonly #showsWhiteouts: boolean;

  /** From the bottom up. */
  constructor(layers: readonly LayerIndex[], options: { readonly showsWhiteouts?: boolean } = {}) {
    this.layers = layers;
    this.#showsWhiteouts = options.showsWhiteouts ?? false;
  }

  root(): TreeNode {
    const parts: LayerNode[] = [];
    for (let layer = this.layers.length - 1; layer >= 0; layer--) {
      parts.push({ layer, id: rootId });
      if (this.layers[layer]?.isOpaque(rootId)) break;
    }
    return this.#folder(new Uint8Array(), parts);
  }

  index(node: LayerNode): LayerIndex {
    const index = this.layers[node.layer];
    if (index === undefined) throw new RangeError(`There is no layer ${node.layer}.`);
    return index;
  }

  isFolder(node: LayerNode): boolean {
    return this.index(node).type(node.id) === 'directory';
  }

  /** What is called so in a folder. */
  child(folder: TreeNode, name: Uint8Array): TreeNode | undefined {
    const found: LayerNode[] = [];
    for (const part of folder.parts) {
      const layer = this.index(part);
      const id = layer.find(part.id, name);
      if (id !== undefined) found.push({ layer: part.layer, id });
      if (layer.hasWhiteout(part.id, name)) break;
    }
    return this.#merge(joinPath(folder.path, name), found);
  }

  /** The child that is shown so: names that are no UTF-8 are shown with U+FFFD in them. */
  childByText(folder: TreeNode, name: string): TreeNode | undefined {
    const exact = this.child(folder, toBytes(name));
    if (exact !== undefined || !name.includes('\ufffd')) return exact;
    for (const node of this.walk(folder, { isRecursive: false })) if (toText(nameOf(node)) === name) return node;
    return undefined;
  }

  /** What is below a folder, in the order of the bytes of the paths. Each step is made when it is asked for. */
  *walk(folder: TreeNode, options: WalkOptions): Generator<TreeNode, void, undefined> {
    const { isRecursive, after } = options;
    const base = folder.path.length === 0 ? folder.path : joinPath(folder.path, new Uint8Array());
    const rest = after === undefined || !startsWith(after, base) ? undefined : after.subarray(base.length);
    // What is in `a` comes behind `a-b`, since `/` does.
    const waiting: TreeNode[] = isRecursive && rest !== undefined ? this.#foldersUnderWay(folder, rest) : [];
    const walkBefore = function* (
      this: MergedTree,
      path: Uint8Array | undefined,
    ): Generator<TreeNode, void, undefined> {
      for (;;) {
        const last = waiting.at(-1);
        if (last === undefined || (path !== undefined && compareBytes(path, inside(last.path)) < 0)) return;
        waiting.pop();
        yield* this.walk(last, options);
      }
    }.bind(this);
    for (const node of this.#children(folder, rest, options.isAfterWhiteout ?? false)) {
      yield* walkBefore(node.path);
      yield node;
      if (isRecursive && this.isFolder(node)) waiting.push(node);
    }
    yield* walkBefore(undefined);
  }

  /** Folders that come before a path by their name, and behind it by what is in them: outer ones first. */
  #foldersUnderWay(folder: TreeNode, rest: Uint8Array): TreeNode[] {
    const slash = rest.indexOf(0x2f);
    const name = slash < 0 ? rest : rest.subarray(0, slash);
    const found: TreeNode[] = [];
    for (let length = 1; length <= name.length; length++) {
      const child = this.child(folder, name.subarray(0, length));
      const isBehind = length === name.length || (name[length] ?? 0) < 0x2f;
      if (child !== undefined && isBehind && this.isFolder(child)) found.push(child);
    }
    return found;
  }

  /** The children of all layers side by side, by name, behind `after`. */
  *#children(
    folder: TreeNode,
    after: Uint8Array | undefined,
    isAfterWhiteout: boolean,
  ): Generator<TreeNode, void, undefined> {
    const lanes = folder.parts.map((part) => {
      const index = this.index(part);
      const place = after === undefined ? index.childRange(part.id).start : index.lowerBound(part.id, after);
      return { layer: part.layer, index, place, end: index.childRange(part.id).end };
    });
    for (;;) {
      const name = firstName(lanes);
      if (name === undefined) return;
      const found: LayerNode[] = [];
      let isHidden = false;
      let whiteout: LayerNode | undefined;
      for (const lane of lanes) {
        let hides = false;
        for (; lane.place < lane.end; lane.place++) {
          const id = lane.index.childAt(lane.place);
          if (!equalBytes(lane.index.name(id), name)) break;
          const node = { layer: lane.layer, id };
          if (lane.index.type(id) === 'whiteout') {
            hides = true;
            whiteout ??= node;
          } else if (!isHidden) found.push(node);
        }
        isHidden ||= hides;
      }
      // A page begins behind the last path, not with it.
      const isLast = after !== undefined && equalBytes(name, after);
      if (isLast && !isAfterWhiteout) continue;
      const path = joinPath(folder.path, name);
      if (this.#showsWhiteouts && whiteout !== undefined && !isLast) yield { path, ...whiteout, parts: [] };
      const merged = this.#merge(path, found);
      if (merged !== undefined) yield merged;
    }
  }

  /** What the layers say of one path, the uppermost first, nothing hidden among it. */
  #merge(path: Uint8Array, found: readonly LayerNode[]): TreeNode | undefined {
    const [top] = found;
    if (top === undefined) return undefined;
    if (!this.isFolder(top)) return { path, ...top, parts: [] };
    const parts: LayerNode[] = [];
    for (const node of found) {
      // A file below a folder is covered by it, and covers what is further below.
      if (!this.isFolder(node)) break;
      parts.push(node);
      if (this.index(node).isOpaque(node.id)) break;
    }
    return this.#folder(path, parts);
  }

  /** A folder looks as the uppermost layer says that tells more of it than that something is inside. */
  #folder(path: Uint8Array, parts: readonly LayerNode[]): TreeNode {
    const described = parts.find((node) => !this.index(node).isSynthesised(node.id)) ?? parts[0];
    return { path, layer: described?.layer ?? 0, id: described?.id ?? rootId, parts };
  }
}

function inside(path: Uint8Array): Uint8Array {
  return joinPath(path, new Uint8Array());
}

export function nameOf({ path }: Pick<TreeNode, 'path'>): Uint8Array {
  return path.subarray(path.lastIndexOf(0x2f) + 1);
}

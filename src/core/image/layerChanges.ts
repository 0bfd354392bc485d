import { compareBytes } from './byteOrder.ts';
import type { LayerIndex } from './layerIndex.ts';
import { MergedTree, type TreeNode } from './mergedTree.ts';

/** What a layer does to a path. */
export interface LayerChange {
  readonly kind: 'added' | 'changed' | 'removed';
  readonly path: Uint8Array;
  /** What it was. */
  readonly before: TreeNode | undefined;
  /** What it is now, in the tree that ends with the layer. */
  readonly after: TreeNode | undefined;
}

/**
 * What the layer with a number does to those below, in the order of the paths. A folder that is removed is one change; a
 * folder that is only mentioned again, as it was, is none.
 */
export function* layerChanges(layers: readonly LayerIndex[], layer: number): Generator<LayerChange, void, undefined> {
  const own = layers[layer];
  if (own === undefined) return;
  const before = new MergedTree(layers.slice(0, layer));
  const after = new MergedTree(layers.slice(0, layer + 1));
  yield* changesIn(before.root(), after.root());

  function* changesIn(old: TreeNode | undefined, now: TreeNode): Generator<LayerChange, void, undefined> {
    const oldChildren = old === undefined ? nothing() : before.walk(old, { isRecursive: false });
    const newChildren = after.walk(now, { isRecursive: false });
    for (const [was, is] of sideBySide(oldChildren, newChildren)) {
      const path = (is ?? was)?.path;
      if (path === undefined) continue;
      if (is === undefined) yield { kind: 'removed', path, before: was, after: undefined };
      else {
        if (was === undefined) yield { kind: 'added', path, before: undefined, after: is };
        else if (isChanged(was, is)) yield { kind: 'changed', path, before: was, after: is };
        // Nothing below has changed where the layer says nothing of a folder.
        const isTouched = is.parts.some((part) => part.layer === layer);
        if (isTouched) yield* changesIn(was !== undefined && before.isFolder(was) ? was : undefined, is);
      }
    }
  }

  function isChanged(was: TreeNode, is: TreeNode): boolean {
    if (was.layer === is.layer && was.id === is.id) return false;
    const [a, b] = [before.index(was), after.index(is)];
    if (b.type(is.id) !== 'directory' || a.type(was.id) !== 'directory') return true;
    return a.mode(was.id) !== b.mode(is.id) || a.uid(was.id) !== b.uid(is.id) || a.gid(was.id) !== b.gid(is.id);
  }
}

/** Two lists in the order of their paths, what is the same in both together. */
export function* sideBySide(
  left: Iterator<TreeNode>,
  right: Iterator<TreeNode>,
): Generator<readonly [TreeNode | undefined, TreeNode | undefined], void, undefined> {
  let a = left.next();
  let b = right.next();
  while (a.done !== true || b.done !== true) {
    const order = a.done === true ? 1 : b.done === true ? -1 : compareBytes(a.value.path, b.value.path);
    const [first, second] = [order <= 0 ? nodeOf(a) : undefined, order >= 0 ? nodeOf(b) : undefined];
    yield [first, second];
    if (order <= 0) a = left.next();
    if (order >= 0) b = right.next();
  }
}

function* nothing(): Generator<TreeNode, void, undefined> {}

function nodeOf(result: IteratorResult<TreeNode>): TreeNode | undefined {
  return result.done === true ? undefined : result.value;
}

import { equalBytes } from './byteOrder.ts';
import { sideBySide } from './layerChanges.ts';
import type { MergedTree, TreeNode } from './mergedTree.ts';

/** An image to compare: its tree, and the digests of the layers in it, from the bottom up. */
export interface ComparedImage {
  readonly tree: MergedTree;
  readonly digests: readonly string[];
}

/** A path on which two images differ. */
export interface PathDifference {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly path: Uint8Array;
  readonly left: TreeNode | undefined;
  readonly right: TreeNode | undefined;
  /** Of `changed`: in what. `time` alone: of the same size, so only reading both tells whether they are the same. */
  readonly aspects: readonly ('type' | 'size' | 'time' | 'mode' | 'owner' | 'link')[];
}

/**
 * Paths that only one of two images has, or that are not the same in both, in the order of their bytes. What both have from
 * the same layer is the same, and is passed over.
 */
export function* compareImages(left: ComparedImage, right: ComparedImage): Generator<PathDifference, void, undefined> {
  const walk = ({ tree }: ComparedImage) => tree.walk(tree.root(), { isRecursive: true });
  for (const [a, b] of sideBySide(walk(left), walk(right))) {
    const path = (a ?? b)?.path;
    if (path === undefined) continue;
    if (a === undefined) yield { kind: 'added', path, left: a, right: b, aspects: [] };
    else if (b === undefined) yield { kind: 'removed', path, left: a, right: b, aspects: [] };
    else {
      const aspects = aspectsOf(left, a, right, b);
      if (aspects.length > 0) yield { kind: 'changed', path, left: a, right: b, aspects };
    }
  }
}

function aspectsOf(left: ComparedImage, a: TreeNode, right: ComparedImage, b: TreeNode): PathDifference['aspects'] {
  if (a.id === b.id && left.digests[a.layer] === right.digests[b.layer]) return [];
  const [x, y] = [left.tree.index(a), right.tree.index(b)];
  const [xLink, yLink] = [x.link(a.id) ?? new Uint8Array(), y.link(b.id) ?? new Uint8Array()];
  const type = x.type(a.id);
  const differs = {
    type: type !== y.type(b.id),
    size: x.size(a.id) !== y.size(b.id),
    // That of folders and links says nothing of what is in them.
    time: type === 'file' && x.mtime(a.id) !== y.mtime(b.id),
    mode: x.mode(a.id) !== y.mode(b.id),
    owner: x.uid(a.id) !== y.uid(b.id) || x.gid(a.id) !== y.gid(b.id),
    link: !equalBytes(xLink, yLink),
  };
  return (Object.keys(differs) as (keyof typeof differs)[]).filter((aspect) => differs[aspect]);
}

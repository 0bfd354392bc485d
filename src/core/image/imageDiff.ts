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
  /** Of `changed`: in what. */
  readonly aspects: readonly ('type' | 'size' | 'time' | 'mode' | 'owner' | 'link')[];
  /** Both are files of one size, from different layers: only reading them tells whether they are the same. */
  readonly needsReading: boolean;
}

/**
 * Paths that only one of two images has, or that are not the same in both, in the order of their bytes. What both have from
 * the same layer is the same, and is passed over. Where only reading tells, `changed` may have no aspects.
 */
export function* compareImages(left: ComparedImage, right: ComparedImage): Generator<PathDifference, void, undefined> {
  const walk = ({ tree }: ComparedImage) => tree.walk(tree.root(), { isRecursive: true });
  for (const [a, b] of sideBySide(walk(left), walk(right))) {
    const path = (a ?? b)?.path;
    if (path === undefined) continue;
    if (a === undefined) yield { kind: 'added', path, left: a, right: b, aspects: [], needsReading: false };
    else if (b === undefined) yield { kind: 'removed', path, left: a, right: b, aspects: [], needsReading: false };
    else {
      if (isSameNode(left, a, right, b)) continue;
      const aspects = aspectsOf(left, a, right, b);
      const isFile = left.tree.index(a).type(a.id) === 'file' && left.tree.index(a).size(a.id) > 0;
      const needsReading = isFile && !aspects.includes('type') && !aspects.includes('size');
      if (aspects.length > 0 || needsReading) yield { kind: 'changed', path, left: a, right: b, aspects, needsReading };
    }
  }
}

function isSameNode(left: ComparedImage, a: TreeNode, right: ComparedImage, b: TreeNode): boolean {
  return a.id === b.id && left.digests[a.layer] === right.digests[b.layer];
}

function aspectsOf(left: ComparedImage, a: TreeNode, right: ComparedImage, b: TreeNode): PathDifference['aspects'] {
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

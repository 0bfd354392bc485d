import { toText } from './byteOrder.ts';
import type { MergedTree, TreeNode } from './mergedTree.ts';

/**
 * Paths with all the words of a query in them, whatever their case, in the order of the paths. Each step is made when it is
 * asked for, so whoever has enough stops.
 */
export function* searchPaths(tree: MergedTree, query: string): Generator<TreeNode, void, undefined> {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  for (const node of tree.walk(tree.root(), { isRecursive: true })) {
    const path = toText(node.path).toLowerCase();
    if (words.every((word) => path.includes(word))) yield node;
  }
}

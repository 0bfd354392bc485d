import { toText } from './byteOrder.ts';
import type { MergedTree, TreeNode } from './mergedTree.ts';
import { nameOf } from './mergedTree.ts';

/** What is in a folder, with all that is below it. */
export interface FolderTotal {
  /** Bytes of files; those with several names count once. */
  readonly size: number;
  readonly files: number;
}

/** Of every folder of an image. */
export type FolderSizes = ReadonlyMap<string, FolderTotal>;

export interface FolderItem {
  readonly path: Uint8Array;
  readonly name: string;
  readonly kind: 'folder' | 'file';
  readonly size: number;
  readonly files: number;
}

/** Entries after which others may run. */
const entriesAtOnce = 2000;

/** Adds up all folders. `pause` lets others run, since a large image takes a while. */
export async function measureFolders(tree: MergedTree, pause: () => Promise<void>): Promise<FolderSizes> {
  const sizes = new Map<string, FolderTotal>();
  let count = 0;
  // As deep as paths may be, which is bounded.
  const measure = async (folder: TreeNode): Promise<FolderTotal> => {
    let size = 0;
    let files = 0;
    for (const node of tree.walk(folder, { isRecursive: false })) {
      if (++count % entriesAtOnce === 0) await pause();
      if (tree.isFolder(node)) {
        const below = await measure(node);
        size += below.size;
        files += below.files;
      } else {
        size += tree.index(node).size(node.id);
        files++;
      }
    }
    const total = { size, files };
    sizes.set(keyOf(folder), total);
    return total;
  };
  await measure(tree.root());
  return sizes;
}

export function totalOf(sizes: FolderSizes, folder: TreeNode): FolderTotal {
  return sizes.get(keyOf(folder)) ?? { size: 0, files: 0 };
}

/** What is in a folder, the largest first. */
export function folderItems(tree: MergedTree, sizes: FolderSizes, folder: TreeNode): FolderItem[] {
  const items: FolderItem[] = [];
  for (const node of tree.walk(folder, { isRecursive: false })) {
    const isFolder = tree.isFolder(node);
    const total = isFolder ? totalOf(sizes, node) : { size: tree.index(node).size(node.id), files: 1 };
    items.push({ path: node.path, name: toText(nameOf(node)), kind: isFolder ? 'folder' : 'file', ...total });
  }
  return items.sort((a, b) => b.size - a.size);
}

/** A path is bytes, of which each becomes one character. */
function keyOf({ path }: TreeNode): string {
  return String.fromCharCode(...path);
}

import { RegistryError } from '../errors.ts';
import { printable } from '../printable.ts';
import { toText } from './byteOrder.ts';
import { imageLimits } from './imageLimits.ts';
import { type LayerNode, MergedTree, type TreeNode } from './mergedTree.ts';

/**
 * What a path leads to, with the symbolic links on its way followed inside the image, and the last one only where
 * `followsLast`. A path is text as it is listed; slashes and dots too many do no harm, and `..` never leads out.
 *
 * Errors: `not-found`, `invalid` for links that lead in a circle.
 */
export function resolvePath(tree: MergedTree, path: string, options: { readonly followsLast: boolean }): TreeNode {
  const folders: TreeNode[] = [tree.root()];
  // The next one last, since taking the first of very many takes long.
  const names = partsOf(path).reverse();
  let hops = 0;
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    const folder = folders.at(-1) ?? tree.root();
    if (name === '..') {
      if (folders.length > 1) folders.pop();
      continue;
    }
    const node = tree.isFolder(folder) ? tree.childByText(folder, name) : undefined;
    if (node === undefined) throw notFound(path);
    const index = tree.index(node);
    if (index.type(node.id) === 'symlink' && (names.length > 0 || options.followsLast)) {
      if (++hops > imageLimits.linkHops) throw circle(path);
      const link = toText(index.link(node.id) ?? new Uint8Array());
      if (link.startsWith('/')) folders.length = 1;
      for (const part of partsOf(link).reverse()) names.push(part);
      continue;
    }
    folders.push(node);
  }
  return folders.at(-1) ?? tree.root();
}

/**
 * The file whose content a hard link has. It names a path of its own layer, or of those below as they are without the
 * layers above: what is removed there has lost a name, not its content.
 *
 * Errors: `not-found` for a target that there is not, `invalid` for links that lead in a circle.
 */
export function resolveHardLink(tree: MergedTree, node: LayerNode, path: string): LayerNode {
  let current = node;
  for (let hops = 0; hops <= imageLimits.linkHops; hops++) {
    const index = tree.index(current);
    if (index.type(current.id) !== 'hardlink') return current;
    const target = toText(index.link(current.id) ?? new Uint8Array());
    const below = new MergedTree(tree.layers.slice(0, current.layer + 1));
    let found: TreeNode;
    try {
      found = resolvePath(below, target, { followsLast: false });
    } catch (error) {
      throw new RegistryError(
        'not-found',
        `${printable(path)} is another name of ${printable(target)}, and that is not in the image.`,
        { cause: error },
      );
    }
    // A name that links to itself has lost what it named.
    if (found.layer === current.layer && found.id === current.id) break;
    current = found;
  }
  throw circle(path);
}

export function notFound(path: string): RegistryError {
  return new RegistryError('not-found', `There is no "${printable(path)}" in the image.`);
}

function circle(path: string): RegistryError {
  return new RegistryError('invalid', `The links of "${printable(path)}" lead in a circle, or are too many to follow.`);
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

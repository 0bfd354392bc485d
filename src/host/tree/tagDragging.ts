import * as vscode from 'vscode';
import { commandIds, viewIds } from '../ids.ts';
import { repositoryOf, type TagNode, type TreeNode, type UntaggedImageNode } from './nodes.ts';

/** What VS Code calls what is dragged within a view. */
const ownType = `application/vnd.code.tree.${viewIds.registries}`;

/**
 * Lets images and repositories be dragged into an editor, as their references, one a line; and images onto another repository,
 * which copies them. Terminals of VS Code take files only: no row can give them a text.
 */
export class TagDragging implements vscode.TreeDragAndDropController<TreeNode> {
  readonly dragMimeTypes = ['text/plain'];
  readonly dropMimeTypes = [ownType];

  handleDrag(source: readonly TreeNode[], dataTransfer: vscode.DataTransfer): void {
    const references = source.flatMap((node) => {
      if (node.kind === 'tag' || node.kind === 'untaggedImage') return [node.reference];
      return node.kind === 'repository' ? [node.repository.reference] : [];
    });
    if (references.length > 0) dataTransfer.set('text/plain', new vscode.DataTransferItem(references.join('\n')));
    dataTransfer.set(ownType, new vscode.DataTransferItem(source));
  }

  async handleDrop(target: TreeNode | undefined, dataTransfer: vscode.DataTransfer): Promise<void> {
    const repository = target && repositoryOf(target);
    const source: unknown = dataTransfer.get(ownType)?.value;
    if (repository === undefined || !Array.isArray(source)) return;
    const images = (source as readonly TreeNode[]).filter(
      (node): node is TagNode | UntaggedImageNode =>
        (node.kind === 'tag' || node.kind === 'untaggedImage') && repositoryOf(node)?.id !== repository.id,
    );
    if (images.length > 0) await vscode.commands.executeCommand(commandIds.copyDropped, { images, repository });
  }
}

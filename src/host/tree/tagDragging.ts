import * as vscode from 'vscode';
import type { TreeNode } from './nodes.ts';

/** Lets tags and repositories be dragged into an editor, as their references, one a line. */
export class TagDragging implements vscode.TreeDragAndDropController<TreeNode> {
  readonly dragMimeTypes = ['text/plain'];
  readonly dropMimeTypes: readonly string[] = [];

  handleDrag(source: readonly TreeNode[], dataTransfer: vscode.DataTransfer): void {
    const references = source.flatMap((node) => {
      if (node.kind === 'tag') return [node.reference];
      return node.kind === 'repository' ? [node.repository.reference] : [];
    });
    if (references.length > 0) dataTransfer.set('text/plain', new vscode.DataTransferItem(references.join('\n')));
  }
}
